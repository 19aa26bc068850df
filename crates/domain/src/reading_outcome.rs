//! What reading an upload as far as the ledger's commit came to.
//!
//! Not for: the states of uploads (`upload`), or what a person decides about one that is held (`hold`).

use crate::{HoldReason, ReadingReport, Remedy, RowCounts};

/// The end of a reading; `P` waits for the commit that shows its rows.
#[derive(Debug)]
pub enum ReadingOutcome<P> {
    /// All is written and nothing is visible yet.
    Ready(ReadingReport, P),
    /// A person has to look before anything of it is in the ledger; nothing was kept.
    Held { report: ReadingReport, rows: RowCounts, reason: HoldReason },
    /// The file itself cannot be used; reason and remedy are for its sender.
    Refused { report: ReadingReport, reason: String, remedy: Remedy },
}

impl<P> ReadingOutcome<P> {
    /// Puts something else in the place of what waits for its commit.
    pub fn map<Q>(self, change: impl FnOnce(P) -> Q) -> ReadingOutcome<Q> {
        match self {
            Self::Ready(report, prepared) => ReadingOutcome::Ready(report, change(prepared)),
            Self::Held { report, rows, reason } => ReadingOutcome::Held { report, rows, reason },
            Self::Refused { report, reason, remedy } => {
                ReadingOutcome::Refused { report, reason, remedy }
            }
        }
    }
}
