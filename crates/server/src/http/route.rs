//! What a route of the server is, and whom it is for.
//!
//! Not for: which routes there are (`routes`).

use domain::RefusalCode;
use http::Method;

use crate::http::operation::Operation;
use crate::http::permission::Access;

/// One line of the table of routes.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: Method,
    /// The path as the router matches it: `{name}` is one segment, `{*name}` all that follow.
    pub path: &'static str,
    /// `<verb>_<resource>`; the handler's name.
    pub operation: &'static str,
    pub summary: &'static str,
    pub access: Access,
    /// Its part of the OpenAPI document; none for pages, and for forms of a route that only say what
    /// is missing.
    pub documented: Option<RouteDocument>,
}

/// The part of the OpenAPI document about a route, beside its path and summary.
#[derive(Debug, Clone, Copy)]
pub struct RouteDocument {
    /// The path as a client fills it in.
    pub path: &'static str,
    /// Under which heading it stands.
    pub tag: &'static str,
    /// Why it may be refused, beside what the types of its handler tell.
    pub(super) refusals: &'static [RefusalCode],
    /// Notes what its handler takes and answers.
    pub(super) describe: fn(&mut Operation<'_>),
}
