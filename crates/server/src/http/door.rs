//! The door: `POST …/Uploads/upload/<type>/<file name>`, exactly as the contract has it.
//!
//! Not for: what receiving means (`intake`).
//!
//! Invariant: everything that can be refused from the headers is refused before a body byte is read, in
//! the order of the contract: token, customer and unit, type, file name, media type, declared length.

mod body;
mod coding;
mod headers;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use domain::{Receipt, RefusalCode, Sender};
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};
use store::Received;

use crate::App;
use crate::gate::{Closed, Pass};
use crate::http::access::Uploader;
use crate::http::{ApiError, json};
use crate::intake;
use crate::measures;

use body::BodyError;
use coding::Unpacked;
use headers::UploadHead;

pub(super) const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// Receives one file.
pub(crate) async fn upload_file(
    uploader: Uploader,
    State(app): State<App>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let head = UploadHead::parse(&parts, &uploader.scope, &app.limits)?;
    let pass = enter(&app, &uploader, &head)?;
    let key_in_use = head
        .idempotency_key
        .as_ref()
        .map(|key| {
            app.gate.reserve_key(&uploader.customer, key).ok_or(RefusalCode::IdempotencyKeyInUse)
        })
        .transpose()
        .map_err(ApiError::new)?;

    let source = Unpacked::new(body, &head, &app.limits);
    let offer = intake::Offer {
        unit: uploader.unit,
        file_type: head.file_type,
        file_name: head.file_name,
        sender: Sender::Token(uploader.token),
        expected_sha256: head.stored_digest,
        idempotency_key: head.idempotency_key,
    };
    let received = intake::receive(&app, &uploader.store, offer, source).await.map_err(refusal)?;
    drop((pass, key_in_use));
    if matches!(received, Received::New(_)) {
        app.new_work.notify_one();
    }
    answer(received)
}

/// Whether there is a place for the upload and room on the disk.
fn enter(app: &App, uploader: &Uploader, head: &UploadHead) -> Result<Pass, ApiError> {
    let pass = app.gate.enter(&uploader.customer).map_err(|closed| match closed {
        Closed::Server => ApiError::new(RefusalCode::Busy),
        Closed::Customer => ApiError::new(RefusalCode::UploadsTooMany),
    })?;
    if let Some(free) = app.store.system().free_bytes()
        && free.saturating_sub(head.declared_bytes.unwrap_or(0)) < app.limits.disk_reserve_bytes
    {
        tracing::error!(free, reserve = app.limits.disk_reserve_bytes, "disk is nearly full");
        return Err(ApiError::new(RefusalCode::StorageFull));
    }
    Ok(pass)
}

fn answer(received: Received) -> Result<Response, ApiError> {
    let upload = received.into_upload();
    measures::upload(upload.file_type, upload.bytes);
    tracing::info!(
        upload = %upload.id, customer = %upload.customer, unit = %upload.unit,
        kind = %upload.file_type, bytes = upload.bytes, sender = %upload.sender, "received"
    );
    // A repeat gets the first receipt, however far the file has come since.
    let receipt = Receipt::of(upload.as_received());
    let mut response = json(&receipt)?;
    *response.status_mut() = StatusCode::CREATED;
    let headers = response.headers_mut();
    let text = |value: &str| HeaderValue::try_from(value).map_err(ApiError::internal);
    headers.insert(header::LOCATION, text(receipt.location())?);
    headers.insert(REPR_DIGEST, text(&receipt.sha256().to_field())?);
    Ok(response.into_response())
}

fn refusal(error: intake::Error<BodyError>) -> ApiError {
    match error {
        intake::Error::Source(error) => error.into(),
        intake::Error::Content(why) => ApiError::saying(RefusalCode::ContentUnexpected, why),
        intake::Error::DigestMismatch { .. } => {
            ApiError::because(RefusalCode::DigestMismatch, error)
        }
        intake::Error::KeyReused => ApiError::new(RefusalCode::IdempotencyKeyReused),
        intake::Error::Revoked => ApiError::because(RefusalCode::TokenRevoked, error),
        intake::Error::Store(error) => error.into(),
    }
}
