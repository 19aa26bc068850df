//! Invoices that are not to be paid: held and lifted by people, fetched and acknowledged by an ERP.
//!
//! Invariant: an answer holds nothing of a finding but its title and the columns by which an ERP knows its
//! invoices, none of which is personal.

use std::collections::BTreeSet;

use api::{
    ChangedHolds, FINDINGS_AT_ONCE_MAX, HoldAcknowledgement, HoldLift, HoldsAcknowledged,
    HoldsPage, HoldsQuery, NewHolds,
};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::finding::{HOLD_WORDS_CHARS_MAX, HoldsToLift, PaymentHold};
use domain::spreadsheet::csv_line;
use http::header::{self, HeaderName, HeaderValue};

use super::findings::malformed;
use crate::App;
use crate::http::access::{Acknowledger, Analyst, Screener};
use crate::http::error::ApiError;
use crate::http::json_body::JsonBody;
use crate::http::operation::{Answers, Operation};
use crate::http::query::QueryParams;
use crate::http::respond::{Json, csv_schema};

/// The columns of the list as a file.
const CSV_COLUMNS: [&str; 14] = [
    "change",
    "state",
    "unique_id",
    "supplier_ref",
    "supplier_name",
    "invoice_number",
    "invoice_date",
    "invoice_amount",
    "invoice_amount_currency",
    "finding",
    "because",
    "changed_at",
    "changed_by",
    "acknowledged_at",
];
/// The list as CSV.
#[derive(Debug)]
pub(crate) struct HoldsCsv(HoldsPage);

pub(crate) async fn list_holds(
    screener: Screener,
    QueryParams(query): QueryParams<HoldsQuery>,
) -> Result<Json<HoldsPage>, ApiError> {
    page(&screener, &query).await.map(Json)
}

pub(crate) async fn list_holds_csv(
    screener: Screener,
    QueryParams(query): QueryParams<HoldsQuery>,
) -> Result<HoldsCsv, ApiError> {
    page(&screener, &query).await.map(HoldsCsv)
}

async fn page(screener: &Screener, query: &HoldsQuery) -> Result<HoldsPage, ApiError> {
    let size = query.limit.unwrap_or_default();
    let found = screener.store.holds(&screener.unit, query.state, size, query.since).await?;
    let last = found.items.last().map(|hold| hold.change);
    Ok(HoldsPage {
        upto: last.or(query.since).unwrap_or(0),
        has_more: found.next.is_some(),
        items: found.items,
    })
}

/// Says that an ERP has every change up to one: once more changes nothing.
pub(crate) async fn acknowledge_holds(
    State(app): State<App>,
    acknowledger: Acknowledger,
    JsonBody(HoldAcknowledgement { upto }): JsonBody<HoldAcknowledgement>,
) -> Result<Json<HoldsAcknowledged>, ApiError> {
    let (unit, decider) = (&acknowledger.unit, acknowledger.decider(&app));
    let changes = acknowledger.store.acknowledge_holds(unit, upto, decider).await?;
    Ok(Json(HoldsAcknowledged { changes }))
}

pub(crate) async fn hold_payments(
    State(app): State<App>,
    analyst: Analyst,
    JsonBody(new): JsonBody<NewHolds>,
) -> Result<Json<ChangedHolds>, ApiError> {
    count("findings", new.findings.len())?;
    words(&new.because)?;
    let (only, decider) = (new.invoices.into_iter().collect(), analyst.decider(&app));
    let held = analyst.store.hold(&analyst.unit, new.findings, &only, &new.because, decider);
    Ok(Json(ChangedHolds { items: held.await? }))
}

pub(crate) async fn lift_holds(
    State(app): State<App>,
    analyst: Analyst,
    JsonBody(lift): JsonBody<HoldLift>,
) -> Result<Json<ChangedHolds>, ApiError> {
    count("invoices", lift.invoices.len())?;
    words(&lift.because)?;
    let ids: BTreeSet<String> = lift.invoices.into_iter().collect();
    let which = HoldsToLift::Invoices { ids, supplier: lift.supplier };
    let decider = analyst.decider(&app);
    let lifted = analyst.store.lift(&analyst.unit, &which, &lift.because, decider);
    Ok(Json(ChangedHolds { items: lifted.await? }))
}

fn count(of: &str, count: usize) -> Result<(), ApiError> {
    if (1..=FINDINGS_AT_ONCE_MAX).contains(&count) {
        return Ok(());
    }
    Err(malformed(format_args!("{of} names 1 to {FINDINGS_AT_ONCE_MAX}, and here it is {count}")))
}

fn words(because: &str) -> Result<(), ApiError> {
    if because.chars().count() <= HOLD_WORDS_CHARS_MAX {
        return Ok(());
    }
    Err(malformed(format_args!("because has at most {HOLD_WORDS_CHARS_MAX} characters")))
}

fn line(hold: &PaymentHold) -> String {
    let field = |name: &str| hold.fields.get(name).cloned().unwrap_or_default();
    let acknowledged = hold.acknowledged_at.map(|at| at.to_string()).unwrap_or_default();
    let cells = [
        hold.change.to_string(),
        hold.state.as_str().to_owned(),
        hold.invoice.clone(),
        field("supplier_ref"),
        field("supplier_name"),
        field("invoice_number"),
        field("invoice_date"),
        field("invoice_amount"),
        field("invoice_amount_currency"),
        hold.title.clone(),
        hold.because.clone(),
        hold.changed_at.to_string(),
        hold.changed_by.clone(),
        acknowledged,
    ];
    csv_line(cells.iter().map(String::as_str))
}

impl IntoResponse for HoldsCsv {
    fn into_response(self) -> Response {
        let mut text = csv_line(CSV_COLUMNS);
        text.extend(self.0.items.iter().map(line));
        let csv = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
        // A file has no place for it.
        let upto = HeaderName::from_static("bursar-holds-upto");
        let headers = [(header::CONTENT_TYPE, csv), (upto, HeaderValue::from(self.0.upto))];
        (headers, text).into_response()
    }
}

impl Answers for HoldsCsv {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers(200, "text/csv", &csv_schema(&CSV_COLUMNS, "change"));
        let last = "The last change in the file, or the one that was known before.";
        let schema = serde_json::json!({ "type": "integer", "description": last });
        operation.answers_header(200, "Bursar-Holds-Upto", schema);
    }
}
