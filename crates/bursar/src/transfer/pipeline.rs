//! Entries of the outbox on their way along one route: claimed, sent, settled, and read again as the outbox
//! has them then.
//!
//! Not for: one request (`delivery`), or what is said of it (the commands).
//!
//! Invariants: an entry goes to the server and the customer it was meant for or nowhere, as the token of
//! one server is never shown to another, and no customer's file is sent by the settings of another; of a
//! name, and of snapshots of one ledger, the file that came last is the last to be sent.

use futures_util::StreamExt as _;
use futures_util::stream;

use super::delivery::{Courier, Delivery};
use crate::journal::{Ending, FailedAttempt, Journal, OutboxEntry, queues_in_order};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// Sends entries of one outbox along one route.
#[derive(Debug, Clone, Copy)]
pub struct Pipeline<'a> {
    pub courier: Courier<'a>,
    pub journal: &'a Journal,
}

/// The result of sending an entry.
#[derive(Debug)]
pub enum Dispatch {
    /// It was tried, and is in the outbox as it is here.
    Tried(Delivery, Box<OutboxEntry>),
    /// Another process has it, and says how it ends.
    Elsewhere,
    /// It is for another server or customer than the route leads to.
    OtherDestination,
}

/// An entry that has to leave before those that came later, and why it did not.
#[derive(Debug, Clone, Copy)]
pub struct Blocker<'e> {
    pub entry: &'e OutboxEntry,
    pub exit: ExitCode,
}

impl Pipeline<'_> {
    /// Returns `true` when the route leads to the server and the customer that an entry is for.
    pub fn leads_to_destination_of(&self, entry: &OutboxEntry) -> bool {
        let (route, request) = (self.courier.route, &entry.request);
        route.link.target.to_string() == request.server
            && route.address.customer == request.address.customer
    }

    /// Sends one entry and settles it.
    pub async fn send(&self, entry: &OutboxEntry) -> Result<Dispatch, Failure> {
        if !self.leads_to_destination_of(entry) {
            return Ok(Dispatch::OtherDestination);
        }
        let Some(delivery) = self.courier.send_entry(self.journal, entry).await? else {
            return Ok(Dispatch::Elsewhere);
        };
        let after = self.journal.entry(entry.id).await?.unwrap_or_else(|| entry.clone());
        Ok(Dispatch::Tried(delivery, Box::new(after)))
    }

    /// Settles an entry that is not fit to be sent, without trying; false when another process has it.
    pub async fn settle_unsent(
        &self,
        entry: &OutboxEntry,
        failure: &Failure,
    ) -> Result<bool, Failure> {
        let now = (self.courier.system.now)();
        let Some(claim) = self.journal.claim(entry.id, now).await? else { return Ok(false) };
        let attempt = FailedAttempt { failure: failure.clone(), status: None };
        self.journal.settle(claim, 0, &Ending::Never(attempt), now).await?;
        Ok(true)
    }
}

/// Has each entry sent in its turn: those of one name, and snapshots of one ledger, one after the other,
/// others side by side, so many at once. `send` hears what keeps an entry from leaving, and says whether it
/// keeps those behind it.
pub async fn send_in_turn<'e, T>(
    entries: &'e [OutboxEntry],
    parallel: usize,
    send: impl AsyncFn(&'e OutboxEntry, Option<Blocker<'e>>) -> (T, Option<ExitCode>),
) -> Vec<T> {
    let send = &send;
    let queues = stream::iter(queues_in_order(entries)).map(|queue| async move {
        let (mut results, mut blocker) = (Vec::with_capacity(queue.len()), None);
        for entry in queue {
            let (result, blocks) = send(entry, blocker).await;
            results.push(result);
            blocker = blocker.or(blocks.map(|exit| Blocker { entry, exit }));
        }
        results
    });
    let results: Vec<Vec<T>> = queues.buffer_unordered(parallel).collect().await;
    results.into_iter().flatten().collect()
}
