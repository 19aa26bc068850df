//! The one error type with an HTTP answer.
//!
//! Invariant: the inside text of an error cannot reach a client: only the code, the written detail and
//! the headers are rendered, and anything unexpected goes through [`ApiError::internal`], which fixes
//! the public text.

use std::error::Error as StdError;

use api::ProblemDetails;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::{ReadinessCheck, RefusalCode, RequestId, causes};
use http::StatusCode;
use http::header::{self, HeaderName, HeaderValue};

use crate::limits::RETRY_AFTER_SECONDS;
use crate::site::Site;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A refusal on its way out.
#[derive(Debug, Clone)]
pub struct ApiError {
    code: RefusalCode,
    detail: String,
    allowed: Vec<&'static str>,
    checks: Vec<ReadinessCheck>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// The refusal with its standing advice as the detail.
    pub fn new(code: RefusalCode) -> Self {
        Self {
            code,
            detail: code.advice().to_owned(),
            allowed: Vec::new(),
            checks: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// An error with its own first sentence, `what`, before the standing advice; without a full
    /// stop.
    pub fn because(code: RefusalCode, what: impl std::fmt::Display) -> Self {
        Self { detail: format!("{} {}", sentence(what), code.advice()), ..Self::new(code) }
    }

    /// An error that says only what happened here: `what` is a sentence that says itself what to do.
    pub fn saying(code: RefusalCode, what: impl std::fmt::Display) -> Self {
        Self { detail: sentence(what), ..Self::new(code) }
    }

    /// Anything unexpected: logged here, once, and told to the client as the fixed text only.
    pub fn internal(source: impl StdError) -> Self {
        tracing::error!(error = %causes::one_line(&source), "internal error");
        Self::new(RefusalCode::Internal)
    }

    pub(super) const fn code(&self) -> RefusalCode {
        self.code
    }

    /// The code and the sentences of the error, for a page.
    pub(super) fn into_words(self) -> (RefusalCode, String) {
        (self.code, self.detail)
    }

    #[must_use]
    pub fn with_allowed(mut self, allowed: &[&'static str]) -> Self {
        self.allowed = allowed.to_vec();
        self
    }

    #[must_use]
    pub fn with_checks(mut self, checks: Vec<ReadinessCheck>) -> Self {
        self.checks = checks;
        self
    }

    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// Answers an outage of the store with a later try, and all else as a fault.
impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        let code = match error {
            store::Error::Illegal { why } => {
                return Self::saying(RefusalCode::DecisionImpossible, why);
            }
            store::Error::Superseded { latest } => {
                let (by, at, entry) = (&latest.by, latest.at, latest.entry);
                let why = format_args!(
                    "{by} did something about it at {at}; its ETag is \"{entry}\" now"
                );
                return Self::because(RefusalCode::FindingChanged, why);
            }
            store::Error::NotFound { what: "upload" } => RefusalCode::UploadNotFound,
            store::Error::NotFound { what: "finding" } => RefusalCode::FindingNotFound,
            store::Error::NotFound { what: "run" } => RefusalCode::RunNotFound,
            store::Error::NotFound { what: "remembered verdict" } => RefusalCode::VerdictNotFound,
            store::Error::NotFound { what: "delivery" } => RefusalCode::NotFound,
            store::Error::Full => RefusalCode::StorageFull,
            ref transient if transient.is_transient() => RefusalCode::Busy,
            _ => return Self::internal(error),
        };
        tracing::warn!(error = %causes::one_line(&error), "store refused");
        Self::new(code)
    }
}

/// The answer is rendered later, by `render`, which knows the request.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).expect("every code has a status");
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the problem details of a refusal into its response; others pass unchanged.
pub(crate) fn render(response: &mut Response, instance: &str, request: RequestId) {
    let Some(error) = response.extensions_mut().remove::<ApiError>() else {
        return;
    };
    let code = error.code;
    let mut problem = ProblemDetails {
        allowed: error.allowed.into_iter().map(str::to_owned).collect(),
        checks: error.checks,
        ..ProblemDetails::new(code, error.detail, instance.to_owned(), request)
    };
    problem.kind = Site::of_request().href(&problem.kind);
    let body = serde_json::to_vec(&problem).expect("it is texts and numbers");
    let headers = response.headers_mut();
    headers.extend(error.headers);
    headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    if matches!(code.status(), 429 | 503) {
        let usual = HeaderValue::from(RETRY_AFTER_SECONDS);
        headers.entry(header::RETRY_AFTER).or_insert(usual);
    }
    *response.body_mut() = Body::from(body);
    response.extensions_mut().insert(code);
}

/// The sentence with a capital and a full stop.
fn sentence(what: impl std::fmt::Display) -> String {
    let mut sentence = what.to_string();
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence.push('.');
    sentence
}
