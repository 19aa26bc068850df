//! The statuses whose invoices are left out: those met in the ledger, and the unit's own list.
//!
//! Not for: the rule (`domain::invoice_status`).

use domain::finding::{InvoicesRead, StatusesRead};
use domain::invoice_status::{InvalidStatuses, LISTED_MAX, StatusRule};
use domain::page::PageSize;
use domain::{LeftOutStatuses, RunState, UnitName};

use crate::http::pages::access::Admin;
use crate::http::pages::error::PageError;
use crate::http::pages::format;

/// Runs among which there is nearly always one that is done.
const RUNS_LOOKED_AT: u32 = 20;

/// The statuses as the page shows them.
pub(super) struct StatusesCard {
    /// Set when the unit has a list of its own.
    pub(super) is_listed: bool,
    /// One a line: its own list, or those left out now as a list to begin with.
    pub(super) list: String,
    pub(super) list_max: usize,
    pub(super) met: Vec<StatusLine>,
    /// Set when a run has looked at the ledger.
    pub(super) was_run: bool,
    /// `3 more statuses`; none when all are there.
    pub(super) more: Option<String>,
}

pub(super) struct StatusLine {
    pub(super) status: String,
    pub(super) rows: String,
    pub(super) is_left_out: bool,
}

/// The setting as the form gives it: `known`, or `listed` with one status a line.
pub(super) fn parse(choice: &str, list: &str) -> Result<LeftOutStatuses, InvalidStatuses> {
    match choice {
        "listed" => LeftOutStatuses::parse_list(list),
        _ => Ok(LeftOutStatuses::Known),
    }
}

/// The statuses of the newest run that is done, decided by the setting. `typed` is a list that
/// cannot be kept.
pub(super) async fn card(
    admin: &Admin,
    unit: &UnitName,
    set: &LeftOutStatuses,
    typed: Option<&str>,
) -> Result<StatusesCard, PageError> {
    let read = newest(admin, unit).await?;
    let was_run = read.is_some();
    let read = read.unwrap_or_default();
    let rule = StatusRule::new(set, read.rows);
    let line = |read: domain::finding::StatusRead| StatusLine {
        is_left_out: rule.leaves_out(&read.status, read.rows),
        rows: format::count(read.rows),
        status: read.status,
    };
    let met: Vec<StatusLine> = read.met.into_iter().map(line).collect();
    let lines: Vec<&str> = match set {
        LeftOutStatuses::Listed(listed) => listed.iter().map(String::as_str).collect(),
        LeftOutStatuses::Known => {
            met.iter().filter(|line| line.is_left_out).map(|line| line.status.as_str()).collect()
        }
    };
    Ok(StatusesCard {
        is_listed: typed.is_some() || !set.is_known(),
        list: typed.map_or_else(|| lines.join("\n"), str::to_owned),
        list_max: LISTED_MAX,
        more: (read.more > 0).then(|| format::counted(read.more, "more status", "more statuses")),
        met,
        was_run,
    })
}

/// The newest statuses; none before the first run is done.
async fn newest(admin: &Admin, unit: &UnitName) -> Result<Option<StatusesRead>, PageError> {
    let runs = admin.store.runs(unit, PageSize::fixed(RUNS_LOOKED_AT), None).await?.items;
    let done = runs.iter().find(|run| matches!(run.state, RunState::Done { .. }));
    let Some(run) = done else { return Ok(None) };
    let reports = admin.store.run_reports(unit, run.run_id).await?;
    let read = InvoicesRead::from_reports(&reports).map(|read| read.statuses);
    Ok(Some(read.unwrap_or_default()))
}
