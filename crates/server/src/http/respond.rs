//! Answers that many handlers give: JSON and plain text with the right media type.

use axum::body::Body;
use axum::response::Response;
use http::header::{self, HeaderValue};

use crate::http::error::ApiError;

/// Writes a value as JSON.
pub(crate) fn json(body: &impl serde::Serialize) -> Result<Response, ApiError> {
    let bytes = serde_json::to_vec(body).map_err(ApiError::internal)?;
    Ok(with_type(Body::from(bytes), HeaderValue::from_static("application/json")))
}

/// Answers in plain text.
pub(crate) fn text(body: String) -> Response {
    with_type(Body::from(body), HeaderValue::from_static("text/plain; charset=utf-8"))
}

fn with_type(body: Body, media: HeaderValue) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response
}
