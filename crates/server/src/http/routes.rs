//! Every route of the server, in one table: what it is, who may, and what answers.
//!
//! Invariant: the router is built from this table and nothing else, so the OpenAPI document and the
//! test that walks every route as a stranger cannot miss one.

mod pages;

use axum::Router;
use axum::handler::Handler;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use http::{HeaderMap, Method};

use crate::App;
use crate::http::error::ApiError;
use crate::http::openapi::ApiDocument;
use crate::http::pages::error::PageError;
use crate::http::request::note_route;
use crate::http::route::{Access, Route};
use crate::http::{api, openapi, probes, problems, upload};
use domain::RefusalCode;

struct Entry {
    route: Route,
    handler: MethodRouter<App>,
}

const UPLOADS: &str = "/customers/{customer}/units/{unit}/Uploads";
const UPLOAD: &str = "/customers/{customer}/units/{unit}/Uploads/{upload}";
const PROBLEMS: &str = "/customers/{customer}/units/{unit}/Uploads/{upload}/problems";
const RUNS: &str = "/customers/{customer}/units/{unit}/runs";
const RUN: &str = "/customers/{customer}/units/{unit}/runs/{run}";
const FINDINGS: &str = "/customers/{customer}/units/{unit}/findings";
const FINDINGS_CSV: &str = "/customers/{customer}/units/{unit}/findings.csv";
const FINDINGS_XLSX: &str = "/customers/{customer}/units/{unit}/findings.xlsx";
const FINDINGS_PARQUET: &str = "/customers/{customer}/units/{unit}/findings.parquet";
const FINDING: &str = "/customers/{customer}/units/{unit}/findings/{finding}";
const FINDING_VERDICT: &str = "/customers/{customer}/units/{unit}/findings/{finding}/verdict";
const FINDING_UNDO: &str = "/customers/{customer}/units/{unit}/findings/{finding}/undo";
const FINDING_ASSIGN: &str = "/customers/{customer}/units/{unit}/findings/{finding}/assign";
const FINDING_COMMENTS: &str = "/customers/{customer}/units/{unit}/findings/{finding}/comments";
const FINDING_RECOVERED: &str = "/customers/{customer}/units/{unit}/findings/{finding}/recovered";
const VERDICTS: &str = "/customers/{customer}/units/{unit}/verdicts";
const VERDICT: &str = "/customers/{customer}/units/{unit}/verdicts/{verdict}";
/// Where a file is sent, and the same with its last segments missing, so that what is missing can be said.
const SEND: [&str; 3] = [
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
    let document = ApiDocument::new(&table());
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
    let mut entries = of_the_server();
    entries.extend(of_uploads());
    entries.extend(of_runs());
    entries.extend(of_findings());
    entries.extend(of_decisions());
    entries.extend(pages::entries());
    entries
}

fn of_the_server() -> Vec<Entry> {
    vec![
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
            "Whether uploads are taken; when not, what is in the way",
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
    ]
}

fn of_uploads() -> Vec<Entry> {
    let mut entries = vec![
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
    entries.extend(SEND.map(|path| {
        entry(
            Method::POST,
            path,
            "upload_file",
            "Send one file",
            Access::Uploader,
            upload::upload_file,
        )
    }));
    entries
}

fn of_runs() -> Vec<Entry> {
    use api::runs;
    vec![
        get(RUNS, "list_runs", "The unit's runs, newest first", Access::Viewer, runs::list_runs),
        get(
            RUN,
            "get_run",
            "One run, how far it is and what each check did",
            Access::Viewer,
            runs::get_run,
        ),
        post(
            RUNS,
            "ask_for_run",
            "Ask for a run; the one that waits already when there is one",
            runs::ask_for_run,
        ),
    ]
}

fn of_findings() -> Vec<Entry> {
    use api::{export, findings, verdicts};
    vec![
        get(
            FINDINGS,
            "list_findings",
            "What was found, the most money times probability first",
            Access::Viewer,
            findings::list_findings,
        ),
        get_file(FINDINGS_CSV, "export_findings_csv", export::export_findings_csv),
        get_file(FINDINGS_XLSX, "export_findings_xlsx", export::export_findings_xlsx),
        get_file(FINDINGS_PARQUET, "export_findings_parquet", export::export_findings_parquet),
        get(
            FINDING,
            "get_finding",
            "One finding: rows, evidence, what people did",
            Access::Viewer,
            findings::get_finding,
        ),
        get(
            VERDICTS,
            "list_verdicts",
            "The verdicts that later runs are told of, newest first",
            Access::Viewer,
            verdicts::list_verdicts,
        ),
    ]
}

fn of_decisions() -> Vec<Entry> {
    use api::verdicts;
    vec![
        post(
            FINDING_VERDICT,
            "decide_finding",
            "Decide what a finding is",
            verdicts::decide_finding,
        ),
        post(
            FINDING_UNDO,
            "undo_verdict",
            "Take the last verdict back: the finding is as it was before",
            verdicts::undo_verdict,
        ),
        post(FINDING_ASSIGN, "assign_finding", "Say who works on it", verdicts::assign_finding),
        post(
            FINDING_COMMENTS,
            "comment_on_finding",
            "Say something about it",
            verdicts::comment_on_finding,
        ),
        post(
            FINDING_RECOVERED,
            "set_recovered",
            "Say what came back of the money",
            verdicts::set_recovered,
        ),
        post(
            VERDICTS,
            "decide_findings",
            "One verdict on several findings: on all or on none",
            verdicts::decide_findings,
        ),
        entry(
            Method::DELETE,
            VERDICT,
            "end_verdict",
            "End a remembered verdict early; the finding keeps it",
            Access::Analyst,
            verdicts::end_verdict,
        ),
    ]
}

fn get_file<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    operation: &'static str,
    handler: H,
) -> Entry {
    get(path, operation, "The findings as one file, without pages", Access::Viewer, handler)
}

/// A decision.
fn post<H: Handler<T, App>, T: 'static>(
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    handler: H,
) -> Entry {
    entry(Method::POST, path, operation, summary, Access::Analyst, handler)
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
    let filter = match method {
        Method::POST => MethodFilter::POST,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    Entry {
        handler: on(filter, handler),
        route: Route { method, path, operation, summary, access },
    }
}
