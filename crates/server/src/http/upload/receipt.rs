//! The answer to whoever sent a file that was received.
//!
//! Not for: files that are on their way (`resumable`).
//!
//! Invariant: it is made of what the store says it received, and of nothing else.

use api::Receipt;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header;
use serde_json::json;
use store::ReceiveOutcome;

use super::headers::REPR_DIGEST;
use crate::http::operation::{Answers, Operation};
use crate::http::respond::json_with_headers;
use crate::site::Site;

/// 201: the file is received and safe.
#[derive(Debug)]
pub(crate) struct Receiving(Receipt);

impl Receiving {
    /// A repeat gets the receipt of then, however far the file has come since.
    pub(super) fn of(received: ReceiveOutcome) -> Self {
        Self(match received {
            ReceiveOutcome::New(upload) => Receipt::from(upload),
            ReceiveOutcome::Repeated(upload) => Receipt::from(upload.as_received()).repeated(),
        })
    }
}

impl IntoResponse for Receiving {
    fn into_response(self) -> Response {
        let digest = self.0.sha256.to_field();
        let headers = [(header::LOCATION, self.0.location()), (REPR_DIGEST, digest.as_str())];
        let body = self.0.clone().below(Site::of_request().prefix());
        json_with_headers(StatusCode::CREATED, &body, &headers)
    }
}

impl Answers for Receiving {
    fn describe(operation: &mut Operation<'_>) {
        operation.answers_json::<Receipt>(201);
        let text = |description: &str| json!({ "type": "string", "description": description });
        operation.answers_header(201, "Location", text("Where the upload can be looked at."));
        operation.answers_header(201, "Repr-Digest", text("The SHA-256 of the file as stored."));
    }
}
