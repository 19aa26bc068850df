//! What stands before every page that changes something: the request comes from a page of ours.
//!
//! Not for: who may; the extractors of `access` say that.
//!
//! Invariant: a POST to a page reaches its handler only when the browser says it comes from this site, and
//! when it carries the token of the session it is made in: in a header, in a field, or in the first part of
//! a form with a file.

pub(super) mod multipart;

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{self, HeaderMap, HeaderName};
use http::{Method, Uri};
use tokio::time::timeout;

use super::cookie;
use super::error::PageError;
use super::form::FormBody;
use crate::limits::{FORM_BYTES_MAX, FORM_TIME_MAX, FORM_TOKEN_TIME_MAX};

/// The header that script sends in the place of a form's field.
const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// The field of every form.
const CSRF_FIELD: &str = "csrf";
const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) async fn guard(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    match verify(request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn verify(request: Request) -> Result<Request, PageError> {
    if !is_from_here(request.headers(), request.uri()) {
        return Err(PageError::NotFromHere);
    }
    let secret = cookie::session(request.headers());
    let presented = request.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    let is_proved = match (&secret, presented) {
        (Some(secret), Some(presented)) => secret.is_csrf(presented),
        // Who is not signed in has nothing that a foreign page could use.
        (None, _) => true,
        (Some(_), None) => false,
    };
    if let Some(boundary) = multipart::boundary(request.headers())
        && !is_proved
        && let Some(secret) = &secret
    {
        let (parts, body) = request.into_parts();
        let peeked = timeout(FORM_TOKEN_TIME_MAX, multipart::peek(&boundary, body)).await;
        let (presented, body) = peeked.map_err(|_too_slow| PageError::NotFromHere)?;
        let is_ours = secret.is_csrf(&presented);
        return is_ours.then(|| Request::from_parts(parts, body)).ok_or(PageError::NotFromHere);
    }
    if !is_form(request.headers()) {
        return if is_proved { Ok(request) } else { Err(PageError::NotFromHere) };
    }
    let (mut parts, body) = request.into_parts();
    let form = read(body, FORM_TIME_MAX).await?;
    if !is_proved && secret.is_none_or(|secret| !secret.is_csrf(&form.first(CSRF_FIELD))) {
        return Err(PageError::NotFromHere);
    }
    parts.extensions.insert(form);
    Ok(Request::from_parts(parts, Body::empty()))
}

/// Reads a form whole, within a time.
async fn read(body: Body, within: Duration) -> Result<FormBody, PageError> {
    let body = timeout(within, axum::body::to_bytes(body, FORM_BYTES_MAX)).await;
    let body = body.map_err(|_too_slow| PageError::FormTooSlow)?;
    Ok(FormBody::new(body.map_err(|_too_long_or_broken| PageError::FormTooLong)?))
}

/// Browsers say where a request comes from; what says nothing is no browser.
fn is_from_here(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let host =
        text(header::HOST.as_str()).or_else(|| uri.authority().map(http::uri::Authority::as_str));
    let origin = text(header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin == host)
}

fn is_form(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media.is_some_and(|media| {
        media.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM)
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use bytes::Bytes;
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_form_that_does_not_arrive_is_not_waited_for() {
        let silent = stream::pending::<Result<Bytes, Infallible>>();
        let refused = read(Body::from_stream(silent), Duration::ZERO).await.err();
        assert_eq!(refused, Some(PageError::FormTooSlow));
        let long = read(Body::from(vec![b'a'; FORM_BYTES_MAX + 1]), FORM_TIME_MAX).await.err();
        assert_eq!(long, Some(PageError::FormTooLong));
        let form = read(Body::from("csrf=x"), FORM_TIME_MAX).await.ok().unwrap();
        assert_eq!(form.first("csrf"), "x");
    }

    #[test]
    fn only_this_site_is_here() {
        let uri = Uri::from_static("/sign-in");
        for (fields, is_here) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "none")], false),
            (
                &[("sec-fetch-site", "cross-site"), ("origin", "https://a:1"), ("host", "a:1")],
                false,
            ),
            (&[("origin", "https://a:1"), ("host", "a:1")], true),
            (&[("origin", "https://b:1"), ("host", "a:1")], false),
            (&[("origin", "null"), ("host", "a:1")], false),
            (&[("host", "a:1")], false),
        ] {
            let headers: HeaderMap = fields
                .iter()
                .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
                .collect();
            assert_eq!(is_from_here(&headers, &uri), is_here, "{fields:?}");
        }
    }
}
