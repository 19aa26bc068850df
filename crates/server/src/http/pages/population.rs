//! The population: how the amounts of a ledger and the findings of its runs are spread.
//!
//! Not for: what to do today (`overview`). Invariant: each picture has its numbers in words as well.

mod pictures;

use askama::Template;
use axum::extract::State;
use domain::RunState;
use domain::page::PageSize;

use super::access::Viewer;
use super::filters;
use super::format;
use super::layout::{Layout, Section};
use super::picture::Picture;
use super::respond::{PageResult, html};
use crate::App;
use pictures::{benford, weeks};

/// A quarter of a year: long enough to see a habit, short enough to read.
const WEEKS: u8 = 13;
/// Among so many of the last runs the newest that is done is looked for.
const RUNS_LOOKED_AT: u32 = 20;

#[derive(Template)]
#[template(path = "population.html")]
struct PopulationPage {
    page: Layout,
    pictures: Vec<Picture>,
}

pub(crate) async fn get_population(State(app): State<App>, viewer: Viewer) -> PageResult {
    let (store, unit, now) = (&viewer.store, &viewer.unit, app.clock.now());
    let runs = store.runs(unit, PageSize::fixed(RUNS_LOOKED_AT), None).await?.items;
    let done = runs.iter().find(|run| matches!(run.state, RunState::Done { .. }));
    let reports = match done {
        Some(run) => store.run_reports(unit, run.run_id).await?,
        None => Vec::new(),
    };
    let weeks = weeks(&store.finding_weeks(unit, WEEKS, format::week_begins(now)).await?);
    html(&PopulationPage {
        page: Layout::for_member(&app, &viewer, Section::Overview, "Population").await?,
        pictures: weeks.into_iter().chain(benford(&reports)).collect(),
    })
}
