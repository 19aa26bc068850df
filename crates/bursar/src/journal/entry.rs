//! One file of the outbox and its life.
//!
//! Invariant: each state carries what is known in it and nothing else; only `rows` makes entries.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use domain::{FileType, Sha256Digest};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::net::target::{Place, SafeName};
use crate::report::failure::Failure;
use crate::source::Mark;

/// The number under which a person speaks of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryId(i64);

/// What a file is to be sent as, and where to.
#[derive(Debug, Clone)]
pub struct Addressed {
    /// Scheme, host and port.
    pub server: String,
    pub place: Place,
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

/// Who looks after the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The file lies where it lay.
    InPlace,
    /// The outbox keeps a copy, until it is received.
    Spooled(Sha256Digest),
}

/// An entry as it was last written.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: EntryId,
    pub addressed: Addressed,
    pub path: PathBuf,
    pub is_spooled: bool,
    pub bytes: u64,
    pub mark: Mark,
    pub sha256: Option<Sha256Digest>,
    pub tries: u32,
    pub added_at: Timestamp,
    pub changed_at: Timestamp,
    pub state: State,
}

/// Where an entry is in its life.
#[derive(Debug, Clone)]
pub enum State {
    /// To be sent, or to be sent again after this setback.
    Waiting(Option<Setback>),
    Sending {
        lease_until: Timestamp,
    },
    Received(Receipt),
    /// Not to be sent again by itself.
    Failed(Setback),
    /// A person does not want it sent.
    Dropped,
}

/// Why a try was in vain.
#[derive(Debug, Clone)]
pub struct Setback {
    pub failure: Failure,
    pub status: Option<u16>,
}

/// What the server gave for the file.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub status: u16,
    pub sha256: Sha256Digest,
    pub json: Option<Value>,
}

impl EntryId {
    pub(super) fn of(number: i64) -> Self {
        Self(number)
    }

    pub fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EntryId {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.parse().ok().filter(|number| *number > 0);
        number.map(Self).ok_or("an entry is a number, as bursar outbox list shows it")
    }
}

impl Kept {
    pub fn digest(self) -> Option<Sha256Digest> {
        match self {
            Self::InPlace => None,
            Self::Spooled(digest) => Some(digest),
        }
    }
}

impl State {
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting(_) => "waiting",
            Self::Sending { .. } => "sending",
            Self::Received(_) => "received",
            Self::Failed(_) => "failed",
            Self::Dropped => "dropped",
        }
    }

    pub fn setback(&self) -> Option<&Setback> {
        match self {
            Self::Waiting(setback) => setback.as_ref(),
            Self::Failed(setback) => Some(setback),
            Self::Sending { .. } | Self::Received(_) | Self::Dropped => None,
        }
    }
}

impl Entry {
    /// For a program.
    pub fn to_json(&self) -> Value {
        let receipt = match &self.state {
            State::Received(receipt) => receipt.json.clone(),
            _ => None,
        };
        let setback = self.state.setback();
        json!({
            "entry": self.id.number(),
            "state": self.state.word(),
            "job": self.addressed.job,
            "server": self.addressed.server,
            "customer": self.addressed.place.customer.as_str(),
            "unit": self.addressed.place.unit.as_str(),
            "fileType": self.addressed.file_type.as_str(),
            "fileName": self.addressed.name.to_string(),
            "file": self.path.display().to_string(),
            "bytes": self.bytes,
            "sha256": self.sha256.map(|digest| digest.to_string()),
            "tries": self.tries,
            "addedAt": self.added_at.to_string(),
            "changedAt": self.changed_at.to_string(),
            "receipt": receipt,
            "status": setback.and_then(|setback| setback.status),
            "exitCode": setback.map(|setback| setback.failure.exit.number()),
            "failure": setback.map(|setback| {
                json!({ "what": setback.failure.what, "next": setback.failure.next })
            }),
        })
    }
}
