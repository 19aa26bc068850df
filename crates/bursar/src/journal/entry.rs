//! One file of the outbox and its life.
//!
//! Invariant: each state carries what is known in it and nothing else; only `rows` makes entries.

use std::path::PathBuf;

use domain::{FileType, Sha256Digest};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::args::EntryId;
use crate::net::target::{SafeName, UnitAddress};
use crate::report::failure::Failure;
use crate::source::FileFingerprint;

/// The age at which an entry is stale: faults of the network or the server are mostly mended by then,
/// and a slip is not.
const STALE_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Returns `true` when an entry that waits since then does so for longer than most outages last.
pub fn is_stale(since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(since) > STALE_AFTER
}

/// The name, type and place under which a file is to be sent.
#[derive(Debug, Clone)]
pub struct UploadRequest {
    /// Scheme, host and port.
    pub server: String,
    pub address: UnitAddress,
    pub file_type: FileType,
    /// The name it had here.
    pub own_name: String,
    /// The name people will see, the same for every try.
    pub name: SafeName,
    pub content_type: String,
    /// Where the settings were, so that a later try finds the token again.
    pub config: Option<PathBuf>,
    pub profile: Option<String>,
    /// The job that found it.
    pub job: Option<String>,
    pub idempotency_key: String,
}

/// The keeper of the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The file lies where it lay.
    InPlace,
    /// The outbox keeps a copy, until it is received.
    Spooled(Sha256Digest),
}

/// An entry as it was last written.
#[derive(Debug, Clone)]
pub struct OutboxEntry {
    pub id: EntryId,
    pub request: UploadRequest,
    pub path: PathBuf,
    pub is_spooled: bool,
    pub bytes: u64,
    pub fingerprint: FileFingerprint,
    pub sha256: Option<Sha256Digest>,
    pub tries: u32,
    pub added_at: Timestamp,
    pub changed_at: Timestamp,
    pub state: EntryState,
}

/// The states of an entry.
#[derive(Debug, Clone)]
pub enum EntryState {
    /// To be sent, or to be sent again after this failed attempt.
    Waiting(Option<FailedAttempt>),
    Sending {
        lease_until: Timestamp,
    },
    Received(Receipt),
    /// Not to be sent again by itself.
    Failed(FailedAttempt),
    /// A person does not want it sent.
    Dropped,
}

/// The failure of a try, and the status of the answer if there was one.
#[derive(Debug, Clone)]
pub struct FailedAttempt {
    pub failure: Failure,
    pub status: Option<u16>,
}

/// The receipt for a file.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub status: u16,
    pub sha256: Sha256Digest,
    pub json: Option<Value>,
}

impl Origin {
    pub fn digest(self) -> Option<Sha256Digest> {
        match self {
            Self::InPlace => None,
            Self::Spooled(digest) => Some(digest),
        }
    }
}

impl EntryState {
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting(_) => "waiting",
            Self::Sending { .. } => "sending",
            Self::Received(_) => "received",
            Self::Failed(_) => "failed",
            Self::Dropped => "dropped",
        }
    }

    pub fn failed_attempt(&self) -> Option<&FailedAttempt> {
        match self {
            Self::Waiting(failed_attempt) => failed_attempt.as_ref(),
            Self::Failed(failed_attempt) => Some(failed_attempt),
            Self::Sending { .. } | Self::Received(_) | Self::Dropped => None,
        }
    }
}

impl OutboxEntry {
    /// The entry as JSON, for a program.
    pub fn to_json(&self) -> Value {
        let receipt = match &self.state {
            EntryState::Received(receipt) => receipt.json.clone(),
            _ => None,
        };
        let failed_attempt = self.state.failed_attempt();
        json!({
            "entry": self.id.number(),
            "state": self.state.word(),
            "job": self.request.job,
            "server": self.request.server,
            "customer": self.request.address.customer.as_str(),
            "unit": self.request.address.unit.as_str(),
            "fileType": self.request.file_type.as_str(),
            "fileName": self.request.name.to_string(),
            "file": self.path.display().to_string(),
            "bytes": self.bytes,
            "sha256": self.sha256.map(|digest| digest.to_string()),
            "tries": self.tries,
            "addedAt": self.added_at.to_string(),
            "changedAt": self.changed_at.to_string(),
            "receipt": receipt,
            "status": failed_attempt.and_then(|failed_attempt| failed_attempt.status),
            "exitCode": failed_attempt.map(|failed_attempt| failed_attempt.failure.exit.number()),
            "failure": failed_attempt.map(|attempt| attempt.failure.to_json()),
        })
    }
}
