//! One received file and its life.
//!
//! Not for: receiving; an [`Upload`] exists once its bytes and its row are durable.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::digest::Sha256Digest;
use crate::file_name::FileName;
use crate::file_type::FileType;
use crate::id::{TokenId, UploadId};
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
    /// The token it came with.
    pub token: TokenId,
    pub state: UploadState,
}

/// `received -> reading -> read | refused`. Each state carries what is known then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum UploadState {
    /// Safe, waiting to be read.
    Received,
    Reading {
        #[schemars(with = "String")]
        since: Timestamp,
    },
    Read {
        #[schemars(with = "String")]
        at: Timestamp,
        rows_read: u64,
        rows_set_aside: u64,
    },
    /// Nothing of it reached the ledger; the reason says how to mend it.
    Refused {
        #[schemars(with = "String")]
        at: Timestamp,
        reason: String,
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
            Self::Refused { .. } => "refused",
        }
    }

    /// Begins to read, or begins again after a crash.
    pub fn begin_reading(self, now: Timestamp) -> Result<Self, InvalidTransition> {
        match self {
            Self::Received | Self::Reading { .. } => Ok(Self::Reading { since: now }),
            Self::Read { .. } | Self::Refused { .. } => Err(self.cannot_become("reading")),
        }
    }

    pub fn finish_reading(
        self,
        now: Timestamp,
        rows_read: u64,
        rows_set_aside: u64,
    ) -> Result<Self, InvalidTransition> {
        match self {
            Self::Reading { .. } => Ok(Self::Read { at: now, rows_read, rows_set_aside }),
            other => Err(other.cannot_become("read")),
        }
    }

    pub fn refuse(self, now: Timestamp, reason: String) -> Result<Self, InvalidTransition> {
        match self {
            Self::Reading { .. } => Ok(Self::Refused { at: now, reason }),
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
        let read = again.finish_reading(now, 10, 1).unwrap();
        assert!(read.clone().begin_reading(now).is_err());
        assert!(read.refuse(now, String::new()).is_err());
        let refused = reading.refuse(now, "no header row".to_owned()).unwrap();
        assert!(refused.finish_reading(now, 0, 0).is_err());
        assert!(UploadState::Received.finish_reading(now, 0, 0).is_err());
    }

    #[test]
    fn states_are_written_by_their_word() {
        let state = UploadState::Refused { at: Timestamp::UNIX_EPOCH, reason: "x".to_owned() };
        let json = serde_json::to_value(&state).unwrap();
        assert_eq!(json["status"], state.word());
        assert_eq!(serde_json::from_value::<UploadState>(json).unwrap(), state);
    }
}
