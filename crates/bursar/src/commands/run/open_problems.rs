//! What ails a job between its rounds: files that lie there and are not sent, and a command or a query that
//! gave nothing to send when it last ran.
//!
//! Not for: what the server made of received files; the outbox has that.
//!
//! Invariant: it ends when the file goes or changes, or when the command or the query gives a file.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use crate::args::EntryId;
use crate::report::exit_code::ExitCode;
use crate::source::FileFingerprint;

/// The problems of a job that outlast a round.
#[derive(Debug, Default)]
pub(super) struct OpenProblems {
    lying: HashMap<PathBuf, (FileFingerprint, ExitCode)>,
    source_ended: Option<ExitCode>,
    /// Entries whose files were read and found fit, so that one that waits is not read for every try.
    fit: HashSet<i64>,
    /// Entries of which it was said that they are for another destination than the job has now.
    other_destinations: HashSet<i64>,
}

impl OpenProblems {
    /// Notes a file that stays where it is, and why.
    pub(super) fn file_stays(
        &mut self,
        path: PathBuf,
        fingerprint: FileFingerprint,
        exit: ExitCode,
    ) {
        self.lying.insert(path, (fingerprint, exit));
    }

    /// Notes how the command or the query ended; nothing when it gave a file.
    pub(super) fn source_ended(&mut self, exit: Option<ExitCode>) {
        self.source_ended = exit;
    }

    pub(super) fn is_known_fit(&self, id: EntryId) -> bool {
        self.fit.contains(&id.number())
    }

    pub(super) fn note_fit(&mut self, id: EntryId) {
        self.fit.insert(id.number());
    }

    pub(super) fn forget_fit(&mut self, id: EntryId) {
        self.fit.remove(&id.number());
    }

    /// Notes an entry for another destination; false when it is known as one.
    pub(super) fn is_new_destination(&mut self, id: EntryId) -> bool {
        self.other_destinations.insert(id.number())
    }

    /// The exit codes of the problems that still hold.
    pub(super) fn codes(&mut self) -> Vec<ExitCode> {
        self.lying.retain(|path, (fingerprint, _)| {
            fs::metadata(path)
                .is_ok_and(|found| FileFingerprint::from_metadata(&found) == *fingerprint)
        });
        self.lying.values().map(|(_, exit)| *exit).chain(self.source_ended).collect()
    }
}
