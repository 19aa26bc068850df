//! Work that follows a receipt: jobs are claimed, done, and tried again when they failed.
//!
//! Not for: what reading (`reading`) and checking (`checking`) mean, or how ledgers are kept (`ledgers`).
//!
//! Invariant: a job may be cut off at any moment, here or by a power cut, and is done again from the
//! stored bytes; whoever has lost its lease writes nothing more.

mod checking;
mod lease;
mod reading;

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::{JobId, RunId, UploadState};
use futures_util::FutureExt as _;
use jiff::SignedDuration;
use store::{ClaimedJob, JobKind, NewRun, NextJobs, Store};
use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ledgers::{Ledgers, LedgersError};
use crate::limits::{
    ATTEMPTS_MAX, BACKOFF_FIRST, BACKOFF_GROWTH, BACKOFF_LONGEST, WORK_LOOK_EVERY,
    WORK_STOP_TIME_MAX,
};
use crate::measures::{self, JobEnd};
use crate::panics::Panic;
use crate::{Clock, Limits, Randomness};

use lease::KeptLease;

/// Does jobs; cheap to clone.
#[derive(Debug, Clone)]
pub struct Worker(Arc<WorkerParts>);

/// What a [`Worker`] is made of.
#[derive(Debug)]
pub struct WorkerParts {
    pub store: Store,
    pub ledgers: Arc<dyn Ledgers>,
    pub limits: Limits,
    /// Where files from a remote store are copied to while they are read; the system's folder for
    /// temporary files when absent.
    pub spool: Option<PathBuf>,
    /// Rung when an upload was received in this process; other processes' are found by looking.
    pub new_work: Arc<Notify>,
    pub clock: Clock,
    pub randomness: Randomness,
}

/// Which of the workers asks for a job.
#[derive(Debug, Clone, Copy)]
enum Seat {
    Any,
    /// All others of several are busy: it is left to customers of whom nothing runs.
    LastFree,
}

/// How a job ended that was worked on.
enum Ended {
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
            tasks.spawn(self.clone().work_on(Arc::clone(&free), stop.clone()));
        }
        tasks.close();
        tasks.wait().await;
    }

    async fn work_on(self, free: Arc<Semaphore>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let busy = free.try_acquire().expect("there are as many permits as workers");
            let seat = match free.available_permits() {
                0 if self.0.limits.workers > 1 => Seat::LastFree,
                _ => Seat::Any,
            };
            let worked = AssertUnwindSafe(self.work(seat, &stop)).catch_unwind().await;
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
    pub async fn work_once(&self, stop: &CancellationToken) -> Result<bool, store::Error> {
        self.work(Seat::Any, stop).await
    }

    async fn work(&self, seat: Seat, stop: &CancellationToken) -> Result<bool, store::Error> {
        let lease = SignedDuration::try_from(self.0.limits.lease).expect("leases are short");
        let fence = i64::from_ne_bytes(self.0.randomness.bytes());
        let now = self.0.clock.now();
        let (system, kinds) = (self.0.store.system(), &JobKind::ALL);
        let claimed = match seat {
            Seat::Any => system.claim_job(kinds, now, lease, fence).await?,
            Seat::LastFree => system.claim_job_for_others(kinds, now, lease, fence).await?,
        };
        let Some(job) = claimed else {
            return Ok(false);
        };
        let ended = if job.attempts > ATTEMPTS_MAX {
            Ended::Failed(Failure::Killed)
        } else {
            self.attempt(&job, stop).await
        };
        let failed = matches!(ended, Ended::Failed(_));
        if let Err(error) = self.settle(&job, ended).await {
            // Its lease lapses, and it is claimed again.
            tracing::warn!(job = %job.id, error = &error as &dyn StdError, "a job was not settled");
        }
        if failed {
            self.store_answers(stop).await;
        }
        Ok(true)
    }

    async fn attempt(&self, job: &ClaimedJob, stop: &CancellationToken) -> Ended {
        let began = Instant::now();
        let lease = KeptLease::keep(&self.0, job);
        let done = tokio::select! {
            biased;
            () = lease.lost() => return Ended::Lost,
            done = AssertUnwindSafe(self.carry_out(job)).catch_unwind() => done,
            () = after_stop(stop) => return Ended::Abandoned,
        };
        measures::job_took(job.kind, began.elapsed());
        match done {
            Ok(Ok(())) => Ended::Done,
            Ok(Err(Failure::Store(store::Error::LeaseLost))) => Ended::Lost,
            Ok(Err(failure)) => Ended::Failed(failure),
            Err(panic) => Ended::Failed(Failure::Panicked(panic.into())),
        }
    }

    async fn carry_out(&self, job: &ClaimedJob) -> Result<(), Failure> {
        match job.kind {
            JobKind::ReadUpload => reading::read(&self.0, job).await,
            JobKind::CheckUnit => checking::check(&self.0, job).await,
            JobKind::TidyLedger => {
                self.0.ledgers.tidy(&job.ledger()?).await?;
                Ok(self.0.store.system().finish_job(job, self.0.clock.now()).await?)
            }
        }
    }

    async fn settle(&self, job: &ClaimedJob, ended: Ended) -> Result<(), store::Error> {
        let (system, now) = (self.0.store.system(), self.0.clock.now());
        let (end, settled) = match ended {
            Ended::Done => (JobEnd::Done, Ok(())),
            Ended::Lost => {
                tracing::info!(job = %job.id, about = %job.about, "lease lost to another worker");
                (JobEnd::Lost, Ok(()))
            }
            Ended::Abandoned => {
                let why = "the program stopped while it worked on this";
                (JobEnd::Abandoned, system.retry_job(job, now, why).await)
            }
            Ended::Failed(failure) if job.attempts < ATTEMPTS_MAX => {
                log(job, &failure, "an attempt failed; it will be tried again");
                let again = now + backoff(job.attempts);
                (JobEnd::Retried, system.retry_job(job, again, &failure.to_string()).await)
            }
            Ended::Failed(failure) => {
                log(job, &failure, "given up");
                (JobEnd::GivenUp, self.give_up(job, &failure).await)
            }
        };
        measures::job(job.kind, end);
        match settled {
            Err(store::Error::LeaseLost) => Ok(()),
            other => other,
        }
    }

    /// A file that fails every time must not keep those behind it waiting.
    async fn give_up(&self, job: &ClaimedJob, failure: &Failure) -> Result<(), store::Error> {
        let (system, now) = (self.0.store.system(), self.0.clock.now());
        match job.kind {
            JobKind::TidyLedger => return system.fail_job(job, now, &failure.to_string()).await,
            JobKind::CheckUnit => return checking::give_up(&self.0, job).await,
            JobKind::ReadUpload => {}
        }
        let upload = system.begin_reading(job, now).await?;
        if !matches!(upload.state, UploadState::Reading { .. }) {
            return system.finish_job(job, now).await;
        }
        // What is in the ledger is not refused. Asked once more than there are attempts and no more, as
        // asking may be what ends the process.
        if job.attempts <= ATTEMPTS_MAX + 1 {
            match self.0.ledgers.find_reading(&upload).await {
                Ok(Some(change)) => {
                    let (ledger_version, rows) = (change.version, change.rows);
                    let read = UploadState::Read { at: now, ledger_version, rows };
                    return system.finish_reading(job, read, self.0.after_reading(None), now).await;
                }
                Ok(None) => {}
                Err(error) => {
                    log(job, &Failure::from(error), "its ledger does not say whether it was read");
                }
            }
        }
        let reason = format!(
            "reading failed {ATTEMPTS_MAX} times; the server's log says why under this upload's id; \
             have it read again with: bursard upload read-again {} --customer {} --unit {}",
            upload.id, upload.customer, upload.unit
        );
        let refused = UploadState::Refused { at: now, reason };
        system.finish_reading(job, refused, NextJobs::default(), now).await
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

    /// What may follow an upload that is read.
    fn after_reading(&self, tidy: Option<JobId>) -> NextJobs {
        let run = RunId::new(self.clock.now(), self.randomness.bytes());
        NextJobs { tidy, check: Some(NewRun { run, job: self.new_job() }) }
    }
}

async fn after_stop(stop: &CancellationToken) {
    stop.cancelled().await;
    sleep(WORK_STOP_TIME_MAX).await;
}

/// How long after this attempt the next may begin.
fn backoff(attempts: u32) -> Duration {
    let growth = BACKOFF_GROWTH.saturating_pow(attempts.saturating_sub(1));
    BACKOFF_FIRST.saturating_mul(growth).min(BACKOFF_LONGEST)
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
}
