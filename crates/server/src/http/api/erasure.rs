//! The end of the unit in the path: what would go, and that it is gone.
//!
//! Not for: a whole customer, which whoever runs the server erases.
//!
//! Invariant: whoever asks is an [`Admin`] of all units and names the unit once more.

use api::{ErasureRequest, UnitErasure};
use axum::extract::State;
use domain::RefusalCode;
use store::{ErasureReport, ErasureScope};

use crate::App;
use crate::http::access::Admin;
use crate::http::error::ApiError;
use crate::http::json_body::JsonBody;
use crate::http::respond::Json;

/// The stage that an erasure has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Everything is there still.
    LookedAt,
    Erased,
}

pub(crate) async fn look_at_erasure(
    State(app): State<App>,
    admin: Admin,
) -> Result<Json<UnitErasure>, ApiError> {
    admin.sees_all_units()?;
    let report = app.store.system().look_at_erasure(&scope(&admin)).await?;
    Ok(Json(answer(report, Stage::LookedAt)))
}

pub(crate) async fn erase_unit(
    State(app): State<App>,
    admin: Admin,
    JsonBody(request): JsonBody<ErasureRequest>,
) -> Result<Json<UnitErasure>, ApiError> {
    admin.sees_all_units()?;
    if request.confirm != admin.unit.as_str() {
        let why = format_args!("confirm is the short name of the unit, {}", admin.unit);
        return Err(ApiError::because(RefusalCode::RequestMalformed, why));
    }
    let decider = admin.decider(&app);
    let report = app.store.system().erase(&scope(&admin), decider.who, decider.at).await?;
    Ok(Json(answer(report, Stage::Erased)))
}

fn scope(admin: &Admin) -> ErasureScope {
    ErasureScope::Unit(admin.customer().clone(), admin.unit.clone())
}

fn answer(report: ErasureReport, stage: Stage) -> UnitErasure {
    UnitErasure {
        erased: stage == Stage::Erased,
        rows: report.rows.into_iter().map(|(table, rows)| (table.to_owned(), rows)).collect(),
        files: report.files,
        bytes: report.bytes,
        ledger_files: report.ledger_files,
        audit_entries: report.audit_entries,
    }
}
