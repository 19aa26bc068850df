//! The file of a run without the payments that were held: for the bank, in the format in which it was sent.
//!
//! Not for: how files are written (`LedgerReader`), or lists to give back (`payment_runs`).
//!
//! Invariant: nothing goes out by itself: while somebody has to decide about a payment that something speaks
//! against, there is no file; and the audit log has who took which bytes.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use domain::{AuditEntry, RefusalCode, UnitName, Upload, UploadId};
use http::header::{self, HeaderValue};
use serde_json::json;
use store::CustomerStore;
use tokio::sync::Semaphore;

use super::{RunPath, find};
use crate::App;
use crate::http::access::Analyst;
use crate::http::error::ApiError;
use crate::http::operation::{Answers, Operation};
use crate::limits::PAYMENT_FILES_AT_ONCE;
use crate::sha256::sha256;

static FILES: Semaphore = Semaphore::const_new(PAYMENT_FILES_AT_ONCE);

/// The media type of a file that no browser shows by itself.
const FILE: &str = "application/octet-stream";

/// A file for the bank.
#[derive(Debug)]
pub(crate) struct PaymentFile(Response);

impl IntoResponse for PaymentFile {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answers for PaymentFile {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers(200, FILE, &json!({ "type": "string", "format": "binary" }));
        operation.refuses(&[RefusalCode::UploadNotFound, RefusalCode::PaymentFileImpossible]);
    }
}

pub(crate) async fn get_payment_file(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, upload)): RunPath,
) -> Result<PaymentFile, ApiError> {
    let (upload, _) = find(&analyst.store, &analyst.unit, &upload).await?;
    let who = analyst.decider(&app).who.to_owned();
    payment_file(&app, &analyst.store, (&analyst.unit, upload), who).await
}

/// The file of a run without its held payments, noted in the audit log.
pub(in crate::http) async fn payment_file(
    app: &App,
    store: &CustomerStore,
    (unit, id): (&UnitName, UploadId),
    who: String,
) -> Result<PaymentFile, ApiError> {
    let not_found = || ApiError::new(RefusalCode::UploadNotFound);
    let run = store.payment_run(unit, id).await?.ok_or_else(not_found)?;
    let upload = store.upload(unit, id).await?.ok_or_else(not_found)?;
    if upload.removed_at.is_some() {
        let why = "the file was removed, as the organisation keeps files no longer";
        return Err(ApiError::because(RefusalCode::PaymentFileImpossible, why));
    }
    if run.sums.undecided > 0 {
        let why =
            "payments that something speaks against are undecided; release or hold them first";
        return Err(ApiError::saying(RefusalCode::PaymentFileImpossible, why));
    }
    let held: BTreeSet<u64> = store.held_lines(unit, id).await?.into_iter().collect();
    let count = held.len();
    let bytes = without_payments(app, store, &upload, held).await?;
    let entry = AuditEntry {
        at: app.clock.now(),
        who,
        what: "payment.file".to_owned(),
        about: id.to_string(),
        customer: None,
        details: json!({
            "unit": unit.as_str(),
            "held": count,
            "payments": run.sums.payments - count as u64,
            "sha256": sha256(&bytes).to_string(),
        }),
    };
    store.audit(entry).await?;
    Ok(PaymentFile(attached(&upload, bytes)))
}

async fn without_payments(
    app: &App,
    store: &CustomerStore,
    upload: &Upload,
    held: BTreeSet<u64>,
) -> Result<Vec<u8>, ApiError> {
    let kept = store.kept_problems(&upload.unit, upload.id).await?;
    let rules = match kept.read_by {
        Some(rules) => rules,
        None => store.reading_rules(&upload.unit, upload.file_type).await?,
    };
    let _place = FILES.acquire().await.map_err(ApiError::internal)?;
    let file = store.open_object_start(upload, u64::MAX).await?;
    let written = app.reader.without_payments(upload, file, &rules, held).await;
    let impossible = |why| ApiError::because(RefusalCode::PaymentFileImpossible, why);
    written.map_err(ApiError::internal)?.map_err(impossible)
}

/// The bytes under the name of the file that was sent, with a word behind it.
fn attached(upload: &Upload, bytes: Vec<u8>) -> Response {
    let (stem, extension) =
        upload.file_name.as_str().rsplit_once('.').expect("a file name has an extension");
    let name = format!("{stem}_cleaned.{extension}");
    let name = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FILE));
    let name = HeaderValue::try_from(format!("attachment; filename*=UTF-8''{name}"));
    headers.insert(header::CONTENT_DISPOSITION, name.expect("it is encoded"));
    response
}
