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
use axum::response::{IntoResponse, Response};
use domain::Host;
use http::header::{self, HeaderMap, HeaderName};
use http::{Method, Uri};
use tokio::time::timeout;

use super::cookie;
use super::error::PageError;
use super::form::FormBody;
use super::format;
use super::kept_form::OlderForm;
use super::last_unit::UnitVisit;
use super::turn;
use crate::http::host;
use crate::limits::{FORM_BYTES_MAX, FORM_TIME_MAX, FORM_TOKEN_TIME_MAX};
use crate::site::Site;

/// The header that script sends in the place of a form's field.
const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// The field of every form.
const CSRF_FIELD: &str = "csrf";
const HTTPS_PORT: u16 = 443;
const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) async fn guard(request: Request, next: Next) -> Response {
    format::reader::answer(guarded(request, next)).await
}

async fn guarded(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let visit = UnitVisit::of(request.method(), request.uri().path(), request.headers());
        let mut response = turn::take(next.run(request)).await;
        if let Some(visit) = visit {
            visit.keep(&mut response);
        }
        return response;
    }
    match verify(request).await {
        Ok(request) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

/// A request that does not reach its handler.
struct ProofFailure {
    error: PageError,
    /// The form, where nothing is wrong with it but its token.
    form: Option<Box<OlderForm>>,
}

impl From<PageError> for ProofFailure {
    fn from(error: PageError) -> Self {
        Self { error, form: None }
    }
}

impl IntoResponse for ProofFailure {
    fn into_response(self) -> Response {
        let mut response = self.error.into_response();
        if let Some(form) = self.form {
            response.extensions_mut().insert(*form);
        }
        response
    }
}

async fn verify(request: Request) -> Result<Request, ProofFailure> {
    let site = Site::of_request();
    match origin_of(request.headers(), request.uri(), &site) {
        FormOrigin::Here => {}
        FormOrigin::Elsewhere => return Err(PageError::NotFromHere.into()),
        FormOrigin::OtherHost { origin, host } => {
            tracing::warn!(
                origin, %host,
                "a form was refused: the browser sent it to another host than the one it is for here; set \
                 public_url in bursard.toml, or have the proxy pass on the Host header that it was sent"
            );
            return Err(PageError::OtherHost { origin, host: host.to_string() }.into());
        }
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
        let request = is_ours.then(|| Request::from_parts(parts, body));
        return request.ok_or_else(|| PageError::NotFromHere.into());
    }
    if !is_form(request.headers()) {
        return if is_proved { Ok(request) } else { Err(PageError::NotFromHere.into()) };
    }
    let (mut parts, body) = request.into_parts();
    let form = read(body, FORM_TIME_MAX).await?;
    if !is_proved && secret.is_none_or(|secret| !secret.is_csrf(&form.first(CSRF_FIELD))) {
        let form = OlderForm::new(&parts.uri, form.into_bytes()).map(Box::new);
        return Err(ProofFailure { error: PageError::NotFromHere, form });
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

/// Where a form was sent from, as far as a browser says.
#[derive(Debug, PartialEq, Eq)]
enum FormOrigin {
    Here,
    /// Another site, or what is no browser.
    Elsewhere,
    /// This site by another name than the one that the request has: mostly a proxy that does not pass it on.
    OtherHost {
        origin: String,
        host: Host,
    },
}

/// Browsers say where a request comes from; what says nothing is no browser.
fn origin_of(headers: &HeaderMap, uri: &Uri, site: &Site) -> FormOrigin {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let fetched_from = text("sec-fetch-site");
    if fetched_from.is_some_and(|from| from != "same-origin") {
        return FormOrigin::Elsewhere;
    }
    let origin = text(header::ORIGIN.as_str());
    let origin = origin.and_then(|origin| origin.strip_prefix("https://")?.parse::<Host>().ok());
    let Some(origin) = origin else {
        let is_here = fetched_from.is_some();
        return if is_here { FormOrigin::Here } else { FormOrigin::Elsewhere };
    };
    // The public URL says which origin is ours, whatever a proxy has made of the Host header.
    let is_public = site.public_url().is_some_and(|url| *url.host() == origin);
    let host = host::named(headers, uri).map(|host| host.without_port(HTTPS_PORT));
    match host {
        _ if is_public => FormOrigin::Here,
        Some(host) if host == origin => FormOrigin::Here,
        // The browser vouches for it: only lines to copy would name the wrong host.
        _ if fetched_from.is_some() => FormOrigin::Here,
        Some(host) => FormOrigin::OtherHost { origin: format!("https://{origin}"), host },
        None => FormOrigin::Elsewhere,
    }
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
    use crate::site::SiteParts;

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
        let public_url = Some("https://bursar.example.org/b".parse().unwrap());
        let known = Site::new(SiteParts { public_url, ..SiteParts::default() });
        let other = |origin: &str, host: &str| FormOrigin::OtherHost {
            origin: origin.to_owned(),
            host: host.parse().unwrap(),
        };
        let (here, elsewhere) = (|| FormOrigin::Here, || FormOrigin::Elsewhere);
        let (backend, public) =
            (("host", "backend:8443"), ("origin", "https://bursar.example.org"));
        for (site, fields, expected) in [
            (Site::default(), &[][..], elsewhere()),
            (Site::default(), &[("sec-fetch-site", "same-origin")], here()),
            (Site::default(), &[("sec-fetch-site", "same-site")], elsewhere()),
            (Site::default(), &[("sec-fetch-site", "none")], elsewhere()),
            (
                Site::default(),
                &[("sec-fetch-site", "cross-site"), ("origin", "https://a:1"), ("host", "a:1")],
                elsewhere(),
            ),
            (known.clone(), &[("sec-fetch-site", "cross-site"), public, backend], elsewhere()),
            (Site::default(), &[("origin", "https://a:1"), ("host", "a:1")], here()),
            (Site::default(), &[("origin", "https://a"), ("host", "a:443")], here()),
            (Site::default(), &[("origin", "http://a:1"), ("host", "a:1")], elsewhere()),
            (
                Site::default(),
                &[("origin", "https://b:1"), ("host", "a:1")],
                other("https://b:1", "a:1"),
            ),
            (Site::default(), &[("origin", "null"), ("host", "a:1")], elsewhere()),
            (Site::default(), &[("host", "a:1")], elsewhere()),
            // Behind a proxy that sends its own name for the Host header.
            (
                Site::default(),
                &[public, backend],
                other("https://bursar.example.org", "backend:8443"),
            ),
            (Site::default(), &[("sec-fetch-site", "same-origin"), public, backend], here()),
            (known.clone(), &[public, backend], here()),
            (
                known,
                &[("origin", "https://evil.example"), backend],
                other("https://evil.example", "backend:8443"),
            ),
        ] {
            let headers: HeaderMap = fields
                .iter()
                .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
                .collect();
            assert_eq!(origin_of(&headers, &uri, &site), expected, "{fields:?}");
        }
    }
}
