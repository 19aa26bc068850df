//! The audit log: what was done, by whom, about what; each entry is chained to the one before.
//!
//! Not for: keeping it (`store`).
//!
//! Invariant: the hash of an entry is made from the hash before it and its own text, so none can be
//! changed, taken out or put in without every later one being wrong.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::digest::Sha256Digest;
use crate::short_name::CustomerName;

/// The digest that the first entry is chained to.
pub const CHAIN_START: Sha256Digest = Sha256Digest::from_bytes([0; 32]);

/// Something to be noted. The order of the fields is that of the text which is hashed: it never changes,
/// and new ones go to the end and are left out when empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub at: Timestamp,
    /// A user's address, a token's id, or `operator` for a command.
    pub who: String,
    /// `<noun>.<verb>`, such as `finding.verdict`.
    pub what: String,
    /// The id or name of what it was done to; empty when `what` says it all.
    pub about: String,
    /// The customer whose data it is about; none for what is the deployment's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerName>,
    /// Further details; never a secret, and no personal datum that `who` does not hold.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
}

/// An entry in its place. As JSON it is a line of an export: the text of its entry is the one that is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainedEntry {
    /// Counted from 1 in a deployment, without gaps.
    pub sequence: u64,
    pub entry: AuditEntry,
    pub hash: Sha256Digest,
}

/// The hash of an entry whose canonical text is `text`.
pub fn chain(previous: Sha256Digest, sequence: u64, text: &str) -> Sha256Digest {
    let mut hasher = Sha256::new();
    hasher.update(previous.as_bytes());
    hasher.update(sequence.to_be_bytes());
    hasher.update(text.as_bytes());
    Sha256Digest::from_bytes(hasher.finalize().into())
}

/// The digest of a text that an entry vouches for, such as a decision that is kept elsewhere.
pub fn digest(text: &str) -> Sha256Digest {
    Sha256Digest::from_bytes(Sha256::digest(text.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> AuditEntry {
        AuditEntry {
            at: Timestamp::UNIX_EPOCH,
            who: "ann@example.org".to_owned(),
            what: "user.sign_in".to_owned(),
            about: String::new(),
            customer: None,
            details: Value::Null,
        }
    }

    /// Logs that are kept for years are checked by later programs: this text may never change.
    #[test]
    fn the_text_that_is_hashed_stays() {
        let text = serde_json::to_string(&entry()).unwrap();
        assert_eq!(
            text,
            r#"{"at":"1970-01-01T00:00:00Z","who":"ann@example.org","what":"user.sign_in","about":""}"#
        );
        let whole = AuditEntry {
            customer: Some("acme".parse().unwrap()),
            details: serde_json::json!({ "b": 1, "a": [null] }),
            ..entry()
        };
        let text = serde_json::to_string(&whole).unwrap();
        assert!(text.ends_with(r#""customer":"acme","details":{"a":[null],"b":1}}"#), "{text}");
        assert_eq!(serde_json::from_str::<AuditEntry>(&text).unwrap(), whole);
        let line = ChainedEntry { sequence: 7, entry: whole, hash: CHAIN_START };
        let line = serde_json::to_string(&line).unwrap();
        assert!(
            line.starts_with(&format!(r#"{{"sequence":7,"entry":{text},"hash":"0000"#)),
            "{line}"
        );
    }

    #[test]
    fn whatever_differs_differs_in_the_hash() {
        let hashes = [
            chain(CHAIN_START, 1, "a"),
            chain(CHAIN_START, 1, "b"),
            chain(CHAIN_START, 2, "a"),
            chain(chain(CHAIN_START, 1, "a"), 2, "a"),
        ];
        for (place, hash) in hashes.iter().enumerate() {
            assert!(!hashes[place + 1..].contains(hash));
        }
    }
}
