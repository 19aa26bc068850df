//! What waits, and what waits too long: for whoever looks after the server.
//!
//! Not for: doing anything about it. The numbers are of one moment and may be old by the next.

use domain::{CustomerName, LedgerName};
use jiff::Timestamp;

use crate::error::Error;
use crate::rows::{Fields, all};
use crate::{JobKind, SystemStore};

/// Counts over everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Snapshots that wait for a person's decision.
    pub held_uploads: u64,
    /// Jobs that were given up since the moment that was asked about.
    pub failed_jobs: u64,
    /// Jobs that were due, or whose worker fell silent, before the other moment.
    pub late_jobs: u64,
    /// Uploads whose turn it was and that were put off, most often by a fault of the server.
    pub stalled_uploads: u64,
    /// When the upload was received that has waited for longest to be read.
    pub oldest_unread: Option<Timestamp>,
}

/// Jobs of one customer and kind that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingJobs {
    pub customer: CustomerName,
    pub kind: JobKind,
    pub jobs: u64,
    /// When the first of them came to be.
    pub since: Timestamp,
}

/// The newest upload of a file type of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewestUpload {
    pub ledger: LedgerName,
    pub received_at: Timestamp,
}

impl SystemStore {
    /// The newest upload of each file type that a unit was ever sent, of `most` of them at most.
    pub async fn newest_uploads(&self, most: u32) -> Result<Vec<NewestUpload>, Error> {
        let rows = sqlx::query(
            "SELECT customer, unit, file_type, MAX(received_at) AS received_at FROM uploads \
             GROUP BY customer, unit, file_type ORDER BY customer, unit, file_type LIMIT $1",
        )
        .bind(i64::from(most))
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "uploads", "unit");
            Ok(NewestUpload {
                ledger: LedgerName {
                    customer: fields.parsed("customer")?,
                    unit: fields.parsed("unit")?,
                    file_type: fields.parsed("file_type")?,
                },
                received_at: fields.time("received_at")?,
            })
        })
    }

    /// The jobs that wait; no entry means that none waits. Deliveries are not among them: one whose receiver
    /// is away waits for days.
    pub async fn waiting_jobs(&self) -> Result<Vec<WaitingJobs>, Error> {
        let rows = sqlx::query(
            "SELECT customer, kind, COUNT(*) AS jobs, MIN(enqueued_at) AS since FROM jobs \
             WHERE state = 'waiting' AND kind <> 'deliver' GROUP BY customer, kind ORDER BY customer, kind",
        )
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "jobs", "customer");
            Ok(WaitingJobs {
                customer: fields.parsed("customer")?,
                kind: fields.parsed("kind")?,
                jobs: fields.number("jobs")?,
                since: fields.time("since")?,
            })
        })
    }

    pub async fn backlog(
        &self,
        due_before: Timestamp,
        failed_since: Timestamp,
    ) -> Result<Backlog, Error> {
        let row = sqlx::query(
            "SELECT '' AS id, \
             (SELECT COUNT(*) FROM uploads WHERE state = 'held') AS held_uploads, \
             (SELECT COUNT(*) FROM jobs WHERE state = 'failed' AND finished_at >= $2) \
             AS failed_jobs, \
             (SELECT COUNT(*) FROM jobs WHERE (state = 'waiting' AND run_after < $1) \
             OR (state = 'running' AND lease_until < $1)) AS late_jobs, \
             (SELECT COUNT(*) FROM jobs WHERE state = 'waiting' AND kind = 'read_upload' \
             AND last_error IS NOT NULL) AS stalled_uploads, \
             (SELECT MIN(received_at) FROM jobs WHERE state IN ('waiting', 'running') \
             AND kind = 'read_upload') AS oldest_unread",
        )
        .bind(due_before.as_microsecond())
        .bind(failed_since.as_microsecond())
        .fetch_one(self.parts.db.reader())
        .await?;
        let fields = Fields::new(&row, "jobs", "id");
        Ok(Backlog {
            held_uploads: fields.number("held_uploads")?,
            failed_jobs: fields.number("failed_jobs")?,
            late_jobs: fields.number("late_jobs")?,
            stalled_uploads: fields.number("stalled_uploads")?,
            oldest_unread: fields.optional_time("oldest_unread")?,
        })
    }
}
