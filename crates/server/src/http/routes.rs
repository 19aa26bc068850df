//! Every route of the server, in one table: what it is, who may, and what answers.
//!
//! Invariant: the router is built from this table and nothing else, so the OpenAPI document and the
//! test that walks every route as a stranger cannot miss one.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::Method;

use crate::App;
use crate::http::{ApiError, api, door, note_route, openapi, probes, problems};
use domain::RefusalCode;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody. The list of these may only shrink; a test holds it.
    Public,
    /// Whoever has an access token for the customer and unit in the path.
    Uploader,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: Method,
    /// As the router matches it: `{name}` is one segment, `{*name}` all that follow.
    pub path: &'static str,
    /// `<verb>_<resource>`; the handler's name.
    pub operation: &'static str,
    pub summary: &'static str,
    pub access: Access,
}

struct Entry {
    route: Route,
    handler: MethodRouter<App>,
}

const UPLOADS: &str = "/customers/{customer}/units/{unit}/Uploads";
const UPLOAD: &str = "/customers/{customer}/units/{unit}/Uploads/{upload}";
const PROBLEMS: &str = "/customers/{customer}/units/{unit}/Uploads/{upload}/problems";
/// The door, and the same with its last segments missing, so that what is missing can be said.
const DOOR: [&str; 3] = [
    "/customers/{customer}/units/{unit}/Uploads/upload/{*file}",
    "/customers/{customer}/units/{unit}/Uploads/upload/",
    "/customers/{customer}/units/{unit}/Uploads/upload",
];

/// Every route.
pub fn table() -> Vec<Route> {
    entries().into_iter().map(|entry| entry.route).collect()
}

pub(crate) fn router(app: App) -> Router {
    let mut router = Router::new();
    for Entry { route, handler } in entries() {
        router = router.route(route.path, handler);
    }
    router
        .fallback(async || ApiError::new(RefusalCode::NotFound))
        .method_not_allowed_fallback(async || ApiError::new(RefusalCode::MethodNotAllowed))
        .layer(axum::middleware::from_fn(note_route))
        .with_state(app)
}

fn entries() -> Vec<Entry> {
    let mut entries = vec![
        get("/", "get_index", "What this is and where to go on", Access::Public, probes::get_index),
        get(
            "/healthz",
            "get_health",
            "Whether the process answers",
            Access::Public,
            probes::get_health,
        ),
        get(
            "/readyz",
            "get_readiness",
            "Whether uploads are taken",
            Access::Public,
            probes::get_readiness,
        ),
        get(
            "/openapi.json",
            "get_openapi",
            "This API as OpenAPI 3.1",
            Access::Public,
            openapi::get_openapi,
        ),
        get(
            "/.well-known/jwks.json",
            "get_jwks",
            "The public keys of the access tokens",
            Access::Public,
            probes::get_jwks,
        ),
        get(
            "/problems/{code}",
            "get_problem",
            "What a kind of refusal means",
            Access::Public,
            problems::get_problem,
        ),
        get(
            UPLOADS,
            "list_uploads",
            "The unit's uploads, newest first",
            Access::Uploader,
            api::uploads::list_uploads,
        ),
        get(
            UPLOAD,
            "get_upload",
            "One upload and how far it has come",
            Access::Uploader,
            api::uploads::get_upload,
        ),
        get(
            PROBLEMS,
            "list_upload_problems",
            "What could not be used as it is, and how to mend it",
            Access::Uploader,
            api::problems::list_upload_problems,
        ),
    ];
    entries.extend(DOOR.map(|path| {
        entry(
            Method::POST,
            path,
            "upload_file",
            "Send one file",
            Access::Uploader,
            door::upload_file,
        )
    }));
    entries
}

fn get<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    access: Access,
    handler: H,
) -> Entry {
    entry(Method::GET, path, operation, summary, access, handler)
}

fn entry<H: Handler<T, App>, T: 'static>(
    method: Method,
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    access: Access,
    handler: H,
) -> Entry {
    let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
    Entry {
        handler: on(filter, handler),
        route: Route { method, path, operation, summary, access },
    }
}
