//! A unit's runs: the list, one with what each check did, and asking for one.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::finding::{CheckReport, InvoicesRead};
use domain::page::PageSize;
use domain::{JobId, RefusalCode, Run, RunId};
use http::StatusCode;
use http::header::{self, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::NewRun;

use crate::App;
use crate::http::access::{Analyst, Viewer};
use crate::http::error::ApiError;
use crate::http::respond::json;
use axum::extract::State;

/// `?limit=50&after=run_…`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    limit: Option<u32>,
    after: Option<RunId>,
}

/// A run, and what each of its checks did.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReportedRun {
    #[serde(flatten)]
    run: Run,
    /// In the order of the checks; empty while the run is not done.
    checks: Vec<CheckReport>,
    /// How the rows of transactions were taken for invoices; absent while the run is not done.
    #[serde(rename = "invoicesRead", skip_serializing_if = "Option::is_none")]
    invoices_read: Option<InvoicesRead>,
    /// The same in sentences for whoever works with the findings; none when there is nothing to say.
    notices: Vec<String>,
}

pub(crate) async fn list_runs(
    viewer: Viewer,
    query: Result<Query<Paging>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(paging) = query.map_err(|_rejection| {
        ApiError::because(
            RefusalCode::RequestMalformed,
            "the query takes limit, a number, and after, the id of the last run of the page before",
        )
    })?;
    let size = paging.limit.map(PageSize::try_from).transpose();
    let size = size.map_err(|why| ApiError::because(RefusalCode::RequestMalformed, why))?;
    json(&viewer.store.runs(&viewer.unit, size.unwrap_or_default(), paging.after).await?)
}

pub(crate) async fn get_run(
    viewer: Viewer,
    Path((_, _, run)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let not_found = || ApiError::new(RefusalCode::RunNotFound);
    let id: RunId = run.parse().map_err(|_invalid| not_found())?;
    let run = viewer.store.run(&viewer.unit, id).await?.ok_or_else(not_found)?;
    let checks = viewer.store.run_reports(&viewer.unit, id).await?;
    let invoices_read = InvoicesRead::of(&checks);
    let notices = invoices_read.as_ref().map(InvoicesRead::notices);
    json(&ReportedRun { run, checks, notices: notices.unwrap_or_default(), invoices_read })
}

/// The run that waits: the one asked for, or one that waited already.
pub(crate) async fn ask_for_run(
    State(app): State<App>,
    analyst: Analyst,
) -> Result<Response, ApiError> {
    let now = app.clock.now();
    let ids = NewRun {
        run: RunId::new(now, app.randomness.bytes()),
        job: JobId::new(now, app.randomness.bytes()),
    };
    let run = analyst.store.ask_for_run(&analyst.unit, &analyst.known_as, ids, now).await?;
    app.new_work.notify_one();
    let place = format!("/customers/{}/units/{}/runs/{}", run.customer, run.unit, run.run_id);
    let mut response = json(&run)?;
    *response.status_mut() = StatusCode::ACCEPTED;
    let place = HeaderValue::try_from(place).map_err(ApiError::internal)?;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}
