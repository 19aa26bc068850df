//! One run of the checks: from the ledgers of a unit to findings that are kept.
//!
//! Not for: what checks look for, or trying again (`work`).
//!
//! Invariant: nothing of a run is seen before all of it is: cut off anywhere, it is done again from its
//! beginning.

use std::sync::Mutex;

use domain::finding::{CheckRequest, CheckedUnit};
use domain::{CheckSettings, FileType, RunState};
use store::{ClaimedJob, OwnCheckState};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use tracing::Instrument as _;

use super::{Failure, WorkerParts};
use crate::ledgers::{CheckProgress, LedgersError};
use crate::limits::{ATTEMPTS_MAX, PROGRESS_EVERY};
use crate::{measures, traces};

pub(super) async fn check(parts: &WorkerParts, job: &ClaimedJob) -> Result<(), Failure> {
    let system = parts.store.system();
    let run = system.begin_run(job, parts.clock.now()).await?;
    if run.state.is_over() {
        return Ok(system.finish_job(job, parts.clock.now()).await?);
    }
    let of = CheckedUnit { customer: run.customer, unit: run.unit };
    let settings = parts.store.customer(&of.customer).check_settings(&of.unit).await?;
    let request = request(parts, of, settings).await?;
    let began = Instant::now();
    let board = Board::default();
    let checking = parts.checker.check(&request, &board);
    let checked = tokio::select! {
        checked = checking.instrument(traces::step("look for findings")) => checked?,
        failure = board.keep_written(parts, job) => return Err(failure),
    };
    let keeping = traces::step("keep findings");
    let finishing = system.finish_run(job, &checked, parts.clock.now());
    let done = finishing.instrument(keeping.clone()).await?;
    let RunState::Done { counts, .. } = done.state else { return Ok(()) };
    keeping.record("bursar.findings", traces::count(counts.findings));
    keeping.record("bursar.findings.new", traces::count(counts.new_findings));
    keeping.record("bursar.findings.gone", traces::count(counts.gone));
    drop(keeping);
    tracing::info!(
        run = %done.run_id, customer = %done.customer, unit = %done.unit, ?counts,
        millis = measures::millis(began.elapsed()), "checked"
    );
    super::credits::look(parts, &request.of).await;
    Ok(())
}

/// The request for the checks of a unit, by these settings.
pub(super) async fn request(
    parts: &WorkerParts,
    of: CheckedUnit,
    settings: CheckSettings,
) -> Result<CheckRequest, Failure> {
    let (customer, now) = (parts.store.customer(&of.customer), parts.clock.now());
    let remembered = customer.remembered_verdicts(&of.unit, now).await?;
    let own_checks = customer.own_checks(&of.unit).await?;
    let statements = customer.statements_with_credits(&of.unit).await?;
    let (verdict_tallies, own_verdicts) = customer.tallies_and_own_verdicts(&of.unit).await?;
    Ok(CheckRequest {
        statement_credits: parts.checker.credits_not_taken(&of, statements).await?,
        file_names: customer.file_names(&of.unit, FileType::Transactions).await?,
        now,
        verdicts: remembered.into_iter().map(|kept| kept.verdict).collect(),
        verdict_tallies,
        own_verdicts,
        settings,
        own_checks: own_checks
            .into_iter()
            .filter(|kept| kept.state == OwnCheckState::On)
            .map(|kept| kept.check)
            .collect(),
        of,
    })
}

/// The run is marked as failed, so that nobody waits for it.
pub(super) async fn give_up(
    parts: &WorkerParts,
    job: &ClaimedJob,
    failure: &Failure,
) -> Result<(), store::Error> {
    let where_to_look = match failure {
        Failure::Ledgers(LedgersError::Unusable(fault)) => {
            format!("{fault}; bursard doctor says what to do")
        }
        _ => format!("the server's log says why under {}", job.about),
    };
    let why = format!(
        "the checks failed {ATTEMPTS_MAX} times; {where_to_look}; ask for another run when that is mended"
    );
    parts.store.system().fail_run(job, &why, parts.clock.now()).await
}

/// The progress of a check as it says, and how much of it is written already.
#[derive(Default)]
struct Board {
    latest: Mutex<Option<(f64, String)>>,
    changed: Notify,
}

impl CheckProgress for Board {
    fn at(&self, done: f64, what: &str) {
        let mut latest = self.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *latest = Some((done, what.to_owned()));
        self.changed.notify_one();
    }
}

impl Board {
    /// Writes what is new, at most every few seconds; ends only when somebody else has the job.
    async fn keep_written(&self, parts: &WorkerParts, job: &ClaimedJob) -> Failure {
        loop {
            self.changed.notified().await;
            let latest =
                self.latest.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            let Some((done, what)) = latest else { continue };
            match parts.store.system().note_progress(job, done, &what).await {
                Ok(()) => {}
                Err(lost @ store::Error::LeaseLost) => return lost.into(),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(job = %job.id, error, "progress was not written");
                }
            }
            sleep(PROGRESS_EVERY).await;
        }
    }
}
