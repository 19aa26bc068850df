//! What the server made of files after their receipts: still to be heard of, or how it ended.
//!
//! Not for: asking the server (`run`).
//!
//! Invariant: it is noted before a file leaves that its outcome is wanted, so that whoever is killed
//! between the receipt and the outcome goes on waiting.

use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::rows::{self, COLUMNS, signed};
use super::{Journal, OutboxEntry};
use crate::args::EntryId;
use crate::report::failure::Failure;

/// A refusal is shown for as long as a monitor of daily jobs may take to look.
const RECENT_MICROSECONDS: i64 = 24 * 60 * 60 * 1_000_000;

/// The outcome of a file, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileOutcome {
    /// Not yet sent, or received and not yet read.
    Awaited,
    /// The server holds it until a person decides.
    Held,
    Read {
        rows_set_aside: u64,
    },
    Refused,
    /// The server does not say: it has no such answer, or not for this token.
    Unknown,
}

/// The outcomes of the files of a job, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutcomeCounts {
    /// Received, and not yet read.
    pub awaited: u64,
    pub held: u64,
    /// Within the last day, and the newest of all.
    pub refused: u64,
    /// Rows of files read within the last day, and of the newest.
    pub rows_set_aside: u64,
}

impl FileOutcome {
    const fn word(self) -> &'static str {
        match self {
            Self::Awaited => "awaited",
            Self::Held => "held",
            Self::Read { .. } => "read",
            Self::Refused => "refused",
            Self::Unknown => "unheard",
        }
    }

    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let rows_set_aside = row.try_get::<i64, _>("rows_set_aside")?.cast_unsigned();
        Ok(match row.try_get::<&str, _>("outcome")? {
            "awaited" => Self::Awaited,
            "held" => Self::Held,
            "read" => Self::Read { rows_set_aside },
            "refused" => Self::Refused,
            "unheard" => Self::Unknown,
            _ => return Err(rows::corrupt_column("outcome")),
        })
    }
}

impl Journal {
    /// Notes that an outcome is wanted; nothing changes when it was already, or is known.
    pub async fn await_outcome(&self, id: EntryId, now: Timestamp) -> Result<(), Failure> {
        sqlx::query(
            "INSERT INTO outcome (entry, state, changed_at) VALUES ($1, 'awaited', $2)
             ON CONFLICT (entry) DO NOTHING",
        )
        .bind(id.number())
        .bind(now.as_microsecond())
        .execute(&self.pool)
        .await
        .map(|_| ())
        .map_err(self.fault())
    }

    /// The outcome of an entry; none when nobody wanted to know.
    pub async fn outcome(&self, id: EntryId) -> Result<Option<FileOutcome>, Failure> {
        let row =
            sqlx::query("SELECT state AS outcome, rows_set_aside FROM outcome WHERE entry = $1")
                .bind(id.number())
                .fetch_optional(&self.pool)
                .await
                .map_err(self.fault())?;
        row.map(|row| FileOutcome::from_row(&row)).transpose().map_err(self.fault())
    }

    /// Received files of a job that are awaited or held and come after this one, oldest first.
    pub async fn awaiting_outcome(
        &self,
        job: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(OutboxEntry, FileOutcome)>, Failure> {
        let columns = COLUMNS
            .split(',')
            .map(|column| format!("entry.{}", column.trim()))
            .collect::<Vec<_>>()
            .join(", ");
        let sql = format!(
            "SELECT {columns}, outcome.state AS outcome, outcome.rows_set_aside
             FROM outcome JOIN entry ON entry.id = outcome.entry
             WHERE outcome.state IN ('awaited', 'held') AND entry.state = 'received'
                 AND entry.job = $1 AND entry.id > $2
             ORDER BY entry.id LIMIT $3"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(job)
            .bind(after)
            .bind(limit)
            .fetch_all(&self.pool)
            .await;
        let read = |rows: Vec<SqliteRow>| {
            rows.iter().map(|row| Ok((rows::entry(row)?, FileOutcome::from_row(row)?))).collect()
        };
        rows.and_then(read).map_err(self.fault())
    }

    /// Writes down what is heard of an undecided file; whether that is news.
    pub async fn note_outcome(
        &self,
        id: EntryId,
        outcome: FileOutcome,
        now: Timestamp,
    ) -> Result<bool, Failure> {
        let rows_set_aside = match outcome {
            FileOutcome::Read { rows_set_aside } => rows_set_aside,
            _ => 0,
        };
        sqlx::query(
            "UPDATE outcome SET state = $1, rows_set_aside = $2, changed_at = $3
             WHERE entry = $4 AND state IN ('awaited', 'held') AND state <> $1",
        )
        .bind(outcome.word())
        .bind(signed(rows_set_aside))
        .bind(now.as_microsecond())
        .bind(id.number())
        .execute(&self.pool)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(self.fault())
    }

    pub async fn outcome_counts(
        &self,
        job: &str,
        now: Timestamp,
    ) -> Result<OutcomeCounts, Failure> {
        let row = sqlx::query(
            "WITH known AS (
                 SELECT outcome.* FROM outcome JOIN entry ON entry.id = outcome.entry
                 WHERE entry.job = $1 AND entry.state = 'received'
             ), shown AS (
                 SELECT * FROM known
                 WHERE changed_at > $2 OR entry = (
                     SELECT max(entry) FROM known WHERE state IN ('read', 'refused', 'unheard'))
             )
             SELECT (SELECT count(*) FROM known WHERE state = 'awaited') AS awaited,
                 (SELECT count(*) FROM known WHERE state = 'held') AS held,
                 (SELECT count(*) FROM shown WHERE state = 'refused') AS refused,
                 (SELECT coalesce(sum(rows_set_aside), 0) FROM shown) AS rows_set_aside",
        )
        .bind(job)
        .bind(now.as_microsecond().saturating_sub(RECENT_MICROSECONDS))
        .fetch_one(&self.pool)
        .await
        .map_err(self.fault())?;
        let count = |name: &str| row.get::<i64, _>(name).cast_unsigned();
        Ok(OutcomeCounts {
            awaited: count("awaited"),
            held: count("held"),
            refused: count("refused"),
            rows_set_aside: count("rows_set_aside"),
        })
    }
}
