//! The span of a request that brings a file, as a part of its sender's trace.
//!
//! Not for: receiving the file (`intake`).
//! Invariant: a sender's trace is gone on with once its access token is known to be good, and what is no
//! `traceparent` is left aside, as the standard has it.

use domain::TraceContext;
use http::StatusCode;
use http::header::HeaderMap;
use tracing::Span;
use tracing::field::Empty;

use super::resumable::SendAnswer;
use crate::http::error::ApiError;
use crate::traces;

pub(super) const TRACEPARENT: &str = "traceparent";
/// Bursar's own path; the site's prefix is the proxy's.
const ROUTE: &str = "/customers/{customer}/units/{unit}/Uploads/upload/{type}/{fileName}";

pub(super) fn begin(headers: &HeaderMap) -> Span {
    if !traces::are_on() {
        return Span::none();
    }
    let span = tracing::info_span!(
        target: traces::TARGET, parent: None, "POST upload", otel.kind = "server",
        otel.status_code = Empty, "error.type" = Empty, http.request.method = "POST",
        http.route = ROUTE, http.response.status_code = Empty
    );
    traces::go_on(&span, senders(headers));
    span
}

/// Notes the answer; a refusal is one of the server only from 500 on.
pub(super) fn end(span: &Span, answer: &Result<SendAnswer, ApiError>) {
    let status = match answer {
        Ok(_received) => StatusCode::CREATED.as_u16(),
        Err(refusal) => refusal.code().status(),
    };
    span.record("http.response.status_code", i64::from(status));
    if let Err(refusal) = answer {
        span.record("error.type", refusal.code().as_str());
        if status >= StatusCode::INTERNAL_SERVER_ERROR.as_u16() {
            span.record("otel.status_code", "ERROR");
        }
    }
}

/// The place that the sender goes on from; several say nothing.
fn senders(headers: &HeaderMap) -> Option<TraceContext> {
    let mut fields = headers.get_all(TRACEPARENT).iter();
    let (field, None) = (fields.next()?, fields.next()) else { return None };
    field.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn one_traceparent_counts_and_no_other() {
        for (values, expected) in
            [(&[][..], None), (&[ONE], Some(ONE)), (&[ONE, ONE], None), (&["00-no-trace"], None)]
        {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(TRACEPARENT, value.parse().unwrap());
            }
            let found = senders(&headers).map(|place| place.to_string());
            assert_eq!(found.as_deref(), expected, "{values:?}");
        }
    }
}
