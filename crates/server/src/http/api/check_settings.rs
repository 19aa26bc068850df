//! Which checks a unit's runs carry out, by which numbers, limits and days: shown and set.
//!
//! Invariant: whoever sets it is an [`Admin`], what names no check is not kept, and what was changed is
//! followed by a run.

use api::UnitCheckSettings;
use axum::extract::State;
use domain::{CheckSettings, JobId, RefusalCode, RunId};
use store::NewRun;

use crate::App;
use crate::http::access::Admin;
use crate::http::error::ApiError;
use crate::http::json_body::JsonBody;
use crate::http::respond::Json;

pub(crate) async fn get_check_settings(admin: Admin) -> Result<Json<UnitCheckSettings>, ApiError> {
    Ok(Json(admin.store.check_settings(&admin.unit).await?.into()))
}

/// All of them at once: what is left out is as the checks say from then on.
pub(crate) async fn set_check_settings(
    State(app): State<App>,
    admin: Admin,
    JsonBody(sent): JsonBody<UnitCheckSettings>,
) -> Result<Json<UnitCheckSettings>, ApiError> {
    let settings = CheckSettings::try_from(sent).map_err(malformed)?;
    let settings = settings.of_checks(&app.checks).map_err(malformed)?;
    if settings != admin.store.check_settings(&admin.unit).await? {
        let now = app.clock.now();
        let decider = admin.decider(&app);
        admin.store.set_check_settings(&admin.unit, &settings, decider.who, now).await?;
        let ids = NewRun {
            run: RunId::new(now, app.randomness.bytes()),
            job: JobId::new(now, app.randomness.bytes()),
        };
        admin.store.ask_for_run(&admin.unit, ids, decider).await?;
        app.new_work.notify_one();
    }
    Ok(Json(settings.into()))
}

fn malformed(why: impl std::fmt::Display) -> ApiError {
    ApiError::because(RefusalCode::RequestMalformed, why)
}
