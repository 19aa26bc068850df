//! The audit log as a file: CSV for people, JSON lines for programs.
//!
//! Invariant: that somebody took it out is in the log before the first line leaves.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::spreadsheet::csv_line;
use domain::{AuditEntry, ChainedEntry};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::header::{self, HeaderValue};
use serde_json::json;
use store::{AuditFilter, CustomerStore};

use super::AuditQuery;
use crate::App;
use crate::http::pages::access::Auditor;
use crate::http::pages::error::PageError;
use crate::http::pages::query::Query;
use crate::http::pages::respond::PageResult;

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
const JSON_LINES: HeaderValue = HeaderValue::from_static("application/jsonl; charset=utf-8");
const COLUMNS: [&str; 7] = ["sequence", "at", "who", "what", "about", "details", "hash"];

pub(crate) async fn export_csv(
    State(app): State<App>,
    auditor: Auditor,
    Query(query): Query<AuditQuery>,
) -> PageResult {
    note(&app, &auditor, &query, "csv").await?;
    let head = stream::once(async { Ok(Bytes::from(csv_line(COLUMNS))) });
    let lines = lines(auditor.store.clone(), query.filter(), csv);
    file(Body::from_stream(head.chain(lines)), CSV, &auditor, "csv")
}

pub(crate) async fn export_json_lines(
    State(app): State<App>,
    auditor: Auditor,
    Query(query): Query<AuditQuery>,
) -> PageResult {
    note(&app, &auditor, &query, "jsonl").await?;
    file(
        Body::from_stream(lines(auditor.store.clone(), query.filter(), json_line)),
        JSON_LINES,
        &auditor,
        "jsonl",
    )
}

async fn note(
    app: &App,
    auditor: &Auditor,
    query: &AuditQuery,
    file: &str,
) -> Result<(), PageError> {
    let entry = AuditEntry {
        at: app.clock.now(),
        who: auditor.current_user.user.email.to_string(),
        what: "audit.export".to_owned(),
        about: auditor.customer.to_string(),
        customer: Some(auditor.customer.clone()),
        details: json!({ "file": file, "query": query.text() }),
    };
    Ok(app.store.system().audit(&entry).await?)
}

/// A page at a time: an answer that breaks off is not taken for a whole one.
fn lines(
    store: CustomerStore,
    filter: AuditFilter,
    line: fn(&ChainedEntry) -> String,
) -> impl futures_util::Stream<Item = Result<Bytes, store::Error>> + Send + 'static {
    const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
    let from = std::sync::Arc::new((store, filter));
    let pages = stream::try_unfold(Some(None), move |place: Option<Option<u64>>| {
        let from = std::sync::Arc::clone(&from);
        async move {
            let Some(after) = place else { return Ok(None) };
            let (store, filter) = &*from;
            let page = store.audit_entries(filter, SIZE, after).await?;
            Ok::<_, store::Error>(Some((page.items, page.next.map(Some))))
        }
    });
    pages.map_ok(move |items| Bytes::from(items.iter().map(line).collect::<String>())).inspect_err(
        |error| {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "an export of the audit log broke off");
        },
    )
}

fn csv(item: &ChainedEntry) -> String {
    let entry = &item.entry;
    let details = if entry.details.is_null() { String::new() } else { entry.details.to_string() };
    csv_line([
        item.sequence.to_string().as_str(),
        &entry.at.to_string(),
        &entry.who,
        &entry.what,
        &entry.about,
        &details,
        &item.hash.to_string(),
    ])
}

fn json_line(item: &ChainedEntry) -> String {
    serde_json::to_string(item).expect("it is texts and numbers") + "\n"
}

fn file(body: Body, media: HeaderValue, auditor: &Auditor, extension: &str) -> PageResult {
    let mut response = Response::new(body);
    let name = format!("attachment; filename=\"audit_{}.{extension}\"", auditor.customer);
    let name = HeaderValue::try_from(name).map_err(PageError::internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
