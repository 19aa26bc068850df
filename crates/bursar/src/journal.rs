//! The outbox's memory: every file that was to be sent, in a small SQLite file beside the kept bytes.
//!
//! Not for: sending (`delivery`), or what a person does with it (`outbox`).
//!
//! Invariants: what is written here has reached the disk before it counts (WAL with `synchronous=FULL`);
//! an entry is sent by one process at a time, and when that one dies the next takes over at once; no
//! token and no body is ever written here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::explain::explain_source;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::Source;

mod admission;
mod claims;
mod entry;
mod lists;
mod outcomes;
mod process_lock;
mod queues;
mod rows;
mod sweep;

pub use claims::{Claim, Ending, LEASE};
pub use entry::{EntryState, FailedAttempt, Origin, OutboxEntry, Receipt, UploadRequest, is_stale};
pub use lists::{DestinationFilter, WaitingGroup};
pub use outcomes::{FileOutcome, OutcomeCounts};
pub use queues::queues_in_order;

use process_lock::ProcessLock;

const FILE_NAME: &str = "outbox.sqlite3";
const SPOOL: &str = "spool";
/// An honest queue of other processes is through sooner.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Statements that bring the file from one of SQLite's own numbers of schemas to the next; each sets its
/// number.
const SCHEMAS: [&str; 3] = [
    include_str!("journal/tables.sql"),
    include_str!("journal/newest.sql"),
    include_str!("journal/outcomes.sql"),
];

/// The outbox of one folder, opened by this process.
#[derive(Debug)]
pub struct Journal {
    pool: SqlitePool,
    folder: PathBuf,
    holder: ProcessLock,
}

/// A file that is to be sent.
#[derive(Debug)]
pub struct Offer<'a> {
    pub request: &'a UploadRequest,
    pub source: &'a Source,
    pub origin: Origin,
    pub repeat: Repeat,
}

/// The rule for a file that was received already: to send it once more, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    Never,
    Asked,
}

/// The admission of a file to the outbox.
#[derive(Debug)]
pub enum Admission {
    /// To be sent: new, or left over from an earlier run and sent under the name it had then.
    Due(Box<OutboxEntry>),
    /// The newest under the same name has the same bytes and was received.
    Received(Box<OutboxEntry>),
    /// Another process has it.
    BeingSent(Box<OutboxEntry>),
}

impl Journal {
    /// Opens the outbox in this folder, and makes it where there is none. `process_id` tells this process
    /// from others.
    pub async fn open(folder: &Path, process_id: &str) -> Result<Self, Failure> {
        // Entries name what is kept in it, and are read from other folders too.
        let folder = &std::path::absolute(folder).unwrap_or_else(|_odd| folder.to_owned());
        let unusable = |fault: std::io::Error| unusable(folder, &fault);
        make_private(&folder.join(SPOOL)).map_err(unusable)?;
        let holder = ProcessLock::acquire(folder, process_id).map_err(unusable)?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join(FILE_NAME))
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let folder = folder.to_owned();
        let journal = Self { pool: pool.map_err(|f| unreadable(&folder, &f))?, folder, holder };
        journal.prepare().await.map_err(journal.fault())?;
        journal.release_dead().await?;
        journal.sweep().await.map_err(journal.fault())?;
        Ok(journal)
    }

    /// The folder of bytes that cannot be read again from where they came.
    pub fn spool(&self) -> PathBuf {
        self.folder.join(SPOOL)
    }

    /// A name in that folder that tells which process made the file.
    pub fn spool_name(&self, unique: &str) -> String {
        format!("{}.{unique}", self.holder.id())
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Notes a file that is to be sent, unless it is the newest of its name and was received already.
    pub async fn admit(&self, offer: &Offer<'_>, now: Timestamp) -> Result<Admission, Failure> {
        let mut digest = offer.origin.digest();
        loop {
            let admitted = self.try_admit(offer, digest, now).await;
            if let Some(admission) = admitted.map_err(self.fault())? {
                return Ok(admission);
            }
            // Read only now: most files have no namesake, and hashing is half the work of sending.
            let read = offer.source.digest();
            digest = Some(read.map_err(|fault| explain_source(&fault))?);
        }
    }

    async fn prepare(&self) -> Result<(), sqlx::Error> {
        let mut writing = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let version: i64 =
            sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *writing).await?;
        for (_, schema) in (1..).zip(SCHEMAS).filter(|(number, _)| version < *number) {
            sqlx::raw_sql(schema).execute(&mut *writing).await?;
        }
        writing.commit().await
    }

    /// Makes a fault of the database a failure that names this outbox.
    fn fault(&self) -> impl Fn(sqlx::Error) -> Failure {
        |fault| unreadable(&self.folder, &fault)
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    // What waits to be sent holds personal data.
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

fn unusable(folder: &Path, fault: &std::io::Error) -> Failure {
    Failure::new(
        ExitCode::OutputFailed,
        format!("the outbox {} cannot be used: {fault}", folder.display()),
        "Let the user who sends own that folder, or name another with --outbox or BURSAR_OUTBOX.",
    )
}

fn unreadable(folder: &Path, fault: &sqlx::Error) -> Failure {
    Failure::new(
        ExitCode::OutputFailed,
        format!("the outbox {} cannot be read or written: {fault}", folder.display()),
        "Look at the room on that disk and who owns the folder; it must be on a disk of this machine, not \
         a network share. Another is named with --outbox or BURSAR_OUTBOX.",
    )
}

#[cfg(test)]
mod tests;
