//! What waits of a job is sent, and what came of each entry is counted, said and acted upon.
//!
//! Invariant: after the first failure that is not of the file itself nothing more is begun: what ails the
//! network ails every file.

use std::cell::{Cell, RefCell};
use std::path::Path;

use super::after::{after_receipt, settle_refused};
use super::folder_scan::FolderState;
use super::round::Round;
use super::tally::Tally;
use super::vet::Fitness;
use crate::journal::{EntryState, Journal, OutboxEntry, Receipt, UploadRequest};
use crate::net::answer::repeat_note;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::FileFingerprint;
use crate::transfer::delivery::Courier;
use crate::transfer::pipeline::{Dispatch, Pipeline, send_in_turn};
use crate::transfer::plan::SendPlan;
use crate::transfer::route::Route;

/// Read at a time, so that ten thousand waiting files cost no memory.
const ENTRIES_AT_ONCE: u32 = 256;

/// The result of sending an entry.
enum SendResult {
    /// It was tried, and is in the outbox as it is here.
    Tried { after: Box<OutboxEntry>, sets_aside: bool },
    /// Another process has it, and says how it ends.
    Elsewhere,
    /// It was read before it was sent, and is not fit to be.
    Unfit(Failure),
    /// The job has led elsewhere since it came.
    OtherDestination,
}

impl Round<'_> {
    pub(super) async fn send_waiting(
        &self,
        (route, plan): &(Route, SendPlan),
        state: &mut FolderState,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let (journal, system, output) =
            (&self.context.journal, self.context.system, &self.context.output);
        let courier = Courier { route, system, output, rate_limit: self.rate_limit };
        let pipeline = Pipeline { courier, journal };
        let (is_stopped, counts) = (Cell::new(false), RefCell::new((state, tally)));
        let mut last = 0;
        loop {
            let entries = journal.waiting_for_job(&self.job.name, last, ENTRIES_AT_ONCE).await?;
            let Some(newest) = entries.last() else { return Ok(()) };
            last = newest.id.number();
            let send = async |entry: &OutboxEntry, _blocker| {
                if is_stopped.get() {
                    counts.borrow_mut().1.waiting += 1;
                    return ((), None);
                }
                let result = self.send(pipeline, entry, plan).await;
                let (state, tally) = &mut *counts.borrow_mut();
                is_stopped.set(self.record(entry, result, state, tally) || is_stopped.get());
                ((), None)
            };
            send_in_turn(&entries, self.parallel, send).await;
        }
    }

    async fn send(
        &self,
        pipeline: Pipeline<'_>,
        entry: &OutboxEntry,
        plan: &SendPlan,
    ) -> Result<SendResult, Failure> {
        let is_of_unit = pipeline.courier.route.address.unit == entry.request.address.unit;
        if !is_of_unit || !pipeline.leads_to_destination_of(entry) {
            return Ok(SendResult::OtherDestination);
        }
        let sets_aside = match self.vet_waiting(entry, plan).await {
            Ok(Fitness { unfit: None, sets_aside }) => sets_aside,
            // One that cannot be read here cannot be sent either.
            Ok(Fitness { unfit: Some(failure), .. }) | Err(failure) => {
                if !pipeline.settle_unsent(entry, &failure).await? {
                    return Ok(SendResult::Elsewhere);
                }
                self.put_aside(entry, &entry.path, &entry.fingerprint).await?;
                return Ok(SendResult::Unfit(failure));
            }
        };
        if self.job.wait.is_some() {
            let now = (self.context.system.now)();
            pipeline.journal.await_outcome(entry.id, now).await?;
        }
        match pipeline.send(entry).await? {
            Dispatch::Tried(_, after) => Ok(SendResult::Tried { after, sets_aside }),
            Dispatch::Elsewhere => Ok(SendResult::Elsewhere),
            Dispatch::OtherDestination => Ok(SendResult::OtherDestination),
        }
    }

    /// Moves a file to the refused ones, where there is a folder for them; nothing is left to be tried again
    /// then.
    pub(super) async fn put_aside(
        &self,
        entry: &OutboxEntry,
        path: &Path,
        fingerprint: &FileFingerprint,
    ) -> Result<(), Failure> {
        if self.job.refused_to.is_none() {
            return Ok(());
        }
        settle_refused(self.job, path, fingerprint)?;
        Journal::drop(&self.context.journal, entry.id, (self.context.system.now)()).await?;
        Ok(())
    }

    /// Says what became of an entry and counts it; true when it is of no use to go on.
    fn record(
        &self,
        entry: &OutboxEntry,
        result: Result<SendResult, Failure>,
        state: &mut FolderState,
        tally: &mut Tally,
    ) -> bool {
        let output = &self.context.output;
        let subject = format!("{}: {}: not sent", self.job.name, entry.request.name);
        let (after, sets_aside) = match result {
            Ok(SendResult::Tried { after, sets_aside }) => (after, sets_aside),
            Ok(SendResult::Elsewhere) => return false,
            Ok(SendResult::OtherDestination) => {
                self.record_other_destination(entry, &subject, tally);
                return false;
            }
            Ok(SendResult::Unfit(failure)) => {
                output.failure(&subject, &failure);
                self.note_unsent_file(&entry.path, &entry.fingerprint, failure.exit, tally);
                state.settle(entry.path.clone(), entry.fingerprint.clone());
                return false;
            }
            Err(failure) => {
                output.failure(&subject, &failure);
                tally.add_code(failure.exit);
                return true;
            }
        };
        if let Some(attempt) = after.state.failed_attempt() {
            output.failure(&subject, &attempt.failure);
        }
        match after.state {
            EntryState::Received(receipt) => {
                if sets_aside {
                    tally.add_code(ExitCode::RowsSetAside);
                }
                self.record_receipt(entry, &receipt, tally);
                false
            }
            EntryState::Failed(attempt) => {
                // Settled as it was; what took its place meanwhile is a new one.
                if entry.is_spooled {
                    tally.count_unsent(attempt.failure.exit);
                } else {
                    self.note_unsent_file(
                        &entry.path,
                        &entry.fingerprint,
                        attempt.failure.exit,
                        tally,
                    );
                    state.settle(entry.path.clone(), entry.fingerprint.clone());
                }
                false
            }
            EntryState::Waiting(attempt) => {
                tally.waiting += 1;
                if let Some(attempt) = attempt {
                    tally.add_code(attempt.failure.exit);
                }
                true
            }
            EntryState::Sending { .. } | EntryState::Dropped => {
                tally.waiting += 1;
                true
            }
        }
    }

    /// Says once that an entry is for another destination, which holds none of the others up.
    fn record_other_destination(&self, entry: &OutboxEntry, subject: &str, tally: &mut Tally) {
        let failure = other_destination(entry);
        if self.open_problems.borrow_mut().is_new_destination(entry.id) {
            self.context.output.failure(subject, &failure);
        }
        tally.count_unsent(failure.exit);
    }

    fn record_receipt(&self, entry: &OutboxEntry, receipt: &Receipt, tally: &mut Tally) {
        let output = &self.context.output;
        tally.received += 1;
        self.file_received.notify_one();
        self.open_problems.borrow_mut().forget_fit(entry.id);
        let earlier = repeat_note(receipt.json.as_ref());
        let earlier = earlier.map(|words| format!(" ({words})")).unwrap_or_default();
        output.result(&format!("{}: received {}{earlier}", self.job.name, entry.request.name));
        if self.job.wait.is_none()
            && let Err(failure) = after_receipt(self.job, entry)
        {
            output.failure(&self.job.name, &failure);
            tally.add_code(failure.exit);
        }
    }
}

fn other_destination(entry: &OutboxEntry) -> Failure {
    let UploadRequest { server, address, .. } = &entry.request;
    let (unit, customer, id) = (&address.unit, &address.customer, entry.id);
    Failure::usage(
        format!(
            "it waits for unit {unit} of {customer} at {server}, and the job now leads elsewhere"
        ),
        format!(
            "If that was a slip: bursar outbox drop {id}. Otherwise: bursar outbox retry {id} --url {server} \
             --customer {customer}"
        ),
    )
}
