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

use crate::args::EntryId;
use crate::explain::explain_source;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::Source;

mod admission;
mod entry;
mod lists;
mod outcomes;
mod process_lock;
mod queues;
mod rows;

pub use entry::{Entry, FailedAttempt, Origin, Receipt, State, UploadRequest};
pub use lists::{DestinationFilter, WaitingGroup};
pub use outcomes::{Outcome, OutcomeCounts};
pub use queues::queues_by_name;

use process_lock::ProcessLock;

const FILE_NAME: &str = "outbox.sqlite3";
const SPOOL: &str = "spool";
/// An honest queue of other processes is through sooner.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// After so long without a sign of life an entry is taken over although its process seems to live: it
/// may be on another machine, or stopped. A server that gets the file twice answers with one receipt.
pub const LEASE: Duration = Duration::from_mins(5);
/// What brings the file from one of SQLite's own numbers of schemas to the next; each sets its number.
const SCHEMAS: [&str; 3] = [
    include_str!("journal/tables.sql"),
    include_str!("journal/newest.sql"),
    include_str!("journal/outcomes.sql"),
];
const RELEASE: &str = "UPDATE entry SET state = 'waiting', holder = NULL, lease_until = NULL
     WHERE state = 'sending' AND holder = $1";

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

/// Whether a file that was received is sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    Never,
    Asked,
}

/// The admission of a file to the outbox.
#[derive(Debug)]
pub enum Admission {
    /// To be sent: new, or left over from an earlier run and sent under the name it had then.
    Due(Box<Entry>),
    /// The newest under the same name has the same bytes and was received.
    Received(Box<Entry>),
    /// Another process has it.
    BeingSent(Box<Entry>),
}

/// The right to send one entry, and to say how it ended.
#[derive(Debug)]
pub struct Claim {
    id: EntryId,
}

/// The end of a sending.
#[derive(Debug)]
pub enum Ending {
    Received(Receipt),
    /// Worth another try as it is: the network, the server or the token was at fault.
    Later(FailedAttempt),
    /// The file itself was at fault, or what was said about it.
    Never(FailedAttempt),
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

    /// Takes an entry for sending; nothing when another process was faster.
    pub async fn claim(&self, id: EntryId, now: Timestamp) -> Result<Option<Claim>, Failure> {
        let taken = sqlx::query(
            "UPDATE entry SET state = 'sending', holder = $1, lease_until = $2, changed_at = $3
             WHERE id = $4 AND (state IN ('waiting', 'failed', 'dropped')
                                OR state = 'sending' AND lease_until < $3)",
        )
        .bind(self.holder.id())
        .bind(lease_end(now))
        .bind(now.as_microsecond())
        .bind(id.number())
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok((taken.rows_affected() == 1).then_some(Claim { id }))
    }

    /// Says that the sending goes on.
    pub async fn renew(&self, claim: &Claim, now: Timestamp) -> Result<(), Failure> {
        sqlx::query("UPDATE entry SET lease_until = $1 WHERE id = $2 AND holder = $3")
            .bind(lease_end(now))
            .bind(claim.id.number())
            .bind(self.holder.id())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(self.fault())
    }

    /// Writes down how it ended. Nothing changes when the entry was taken over meanwhile, unless the
    /// file was received: that stays true.
    pub async fn settle(
        &self,
        claim: Claim,
        tries: u32,
        ending: &Ending,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let (state, status, failed_attempt, receipt) = match ending {
            Ending::Received(receipt) => ("received", Some(receipt.status), None, Some(receipt)),
            Ending::Later(failed_attempt) => {
                ("waiting", failed_attempt.status, Some(failed_attempt), None)
            }
            Ending::Never(failed_attempt) => {
                ("failed", failed_attempt.status, Some(failed_attempt), None)
            }
        };
        sqlx::query(
            "UPDATE entry SET state = $1, tries = tries + $2, status = $3, exit_code = $4, what = $5,
                    next = $6, sha256 = COALESCE($7, sha256), receipt = $8, changed_at = $9,
                    holder = NULL, lease_until = NULL
             WHERE id = $10 AND (holder = $11 OR $1 = 'received')",
        )
        .bind(state)
        .bind(tries)
        .bind(status)
        .bind(failed_attempt.map(|failed_attempt| failed_attempt.failure.exit.number()))
        .bind(failed_attempt.map(|failed_attempt| failed_attempt.failure.what.as_str()))
        .bind(failed_attempt.map(|failed_attempt| failed_attempt.failure.next.as_str()))
        .bind(receipt.map(|receipt| receipt.sha256.to_string()))
        .bind(receipt.and_then(|receipt| receipt.json.as_ref()).map(ToString::to_string))
        .bind(now.as_microsecond())
        .bind(claim.id.number())
        .bind(self.holder.id())
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok(())
    }

    /// Takes an entry out of what is to be sent; the record stays. Nothing when it is received or
    /// being sent.
    pub async fn drop(&self, id: EntryId, now: Timestamp) -> Result<bool, Failure> {
        let dropped = sqlx::query(
            "UPDATE entry SET state = 'dropped', changed_at = $1
             WHERE id = $2 AND state IN ('waiting', 'failed')",
        )
        .bind(now.as_microsecond())
        .bind(id.number())
        .execute(&self.pool)
        .await
        .map_err(self.fault())?;
        Ok(dropped.rows_affected() == 1)
    }

    /// Forgets what was received or dropped before a moment, so that the file does not grow for ever.
    pub async fn forget(&self, before: Timestamp) -> Result<u64, Failure> {
        sqlx::query("DELETE FROM entry WHERE state IN ('received', 'dropped') AND changed_at < $1")
            .bind(before.as_microsecond())
            .execute(&self.pool)
            .await
            .map(|done| done.rows_affected())
            .map_err(self.fault())
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

    /// Gives back what processes held that have died.
    pub async fn release_dead(&self) -> Result<(), Failure> {
        self.release().await.map_err(self.fault())
    }

    /// Removes copies that a process made and died before any entry named them.
    async fn sweep(&self) -> Result<(), sqlx::Error> {
        let paths: Vec<String> = sqlx::query_scalar(
            "SELECT path FROM entry WHERE is_spooled = 1 AND state <> 'received'",
        )
        .fetch_all(&self.pool)
        .await?;
        // By name, which is unique: the folder may have been moved.
        let owned: Vec<_> = paths.iter().filter_map(|path| Path::new(path).file_name()).collect();
        for item in std::fs::read_dir(self.spool())? {
            let item = item?;
            let name = item.file_name();
            let text = name.to_string_lossy();
            let fingerprint = text.split_once('.').map_or(&*text, |(fingerprint, _)| fingerprint);
            if !self.holder.is_alive(fingerprint) && !owned.contains(&name.as_os_str()) {
                // Another process may sweep too; what cannot be removed is tried again each time.
                std::fs::remove_file(item.path()).unwrap_or_else(|_tried_again| ());
            }
        }
        Ok(())
    }

    async fn release(&self) -> Result<(), sqlx::Error> {
        let holders: Vec<String> =
            sqlx::query_scalar("SELECT DISTINCT holder FROM entry WHERE state = 'sending'")
                .fetch_all(&self.pool)
                .await?;
        for dead in holders.iter().filter(|fingerprint| !self.holder.is_alive(fingerprint)) {
            sqlx::query(RELEASE).bind(dead).execute(&self.pool).await?;
            self.holder.forget(dead);
        }
        Ok(())
    }

    /// Makes a fault of the database a failure that names this outbox.
    fn fault(&self) -> impl Fn(sqlx::Error) -> Failure {
        |fault| unreadable(&self.folder, &fault)
    }
}

fn lease_end(now: Timestamp) -> i64 {
    let lease = i64::try_from(LEASE.as_micros()).expect("a lease is short");
    now.as_microsecond().saturating_add(lease)
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
