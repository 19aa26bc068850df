//! The pages people work in: HTML made here, with forms that work without script.
//!
//! Not for: the API (`api`); pages and API call the same store.
//!
//! Invariant: every page goes out through [`html`], so each has the policy that lets no foreign script or
//! style run, and what people wrote is escaped by the templates.

pub(crate) mod access;
pub(crate) mod asked;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod check_settings;
pub(crate) mod cookie;
pub(crate) mod design;
pub(crate) mod employees;
pub(crate) mod error;
pub(crate) mod export;
pub(crate) mod field_labels;
pub(crate) mod findings;
pub(crate) mod form;
pub(crate) mod frame;
pub(crate) mod guard;
pub(crate) mod help;
pub(crate) mod index;
pub(crate) mod invitations;
pub(crate) mod known_checks;
pub(crate) mod ledger;
pub(crate) mod limits;
pub(crate) mod look;
pub(crate) mod mappings;
pub(crate) mod me;
pub(crate) mod overview;
pub(crate) mod reading_rules;
pub(crate) mod retention;
pub(crate) mod saved_views;
pub(crate) mod sign_in;
pub(crate) mod site;
pub(crate) mod suppliers;
pub(crate) mod tokens;
pub(crate) mod transactions;
pub(crate) mod units;
pub(crate) mod uploads;
pub(crate) mod users;
pub(crate) mod verdicts;
pub(crate) mod words;

use askama::Template;
use axum::body::Body;
use axum::response::Response;
use http::header::{self, HeaderValue};

pub(crate) use error::PageError;

/// Nothing runs but our own files, nothing is sent elsewhere, nobody frames a page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// Links with secrets in them stay here; forms still tell where they come from.
const REFERRER: HeaderValue = HeaderValue::from_static("same-origin");

/// What a page's handler gives.
pub(crate) type PageResult = Result<Response, PageError>;

/// A template as an answer.
pub(crate) fn html(template: &impl Template) -> PageResult {
    let body = template.render().map_err(PageError::internal)?;
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HTML);
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::REFERRER_POLICY, REFERRER);
    Ok(response)
}

/// The same, of a form that was not accepted.
pub(crate) fn html_again(template: &impl Template) -> PageResult {
    let mut response = html(template)?;
    *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// After a form: the browser asks for the page that shows what came of it.
pub(crate) fn see_other(path: &str) -> PageResult {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = http::StatusCode::SEE_OTHER;
    let path = HeaderValue::try_from(path).map_err(PageError::internal)?;
    response.headers_mut().insert(header::LOCATION, path);
    Ok(response)
}
