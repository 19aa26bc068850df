//! The queue: work that follows a receipt, done at least once.
//!
//! Not for: doing the work. A job is enqueued in the transaction of the change that wants it.
//! Invariant: whoever holds a lease knows its fence; after the lease lapsed and somebody else
//! claimed the job, the first holder's word counts no more.

use std::fmt;
use std::str::FromStr;

use domain::{CustomerName, JobId, UnitName, UploadId};
use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::SystemStore;
use crate::error::Error;
use crate::rows::{Fields, all};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// Reads an upload into its unit's tables.
    ReadUpload,
}

/// How far a job is.
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
    pub upload: UploadId,
    /// Counts this one: 1 at the first try.
    pub attempts: u32,
    lease: SignedDuration,
    fence: i64,
}

/// How many jobs of a kind are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobCount {
    pub kind: JobKind,
    pub state: JobState,
    pub jobs: u64,
}

impl JobKind {
    pub const ALL: [Self; 1] = [Self::ReadUpload];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadUpload => "read_upload",
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
    /// Takes the job of these kinds that has been due for longest, or whose lease has lapsed.
    /// `fence` is random: the mark by which the holder is known from then on.
    pub async fn claim_job(
        &self,
        kinds: &[JobKind],
        now: Timestamp,
        lease: SignedDuration,
        fence: i64,
    ) -> Result<Option<ClaimedJob>, Error> {
        // Kinds are our own words, so a list between commas is searched by either database.
        let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let wanted = format!(",{},", words.join(","));
        let claim = format!(
            "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $1, \
             fence = $2 WHERE id = (SELECT id FROM jobs WHERE \
             ((state = 'waiting' AND run_after <= $3) \
             OR (state = 'running' AND lease_until <= $3)) \
             AND $4 LIKE '%,' || kind || ',%' ORDER BY run_after, id LIMIT 1 {}) \
             RETURNING id, kind, customer, unit, upload, attempts",
            self.parts.db.skip_locked(),
        );
        // Alone, a statement that returns a row is over for the driver before SQLite has committed
        // it.
        let mut transaction = self.parts.db.begin().await?;
        let row = sqlx::query(AssertSqlSafe(claim))
            .bind((now + lease).as_microsecond())
            .bind(fence)
            .bind(now.as_microsecond())
            .bind(wanted)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        row.map(|row| claimed_job(&row, lease, fence)).transpose()
    }

    /// Prolongs the lease by its length; [`Error::LeaseLost`] when somebody else has the job.
    pub async fn heartbeat(&self, job: &ClaimedJob, now: Timestamp) -> Result<(), Error> {
        self.as_holder(
            job,
            "UPDATE jobs SET lease_until = $3, last_error = COALESCE($4, last_error) \
             WHERE id = $1 AND fence = $2 AND state = 'running'",
            now + job.lease,
            None,
        )
        .await
    }

    pub async fn finish_job(&self, job: &ClaimedJob, now: Timestamp) -> Result<(), Error> {
        self.as_holder(
            job,
            "UPDATE jobs SET state = 'done', finished_at = $3, lease_until = NULL, \
             last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'",
            now,
            None,
        )
        .await
    }

    /// Gives the job back, to be tried again from `run_after`.
    pub async fn retry_job(
        &self,
        job: &ClaimedJob,
        run_after: Timestamp,
        error: &str,
    ) -> Result<(), Error> {
        self.as_holder(
            job,
            "UPDATE jobs SET state = 'waiting', run_after = $3, lease_until = NULL, \
             last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'",
            run_after,
            Some(error),
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
        self.as_holder(
            job,
            "UPDATE jobs SET state = 'failed', finished_at = $3, lease_until = NULL, \
             last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'running'",
            now,
            Some(error),
        )
        .await
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
            let fields = Fields::of(row, "jobs", "kind");
            Ok(JobCount {
                kind: fields.parsed("kind")?,
                state: fields.parsed("state")?,
                jobs: fields.number("jobs")?,
            })
        })
    }

    async fn as_holder(
        &self,
        job: &ClaimedJob,
        update: &'static str,
        time: Timestamp,
        error: Option<&str>,
    ) -> Result<(), Error> {
        let updated = sqlx::query(update)
            .bind(job.id.to_string())
            .bind(job.fence)
            .bind(time.as_microsecond())
            .bind(error)
            .execute(self.parts.db.writer())
            .await?;
        if updated.rows_affected() == 0 {
            return Err(Error::LeaseLost);
        }
        Ok(())
    }
}

fn claimed_job(row: &AnyRow, lease: SignedDuration, fence: i64) -> Result<ClaimedJob, Error> {
    let fields = Fields::of(row, "jobs", "id");
    Ok(ClaimedJob {
        id: fields.parsed("id")?,
        kind: fields.parsed("kind")?,
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        upload: fields.parsed("upload")?,
        attempts: fields.number("attempts")?,
        lease,
        fence,
    })
}
