//! Entries on their way to the audit log, of questions that nobody keeps waiting for the database.
//!
//! Not for: entries about what was changed; those are in the transaction of the change. A run that keeps its
//! findings holds the one writer of SQLite for a second, and an answer that is due at once would wait for it.
//!
//! Invariant: entries come to the log in the order in which they were handed over, and whoever reads the log
//! in this process finds them there. Those of the last moment before a crash are lost with it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::AuditEntry;

use crate::db::Database;
use crate::error::Error;

/// Entries that wait; whoever hands over one more waits for the database.
const WAITING_MAX: usize = 4_096;

#[derive(Debug, Default)]
pub(crate) struct AuditQueue {
    waiting: Mutex<Vec<AuditEntry>>,
    /// Held by whoever writes them.
    turn: tokio::sync::Mutex<()>,
}

/// Is there room for entries that wait?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Left,
    Full,
}

impl AuditQueue {
    pub(super) fn push(&self, entry: AuditEntry) -> Room {
        let mut waiting = self.lock();
        waiting.push(entry);
        if waiting.len() < WAITING_MAX { Room::Left } else { Room::Full }
    }

    /// Returns once all that waited is in the log. What cannot be written goes on waiting, and so does all of
    /// it when whoever asked goes away in between.
    pub(crate) async fn flush(&self, db: &Database) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let entries = self.lock().clone();
        if !entries.is_empty() {
            add(db, &entries).await?;
            self.lock().drain(..entries.len());
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<AuditEntry>> {
        // Nothing here panics half way through a change.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn add(db: &Database, entries: &[AuditEntry]) -> Result<(), Error> {
    let mut transaction = db.begin().await?;
    db.audit_all(&mut transaction, entries).await?;
    Ok(transaction.commit().await?)
}
