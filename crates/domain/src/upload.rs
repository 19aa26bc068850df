//! One received file and its life.
//!
//! Not for: receiving; an [`Upload`] exists once its bytes and its row are durable.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::file_name::FileName;
use crate::file_type::FileType;
use crate::hold::HoldReason;
use crate::id::{TokenId, UploadId, UserId};
use crate::ledger::LedgerName;
use crate::personal::Visibility;
use crate::reading::RowCounts;
use crate::remedy::Remedy;
use crate::schema::DateTime;
use crate::short_name::{CustomerName, UnitName};

/// A received file: what it is, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub id: UploadId,
    pub customer: CustomerName,
    pub unit: UnitName,
    pub file_type: FileType,
    pub file_name: FileName,
    pub bytes: u64,
    pub sha256: Sha256Digest,
    pub received_at: Timestamp,
    pub sender: Sender,
    /// When a person let a held file into the ledger.
    pub released_at: Option<Timestamp>,
    /// When its file was removed, as its time was over; what became of it stays known.
    pub removed_at: Option<Timestamp>,
    /// The version of the ledger that holds it as it was read before, when it is to be read once more: until
    /// that is done, and if it is refused then, those rows stay.
    pub read_before: Option<u64>,
    pub state: UploadState,
}

/// Who sent a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sender {
    /// A program, with this access token.
    Token(TokenId),
    /// A person, from a page.
    User(UserId),
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
        }
    }
}

impl Upload {
    /// The ledger it is read into.
    pub fn ledger(&self) -> LedgerName {
        LedgerName {
            customer: self.customer.clone(),
            unit: self.unit.clone(),
            file_type: self.file_type,
        }
    }

    /// The upload with the rows of its hold as this visibility sees them.
    #[must_use]
    pub fn masked(self, visibility: Visibility) -> Self {
        let state = match self.state {
            UploadState::Held { at, rows, reason } => {
                UploadState::Held { at, rows, reason: reason.masked(visibility) }
            }
            other => other,
        };
        Self { state, ..self }
    }

    /// The upload as it was when its receipt was given.
    #[must_use]
    pub fn as_received(self) -> Self {
        Self { state: UploadState::Received, removed_at: None, read_before: None, ..self }
    }
}

/// `received -> reading -> read | held | refused`, and `held -> received | refused`,
/// `refused -> received` and `read -> received` as a person decides.
/// Each state carries what is known then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum UploadState {
    /// Safe, waiting to be read.
    Received,
    Reading {
        #[schemars(with = "DateTime")]
        since: Timestamp,
    },
    Read {
        #[schemars(with = "DateTime")]
        at: Timestamp,
        /// Of the ledger, from which on the file is in it.
        ledger_version: u64,
        #[serde(flatten)]
        rows: RowCounts,
    },
    /// Nothing of it is in the ledger until a person releases it.
    Held {
        #[schemars(with = "DateTime")]
        at: Timestamp,
        #[serde(flatten)]
        rows: RowCounts,
        #[serde(flatten)]
        reason: HoldReason,
    },
    /// Nothing of it reached the ledger; the reason says how to mend it.
    Refused {
        #[schemars(with = "DateTime")]
        at: Timestamp,
        reason: String,
        /// The action to take about it beside what the reason says; absent where that was not noted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remedy: Option<Remedy>,
    },
}

/// A step that a life cycle does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an upload that is {from} cannot become {to}")]
pub struct InvalidTransition {
    from: &'static str,
    to: &'static str,
}

impl UploadState {
    /// The word the receipt, the API and the pages use.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Reading { .. } => "reading",
            Self::Read { .. } => "read",
            Self::Held { .. } => "held",
            Self::Refused { .. } => "refused",
        }
    }

    /// Begins to read, or begins again after a crash.
    pub fn begin_reading(self, now: Timestamp) -> Result<Self, InvalidTransition> {
        match self {
            Self::Received | Self::Reading { .. } => Ok(Self::Reading { since: now }),
            Self::Read { .. } | Self::Held { .. } | Self::Refused { .. } => {
                Err(self.cannot_become("reading"))
            }
        }
    }

    pub fn finish_reading(
        self,
        now: Timestamp,
        ledger_version: u64,
        rows: RowCounts,
    ) -> Result<Self, InvalidTransition> {
        match self {
            Self::Reading { .. } => Ok(Self::Read { at: now, ledger_version, rows }),
            other => Err(other.cannot_become("read")),
        }
    }

    /// Keeps a file from the ledger until a person has decided.
    pub fn hold(
        self,
        now: Timestamp,
        rows: RowCounts,
        reason: HoldReason,
    ) -> Result<Self, InvalidTransition> {
        match self {
            Self::Reading { .. } => Ok(Self::Held { at: now, rows, reason }),
            other => Err(other.cannot_become("held")),
        }
    }

    /// A person lets a held file into the ledger, or has one read once more: it waits to be read.
    pub fn read_again(self) -> Result<Self, InvalidTransition> {
        match self {
            Self::Read { .. } | Self::Held { .. } | Self::Refused { .. } => Ok(Self::Received),
            other => Err(other.cannot_become("received")),
        }
    }

    /// Refuses it, by the reader or by a person who decides on a held file.
    pub fn refuse(
        self,
        now: Timestamp,
        reason: String,
        remedy: Option<Remedy>,
    ) -> Result<Self, InvalidTransition> {
        match self {
            Self::Reading { .. } | Self::Held { .. } => {
                Ok(Self::Refused { at: now, reason, remedy })
            }
            other => Err(other.cannot_become("refused")),
        }
    }

    fn cannot_become(&self, to: &'static str) -> InvalidTransition {
        InvalidTransition { from: self.word(), to }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_an_upload() {
        let now: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap();
        let reading = UploadState::Received.begin_reading(now).unwrap();
        let again = reading.clone().begin_reading(now).unwrap();
        let rows = RowCounts { rows_read: 10, rows_set_aside: 1, ..RowCounts::default() };
        let read = again.clone().finish_reading(now, 3, rows).unwrap();
        let held = again.hold(now, rows, HoldReason::ManyInactive { active_before: 20 }).unwrap();
        assert!(held.clone().begin_reading(now).is_err());
        assert_eq!(held.clone().read_again(), Ok(UploadState::Received));
        assert!(held.refuse(now, "not ours".to_owned(), None).is_ok());
        assert_eq!(read.clone().read_again(), Ok(UploadState::Received));
        assert!(UploadState::Received.read_again().is_err());
        assert!(read.clone().begin_reading(now).is_err());
        assert!(read.refuse(now, String::new(), None).is_err());
        let refused = reading.refuse(now, "no header row".to_owned(), None).unwrap();
        assert!(refused.clone().finish_reading(now, 0, rows).is_err());
        assert_eq!(refused.read_again(), Ok(UploadState::Received));
        assert!(UploadState::Received.finish_reading(now, 0, rows).is_err());
    }

    #[test]
    fn states_are_written_by_their_word() {
        let (at, rows) = (Timestamp::UNIX_EPOCH, RowCounts::default());
        let states = [
            UploadState::Received,
            UploadState::Reading { since: at },
            UploadState::Read { at, ledger_version: 1, rows },
            UploadState::Held { at, rows, reason: HoldReason::ManyInactive { active_before: 3 } },
            UploadState::Refused { at, reason: "x".to_owned(), remedy: None },
            UploadState::Refused { at, reason: "x".to_owned(), remedy: Some(Remedy::MapColumns) },
        ];
        for state in states {
            let json = serde_json::to_value(&state).unwrap();
            assert_eq!(json["status"], state.word());
            assert_eq!(serde_json::from_value::<UploadState>(json).unwrap(), state);
        }
    }
}
