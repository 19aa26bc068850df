//! Requests before they leave: a method, a path, headers and a body.
//!
//! Not for: which headers a request has.

use http::{HeaderMap, Method, Request, StatusCode};

use crate::net::link::TransportError;
use crate::source::ContinueSignal;

/// A request for a path of the server that a link leads to.
pub(super) fn request<B>(
    method: Method,
    path: &str,
    headers: HeaderMap,
    body: B,
) -> Result<Request<B>, TransportError> {
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = path.parse().map_err(|_not_path| TransportError::NotHttp)?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// Opens the signal, which the body waits for, when the server says `100 Continue`.
pub(super) fn open_on_continue<B>(request: &mut Request<B>, signal: Option<ContinueSignal>) {
    let Some(signal) = signal else { return };
    hyper::ext::on_informational(request, move |interim| {
        if interim.status() == StatusCode::CONTINUE {
            signal.open();
        }
    });
}
