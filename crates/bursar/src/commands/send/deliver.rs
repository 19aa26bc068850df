//! What comes before and after the sending of one file: what waits under its name, the outcome, the reading.

use std::path::Path;

use super::Sender;
use super::report::{Report, Success};
use crate::commands::uploads::UploadsClient;
use crate::journal::{EntryState, OutboxEntry, Repeat};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::transfer::client::Client;
use crate::transfer::delivery::Delivery;
use crate::transfer::pipeline::{Dispatch, Pipeline};

impl Sender<'_> {
    /// Waits for the reading, when that was asked for; a failure when it did not come to one.
    pub(super) async fn follow(&self, success: &Success, report: &mut Report) -> Option<Failure> {
        let longest = self.context.plan.wait?;
        let receipt = match success {
            Success::Received { receipt, .. } | Success::ReceivedBefore { receipt, .. } => receipt,
            Success::Described { .. } => return None,
        };
        let Some(id) = receipt.upload_id() else {
            return Some(Failure::new(
                ExitCode::NotSeenRead,
                "the receipt names no upload that could be followed",
                "The file was received. Only a Bursar server says what came of it; leave --wait out \
                 with the vendor's service.",
            ));
        };
        let route = &self.context.route;
        let client = UploadsClient(Client { route, system: self.system, output: self.output });
        match client.follow_to_its_end(id, longest).await {
            Ok(followed) => {
                self.output.result(&followed.to_text());
                report.followed(&followed);
                followed.verdict
            }
            Err(failure) => Some(failure),
        }
    }

    /// Sends what waits under the same name from before, so that the file that came last arrives last.
    pub(super) async fn send_earlier(
        &self,
        file: &Path,
        pipeline: Pipeline<'_>,
        entry: &OutboxEntry,
    ) -> Result<(), Failure> {
        for earlier in pipeline.journal.waiting_before(entry).await? {
            let Dispatch::Tried(delivery, after) = pipeline.send(&earlier).await? else { continue };
            let (id, name) = (earlier.id, &earlier.request.name);
            let shown = file.display();
            let Err(failure) = delivery.result else {
                self.output.note(&format!("{shown}: first {id}, which waited: received {name}"));
                continue;
            };
            if matches!(after.state, EntryState::Waiting(_)) {
                return Err(not_before(&earlier, entry, &failure));
            }
            self.output.failure(&format!("{shown}: first {id}, {name}: not sent"), &failure);
        }
        Ok(())
    }

    /// Notes in the report how sending ended; `entry` is as the outbox has it now.
    pub(super) fn record_outcome(
        &self,
        file: &Path,
        entry: &OutboxEntry,
        delivery: Delivery,
        report: &mut Report,
    ) -> Result<Success, Failure> {
        report.tried(delivery.tries, delivery.status);
        report.entered(entry);
        let name = entry.request.name.clone();
        match delivery.result {
            Ok((sent, receipt)) => {
                if receipt.is_repeated() && self.context.repeat == Repeat::Asked {
                    let advice = "--again makes no second upload of the newest bytes of a name; to have \
                                  one, give another name with --name";
                    self.note(file, report, advice.to_owned());
                }
                Ok(Success::Received { name, sent, receipt })
            }
            Err(mut failure) => {
                if matches!(entry.state, EntryState::Waiting(_)) {
                    failure.next = format!(
                        "{} It waits in the outbox as {}: bursar outbox retry, or this command again.",
                        failure.next, entry.id
                    );
                }
                Err(failure)
            }
        }
    }
}

/// The failure of an entry that waits only because an earlier one of its name does.
fn not_before(earlier: &OutboxEntry, entry: &OutboxEntry, failure: &Failure) -> Failure {
    Failure::new(
        failure.exit,
        format!("{} ({}, an earlier file of this name, goes first)", failure.what, earlier.id),
        format!(
            "{} Both wait in the outbox, this one as {}: bursar outbox retry, or this command again.",
            failure.next, entry.id
        ),
    )
}
