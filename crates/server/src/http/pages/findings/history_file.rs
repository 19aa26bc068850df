//! The history of one finding as a file: who did what when, from what to what, and why.
//!
//! Invariant: that somebody took it out is in the log before it leaves. What is kept of the rows of the
//! finding is not in it.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::finding::{HistoryEntry, RecoveryStage, Standing};
use domain::spreadsheet::csv_line;
use domain::{Amount, AuditEntry, FindingKey};
use http::header::{self, HeaderValue};
use serde_json::json;

use super::timeline::code_of;
use crate::App;
use crate::http::pages::access::Auditor;
use crate::http::pages::error::PageError;
use crate::http::pages::respond::PageResult;

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
const COLUMNS: [&str; 19] = [
    "finding",
    "entry",
    "at",
    "by",
    "who",
    "what",
    "from_state",
    "to_state",
    "reason",
    "reason_code",
    "undoes",
    "from_recovery",
    "to_recovery",
    "recovery_amount",
    "recovery_on",
    "reference",
    "recovered",
    "due",
    "assignee",
];

pub(crate) async fn export_history(
    State(app): State<App>,
    auditor: Auditor,
    Path((_, _, key)): Path<(String, String, String)>,
) -> PageResult {
    let key: FindingKey = key.parse().map_err(|_no_key| PageError::NotFound)?;
    let (store, unit) = (&auditor.store, &auditor.unit);
    store.finding(unit, &key).await?.ok_or(PageError::NotFound)?;
    let history = store.finding_history(unit, &key).await?;
    let entry = AuditEntry {
        at: app.clock.now(),
        who: auditor.address().to_owned(),
        what: "finding.history".to_owned(),
        about: key.to_string(),
        customer: Some(auditor.customer.clone()),
        details: json!({ "unit": unit, "entries": history.len() }),
    };
    store.audit(entry).await?;
    let lines: String = history.iter().map(|entry| line(&key, entry)).collect();
    let mut response = Response::new(Body::from(csv_line(COLUMNS) + &lines));
    let name = format!("attachment; filename=\"history_{key}.csv\"");
    let name = HeaderValue::try_from(name).map_err(PageError::internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, CSV);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

fn line(key: &FindingKey, entry: &HistoryEntry) -> String {
    let step = entry.to.recovery.as_ref();
    let amount = |amount: Option<Amount>| amount.map(|amount| amount.to_string());
    let stage = |standing: &Standing| standing.recovery_stage().map(RecoveryStage::as_str);
    let cells: [String; COLUMNS.len()] = [
        key.to_string(),
        entry.entry.to_string(),
        entry.at.to_string(),
        entry.by.clone(),
        entry.who.clone().unwrap_or_default(),
        entry.what.as_str().to_owned(),
        entry.from.state.as_str().to_owned(),
        entry.to.state.as_str().to_owned(),
        entry.words.clone().unwrap_or_default(),
        code_of(entry).map(ToString::to_string).unwrap_or_default(),
        entry.undoes.map(|undone| undone.to_string()).unwrap_or_default(),
        stage(&entry.from).unwrap_or_default().to_owned(),
        stage(&entry.to).unwrap_or_default().to_owned(),
        amount(step.and_then(|step| step.amount)).unwrap_or_default(),
        step.map(|step| step.on.to_string()).unwrap_or_default(),
        step.and_then(|step| step.reference.clone()).unwrap_or_default(),
        amount(entry.to.recovered).unwrap_or_default(),
        entry.to.due.map(|due| due.to_string()).unwrap_or_default(),
        entry.to.assignee.clone().unwrap_or_default(),
    ];
    csv_line(cells.iter().map(String::as_str))
}
