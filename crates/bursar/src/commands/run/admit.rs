//! A file of a job's folder into the outbox, or what is still to be done with one that is known there.
//!
//! Not for: sending it (`round`).
//!
//! Invariant: whatever comes of a file, it is not looked at again until it changes, unless another process
//! has it.

use std::fs;
use std::path::Path;

use super::after::{settle_received, settle_refused};
use super::context::JobContext;
use super::folder_scan::FolderState;
use super::round::Round;
use super::tally::Tally;
use crate::config::job::{JobSource, Links};
use crate::explain::explain_source;
use crate::journal::{Admission, EntryState, FileOutcome, Offer, Origin, OutboxEntry, Repeat};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{FileFingerprint, Source, SourceFault, own_name};
use crate::transfer::plan::SendPlan;
use crate::transfer::route::Route;

impl Round<'_> {
    pub(super) async fn admit_file(
        &self,
        path: &Path,
        route: &(Route, SendPlan),
        state: &mut FolderState,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let own = own_name(path);
        let source = match Source::open(path) {
            Ok(source) => source,
            // Another look will tell.
            Err(SourceFault::Absent) => return Ok(()),
            Err(fault) => return Err(explain_source(&fault)),
        };
        if !self.is_still_no_link(&source) {
            return Ok(());
        }
        // Whatever comes of it, it is not looked at again until it changes.
        state.settle(path.to_owned(), source.fingerprint().clone());
        let request = self.request(&own, route)?;
        let offer = Offer {
            request: &request,
            source: &source,
            origin: Origin::InPlace,
            repeat: Repeat::Never,
        };
        match self.context.journal.admit(&offer, (self.context.system.now)()).await? {
            Admission::Received(entry) => {
                self.admit_received(&entry, path, source.fingerprint(), tally).await?;
            }
            Admission::Due(entry) => {
                if let EntryState::Failed(failed_attempt) = &entry.state {
                    let exit = failed_attempt.failure.exit;
                    // It was killed before it took it away, or the folder is new.
                    let is_unfit =
                        matches!(exit, ExitCode::WouldBeRefused | ExitCode::NothingToSend);
                    if is_unfit {
                        self.put_aside(&entry, path, source.fingerprint()).await?;
                    }
                    let moved_to = self.job.refused_to.as_deref().filter(|_| is_unfit);
                    self.report_failed_before(&entry, path, &failed_attempt.failure, moved_to);
                    self.note_unsent_file(path, source.fingerprint(), exit, tally);
                }
            }
            Admission::BeingSent(_) => state.unsettle(path),
        }
        Ok(())
    }

    /// Says which file failed in an earlier run, and why: who runs a job once hears nothing else.
    fn report_failed_before(
        &self,
        entry: &OutboxEntry,
        path: &Path,
        failure: &Failure,
        moved_to: Option<&Path>,
    ) {
        let then = match moved_to {
            Some(folder) => format!("is now in {}", folder.display()),
            None => format!("is sent when it changes or with: bursar outbox retry {}", entry.id),
        };
        let next = format!("{} It failed before, and {then}", failure.next);
        let subject = format!("{}: {}: not sent", self.job.name, path.display());
        self.context
            .output
            .failure(&subject, &Failure::new(failure.exit, failure.what.clone(), next));
    }

    /// Returns `true` when the file that was opened is the one of that name itself, where links are
    /// not followed: one may have taken its place since the look. Every later reading is held against
    /// what was opened.
    fn is_still_no_link(&self, source: &Source) -> bool {
        let JobSource::Files { links: Links::LeftOut, .. } = &self.job.source else { return true };
        fs::symlink_metadata(source.path())
            .is_ok_and(|found| FileFingerprint::from_metadata(&found) == *source.fingerprint())
    }

    /// A file of an earlier run: with a job that waits, what is done with it is what its outcome asks for.
    async fn admit_received(
        &self,
        entry: &OutboxEntry,
        path: &Path,
        fingerprint: &FileFingerprint,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let JobContext { journal, system, .. } = self.context;
        let outcome = match self.job.wait {
            None => Some(FileOutcome::Unknown),
            Some(_) => journal.outcome(entry.id).await?,
        };
        tally.known += 1;
        match outcome {
            None => journal.await_outcome(entry.id, (system.now)()).await,
            Some(FileOutcome::Awaited | FileOutcome::Held) => Ok(()),
            Some(FileOutcome::Read { .. } | FileOutcome::Unknown) => {
                settle_received(self.job, path, fingerprint)
            }
            Some(FileOutcome::Refused) => {
                settle_refused(self.job, path, fingerprint)?;
                tally.known -= 1;
                tally.refused += 1;
                tally.add_code(ExitCode::FileRefused);
                Ok(())
            }
        }
    }
}
