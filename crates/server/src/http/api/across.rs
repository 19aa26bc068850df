//! Invoices that are in several units of a customer: the newest comparison, and asking for one.
//!
//! Invariant: only a token for all units of the customer sees it.

use axum::extract::State;
use domain::RefusalCode;
use domain::finding::AcrossRun;

use crate::App;
use crate::http::access::Admin;
use crate::http::error::ApiError;
use crate::http::respond::{AcceptedJson, Json};

pub(crate) async fn get_across(admin: Admin) -> Result<Json<AcrossRun>, ApiError> {
    admin.sees_all_units()?;
    let run = admin.store.across_run().await?;
    Ok(Json(run.ok_or_else(|| ApiError::new(RefusalCode::RunNotFound))?))
}

/// Asks for a comparison, and answers the one that waits or runs.
pub(crate) async fn ask_across(
    State(app): State<App>,
    admin: Admin,
) -> Result<AcceptedJson<AcrossRun>, ApiError> {
    admin.sees_all_units()?;
    admin.store.ask_across(&admin.decider(&app)).await?;
    app.new_work.notify_one();
    let run = admin.store.across_run().await?;
    let body = run.ok_or_else(|| ApiError::new(RefusalCode::RunNotFound))?;
    let location = format!("/customers/{}/units/{}/acrossUnits", admin.customer(), admin.unit);
    Ok(AcceptedJson { location, body })
}
