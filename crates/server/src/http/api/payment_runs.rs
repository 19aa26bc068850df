//! Runs of payments: the list, one with its payments, deciding about them, and the list to give back.
//!
//! Invariant: an account is shown by its end; who decided is written beside what was decided.

mod file;

use api::{
    BECAUSE_CHARS_MAX, ListFormat, PaymentDecisionRequest, PaymentDecisionResult,
    PaymentRunSummary, PaymentRuns, PaymentSelection, PaymentSum, RunPayment, RunPayments,
    RunPaymentsQuery,
};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::spreadsheet::csv_line;
use domain::{AuditEntry, RefusalCode, UnitName, UploadId};
use http::header::{self, HeaderValue};
use serde_json::json;
use store::{
    CustomerStore, DecidedLines, DecidedPayment, NewPaymentDecision, PaymentFilter, PaymentRun,
};

pub(crate) use self::file::get_payment_file;
pub(in crate::http) use self::file::payment_file;
use crate::App;
use crate::http::access::{Analyst, Viewer};
use crate::http::error::ApiError;
use crate::http::json_body::JsonBody;
use crate::http::query::QueryParams;
use crate::http::respond::{CsvList, Json, JsonOrCsv};

/// The columns of the list to give back.
const LISTED: [&str; 13] = [
    "line",
    "payment_id",
    "payee",
    "supplier_ref",
    "amount",
    "currency",
    "account",
    "reference",
    "doubts",
    "words",
    "decision",
    "because",
    "decided_by",
];

type RunPath = Path<(String, String, String)>;

impl CsvList for RunPayments {
    const COLUMNS: &'static [&'static str] = &LISTED;
    const ROW: &'static str = "payment";
}

pub(crate) async fn list_payment_runs(viewer: Viewer) -> Result<Json<PaymentRuns>, ApiError> {
    let runs = viewer.store.payment_runs(&viewer.unit).await?;
    Ok(Json(PaymentRuns { items: runs.into_iter().map(summary).collect() }))
}

pub(crate) async fn get_payment_run(
    viewer: Viewer,
    Path((_, _, upload)): RunPath,
) -> Result<Json<PaymentRunSummary>, ApiError> {
    let (_, run) = find(&viewer.store, &viewer.unit, &upload).await?;
    Ok(Json(summary(run)))
}

pub(crate) async fn list_run_payments(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, upload)): RunPath,
    QueryParams(query): QueryParams<RunPaymentsQuery>,
) -> Result<JsonOrCsv<RunPayments>, ApiError> {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let (upload, _) = find(store, unit, &upload).await?;
    let filter = filter(query.only);
    if query.format == Some(ListFormat::Csv) {
        if query.limit.is_some() || query.after.is_some() {
            return Err(ApiError::because(
                RefusalCode::RequestMalformed,
                "a CSV holds all payments and has no pages, so it takes neither limit nor after",
            ));
        }
        let file = csv(store, unit, (upload, filter)).await?;
        let who = viewer.token.to_string();
        store.audit(export_entry(who, (unit, upload), app.clock.now())).await?;
        return Ok(JsonOrCsv::Csv(file));
    }
    let place = (query.limit.unwrap_or_default(), query.after);
    let page = store.payments(unit, upload, filter, place).await?;
    let items = page.items.into_iter().map(run_payment).collect();
    Ok(JsonOrCsv::Json(Json(RunPayments { items, next: page.next })))
}

pub(crate) async fn decide_run_payments(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, upload)): RunPath,
    JsonBody(request): JsonBody<PaymentDecisionRequest>,
) -> Result<Json<PaymentDecisionResult>, ApiError> {
    let malformed = |why: &str| ApiError::because(RefusalCode::RequestMalformed, why);
    let lines = match request.lines {
        None => DecidedLines::Clear,
        Some(mut lines) => {
            lines.sort_unstable();
            lines.dedup();
            if lines.is_empty() || lines.len() > PAGE_SIZE_MAX as usize {
                return Err(malformed("lines names 1 to 500 lines of the file"));
            }
            DecidedLines::Lines(lines)
        }
    };
    let because = request.because.filter(|words| !words.trim().is_empty());
    if because.as_ref().is_some_and(|words| words.chars().count() > BECAUSE_CHARS_MAX) {
        return Err(malformed("because is longer than 1,000 letters"));
    }
    let (upload, _) = find(&analyst.store, &analyst.unit, &upload).await?;
    let decision = NewPaymentDecision { decision: request.decision, because };
    let decider = analyst.decider(&app);
    let decided = analyst
        .store
        .decide_payments(&analyst.unit, upload, (&lines, &decision), &decider)
        .await
        .map_err(undecided)?;
    Ok(Json(PaymentDecisionResult { decided }))
}

/// A line that is not of the run, or a run that went meanwhile, is no fault of the server.
fn undecided(error: store::Error) -> ApiError {
    match error {
        store::Error::NotFound { what: "payment" } => ApiError::saying(
            RefusalCode::NotFound,
            "a line is not of this run, and nothing was decided; list its payments \
             to find their lines",
        ),
        store::Error::NotFound { what: "payment run" } => {
            ApiError::new(RefusalCode::UploadNotFound)
        }
        other => other.into(),
    }
}

/// The entry of the audit log that says who took the payments of a run out.
pub(crate) fn export_entry(
    who: String,
    (unit, upload): (&UnitName, UploadId),
    at: jiff::Timestamp,
) -> AuditEntry {
    AuditEntry {
        at,
        who,
        what: "payment.export".to_owned(),
        about: upload.to_string(),
        // The store says whose it is.
        customer: None,
        details: json!({ "unit": unit.as_str() }),
    }
}

async fn find(
    store: &CustomerStore,
    unit: &UnitName,
    upload: &str,
) -> Result<(UploadId, PaymentRun), ApiError> {
    let not_found = || ApiError::new(RefusalCode::UploadNotFound);
    let id: UploadId = upload.parse().map_err(|_invalid| not_found())?;
    let run = store.payment_run(unit, id).await?.ok_or_else(not_found)?;
    Ok((id, run))
}

fn filter(selection: Option<PaymentSelection>) -> PaymentFilter {
    match selection {
        None => PaymentFilter::All,
        Some(PaymentSelection::Doubtful) => PaymentFilter::Doubtful,
        Some(PaymentSelection::Undecided) => PaymentFilter::Undecided,
        Some(PaymentSelection::Released) => PaymentFilter::Released,
        Some(PaymentSelection::Held) => PaymentFilter::Held,
    }
}

fn summary(run: PaymentRun) -> PaymentRunSummary {
    let sums = run.sums;
    PaymentRunSummary {
        upload_id: run.upload,
        file_name: run.file_name,
        received_at: run.received_at,
        checked_at: run.checked_at,
        notes: run.notes,
        all: PaymentSum { payments: sums.payments, money: sums.money },
        doubtful: PaymentSum { payments: sums.doubtful, money: sums.doubtful_money },
        undecided: sums.undecided,
        released: PaymentSum { payments: sums.released, money: sums.released_money },
        held: PaymentSum { payments: sums.held, money: sums.held_money },
    }
}

fn run_payment(decided: DecidedPayment) -> RunPayment {
    RunPayment {
        payment: decided.payment,
        decision: decided.decision,
        because: decided.because,
        decided_by: decided.decided_by,
        decided_at: decided.decided_at,
    }
}

/// All payments of a selection as a file: what is to be given back to whoever made the run.
pub(crate) async fn csv(
    store: &CustomerStore,
    unit: &UnitName,
    (upload, filter): (UploadId, PaymentFilter),
) -> Result<Response, store::Error> {
    let mut text = csv_line(LISTED);
    let mut after = None;
    loop {
        let place = (PageSize::fixed(PAGE_SIZE_MAX), after);
        let page = store.payments(unit, upload, filter, place).await?;
        page.items.iter().for_each(|decided| text.push_str(&line(decided)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let mut response = Response::new(Body::from(text));
    let name = format!("attachment; filename=\"{upload}_payments.csv\"");
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    headers.insert(header::CONTENT_TYPE, media);
    let name = HeaderValue::from_str(&name).expect("ids are letters and digits");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// In the order of [`LISTED`].
fn line(decided: &DecidedPayment) -> String {
    let payment = &decided.payment;
    let titles: Vec<&str> = payment.doubts.iter().map(|doubt| doubt.kind.title()).collect();
    let words: Vec<&str> = payment.doubts.iter().map(|doubt| doubt.words.as_str()).collect();
    let (number, amount) = (payment.line.to_string(), payment.money.amount.to_string());
    csv_line([
        number.as_str(),
        &payment.payment_id,
        &payment.payee,
        payment.supplier_ref.as_deref().unwrap_or(""),
        &amount,
        payment.money.currency.as_deref().unwrap_or(""),
        &payment.account_end,
        &payment.reference,
        &titles.join("; "),
        &words.join("; "),
        decided.decision.map_or("", domain::payment_run::PaymentDecision::as_str),
        decided.because.as_deref().unwrap_or(""),
        decided.decided_by.as_deref().unwrap_or(""),
    ])
}
