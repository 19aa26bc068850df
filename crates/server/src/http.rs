//! The HTTP face: one service for every connection.
//!
//! Not for: sockets and TLS (`listener`), or what receiving means (`intake`).
//!
//! Invariant: every answer passes through [`Service::call`], so each has a request id, the security
//! headers, a log line and a count, and every error is problem details, or a page where people asked.

pub mod access;
mod api;
mod code_words;
mod compress;
mod drain;
mod error;
mod host;
mod if_match;
mod json_body;
mod mcp;
mod openapi;
mod operation;
pub(crate) mod pages;
mod path;
mod permission;
mod probes;
mod problems;
mod query;
mod request;
mod respond;
mod route;
mod routes;
mod schemas;
mod statement_file;
mod upload;
mod workbook;

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::response::{IntoResponse as _, Response};
use domain::{RefusalCode, RequestId};
use futures_util::FutureExt as _;
use http::header::{self, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use hyper::body::Incoming;
use tokio::time::Instant;
use tower::ServiceExt as _;

use crate::App;
use crate::http::pages::error_page::{self, RefusedRequest};
use crate::limits::{HEADER_BYTES_MAX, HEADER_FIELDS_MAX, TARGET_BYTES_MAX};
use crate::measures;
use crate::panics::Panic;
use crate::site::Site;

pub(crate) use drain::DrainPace;
pub use error::ApiError;
pub use permission::{Access, Permission};
pub use request::{
    ActivityGuard, FramingFault, FramingFaults, InterimAnswers, PeerAddress, RequestFraming,
    TooManyRequests,
};
pub use route::{Route, RouteDocument};
pub use routes::table as routes;
pub use workbook::findings_workbook;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Two years, as Mozilla's guideline has it.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000");
const HSTS_OF_SUBDOMAINS: HeaderValue =
    HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// No page of another site holds a window of ours or reads an answer.
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// The methods of all routes, for who asks the server what it can do.
const METHODS: HeaderValue =
    HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");

/// The OpenAPI document of every route.
pub fn openapi_document() -> serde_json::Value {
    openapi::document(&routes::table(), &Site::default())
}

/// The page of the documentation about the API, in Markdown.
pub fn api_page() -> String {
    pages::help::reference::reference_document(&openapi_document())
}

/// Answers the requests of all connections.
#[derive(Debug, Clone)]
pub struct Service {
    app: App,
    router: axum::Router,
}

impl Service {
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), router: routes::router(app.clone()) }
    }

    /// Answers one request; never fails, and a panic inside is a 500 of this request only.
    pub async fn call(self, request: http::Request<Incoming>) -> Result<Response, Infallible> {
        let site = self.app.site.clone();
        Ok(site.answer(self.answer_here(request)).await)
    }

    async fn answer_here(self, request: http::Request<Incoming>) -> Response {
        let started = Instant::now();
        let site = &self.app.site;
        let id = RequestId::new(self.app.clock.now(), self.app.randomness.bytes());
        let version = request.version();
        let method = request.method().clone();
        let headers = request.headers().clone();
        let extensions = request.extensions();
        let framing = extensions.get::<RequestFraming>().cloned().unwrap_or_default();
        let guard = extensions.get::<ActivityGuard>().cloned();
        let (mut request, lent) = drain::lend(request);
        site.enter(request.uri_mut());
        let instance = site.href(request.uri().path());
        path::canonicalise(request.uri_mut());
        let path = request.uri().path().to_owned();

        let answer = AssertUnwindSafe(self.answer(request, &framing)).catch_unwind().await;
        framing.close_interim();
        let (route, mut response) = answer.unwrap_or_else(|panic| {
            let error = Panic::from(panic);
            let error = &error as &dyn std::error::Error;
            tracing::error!(request = %id, method = %method, error, "a request panicked");
            (None, ApiError::new(RefusalCode::Internal).into_response())
        });
        error::render(&mut response, &instance, id);
        let refused = RefusedRequest { headers: &headers, path: &path, id };
        error_page::render(&self.app, &mut response, refused).await;
        if let Some(coding) = compress::wanted(&headers) {
            response = compress::compress(response, coding).await;
        }
        let pace = DrainPace::new(&self.app.limits);
        drain::answer_early(&mut response, &lent, version, pace, guard);
        decorate(&mut response, site, id);

        let route = route.as_ref().map_or("none", |path| path.as_str());
        measures::request(route, response.status(), started.elapsed());
        tracing::info!(
            request = %id, method = %method, route, status = response.status().as_u16(),
            millis = measures::millis(started.elapsed()),
            code = response.extensions().get::<RefusalCode>().map(|code| code.as_str()),
            "answered"
        );
        response
    }

    async fn answer(
        &self,
        request: Request,
        framing: &RequestFraming,
    ) -> (Option<Arc<MatchedPath>>, Response) {
        if let Some(fault) = framing.fault().or_else(|| oversize(&request)) {
            return (None, refuse(fault));
        }
        if let Err(refusal) = host::verify(&request, &self.app.site) {
            return (None, refusal.into_response());
        }
        if request.extensions().get::<TooManyRequests>().is_some() {
            return (None, ApiError::new(RefusalCode::RequestsTooMany).into_response());
        }
        if request.method() == Method::OPTIONS && request.uri().path() == "*" {
            return (None, (StatusCode::NO_CONTENT, [(header::ALLOW, METHODS)]).into_response());
        }
        let router = self.router.clone();
        let response = match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let route = response.extensions().get::<Arc<MatchedPath>>().cloned();
        match framing.fault() {
            // The body broke off there, and whoever read it knows no more.
            Some(fault) if !response.status().is_success() => (route, refuse(fault)),
            _ => (route, response),
        }
    }
}

fn refuse(fault: FramingFault) -> Response {
    ApiError::because(fault.code, fault.why).into_response()
}

/// The fault of a header larger than is read: over HTTP/2, where no line of it is held back before.
fn oversize(request: &Request) -> Option<FramingFault> {
    let url = request.uri().path_and_query().map_or(0, |url| url.as_str().len());
    if url > TARGET_BYTES_MAX {
        return Some(FramingFault::url_too_long());
    }
    let fields = request.headers();
    let bytes: usize = fields.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let is_large = url + bytes > HEADER_BYTES_MAX || fields.len() > HEADER_FIELDS_MAX;
    is_large.then(FramingFault::header_too_large)
}

fn decorate(response: &mut Response, site: &Site, id: RequestId) {
    let headers = response.headers_mut();
    if let Some(path) = headers.get(header::LOCATION).and_then(|path| path.to_str().ok()) {
        let location = HeaderValue::try_from(site.href(path));
        headers.insert(header::LOCATION, location.expect("its parts are of headers"));
    }
    let hsts = if site.is_tls_for_subdomains() { HSTS_OF_SUBDOMAINS } else { HSTS };
    headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(OPENER_POLICY, SAME_ORIGIN);
    headers.insert(RESOURCE_POLICY, SAME_ORIGIN);
    headers.insert(header::SERVER, HeaderValue::from_static("Bursar"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let id = HeaderValue::try_from(id.to_string()).expect("an id is letters and digits");
    headers.insert(REQUEST_ID, id);
}
