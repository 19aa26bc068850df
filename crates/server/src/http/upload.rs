//! Sending a file: `POST …/Uploads/upload/<type>/<file name>`, exactly as the contract has it.
//!
//! Not for: what receiving means (`intake`), or files that come in several requests (`resumable`).
//!
//! Invariant: everything that can be refused from the headers is refused before a body byte is read, in
//! the order of the contract: token, customer and unit, type, file name, media type, declared length.

pub(super) mod body;
mod coding;
mod headers;
mod receipt;
pub(super) mod resumable;
mod span;

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{FromRequest, Request, State};
use domain::{MediaType, RefusalCode, Sender};
use http::header::{self, HeaderValue};
use serde_json::json;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::App;
use crate::admission::AdmissionRefusal;
use crate::http::access::Uploader;
use crate::http::error::ApiError;
use crate::http::operation::{Operation, Takes};
use crate::intake::{self, IntakeRefusal};

use body::{BodyError, TimedBody};
use coding::{InflatedBody, Packing};
use headers::{IDEMPOTENCY_KEY_BYTES_MAX, UploadHead};
use receipt::Receiving;
use resumable::SendAnswer;

/// A request with a file in its body, of which nothing is read yet.
#[derive(Debug)]
pub(crate) struct FileRequest(Request);

/// Receives one file, or begins one that is sent in several requests.
pub(crate) async fn upload_file(
    uploader: Uploader,
    State(app): State<App>,
    FileRequest(request): FileRequest,
) -> Result<SendAnswer, ApiError> {
    let span = span::begin(request.headers());
    let answer = receive(uploader, app, request).instrument(span.clone()).await;
    span::end(&span, &answer);
    answer
}

async fn receive(uploader: Uploader, app: App, request: Request) -> Result<SendAnswer, ApiError> {
    let (parts, body) = request.into_parts();
    if let Some(complete) = resumable::completeness(&parts.headers) {
        return resumable::begin(&app, uploader, (parts, body), complete).await;
    }
    let head = UploadHead::parse(&parts, &uploader.scope, &app.limits)?;
    app.admission.count_upload(uploader.token, Instant::now()).map_err(too_frequent)?;
    let permit =
        intake::admit(&app, &uploader.customer, head.declared_bytes).map_err(intake_refusal)?;
    let key_in_use = head
        .idempotency_key
        .as_ref()
        .map(|key| {
            app.admission
                .reserve_key(&uploader.customer, key)
                .ok_or(RefusalCode::IdempotencyKeyInUse)
        })
        .transpose()
        .map_err(ApiError::new)?;

    let packing = Packing { coding: head.coding, wire_digest: head.wire_digest };
    let source = InflatedBody::new(TimedBody::new(body, &app.limits), packing, &app.limits);
    let offer = intake::Offer {
        unit: uploader.unit,
        file_type: head.file_type,
        file_name: head.file_name,
        sender: Sender::Token(uploader.token),
        expected_sha256: head.stored_digest,
        idempotency_key: head.idempotency_key,
    };
    let received = intake::receive(&app, &uploader.store, offer, source).await.map_err(refusal)?;
    drop((permit, key_in_use));
    Ok(SendAnswer::Received(Receiving::of(received)))
}

fn too_frequent(wait: Duration) -> ApiError {
    let seconds = HeaderValue::from(wait.as_secs() + 1);
    ApiError::new(RefusalCode::UploadsTooFrequent).with_header(header::RETRY_AFTER, seconds)
}

fn intake_refusal(why: IntakeRefusal) -> ApiError {
    ApiError::new(match why {
        IntakeRefusal::Busy(AdmissionRefusal::Server) => RefusalCode::Busy,
        IntakeRefusal::Busy(AdmissionRefusal::Customer) => RefusalCode::UploadsTooMany,
        IntakeRefusal::Full => RefusalCode::StorageFull,
    })
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

impl FromRequest<App> for FileRequest {
    type Rejection = Infallible;

    async fn from_request(request: Request, _app: &App) -> Result<Self, Infallible> {
        Ok(Self(request))
    }
}

impl Takes for FileRequest {
    fn describe(operation: &mut Operation<'_>) {
        let digest = |description: &str| {
            json!({
                "type": "string",
                "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$",
                "description": description,
            })
        };
        operation.takes_header(
            "Content-Encoding",
            json!({
                "type": "string",
                "enum": ["gzip", "zstd", "identity"],
                "description": "How the body is packed; it is unpacked as it arrives.",
            }),
        );
        operation
            .takes_header("Repr-Digest", digest("Of the body as sent; compared while receiving."));
        operation.takes_header("Content-Digest", digest("As Repr-Digest."));
        operation.takes_header(
            "Unencoded-Digest",
            digest("Of the file itself, where the body is packed."),
        );
        operation.takes_header(
            "Idempotency-Key",
            json!({
                "type": "string",
                "minLength": 1,
                "maxLength": IDEMPOTENCY_KEY_BYTES_MAX,
                "pattern": "^[!#-~]+$",
                "description": "A repeat with the same key gives the first receipt, and says so by \
                    `repeated`. May stand in double quotes.",
            }),
        );
        operation.takes_header(
            span::TRACEPARENT,
            json!({
                "type": "string",
                "description": "The sender's place in a trace, as W3C's Trace Context has it; where the operator \
                    sends traces, what follows from the file is a part of it. What is no such place is left aside.",
            }),
        );
        operation.takes_bytes(
            "The file itself: CSV, TSV, TXT or XLSX. How large it may be is set by the operator; 8 GiB of it, \
             unpacked, unless they say otherwise.",
            &MediaType::ALL.map(MediaType::as_str),
        );
        operation.refuses(&REFUSALS);
    }
}

/// Why a file may be refused beside its token.
const REFUSALS: [RefusalCode; 21] = [
    RefusalCode::RequestMalformed,
    RefusalCode::FileTypeUnknown,
    RefusalCode::FileNameUnusable,
    RefusalCode::ContentUnexpected,
    RefusalCode::ContentCodingBroken,
    RefusalCode::DigestMalformed,
    RefusalCode::DigestMismatch,
    RefusalCode::BodyIncomplete,
    RefusalCode::IdempotencyKeyMalformed,
    RefusalCode::BodyTooSlow,
    RefusalCode::IdempotencyKeyInUse,
    RefusalCode::BodyTooLarge,
    RefusalCode::MediaTypeUnsupported,
    RefusalCode::ContentCodingUnsupported,
    RefusalCode::ExpectationUnknown,
    RefusalCode::IdempotencyKeyReused,
    RefusalCode::UploadsTooMany,
    RefusalCode::UploadsTooFrequent,
    RefusalCode::Internal,
    RefusalCode::Busy,
    RefusalCode::StorageFull,
];
