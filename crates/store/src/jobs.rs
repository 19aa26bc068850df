//! The queue: work that follows a receipt, done at least once.
//!
//! Not for: doing the work, or whose turn it is (`claim`). A job is enqueued in the transaction of
//! the change that wants it.
//! Invariant: whoever holds a lease knows its fence; after the lease lapsed and somebody else
//! claimed the job, the first holder's word counts no more.

mod claim;
mod queue;

use std::fmt;
use std::str::FromStr;

use domain::{
    CustomerName, DeliveryId, FileType, JobId, LedgerName, RunId, TraceContext, UnitName, UploadId,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Any, Executor, Transaction};

pub use claim::CHECK_WAITS_MAX;
pub(crate) use queue::{
    NewJob, add_trace, enqueue, enqueue_again, enqueue_all, enqueue_delivery, enqueue_run,
};

use crate::SystemStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable};

/// The kind of work a job asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Reads an upload into its unit's ledger.
    ReadUpload,
    /// Compacts the ledger of its upload and removes files that nothing needs any more.
    TidyLedger,
    /// Runs the checks over the ledgers of a unit.
    CheckUnit,
    /// Tells a webhook or a person of an event.
    Deliver,
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    Waiting,
    Running,
    Done,
    /// Not tried again by itself.
    Failed,
}

/// Text that is not a kind or a state of a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kind or a state of a job")]
pub struct InvalidJobWord;

/// A job somebody works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    pub id: JobId,
    pub kind: JobKind,
    pub customer: CustomerName,
    pub unit: UnitName,
    pub about: JobSubject,
    /// Counts this one: 1 at the first try.
    pub attempts: u32,
    /// Since when it is to be done.
    pub enqueued_at: Timestamp,
    /// The places in traces that it goes on from; none where nothing is traced.
    pub traces: Vec<TraceContext>,
    lease: SignedDuration,
    fence: i64,
}

/// The subject of a job: an upload, a run, or what else its kind is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobSubject {
    /// `file_type` is the upload's; with the unit it says which ledger.
    Upload {
        file_type: FileType,
        upload: UploadId,
    },
    Run(RunId),
    Delivery(DeliveryId),
}

/// The number of jobs of one kind in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobCount {
    pub kind: JobKind,
    pub state: JobState,
    pub jobs: u64,
}

const OF_ANOTHER_KIND: Error = Error::Conflict { what: "kind of the job" };
const FINISH: &str = "UPDATE jobs SET state = 'done', finished_at = $3, lease_until = NULL, \
    last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'";

const FAIL: &str = "UPDATE jobs SET state = 'failed', finished_at = $3, lease_until = NULL, \
    last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'";

impl ClaimedJob {
    /// [`Error::Conflict`] when it is about something else.
    pub fn ledger(&self) -> Result<LedgerName, Error> {
        match self.about {
            JobSubject::Upload { file_type, .. } => Ok(LedgerName {
                customer: self.customer.clone(),
                unit: self.unit.clone(),
                file_type,
            }),
            JobSubject::Run(_) | JobSubject::Delivery(_) => Err(OF_ANOTHER_KIND),
        }
    }

    /// [`Error::Conflict`] when it is about something else.
    pub fn upload(&self) -> Result<UploadId, Error> {
        match self.about {
            JobSubject::Upload { upload, .. } => Ok(upload),
            JobSubject::Run(_) | JobSubject::Delivery(_) => Err(OF_ANOTHER_KIND),
        }
    }

    /// [`Error::Conflict`] when it is about something else.
    pub fn run(&self) -> Result<RunId, Error> {
        match self.about {
            JobSubject::Upload { .. } | JobSubject::Delivery(_) => Err(OF_ANOTHER_KIND),
            JobSubject::Run(run) => Ok(run),
        }
    }

    /// [`Error::Conflict`] when it is about something else.
    pub fn delivery(&self) -> Result<DeliveryId, Error> {
        match self.about {
            JobSubject::Upload { .. } | JobSubject::Run(_) => Err(OF_ANOTHER_KIND),
            JobSubject::Delivery(delivery) => Ok(delivery),
        }
    }
}

/// By its id; what else a log wants stands beside it.
impl fmt::Display for JobSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload { upload, .. } => upload.fmt(f),
            Self::Run(run) => run.fmt(f),
            Self::Delivery(delivery) => delivery.fmt(f),
        }
    }
}

impl JobKind {
    pub const ALL: [Self; 4] = [Self::ReadUpload, Self::TidyLedger, Self::CheckUnit, Self::Deliver];
    /// The kinds that work on ledgers: what is sent must not wait for them, nor they for it.
    pub const OF_LEDGERS: [Self; 3] = [Self::ReadUpload, Self::TidyLedger, Self::CheckUnit];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadUpload => "read_upload",
            Self::TidyLedger => "tidy_ledger",
            Self::CheckUnit => "check_unit",
            Self::Deliver => "deliver",
        }
    }
}

impl JobState {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JobKind {
    type Err = InvalidJobWord;
    fn from_str(text: &str) -> Result<Self, InvalidJobWord> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or(InvalidJobWord)
    }
}

impl FromStr for JobState {
    type Err = InvalidJobWord;
    fn from_str(text: &str) -> Result<Self, InvalidJobWord> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or(InvalidJobWord)
    }
}

impl SystemStore {
    /// Prolongs the lease by its length; [`Error::LeaseLost`] when somebody else has the job.
    pub async fn heartbeat(&self, job: &ClaimedJob, now: Timestamp) -> Result<(), Error> {
        as_holder(
            self.parts.db.heartbeat(),
            job,
            "UPDATE jobs SET lease_until = $3, last_error = COALESCE($4, last_error) \
             WHERE id = $1 AND fence = $2 AND state = 'running'",
            now + job.lease,
            None,
        )
        .await
    }

    pub async fn finish_job(&self, job: &ClaimedJob, now: Timestamp) -> Result<(), Error> {
        as_holder(self.parts.db.writer(), job, FINISH, now, None).await
    }

    /// Gives the job back, to be tried again from `run_after`.
    pub async fn retry_job(
        &self,
        job: &ClaimedJob,
        run_after: Timestamp,
        error: &str,
    ) -> Result<(), Error> {
        as_holder(
            self.parts.db.writer(),
            job,
            "UPDATE jobs SET state = 'waiting', run_after = $3, lease_until = NULL, \
             last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'",
            run_after,
            Some(error),
        )
        .await
    }

    /// Gives the job back as [`Self::retry_job`] does, and does not count the attempt: nothing of the
    /// job's own kept it from its end. Why it waits, where somebody should know, is its last error.
    pub async fn postpone_job(
        &self,
        job: &ClaimedJob,
        run_after: Timestamp,
        why: Option<&str>,
    ) -> Result<(), Error> {
        as_holder(
            self.parts.db.writer(),
            job,
            "UPDATE jobs SET state = 'waiting', run_after = $3, lease_until = NULL, \
             attempts = attempts - 1, last_error = $4 \
             WHERE id = $1 AND fence = $2 AND state = 'running'",
            run_after,
            why,
        )
        .await
    }

    /// Gives the job up.
    pub async fn fail_job(
        &self,
        job: &ClaimedJob,
        now: Timestamp,
        error: &str,
    ) -> Result<(), Error> {
        as_holder(self.parts.db.writer(), job, FAIL, now, Some(error)).await
    }

    /// The counts of jobs; no entry means none.
    pub async fn job_counts(&self) -> Result<Vec<JobCount>, Error> {
        let rows = sqlx::query(
            "SELECT kind, state, COUNT(*) AS jobs FROM jobs GROUP BY kind, state \
             ORDER BY kind, state",
        )
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "jobs", "kind");
            Ok(JobCount {
                kind: fields.parsed("kind")?,
                state: fields.parsed("state")?,
                jobs: fields.number("jobs")?,
            })
        })
    }
}

/// Gives the job back to be tried again from `run_after`, behind others of its queue that are due before.
pub(crate) async fn put_back(
    transaction: &mut Transaction<'static, Any>,
    job: &ClaimedJob,
    run_after: Timestamp,
    error: &str,
) -> Result<(), Error> {
    as_holder(
        &mut **transaction,
        job,
        "UPDATE jobs SET state = 'waiting', run_after = $3, received_at = $3, lease_until = NULL, \
         last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'",
        run_after,
        Some(error),
    )
    .await
}

/// Proves that the lease is still this holder's, and keeps it so until the transaction ends.
pub(crate) async fn hold(
    transaction: &mut Transaction<'static, Any>,
    job: &ClaimedJob,
) -> Result<(), Error> {
    let held = sqlx::query(
        "UPDATE jobs SET fence = fence WHERE id = $1 AND fence = $2 AND state = 'running'",
    )
    .bind(job.id.to_string())
    .bind(job.fence)
    .execute(&mut **transaction)
    .await?;
    if held.rows_affected() == 0 { Err(Error::LeaseLost) } else { Ok(()) }
}

/// Finishes the job in the transaction of what it has done.
pub(crate) async fn finish(
    transaction: &mut Transaction<'static, Any>,
    job: &ClaimedJob,
    now: Timestamp,
) -> Result<(), Error> {
    as_holder(&mut **transaction, job, FINISH, now, None).await
}

/// Gives the job up in the transaction that says so of what it was for.
pub(crate) async fn fail(
    transaction: &mut Transaction<'static, Any>,
    job: &ClaimedJob,
    now: Timestamp,
    error: &str,
) -> Result<(), Error> {
    as_holder(&mut **transaction, job, FAIL, now, Some(error)).await
}

async fn as_holder<'e>(
    connection: impl Executor<'e, Database = Any>,
    job: &ClaimedJob,
    update: &'static str,
    time: Timestamp,
    error: Option<&str>,
) -> Result<(), Error> {
    let updated = sqlx::query(update)
        .bind(job.id.to_string())
        .bind(job.fence)
        .bind(time.as_microsecond())
        .bind(error.map(storable))
        .execute(connection)
        .await?;
    if updated.rows_affected() == 0 {
        return Err(Error::LeaseLost);
    }
    Ok(())
}
