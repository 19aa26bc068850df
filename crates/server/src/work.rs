//! Work that follows a receipt: jobs are claimed, done, and tried again when they failed.
//!
//! Not for: what reading (`reading`) and checking (`checking`) mean, or how ledgers are kept (`ledgers`).
//!
//! Invariant: a job may be cut off at any moment, here or by a power cut, and is done again from the
//! stored bytes; whoever has lost its lease writes nothing more.

mod across;
mod checking;
mod credits;
mod lease;
mod preview;
mod reading;
mod spans;

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::{JobId, LedgerChange, Remedy, RunId, UploadState};
use futures_util::FutureExt as _;
use jiff::SignedDuration;
use store::{ClaimedJob, JobKind, NewRun, NextJobs, Store};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ledgers::{LedgerChecker, LedgerReader, LedgersError};
use crate::limits::{
    ATTEMPTS_MAX, BACKOFF_FIRST, BACKOFF_GROWTH, BACKOFF_LONGEST, WORK_LOOK_EVERY,
    WORK_STOP_TIME_MAX,
};
use crate::measures::{self, JobEnd};
use crate::panics::Panic;
use crate::{Clock, Limits, Randomness, traces};

use lease::KeptLease;

/// Does jobs; cheap to clone.
#[derive(Debug, Clone)]
pub struct Worker(Arc<WorkerParts>);

/// The parts a [`Worker`] is made of.
#[derive(Debug)]
pub struct WorkerParts {
    pub store: Store,
    pub reader: Arc<dyn LedgerReader>,
    pub checker: Arc<dyn LedgerChecker>,
    pub limits: Limits,
    /// Where files from a remote store are copied to while they are read; the system's folder for
    /// temporary files when absent.
    pub spool: Option<PathBuf>,
    /// Rung when an upload was received in this process; other processes' are found by looking.
    pub new_work: Arc<Notify>,
    pub clock: Clock,
    pub randomness: Randomness,
}

/// The worker that asks for a job.
#[derive(Debug, Clone, Copy)]
enum WorkerSlot {
    Any,
    /// All others of several are busy: it is left to customers of whom nothing runs.
    LastFree,
}

/// The end of work on a job.
enum AttemptEnd {
    Done,
    Failed(Failure),
    /// Somebody else has it.
    Lost,
    /// The program stops and the job takes longer than that may wait.
    Abandoned,
}

/// Why an attempt did not come to its end.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Ledgers(#[from] LedgersError),
    #[error("the work panicked")]
    Panicked(#[source] Panic),
    #[error("the process ended while it worked on this")]
    Killed,
}

impl Failure {
    /// Returns `true` for a fault that is this server's: another file in the place of this one would
    /// have met it as well. A panic and an end of the process may be a file's doing.
    const fn is_of_server(&self) -> bool {
        match self {
            // Not found is of one upload alone: no attempt is made while the store does not answer.
            Self::Store(store::Error::NotFound { .. }) | Self::Panicked(_) | Self::Killed => false,
            Self::Store(_) => true,
            Self::Ledgers(error) => error.is_of_server(),
        }
    }
}

impl Worker {
    pub fn new(parts: WorkerParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Works, as many at once as the limits say, until `stop` is cancelled; then claims nothing more
    /// and gives what is under way a bounded time.
    pub async fn run(self, stop: CancellationToken) {
        let tasks = TaskTracker::new();
        let free = Arc::new(Semaphore::new(self.0.limits.workers));
        for _ in 0..self.0.limits.workers {
            tasks.spawn(self.clone().run_worker(Arc::clone(&free), stop.clone()));
        }
        tasks.close();
        tasks.wait().await;
    }

    async fn run_worker(self, free: Arc<Semaphore>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let busy = free.try_acquire().expect("there are as many permits as workers");
            let slot = match free.available_permits() {
                0 if self.0.limits.workers > 1 => WorkerSlot::LastFree,
                _ => WorkerSlot::Any,
            };
            let worked = AssertUnwindSafe(self.work(slot, &stop)).catch_unwind().await;
            drop(busy);
            let wait = match worked {
                Ok(Ok(true)) => continue,
                Ok(Ok(false)) => WORK_LOOK_EVERY,
                Ok(Err(error)) => {
                    tracing::warn!(error = &error as &dyn StdError, "no job could be claimed");
                    BACKOFF_FIRST
                }
                // A job it had claimed is claimed again when its lease has lapsed.
                Err(panic) => {
                    let error = Panic::from(panic);
                    tracing::error!(
                        error = &error as &dyn StdError,
                        "a worker panicked; it goes on"
                    );
                    BACKOFF_FIRST
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.0.new_work.notified() => {}
                () = sleep(wait) => {}
            }
        }
    }

    /// Does one job, if one is due; whether there was one. Cut off some time after `stop`.
    pub async fn run_next_job(&self, stop: &CancellationToken) -> Result<bool, store::Error> {
        self.work(WorkerSlot::Any, stop).await
    }

    async fn work(&self, slot: WorkerSlot, stop: &CancellationToken) -> Result<bool, store::Error> {
        let lease = SignedDuration::try_from(self.0.limits.lease).expect("leases are short");
        let fence = i64::from_ne_bytes(self.0.randomness.bytes());
        let now = self.0.clock.now();
        let (system, kinds) = (self.0.store.system(), &JobKind::OF_LEDGERS);
        let claimed = match slot {
            WorkerSlot::Any => system.claim_job(kinds, now, lease, fence).await?,
            WorkerSlot::LastFree => {
                system.claim_job_for_last_free_worker(kinds, now, lease, fence).await?
            }
        };
        let Some(job) = claimed else {
            // Somebody waits for a preview; a comparison may take its time.
            return Ok(
                preview::run_next(&self.0, stop).await? || across::run_next(&self.0, stop).await?
            );
        };
        let ended = if job.attempts > ATTEMPTS_MAX {
            AttemptEnd::Failed(Failure::Killed)
        } else {
            self.attempt(&job, stop).await
        };
        let failed = matches!(ended, AttemptEnd::Failed(_));
        if let Err(error) = self.settle(&job, ended).await {
            // Its lease lapses, and it is claimed again.
            tracing::warn!(job = %job.id, error = &error as &dyn StdError, "a job was not settled");
        }
        if failed {
            self.store_answers(stop).await;
        }
        Ok(true)
    }

    async fn attempt(&self, job: &ClaimedJob, stop: &CancellationToken) -> AttemptEnd {
        let began = Instant::now();
        let lease = KeptLease::keep(&self.0, job);
        let done = tokio::select! {
            biased;
            () = lease.lost() => return AttemptEnd::Lost,
            done = AssertUnwindSafe(spans::in_span(job, self.execute(job))).catch_unwind() => done,
            () = after_stop(stop) => return AttemptEnd::Abandoned,
        };
        measures::job_took(job.kind, began.elapsed());
        match done {
            Ok(Ok(())) => AttemptEnd::Done,
            Ok(Err(Failure::Store(store::Error::LeaseLost))) => AttemptEnd::Lost,
            Ok(Err(failure)) => AttemptEnd::Failed(failure),
            Err(panic) => AttemptEnd::Failed(Failure::Panicked(panic.into())),
        }
    }

    async fn execute(&self, job: &ClaimedJob) -> Result<(), Failure> {
        match job.kind {
            JobKind::ReadUpload => reading::read(&self.0, job).await,
            // Of all that a worker does by far the largest to hold.
            JobKind::CheckUnit => Box::pin(checking::check(&self.0, job)).await,
            JobKind::TidyLedger => {
                self.0.reader.tidy(&job.ledger()?).await?;
                Ok(self.0.store.system().finish_job(job, self.0.clock.now()).await?)
            }
            JobKind::Deliver => unreachable!("only jobs of ledgers are claimed here"),
        }
    }

    async fn settle(&self, job: &ClaimedJob, ended: AttemptEnd) -> Result<(), store::Error> {
        let settled = match ended {
            AttemptEnd::Done => Ok(JobEnd::Done),
            AttemptEnd::Lost => Err(store::Error::LeaseLost),
            AttemptEnd::Abandoned => {
                let (system, now) = (self.0.store.system(), self.0.clock.now());
                system.postpone_job(job, now, None).await.map(|()| JobEnd::Abandoned)
            }
            AttemptEnd::Failed(failure) => self.settle_failure(job, &failure).await,
        };
        let end = match settled {
            Ok(end) => end,
            Err(store::Error::LeaseLost) => {
                tracing::info!(job = %job.id, about = %job.about, "lease lost to another worker");
                JobEnd::Lost
            }
            Err(other) => return Err(other),
        };
        measures::job(job.kind, end);
        Ok(())
    }

    async fn settle_failure(
        &self,
        job: &ClaimedJob,
        failure: &Failure,
    ) -> Result<JobEnd, store::Error> {
        let (system, now) = (self.0.store.system(), self.0.clock.now());
        if job.kind == JobKind::ReadUpload && failure.is_of_server() {
            log(job, failure, "a fault of this server keeps an upload waiting");
            return self.postpone(job, failure).await;
        }
        if job.attempts < ATTEMPTS_MAX {
            log(job, failure, "an attempt failed; it will be tried again");
            let again = now + backoff(job.attempts);
            system.retry_job(job, again, &failure.to_string()).await?;
            return Ok(JobEnd::Retried);
        }
        match job.kind {
            JobKind::ReadUpload => return self.give_up_reading(job, failure).await,
            JobKind::TidyLedger | JobKind::Deliver => {
                system.fail_job(job, now, &failure.to_string()).await?;
            }
            JobKind::CheckUnit => checking::give_up(&self.0, job, failure).await?,
        }
        log(job, failure, "given up");
        Ok(JobEnd::GivenUp)
    }

    /// Later, for as often as it takes: what is not the file's fault is not held against it.
    async fn postpone(&self, job: &ClaimedJob, failure: &Failure) -> Result<JobEnd, store::Error> {
        let now = self.0.clock.now();
        let again = now + pause(now.duration_since(job.enqueued_at));
        self.0.store.system().postpone_job(job, again, Some(&failure.to_string())).await?;
        Ok(JobEnd::Postponed)
    }

    /// A file that fails every time must not keep those behind it waiting.
    async fn give_up_reading(
        &self,
        job: &ClaimedJob,
        failure: &Failure,
    ) -> Result<JobEnd, store::Error> {
        let (system, now) = (self.0.store.system(), self.0.clock.now());
        let upload = system.begin_reading(job, now).await?;
        if !matches!(upload.state, UploadState::Reading { .. }) {
            system.finish_job(job, now).await?;
            return Ok(JobEnd::Done);
        }
        // What is in the ledger is not refused. Asked once more than there are attempts and no more, as
        // asking may be what ends the process.
        if job.attempts <= ATTEMPTS_MAX + 1 {
            match reading::find_reading(&self.0, &upload).await.map_err(Failure::from) {
                Ok(None) => {}
                Ok(Some(LedgerChange { version, rows })) => {
                    let read = UploadState::Read { at: now, ledger_version: version, rows };
                    system.finish_reading(job, read, self.0.after_reading(None), now).await?;
                    return Ok(JobEnd::Done);
                }
                Err(silent) => {
                    log(job, &silent, "the ledger does not say whether it has an upload");
                    return self.postpone(job, &silent).await;
                }
            }
        }
        let reason = format!(
            "reading failed {ATTEMPTS_MAX} times; the server's log says why under this upload's id"
        );
        log(job, failure, "given up");
        let remedy = Some(Remedy::ReadAgain);
        let refused = UploadState::Refused { at: now, reason, remedy };
        system.finish_reading(job, refused, NextJobs::default(), now).await?;
        Ok(JobEnd::GivenUp)
    }

    /// Waits until the store answers: while it does not, attempts would be used up on files that are
    /// not at fault.
    async fn store_answers(&self, stop: &CancellationToken) {
        while let Err(error) = self.0.store.system().check(self.0.clock.now()).await {
            tracing::warn!(
                error = &error as &dyn StdError,
                "no work while the store does not answer"
            );
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(WORK_LOOK_EVERY) => {}
            }
        }
    }
}

impl WorkerParts {
    fn new_job(&self) -> JobId {
        JobId::new(self.clock.now(), self.randomness.bytes())
    }

    /// The jobs that may follow an upload that is read.
    fn after_reading(&self, tidy: Option<JobId>) -> NextJobs {
        let run = RunId::new(self.clock.now(), self.randomness.bytes());
        let check = Some(NewRun { run, job: self.new_job() });
        NextJobs { tidy, check, trace: traces::current_place() }
    }
}

async fn after_stop(stop: &CancellationToken) {
    stop.cancelled().await;
    sleep(WORK_STOP_TIME_MAX).await;
}

/// The pause after this attempt until the next may begin.
fn backoff(attempts: u32) -> Duration {
    let growth = BACKOFF_GROWTH.saturating_pow(attempts.saturating_sub(1));
    BACKOFF_FIRST.saturating_mul(growth).min(BACKOFF_LONGEST)
}

/// The next pause of what has waited for so long: as long once more, so that the pauses double.
fn pause(waited: SignedDuration) -> Duration {
    // Negative where the clock was set back: then the shortest.
    waited.max(SignedDuration::ZERO).unsigned_abs().clamp(BACKOFF_FIRST, BACKOFF_LONGEST)
}

fn log(job: &ClaimedJob, failure: &Failure, what: &str) {
    tracing::error!(
        job = %job.id, kind = %job.kind, about = %job.about, customer = %job.customer,
        unit = %job.unit, attempt = job.attempts,
        error = failure as &dyn StdError, "{what}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_further_and_further_apart() {
        let waits: Vec<u64> = (1..=6).map(|attempts| backoff(attempts).as_secs()).collect();
        assert_eq!(waits, [1, 7, 49, 300, 300, 300]);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let mut waited = SignedDuration::ZERO;
        let pauses: Vec<u64> = std::iter::repeat_with(|| {
            let pause = pause(waited);
            waited += SignedDuration::try_from(pause).unwrap();
            pause.as_secs()
        })
        .take(11)
        .collect();
        assert_eq!(pauses, [1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert_eq!(pause(SignedDuration::from_secs(-5)), BACKOFF_FIRST);
    }
}
