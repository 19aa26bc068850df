//! Whether a server can receive, and which of the things it needs for that is missing.
//!
//! Not for: trying them. Invariant: strangers are told this, so a detail is a sentence written for them:
//! no name, place or error text of the inside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The thing that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadinessCheckName {
    /// The server is not stopping.
    Server,
    /// The room on the disk of the objects is above the reserve.
    Disk,
    Database,
    /// Files are written, read and removed where they are kept.
    Objects,
    /// Every ledger can be used; not required, as files are received all the same.
    Ledgers,
}

impl ReadinessCheckName {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Disk => "disk",
            Self::Database => "database",
            Self::Objects => "objects",
            Self::Ledgers => "ledgers",
        }
    }
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadinessCheck {
    pub name: ReadinessCheckName,
    pub ok: bool,
    /// Set when uploads are refused while it is not ok. What is not required is worth knowing, and
    /// the server is ready all the same.
    pub required: bool,
    /// A sentence: what was seen and, when it is not ok, what that means.
    pub detail: String,
}

/// All that was looked at, in the order of [`ReadinessCheckName`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReadinessReport {
    pub ready: bool,
    pub checks: Vec<ReadinessCheck>,
}

impl ReadinessCheck {
    /// A check of what uploads need, and what is as it should be.
    pub fn good(name: ReadinessCheckName, detail: impl Into<String>) -> Self {
        Self { name, ok: true, required: true, detail: detail.into() }
    }

    /// A check of what uploads need, and what keeps them out.
    pub fn blocking(name: ReadinessCheckName, detail: impl Into<String>) -> Self {
        Self { ok: false, ..Self::good(name, detail) }
    }

    /// Makes it a check of what is worth knowing and keeps no upload out.
    #[must_use]
    pub fn not_required(self) -> Self {
        Self { required: false, ..self }
    }

    /// Returns `true` when uploads are refused because of it.
    pub const fn is_blocking(&self) -> bool {
        self.required && !self.ok
    }
}

impl ReadinessReport {
    pub fn new(checks: Vec<ReadinessCheck>) -> Self {
        Self { ready: !checks.iter().any(ReadinessCheck::is_blocking), checks }
    }

    /// The sentences of what is in the way, one after the other; empty when it is ready.
    pub fn blocking_details(&self) -> String {
        let checks = self.checks.iter().filter(|check| check.is_blocking());
        checks.map(|check| check.detail.as_str()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_required_is_blocking() {
        let good = ReadinessCheck::good(ReadinessCheckName::Database, "It answers.");
        let disk = ReadinessCheck::blocking(ReadinessCheckName::Disk, "The disk.");
        let other = ReadinessCheck { required: false, ..disk.clone() };
        for (checks, blocking) in [
            (vec![], ""),
            (vec![good.clone(), other.clone()], ""),
            (vec![good, disk, other], "The disk."),
        ] {
            let readiness = ReadinessReport::new(checks);
            assert_eq!(readiness.blocking_details(), blocking);
            assert_eq!(readiness.ready, blocking.is_empty());
        }
    }
}
