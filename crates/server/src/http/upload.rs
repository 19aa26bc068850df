//! Sending a file: `POST …/Uploads/upload/<type>/<file name>`, exactly as the contract has it.
//!
//! Not for: what receiving means (`intake`).
//!
//! Invariant: everything that can be refused from the headers is refused before a body byte is read, in
//! the order of the contract: token, customer and unit, type, file name, media type, declared length.

pub(super) mod body;
mod coding;
mod headers;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use domain::{Receipt, RefusalCode, Sender};
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};
use store::Received;

use crate::App;
use crate::gate::Closed;
use crate::http::access::Uploader;
use crate::http::error::ApiError;
use crate::http::respond::json;
use crate::intake::{self, NotNow};

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
    let pass = intake::enter(&app, &uploader.customer, head.declared_bytes).map_err(not_now)?;
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
    answer(received)
}

fn not_now(why: NotNow) -> ApiError {
    ApiError::new(match why {
        NotNow::Busy(Closed::Server) => RefusalCode::Busy,
        NotNow::Busy(Closed::Customer) => RefusalCode::UploadsTooMany,
        NotNow::Full => RefusalCode::StorageFull,
    })
}

fn answer(received: Received) -> Result<Response, ApiError> {
    // A repeat gets the receipt of then, however far the file has come since.
    let receipt = match received {
        Received::New(upload) => Receipt::of(upload),
        Received::Repeated(upload) => Receipt::of(upload.as_received()).repeated(),
    };
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
