//! A unit's runs: the list, one with what each check did, and asking for one.

use api::{PageQuery, RunDetail};
use axum::extract::{Path, State};
use domain::finding::InvoicesRead;
use domain::page::Page;
use domain::{JobId, RefusalCode, Run, RunId};
use store::NewRun;

use crate::App;
use crate::http::access::{Analyst, Viewer};
use crate::http::error::ApiError;
use crate::http::query::QueryParams;
use crate::http::respond::{AcceptedJson, Json};

pub(crate) async fn list_runs(
    viewer: Viewer,
    QueryParams(query): QueryParams<PageQuery<RunId>>,
) -> Result<Json<Page<Run, RunId>>, ApiError> {
    Ok(Json(viewer.store.runs(&viewer.unit, query.size(), query.after).await?))
}

pub(crate) async fn get_run(
    viewer: Viewer,
    Path((_, _, run)): Path<(String, String, String)>,
) -> Result<Json<RunDetail>, ApiError> {
    let not_found = || ApiError::new(RefusalCode::RunNotFound);
    let id: RunId = run.parse().map_err(|_invalid| not_found())?;
    let run = viewer.store.run(&viewer.unit, id).await?.ok_or_else(not_found)?;
    let checks = viewer.store.run_reports(&viewer.unit, id).await?;
    let invoices_read = InvoicesRead::from_reports(&checks);
    let notices = invoices_read.as_ref().map(InvoicesRead::notices).unwrap_or_default();
    Ok(Json(RunDetail { run, checks, notices, invoices_read }))
}

/// Asks for a run, and answers the one that waits: this one, or one that waited already.
pub(crate) async fn ask_for_run(
    State(app): State<App>,
    analyst: Analyst,
) -> Result<AcceptedJson<Run>, ApiError> {
    let now = app.clock.now();
    let ids = NewRun {
        run: RunId::new(now, app.randomness.bytes()),
        job: JobId::new(now, app.randomness.bytes()),
    };
    let decider = analyst.decider(&app);
    let run = analyst.store.ask_for_run(&analyst.unit, ids, decider).await?;
    app.new_work.notify_one();
    let location = format!("/customers/{}/units/{}/runs/{}", run.customer, run.unit, run.run_id);
    Ok(AcceptedJson { location, body: run })
}
