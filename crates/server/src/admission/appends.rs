//! Requests that append to a file on its way: one at a time, and the newest has its way.
//!
//! A line that is cut is noticed late here, and its sender comes back over another: what came over the old
//! one is kept, and the old request ends.
//!
//! Not for: other nodes, between which the offset in the database decides.
//!
//! Invariant: a file that nothing is appended to is not remembered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::ResumableId;
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// The requests under way, by file; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Appends(Arc<Mutex<HashMap<ResumableId, AppendTurns>>>);

#[derive(Debug)]
struct AppendTurns {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Of whoever has the turn, or waits for it as the last.
    stop: CancellationToken,
    holders: usize,
}

/// The turn to append to a file.
#[derive(Debug)]
pub(crate) struct Turn {
    id: ResumableId,
    appends: Appends,
    stop: CancellationToken,
    /// `None` while it is waited for.
    held: Option<OwnedMutexGuard<()>>,
}

impl Appends {
    /// Asks whoever appends to the file to end, and waits until they have.
    pub(crate) async fn take_turn(&self, id: ResumableId) -> Turn {
        let stop = CancellationToken::new();
        let mutex = {
            let mut all = self.lock();
            let turns = all.entry(id).or_insert_with(|| AppendTurns {
                turn: Arc::default(),
                stop: CancellationToken::new(),
                holders: 0,
            });
            std::mem::replace(&mut turns.stop, stop.clone()).cancel();
            turns.holders += 1;
            Arc::clone(&turns.turn)
        };
        // Made before it waits, so that it is counted out if whoever waits goes away.
        let mut turn = Turn { id, appends: self.clone(), stop, held: None };
        turn.held = Some(mutex.lock_owned().await);
        turn
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ResumableId, AppendTurns>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// Waits until somebody else wants to append.
    pub(crate) async fn is_wanted(&self) {
        self.stop.cancelled().await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        drop(self.held.take());
        let mut all = self.appends.lock();
        if let Some(turns) = all.get_mut(&self.id) {
            turns.holders -= 1;
            if turns.holders == 0 {
                all.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> ResumableId {
        ResumableId::new(jiff::Timestamp::UNIX_EPOCH, [number; 10])
    }

    #[tokio::test]
    async fn the_newest_request_has_its_way() {
        let appends = Appends::default();
        let first = appends.take_turn(id(1)).await;
        let other = appends.take_turn(id(2)).await;
        let waiting = {
            let appends = appends.clone();
            tokio::spawn(async move { appends.take_turn(id(1)).await })
        };
        first.is_wanted().await;
        assert!(!waiting.is_finished(), "it waits for the first");
        drop(first);
        let second = waiting.await.unwrap();
        assert!(!other.stop.is_cancelled(), "that is another file");
        drop((second, other));
        assert!(appends.lock().is_empty());
    }

    #[tokio::test]
    async fn whoever_goes_away_while_waiting_is_counted_out() {
        let appends = Appends::default();
        let first = appends.take_turn(id(1)).await;
        let waiting = {
            let appends = appends.clone();
            tokio::spawn(async move { appends.take_turn(id(1)).await })
        };
        first.is_wanted().await;
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        drop(first);
        assert!(appends.lock().is_empty());
    }
}
