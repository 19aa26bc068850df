//! What is known of a request beside its header: where it came from, and which route matched it.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// Where a request comes from, behind all proxies that are trusted; whoever accepts a connection notes it in
/// its requests.
#[derive(Debug, Clone, Copy)]
pub struct PeerAddress(pub std::net::IpAddr);

/// In a request that is one too many of its address.
#[derive(Debug, Clone, Copy)]
pub struct TooManyRequests;

/// Notes which route answered, where the log can find it.
pub(crate) async fn note_route(
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(matched) = matched {
        response.extensions_mut().insert(Arc::new(matched));
    }
    response
}
