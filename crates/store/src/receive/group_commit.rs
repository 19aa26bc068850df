//! One transaction for the rows of all uploads that wait for one.
//!
//! A commit is one write to the disk however many rows it holds, and while it is written others arrive.
//! Those that are new for sure are added together, by one statement for each table; the others, and all where
//! that cannot be, one by one, each behind a savepoint, so that one that conflicts takes nobody else's row
//! with it.
//! Entries of the audit log come last, all together: whoever holds the end of the log waits for nobody.
//!
//! Invariant: whoever asks is answered after the commit of the transaction that holds the row. A failed
//! commit fails all whom it served; whether it arrived may be unknown, so it is not tried again here.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::{Any, Transaction};
use tokio::sync::oneshot;

use super::receiving::{Receiving, Row};
use super::{ReceiveOutcome, new_rows};
use crate::error::Error;

/// Uploads of one transaction. Beyond some dozens the disk's part of each is lost among the statements,
/// and everybody else who writes waits until the last of them is through.
const GROUP_MAX: usize = 64;

/// Below this, looking whether they are new costs more than adding them one by one.
const TOGETHER_MIN: usize = 2;

#[derive(Debug)]
struct Waiting {
    receiving: Receiving,
    answer: oneshot::Sender<Result<ReceiveOutcome, Error>>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// Set while somebody serves those who wait.
    is_served: bool,
}

/// Groups the transactions of uploads.
#[derive(Debug, Clone, Default)]
pub(crate) struct GroupCommit {
    queue: Arc<Mutex<Queue>>,
}

impl GroupCommit {
    /// Returns once the row of the upload is committed.
    pub(super) async fn commit(&self, receiving: Receiving) -> Result<ReceiveOutcome, Error> {
        let (sender, answer) = oneshot::channel();
        let is_first = {
            let mut queue = self.lock();
            queue.waiting.push(Waiting { receiving, answer: sender });
            !std::mem::replace(&mut queue.is_served, true)
        };
        if is_first {
            // Not awaited: it serves others as well, and must go on when this caller goes away.
            drop(tokio::spawn(self.clone().serve()));
        }
        answer.await.unwrap_or_else(|gone| Err(Error::internal(gone)))
    }

    async fn serve(self) {
        let mut fails_all = FailsAll { group: &self, is_done: false };
        while let Some(group) = self.take() {
            let (receiving, answers): (Vec<_>, Vec<_>) =
                group.into_iter().map(|waiting| (waiting.receiving, waiting.answer)).unzip();
            for (answer, outcome) in answers.into_iter().zip(commit_group(&receiving).await) {
                // Who went away needs no answer.
                drop(answer.send(outcome));
            }
        }
        fails_all.is_done = true;
    }

    /// The longest waiting, up to the bound; with none, nobody serves any more, by the same lock.
    fn take(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.lock();
        let group = queue.waiting.len().min(GROUP_MAX);
        if group == 0 {
            queue.is_served = false;
            return None;
        }
        Some(queue.waiting.drain(..group).collect())
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing here panics half way through a change.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When serving ends by a panic or with its runtime: who waits is answered that it failed, and the next who
/// asks begins anew.
struct FailsAll<'a> {
    group: &'a GroupCommit,
    is_done: bool,
}

impl Drop for FailsAll<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            *self.group.lock() = Queue::default();
        }
    }
}

/// The outcome of each, in their order.
async fn commit_group(group: &[Receiving]) -> Vec<Result<ReceiveOutcome, Error>> {
    match rows_of(group).await {
        Ok(outcomes) => outcomes,
        Err(failure) => {
            let failure = Arc::new(failure);
            group.iter().map(|_| Err(shared(&failure))).collect()
        }
    }
}

/// Why a transaction holds nothing.
enum Fault {
    /// Rows that are added together cannot be: one by one they may.
    Together(Error),
    All(Error),
}

impl<E: Into<Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::All(error.into())
    }
}

/// The way in which the rows of a group are added within its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Insertion {
    /// By one statement a table.
    Together,
    /// Each behind a savepoint of its own, so that one that fails takes none with it.
    OneByOne,
}

async fn rows_of(group: &[Receiving]) -> Result<Vec<Result<ReceiveOutcome, Error>>, Error> {
    let insertion =
        if group.len() >= TOGETHER_MIN { Insertion::Together } else { Insertion::OneByOne };
    match in_one_transaction(group, insertion).await {
        Ok(outcomes) => Ok(outcomes),
        Err(Fault::All(error)) => Err(error),
        Err(Fault::Together(error)) => {
            tracing::debug!(%error, "uploads that wait together are added one by one");
            match in_one_transaction(group, Insertion::OneByOne).await {
                Ok(outcomes) => Ok(outcomes),
                Err(Fault::All(error) | Fault::Together(error)) => Err(error),
            }
        }
    }
}

/// One transaction from its beginning to its commit.
async fn in_one_transaction(
    group: &[Receiving],
    insertion: Insertion,
) -> Result<Vec<Result<ReceiveOutcome, Error>>, Fault> {
    let db = &group.first().expect("a group has somebody in it").store.parts.db;
    let mut transaction = db.begin().await?;
    let names: BTreeSet<String> = group.iter().map(Receiving::name).collect();
    db.claim_names(&mut transaction, &names).await?;
    let revoked = new_rows::revoked(&mut transaction, group).await?;
    let mut rows: Vec<Option<Result<Row, Error>>> = group
        .iter()
        .map(|receiving| revoked.contains(&receiving.new.sender).then_some(Err(Error::Revoked)))
        .collect();
    if insertion == Insertion::Together {
        let open = (0..group.len()).filter(|place| rows[*place].is_none());
        let places = new_rows::places_of_new(&mut transaction, group, open).await?;
        let added = new_rows::add(db, &mut transaction, group, &places).await;
        for (place, row) in added.map_err(Fault::Together)? {
            rows[place] = Some(Ok(row));
        }
    }
    let mut outcomes = Vec::with_capacity(group.len());
    let mut entries = Vec::with_capacity(group.len());
    for (row, receiving) in rows.into_iter().zip(group) {
        let row = match row {
            Some(row) => row,
            None => behind_a_savepoint(&mut transaction, receiving).await?,
        };
        outcomes.push(row.map(|row| {
            entries.extend(row.entry);
            row.outcome
        }));
    }
    db.audit_all(&mut transaction, &entries).await?;
    transaction.commit().await?;
    Ok(outcomes)
}

/// The row of one upload, or why it has none. An error of its own leaves the transaction as it was before;
/// where even that cannot be done, it is the error of all.
async fn behind_a_savepoint(
    transaction: &mut Transaction<'static, Any>,
    receiving: &Receiving,
) -> Result<Result<Row, Error>, Error> {
    sqlx::query("SAVEPOINT upload").execute(&mut **transaction).await?;
    match receiving.row(transaction).await {
        Ok(row) => {
            sqlx::query("RELEASE SAVEPOINT upload").execute(&mut **transaction).await?;
            Ok(Ok(row))
        }
        Err(error) => {
            let undo = sqlx::query("ROLLBACK TO SAVEPOINT upload");
            match undo.execute(&mut **transaction).await {
                Ok(_) => Ok(Err(error)),
                // After an error of the disk SQLite has rolled back all of it by itself.
                Err(_no_savepoint) => Err(error),
            }
        }
    }
}

/// The error of a transaction for one of those it served.
fn shared(failure: &Arc<Error>) -> Error {
    match **failure {
        Error::Full => Error::Full,
        Error::Unavailable(_) => Error::unavailable(Arc::clone(failure)),
        _ => Error::internal(Arc::clone(failure)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_all_is_for_each_what_it_was() {
        let full = Arc::new(Error::Full);
        assert!(matches!(shared(&full), Error::Full));
        let away = Arc::new(Error::unavailable("the connection was lost"));
        assert!(matches!(shared(&away), Error::Unavailable(_)));
        let fault = Arc::new(Error::internal("a column is missing"));
        assert!(matches!(shared(&fault), Error::Internal(_)));
    }
}
