//! The JSON that comes with a decision.
//!
//! Not for: files; `upload` streams those. Invariant: bounded, and what is wrong with it is said.

use axum::extract::{FromRequest, Request};
use domain::RefusalCode;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::App;
use crate::http::error::ApiError;
use crate::http::operation::{Operation, Takes};
use crate::limits::{DECISION_BYTES_MAX, FORM_TIME_MAX};

/// A body that was parsed, of at most so many bytes.
#[derive(Debug)]
pub(crate) struct JsonBody<T, const BYTES_MAX: usize = DECISION_BYTES_MAX>(pub(crate) T);

impl<T: DeserializeOwned, const BYTES_MAX: usize> FromRequest<App> for JsonBody<T, BYTES_MAX> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _app: &App) -> Result<Self, ApiError> {
        let bytes = axum::body::to_bytes(request.into_body(), BYTES_MAX);
        let bytes = timeout(FORM_TIME_MAX, bytes).await.map_err(|_too_slow| {
            let seconds = FORM_TIME_MAX.as_secs();
            let why = format_args!("the body was not there whole after {seconds} seconds");
            ApiError::because(RefusalCode::BodyTooSlow, why)
        })?;
        let bytes = bytes.map_err(|_too_long_or_broken| {
            ApiError::because(
                RefusalCode::RequestMalformed,
                format_args!("the body broke off or has more than {BYTES_MAX} bytes"),
            )
        })?;
        // What serde says is about the client's own text.
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            ApiError::because(
                RefusalCode::RequestMalformed,
                format_args!("the body is not the JSON that is expected here: {error}"),
            )
        })
    }
}

impl<T: JsonSchema, const BYTES_MAX: usize> Takes for JsonBody<T, BYTES_MAX> {
    fn describe(operation: &mut Operation<'_>) {
        operation.takes_json::<T>();
        operation.refuses(&[RefusalCode::BodyTooSlow]);
    }
}
