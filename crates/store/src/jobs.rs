//! The queue: work that follows a receipt, done at least once.
//!
//! Not for: doing the work, or whose turn it is (`claim`). A job is enqueued in the transaction of
//! the change that wants it.
//! Invariant: whoever holds a lease knows its fence; after the lease lapsed and somebody else
//! claimed the job, the first holder's word counts no more.

mod claim;

use std::fmt;
use std::str::FromStr;

use domain::{CustomerName, FileType, JobId, LedgerName, Run, RunId, UnitName, Upload, UploadId};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Any, AssertSqlSafe, Executor, Transaction};

pub use claim::CHECK_WAITS_MAX;

use crate::SystemStore;
use crate::error::Error;
use crate::rows::{Fields, all, placeholders, storable};

/// The kind of work a job asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Reads an upload into its unit's ledger.
    ReadUpload,
    /// Compacts the ledger of its upload and removes files that nothing needs any more.
    TidyLedger,
    /// Runs the checks over the ledgers of a unit.
    CheckUnit,
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
}

/// The number of jobs of one kind in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobCount {
    pub kind: JobKind,
    pub state: JobState,
    pub jobs: u64,
}

/// Of a job that waits for an upload to be read.
const JOB_COLUMNS: usize = 11;
/// The queue in which the jobs of a check stand.
const ALL_LEDGERS: &str = "all";
const OF_ANOTHER_KIND: Error = Error::Conflict { what: "kind of the job" };
const FINISH: &str = "UPDATE jobs SET state = 'done', finished_at = $3, lease_until = NULL, \
    last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'";

const FAIL: &str = "UPDATE jobs SET state = 'failed', finished_at = $3, lease_until = NULL, \
    last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'";

impl ClaimedJob {
    /// [`Error::Conflict`] when it is about a run.
    pub fn ledger(&self) -> Result<LedgerName, Error> {
        match self.about {
            JobSubject::Upload { file_type, .. } => Ok(LedgerName {
                customer: self.customer.clone(),
                unit: self.unit.clone(),
                file_type,
            }),
            JobSubject::Run(_) => Err(OF_ANOTHER_KIND),
        }
    }

    /// [`Error::Conflict`] when it is about a run.
    pub fn upload(&self) -> Result<UploadId, Error> {
        match self.about {
            JobSubject::Upload { upload, .. } => Ok(upload),
            JobSubject::Run(_) => Err(OF_ANOTHER_KIND),
        }
    }

    /// [`Error::Conflict`] when it is about an upload.
    pub fn run(&self) -> Result<RunId, Error> {
        match self.about {
            JobSubject::Upload { .. } => Err(OF_ANOTHER_KIND),
            JobSubject::Run(run) => Ok(run),
        }
    }
}

/// By its id; what else a log wants stands beside it.
impl fmt::Display for JobSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Upload { upload, .. } => upload.fmt(f),
            Self::Run(run) => run.fmt(f),
        }
    }
}

impl JobKind {
    pub const ALL: [Self; 3] = [Self::ReadUpload, Self::TidyLedger, Self::CheckUnit];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadUpload => "read_upload",
            Self::TidyLedger => "tidy_ledger",
            Self::CheckUnit => "check_unit",
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

    /// Only what there is: no entry means none.
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

/// Adds a job that waits, in the transaction of the change that wants it.
pub(crate) async fn enqueue(
    transaction: &mut Transaction<'static, Any>,
    job: JobId,
    kind: JobKind,
    upload: &Upload,
    now: Timestamp,
) -> Result<(), Error> {
    enqueue_all(transaction, kind, &[(job, upload, now)]).await
}

/// Adds jobs of one kind that wait, in the transaction of the change that wants them.
pub(crate) async fn enqueue_all(
    transaction: &mut Transaction<'static, Any>,
    kind: JobKind,
    jobs: &[(JobId, &Upload, Timestamp)],
) -> Result<(), Error> {
    let insert = format!(
        "INSERT INTO jobs (id, kind, customer, unit, ledger, upload, received_at, state, \
         attempts, run_after, enqueued_at) VALUES {}",
        placeholders(jobs.len(), JOB_COLUMNS),
    );
    let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(jobs.len() == 1);
    for (job, upload, now) in jobs {
        query = query
            .bind(job.to_string())
            .bind(kind.as_str())
            .bind(upload.customer.as_str())
            .bind(upload.unit.as_str())
            .bind(upload.file_type.as_str())
            .bind(upload.id.to_string())
            .bind(upload.received_at.as_microsecond())
            .bind(JobState::Waiting.as_str())
            .bind(0_i64)
            .bind(now.as_microsecond())
            .bind(now.as_microsecond());
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

/// Adds the job of a run, in the transaction that adds the run.
pub(crate) async fn enqueue_run(
    transaction: &mut Transaction<'static, Any>,
    job: JobId,
    run: &Run,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO jobs (id, kind, customer, unit, ledger, run, received_at, state, attempts, \
         run_after, enqueued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $7, $7)",
    )
    .bind(job.to_string())
    .bind(JobKind::CheckUnit.as_str())
    .bind(run.customer.as_str())
    .bind(run.unit.as_str())
    .bind(ALL_LEDGERS)
    .bind(run.run_id.to_string())
    .bind(run.asked_at.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
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
