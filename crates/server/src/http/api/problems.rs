//! The problems of an upload: what could not be used as it is, the first of them as JSON in pages or all as
//! one CSV.
//!
//! Invariant: no cell of the CSV is taken for a formula; `domain::spreadsheet` writes every one.

mod whole;

use api::{ListFormat, UploadProblems, UploadProblemsQuery};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use bytes::Bytes;
use domain::problem::LISTED;
use domain::spreadsheet::csv_line;
use domain::{Problem, RefusalCode, Upload};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::header::{self, HeaderMap, HeaderValue};
use store::CustomerStore;

use super::uploads::find;
use crate::App;
use crate::http::access::Uploader;
use crate::http::error::ApiError;
use crate::http::query::QueryParams;
use crate::http::respond::{CsvList, Json, JsonOrCsv};

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");

impl CsvList for UploadProblems {
    const COLUMNS: &'static [&'static str] = &LISTED;
    const ROW: &'static str = "problem";
}

/// Problems appear when the file is read; until then the list is empty.
pub(crate) async fn list_upload_problems(
    State(app): State<App>,
    uploader: Uploader,
    Path((_, _, upload)): Path<(String, String, String)>,
    QueryParams(query): QueryParams<UploadProblemsQuery>,
    headers: HeaderMap,
) -> Result<JsonOrCsv<UploadProblems>, ApiError> {
    let upload = find(&uploader, &upload).await?;
    match query.format.unwrap_or_else(|| accepted(&headers)) {
        ListFormat::Json => Ok(JsonOrCsv::Json(page(&uploader, &upload, &query).await?)),
        ListFormat::Csv if query.limit.is_some() || query.after.is_some() => {
            Err(ApiError::because(
                RefusalCode::RequestMalformed,
                "a CSV holds all problems and has no pages, so it takes neither limit nor after",
            ))
        }
        ListFormat::Csv => Ok(JsonOrCsv::Csv(csv(&app, &uploader.store, &upload).await?)),
    }
}

/// CSV for whoever takes that and no JSON.
fn accepted(headers: &HeaderMap) -> ListFormat {
    let takes = |media: &str| {
        let values = headers.get_all(header::ACCEPT).iter();
        values.filter_map(|value| value.to_str().ok()).any(|value| {
            value.split(',').any(|range| {
                let range = range.split_once(';').map_or(range, |(range, _)| range);
                range.trim().eq_ignore_ascii_case(media)
            })
        })
    };
    if takes("text/csv") && !takes("application/json") { ListFormat::Csv } else { ListFormat::Json }
}

async fn page(
    uploader: &Uploader,
    upload: &Upload,
    query: &UploadProblemsQuery,
) -> Result<Json<UploadProblems>, ApiError> {
    let (store, unit) = (&uploader.store, &uploader.unit);
    let size = query.limit.unwrap_or_default();
    let page = store.problems(unit, upload.id, size, query.after).await?;
    let counts = store.problem_counts(unit, upload.id).await?;
    Ok(Json(UploadProblems { next: page.next, ..UploadProblems::new(page.items, counts) }))
}

/// All of them, some at a time: an answer that breaks off is not taken for a whole one.
pub(crate) async fn csv(
    app: &App,
    store: &CustomerStore,
    upload: &Upload,
) -> Result<Response, store::Error> {
    let problems = whole::all_problems(app, store, upload).await?;
    let head = stream::once(async { Ok(Bytes::from(csv_line(LISTED))) });
    let id = upload.id;
    let lines = problems
        .map_ok(|some| Bytes::from(some.iter().map(line).collect::<String>()))
        .inspect_err(move |error| {
            let error = &**error as &dyn std::error::Error;
            tracing::warn!(upload = %id, error, "a list of problems broke off");
        });
    let mut response = Response::new(Body::from_stream(head.chain(lines)));
    let name = format!("attachment; filename=\"{id}_problems.csv\"");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, CSV);
    headers.insert(header::CONTENT_DISPOSITION, ascii(&name));
    Ok(response)
}

fn ascii(name: &str) -> HeaderValue {
    HeaderValue::from_str(name).expect("ids are letters and digits")
}

/// The line of a problem, in the order of [`LISTED`].
fn line(problem: &Problem) -> String {
    let line = problem.line.map_or_else(String::new, |line| line.to_string());
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (column, value) = (text(&problem.column), text(&problem.value));
    let message = problem.reason.to_string();
    csv_line([
        line.as_str(),
        &column,
        &value,
        problem.reason.code(),
        problem.level.code(),
        &message,
        problem.reason.advice(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_for_whoever_takes_no_json() {
        for (accept, format) in [
            (&[][..], ListFormat::Json),
            (&["*/*"], ListFormat::Json),
            (&["text/csv"], ListFormat::Csv),
            (&["TEXT/CSV; q=0.5, */*;q=0.1"], ListFormat::Csv),
            (&["text/csv, application/json"], ListFormat::Json),
            (&["text/csv", "application/json"], ListFormat::Json),
            (&["text/csvx"], ListFormat::Json),
        ] {
            let mut headers = HeaderMap::new();
            for value in accept {
                headers.append(header::ACCEPT, HeaderValue::from_static(value));
            }
            assert_eq!(accepted(&headers), format, "{accept:?}");
        }
    }
}
