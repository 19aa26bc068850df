//! Runs as people follow them: asked for, running, done or failed.
//!
//! Not for: what a run is told and what it finds (`finding`).
//!
//! Invariant: the fields of a state are those that hold in it; a transition takes the old state.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::RunId;
use crate::schema::{DateTime, LedgerVersions};
use crate::short_name::{CustomerName, UnitName};

/// One execution of the checks over a unit's ledgers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    pub run_id: RunId,
    pub customer: CustomerName,
    pub unit: UnitName,
    #[schemars(with = "DateTime")]
    pub asked_at: Timestamp,
    /// Who asked for it; absent when an upload that was read did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    #[serde(flatten)]
    pub state: RunState,
}

/// The state of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum RunState {
    /// Waits for its turn, and until uploads that have come are read.
    Waiting,
    Running {
        #[schemars(with = "DateTime")]
        since: Timestamp,
        /// From 0 to 1.
        done: f64,
        /// The work that is being done, in words.
        doing: String,
    },
    Done {
        #[schemars(with = "DateTime")]
        since: Timestamp,
        #[schemars(with = "DateTime")]
        at: Timestamp,
        /// The versions of the ledgers that were looked at, by table name.
        #[schemars(with = "LedgerVersions")]
        versions: BTreeMap<String, u64>,
        #[serde(flatten)]
        counts: RunCounts,
    },
    Failed {
        #[schemars(with = "DateTime")]
        at: Timestamp,
        /// A sentence that says what happened and what to do.
        why: String,
    },
}

/// The changes a run made to the findings of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunCounts {
    /// For people to decide on, those decided already among them.
    pub findings: u64,
    /// Of them, found for the first time.
    pub new_findings: u64,
    /// Looked like findings and are kept with the reason why they are none.
    pub suppressed: u64,
    /// Were there in the run before and are no more.
    pub gone: u64,
    /// Too many to keep; 0 unless something is wrong with the ledgers.
    pub not_kept: u64,
}

/// A run cannot go from its state to that one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a run that is {from} cannot become {to}")]
pub struct InvalidRunTransition {
    from: &'static str,
    to: &'static str,
}

impl RunState {
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running { .. } => "running",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
        }
    }

    /// Returns `true` when nothing more happens to the run.
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Failed { .. })
    }

    /// Begins, or begins again after an attempt that came to nothing.
    pub fn begin(self, since: Timestamp) -> Result<Self, InvalidRunTransition> {
        match self {
            Self::Waiting | Self::Running { .. } => {
                Ok(Self::Running { since, done: 0.0, doing: "beginning".to_owned() })
            }
            over => Err(InvalidRunTransition { from: over.word(), to: "running" }),
        }
    }

    pub fn finish(
        self,
        at: Timestamp,
        versions: BTreeMap<String, u64>,
        counts: RunCounts,
    ) -> Result<Self, InvalidRunTransition> {
        match self {
            Self::Running { since, .. } => Ok(Self::Done { since, at, versions, counts }),
            other => Err(InvalidRunTransition { from: other.word(), to: "done" }),
        }
    }

    pub fn fail(self, at: Timestamp, why: String) -> Result<Self, InvalidRunTransition> {
        if self.is_over() {
            return Err(InvalidRunTransition { from: self.word(), to: "failed" });
        }
        Ok(Self::Failed { at, why })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_once() {
        let at = Timestamp::UNIX_EPOCH;
        let counts = RunCounts::default();
        let finish = |state: RunState| state.finish(at, BTreeMap::new(), counts);
        assert!(finish(RunState::Waiting).is_err());
        let running = RunState::Waiting.begin(at).and_then(|state| state.begin(at)).unwrap();
        let done = finish(running.clone()).unwrap();
        assert!(done.is_over() && !running.is_over());
        assert!(done.clone().begin(at).is_err() && done.fail(at, String::new()).is_err());
        assert!(RunState::Waiting.fail(at, String::new()).unwrap().is_over());
    }
}
