//! The problems of an upload: what could not be used as it is, as JSON in pages or as one CSV.
//!
//! Invariant: no cell of the CSV is taken for a formula; `domain::spreadsheet` writes every one.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Response;
use bytes::Bytes;
use domain::page::PageSize;
use domain::problem::LISTED;
use domain::spreadsheet::csv_line;
use domain::{Problem, ProblemCount, RefusalCode, UnitName, Upload};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::header::{self, HeaderMap, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::CustomerStore;

use super::uploads::find;
use crate::http::access::Uploader;
use crate::http::error::ApiError;
use crate::http::respond::json;

const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");

/// `?limit=50&after=49` or `?format=csv`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    limit: Option<u32>,
    after: Option<u64>,
    format: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Json,
    Csv,
}

/// One page of the problems kept, and the true counts of all.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedProblems {
    items: Vec<ListedProblem>,
    /// By column and reason, the most frequent first; also of problems that are not kept.
    counts: Vec<ListedCount>,
    /// All that were met: the sum of the counts.
    total: u64,
    /// Pass it as `after` to get the items that follow; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ListedProblem {
    #[serde(flatten)]
    problem: Problem,
    /// The reason as a sentence.
    message: String,
    /// How to mend it, or what was done about it.
    advice: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ListedCount {
    #[serde(flatten)]
    count: ProblemCount,
    /// The reason as a sentence.
    message: String,
}

/// All problems of an upload as the API lists them on one page.
pub fn listed_problems(problems: Vec<Problem>, counts: Vec<ProblemCount>) -> ListedProblems {
    ListedProblems {
        total: counts.iter().map(|count| count.count).sum(),
        items: problems
            .into_iter()
            .map(|problem| ListedProblem {
                message: problem.reason.to_string(),
                advice: problem.reason.advice(),
                problem,
            })
            .collect(),
        counts: counts
            .into_iter()
            .map(|count| ListedCount { message: count.reason.to_string(), count })
            .collect(),
        next: None,
    }
}

/// Problems appear when the file is read; until then the list is empty.
pub(crate) async fn list_upload_problems(
    uploader: Uploader,
    Path((_, _, upload)): Path<(String, String, String)>,
    query: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Query(wanted) = query.map_err(|_rejection| {
        ApiError::because(
            RefusalCode::RequestMalformed,
            "the query takes limit, a number, after, the next of the page before, and format, json or csv",
        )
    })?;
    let upload = find(&uploader, &upload).await?;
    match wanted.format.unwrap_or_else(|| accepted(&headers)) {
        Format::Json => page(&uploader, &upload, &wanted).await,
        Format::Csv if wanted.limit.is_some() || wanted.after.is_some() => Err(ApiError::because(
            RefusalCode::RequestMalformed,
            "a CSV holds all problems and has no pages, so it takes neither limit nor after",
        )),
        Format::Csv => Ok(csv(&uploader.store, &uploader.unit, &upload).await?),
    }
}

/// CSV for whoever takes that and no JSON.
fn accepted(headers: &HeaderMap) -> Format {
    let takes = |media: &str| {
        let values = headers.get_all(header::ACCEPT).iter();
        values.filter_map(|value| value.to_str().ok()).any(|value| {
            value.split(',').any(|range| {
                let range = range.split_once(';').map_or(range, |(range, _)| range);
                range.trim().eq_ignore_ascii_case(media)
            })
        })
    };
    if takes("text/csv") && !takes("application/json") { Format::Csv } else { Format::Json }
}

async fn page(uploader: &Uploader, upload: &Upload, wanted: &Wanted) -> Result<Response, ApiError> {
    let size = wanted.limit.map(PageSize::try_from).transpose();
    let size = size.map_err(|why| ApiError::because(RefusalCode::RequestMalformed, why))?;
    let (store, unit) = (&uploader.store, &uploader.unit);
    let page = store.problems(unit, upload.id, size.unwrap_or_default(), wanted.after).await?;
    let counts = store.problem_counts(unit, upload.id).await?;
    json(&ListedProblems { next: page.next, ..listed_problems(page.items, counts) })
}

/// All of them, some at a time: an answer that breaks off is not taken for a whole one.
pub(crate) async fn csv(
    store: &CustomerStore,
    unit: &UnitName,
    upload: &Upload,
) -> Result<Response, store::Error> {
    let problems = store.all_problems(unit, upload.id).await?;
    let head = stream::once(async { Ok(Bytes::from(csv_line(LISTED))) });
    let id = upload.id;
    let lines = problems
        .map_ok(|some| Bytes::from(some.iter().map(line).collect::<String>()))
        .inspect_err(move |error| {
            let error = error as &dyn std::error::Error;
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

/// In the order of [`LISTED`].
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
            (&[][..], Format::Json),
            (&["*/*"], Format::Json),
            (&["text/csv"], Format::Csv),
            (&["TEXT/CSV; q=0.5, */*;q=0.1"], Format::Csv),
            (&["text/csv, application/json"], Format::Json),
            (&["text/csv", "application/json"], Format::Json),
            (&["text/csvx"], Format::Json),
        ] {
            let mut headers = HeaderMap::new();
            for value in accept {
                headers.append(header::ACCEPT, HeaderValue::from_static(value));
            }
            assert_eq!(accepted(&headers), format, "{accept:?}");
        }
    }
}
