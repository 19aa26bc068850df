//! Answers of pages: a template, a form shown again, another page to go to.
//!
//! Not for: refusals (`error_page`).
//!
//! Invariant: a page goes out through [`html`] only, so each has the policy that lets no foreign script or
//! style run.

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::header::{self, HeaderValue};

use super::error::PageError;
use crate::site::Site;

/// Nothing runs but our own files, nothing is sent elsewhere, nobody frames a page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// Links with secrets in them stay here; forms still tell where they come from.
const REFERRER: HeaderValue = HeaderValue::from_static("same-origin");

/// The answer of a page's handler.
pub(crate) type PageResult = Result<Response, PageError>;

/// A template as an answer.
pub(crate) fn html(template: &impl Template) -> PageResult {
    let body = template.render_with_values(&Site::of_request()).map_err(PageError::internal)?;
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HTML);
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::REFERRER_POLICY, REFERRER);
    Ok(response)
}

/// Answers a form that was not accepted with its page again.
pub(crate) fn html_again(template: &impl Template) -> PageResult {
    let mut response = html(template)?;
    *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// A page that the browser goes on from by itself to another site. A redirect in answer to a form would be
/// one that the policy of forms forbids.
pub(crate) fn go_on(template: &impl Template, address: &str) -> PageResult {
    let mut response = html(template)?;
    let value = HeaderValue::try_from(format!("0; url={address}")).map_err(PageError::internal)?;
    response.headers_mut().insert(header::REFRESH, value);
    Ok(response)
}

/// Sends the browser on, after a form, to the page that shows what became of it.
pub(crate) fn see_other(path: &str) -> PageResult {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = http::StatusCode::SEE_OTHER;
    let path = HeaderValue::try_from(path).map_err(PageError::internal)?;
    response.headers_mut().insert(header::LOCATION, path);
    Ok(response)
}
