//! Why a ledger cannot be used as it is: a fault of the server's, never of whoever sends files.
//!
//! Not for: looking at ledgers (`analysis`). Invariant: one ledger has it, and the others go on.

use std::fmt;

use crate::ledger::LedgerName;

/// A ledger that cannot be used as it is, and why. As text it is for whoever may see the ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger {ledger} {kind}")]
pub struct LedgerFault {
    pub ledger: LedgerName,
    pub kind: LedgerFaultKind,
    /// For the operator alone: what was found, and what to do.
    pub detail: String,
}

/// A kind of [`LedgerFault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerFaultKind {
    /// A column holds something else than this version of Bursar reads there.
    ChangedType,
    /// A column without which rows say nothing is gone.
    LostColumn,
    /// A newer version of Bursar wrote it: it can be read and not be written.
    NewerVersion,
    /// Its files cannot be read, or not be understood.
    Unreadable,
}

impl LedgerFaultKind {
    /// The word in JSON and in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangedType => "changed_type",
            Self::LostColumn => "lost_column",
            Self::NewerVersion => "newer_version",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The words about a ledger, behind its name.
impl fmt::Display for LedgerFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ChangedType => "has a column of another type than this version of Bursar reads",
            Self::LostColumn => "has lost a column without which its rows say nothing",
            Self::NewerVersion => {
                "was written by a newer version of Bursar, and this one only reads it"
            }
            Self::Unreadable => "has files that cannot be read",
        })
    }
}
