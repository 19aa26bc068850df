//! Every route of the server, in one table: what it is, who may, and what answers.
//!
//! Invariant: the router is built from this table and nothing else, so the OpenAPI document and the
//! test that walks every route as a stranger cannot miss one.

mod api;
mod pages;
mod row;

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use domain::RefusalCode;
use http::HeaderMap;

use crate::App;
use crate::http::error::ApiError;
use crate::http::openapi::ApiDocument;
use crate::http::pages::error::PageError;
use crate::http::request::note_route;
use crate::http::route::Route;

use row::{Entry, entry};

/// Every route.
pub fn table() -> Vec<Route> {
    entries().into_iter().map(|entry| entry.route).collect()
}

pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new();
    let document = ApiDocument::new(&table(), &app.site);
    for Entry { route, handler } in entries() {
        router = router.route(route.path, handler);
    }
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(async || ApiError::new(RefusalCode::MethodNotAllowed))
        .layer(axum::Extension(document))
        .layer(axum::middleware::from_fn(note_route))
        .with_state(app)
}

/// People get a page, programs a problem.
async fn nothing_here(headers: HeaderMap) -> Response {
    let accept = headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("text/html")) {
        return PageError::NotFound.into_response();
    }
    ApiError::new(RefusalCode::NotFound).into_response()
}

fn entries() -> Vec<Entry> {
    let mut entries = api::entries();
    entries.extend(pages::entries());
    entries
}
