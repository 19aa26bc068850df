//! Invoices held against the ledgers before they are paid, and the settings of a unit by which an answer says
//! look or stop.
//!
//! Not for: what is found (`LedgerScreener`). Invariant: the audit log has who asked and how many,
//! and nothing of the invoices; no answer shows a personal value.

use api::ScreeningInvoices;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::finding::CheckedUnit;
use domain::screening::{INVOICES_AT_ONCE_MAX, ScreeningRequest};
use domain::{
    AuditEntry, RefusalCode, ScreenedInvoice, Screening, ScreeningSettings, TokenId, UnitName,
};
use serde_json::json;
use store::CustomerStore;

use crate::App;
use crate::http::access::{Admin, Screener};
use crate::http::error::ApiError;
use crate::http::json_body::JsonBody;
use crate::http::operation::{Answers, Operation};
use crate::http::respond::Json;
use crate::ledgers::LedgersError;
use crate::limits::SCREENING_BODY_BYTES_MAX;

pub(crate) async fn screen_invoices(
    State(app): State<App>,
    screener: Screener,
    JsonBody(sent): JsonBody<ScreeningInvoices, SCREENING_BODY_BYTES_MAX>,
) -> Result<ScreeningAnswer, ApiError> {
    let of = CheckedUnit { customer: screener.customer, unit: screener.unit };
    let screening = screen(&app, &screener.store, of, screener.token, sent.invoices).await?;
    Ok(ScreeningAnswer(Json(screening)))
}

/// The answer to a screening; there is none of a ledger that memory cannot hold.
#[derive(Debug)]
pub(crate) struct ScreeningAnswer(Json<Screening>);

impl IntoResponse for ScreeningAnswer {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl Answers for ScreeningAnswer {
    fn describe(operation: &mut Operation<'_>) {
        <Json<Screening> as Answers>::describe(operation);
        operation.refuses(&[RefusalCode::LedgerTooLarge]);
    }
}

/// The answer about some invoices, noted in the audit log.
pub(in crate::http) async fn screen(
    app: &App,
    store: &CustomerStore,
    of: CheckedUnit,
    who: TokenId,
    invoices: Vec<ScreenedInvoice>,
) -> Result<Screening, ApiError> {
    let Some(screener) = &app.screener else { return Err(ApiError::new(RefusalCode::NotFound)) };
    let (now, unit) = (app.clock.now(), of.unit.clone());
    debug_assert!(invoices.len() <= INVOICES_AT_ONCE_MAX, "the body was parsed");
    let remembered = store.remembered_verdicts(&unit, now).await?;
    let request = ScreeningRequest {
        now,
        settings: store.screening_settings(&unit).await?,
        check_settings: store.check_settings(&unit).await?,
        verdicts: remembered.into_iter().map(|kept| kept.verdict).collect(),
        verdict_tallies: store.finding_sums(&unit).await?.verdict_tallies().await?,
        of,
        invoices,
    };
    let screening = screener.screen(request).await.map_err(failed)?;
    note(store, &unit, who, &screening, now).await?;
    Ok(screening)
}

async fn note(
    store: &CustomerStore,
    unit: &UnitName,
    who: TokenId,
    screening: &Screening,
    at: jiff::Timestamp,
) -> Result<(), ApiError> {
    let entry = AuditEntry {
        at,
        who: who.to_string(),
        what: "screening.ask".to_owned(),
        about: unit.to_string(),
        customer: None,
        details: json!({ "invoices": screening.invoices.len(), "words": screening.counts() }),
    };
    Ok(store.audit_later(entry).await?)
}

fn failed(error: LedgersError) -> ApiError {
    match error {
        LedgersError::TooLarge => ApiError::saying(
            RefusalCode::LedgerTooLarge,
            "the ledger of this unit is too large to be held in memory, so that nothing is screened against \
             it; its runs look at it all the same",
        ),
        other => ApiError::internal(other),
    }
}

pub(crate) async fn get_screening_settings(
    admin: Admin,
) -> Result<Json<ScreeningSettings>, ApiError> {
    Ok(Json(admin.store.screening_settings(&admin.unit).await?))
}

/// Sets from when on, and at which oddities, screenings say look or stop.
pub(crate) async fn set_screening_settings(
    State(app): State<App>,
    admin: Admin,
    JsonBody(settings): JsonBody<ScreeningSettings>,
) -> Result<Json<ScreeningSettings>, ApiError> {
    let settings = settings.checked();
    let settings = settings.map_err(|why| ApiError::because(RefusalCode::RequestMalformed, why))?;
    let decider = admin.decider(&app);
    admin.store.set_screening_settings(&admin.unit, &settings, decider.who, decider.at).await?;
    Ok(Json(settings))
}
