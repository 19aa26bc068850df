//! What ails a job between its rounds: files that lie there and are not sent, and a command or a query that
//! gave nothing to send when it last ran.
//!
//! Not for: what the server made of received files; the outbox has that.
//!
//! Invariant: it ends when the file goes or changes, or when the command or the query gives a file.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use crate::journal::EntryId;
use crate::report::exit_code::ExitCode;
use crate::source::Mark;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Standing {
    lying: HashMap<PathBuf, (Mark, ExitCode)>,
    made: Option<ExitCode>,
    /// Entries whose files were read and found fit, so that one that waits is not read for every try.
    fit: HashSet<i64>,
}

impl Standing {
    /// A file that stays where it is, for this reason.
    pub(super) fn lies(&mut self, path: PathBuf, mark: Mark, exit: ExitCode) {
        self.lying.insert(path, (mark, exit));
    }

    /// How the command or the query ended; nothing when it gave a file.
    pub(super) fn made(&mut self, exit: Option<ExitCode>) {
        self.made = exit;
    }

    pub(super) fn is_known_fit(&self, id: EntryId) -> bool {
        self.fit.contains(&id.number())
    }

    pub(super) fn found_fit(&mut self, id: EntryId) {
        self.fit.insert(id.number());
    }

    pub(super) fn sent(&mut self, id: EntryId) {
        self.fit.remove(&id.number());
    }

    /// Whatever still holds.
    pub(super) fn codes(&mut self) -> Vec<ExitCode> {
        self.lying.retain(|path, (mark, _)| {
            fs::metadata(path).is_ok_and(|found| Mark::of(&found) == *mark)
        });
        self.lying.values().map(|(_, exit)| *exit).chain(self.made).collect()
    }
}
