//! A row of the table of routes, and how one is made.
//!
//! Not for: which rows there are. Invariant: a route answers with the handler of its row and no other.

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;

use crate::App;
use crate::http::permission::Access;
use crate::http::route::Route;

/// A row of the table of routes: what the route is, and what answers.
pub(super) struct Entry {
    pub(super) route: Route,
    pub(super) handler: MethodRouter<App>,
}

/// A row that the OpenAPI document says nothing of.
pub(super) fn entry<H: Handler<T, App>, T: 'static>(
    method: Method,
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    access: Access,
    handler: H,
) -> Entry {
    let filter = match method {
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::DELETE => MethodFilter::DELETE,
        Method::PATCH => MethodFilter::PATCH,
        Method::HEAD => MethodFilter::HEAD,
        Method::OPTIONS => MethodFilter::OPTIONS,
        _ => MethodFilter::GET,
    };
    Entry {
        handler: on(filter, handler),
        route: Route { method, path, operation, summary, access, documented: None },
    }
}
