//! What people decide about findings, and how long a decision speaks for what comes later.

use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FindingKey;
use crate::check::VerdictWords;
use crate::enum_words::enum_words;
use crate::schema::DateTime;

/// The state of a finding. Everything but `Open` is a verdict of a person, and may be taken back.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FindingState {
    /// Nobody has decided yet.
    Open,
    /// It is what the check looks for: paid twice, or a risk that is real.
    #[serde(rename = "duplicate")]
    Confirmed,
    /// It is legitimate, or not what the check looks for.
    #[serde(rename = "not_duplicate")]
    Dismissed,
    /// Somebody was asked.
    NeedsInformation,
}

/// A word that is not a state of a finding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a state of a finding: open, duplicate, not_duplicate or needs_information")]
pub struct InvalidFindingState;

/// The scope for which a `Dismissed` is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "scope")]
pub enum VerdictScope {
    /// This finding, and any that has grown from it: every two of its rows.
    Rows {
        finding: FindingKey,
        rows: Vec<String>,
        /// The references of their suppliers, as a Unique ID may be that of invoices of several; empty where
        /// they have none, and of verdicts of before.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        suppliers: Vec<String>,
    },
    /// Whatever has this [`super::Finding::pattern`].
    Pattern { pattern: String },
}

/// A verdict that speaks for later runs, until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RememberedVerdict {
    pub of: VerdictScope,
    /// Who decided, as the page shows it.
    pub by: String,
    #[schemars(with = "DateTime")]
    pub at: Timestamp,
    /// From then on it counts no more; none: for ever.
    #[schemars(with = "Option<DateTime>")]
    pub until: Option<Timestamp>,
}

enum_words! {
    FindingState or InvalidFindingState;
    Open = "open",
    Confirmed = "duplicate",
    Dismissed = "not_duplicate",
    NeedsInformation = "needs_information",
}

impl FindingState {
    /// The state in words that fit findings of all checks.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::NeedsInformation => "Needs information",
            Self::Confirmed => "Duplicate, or needs action",
            Self::Dismissed => "Not a duplicate, or explained",
        }
    }

    /// The state in words, on a finding of a check of such words.
    pub const fn words(self, words: VerdictWords) -> &'static str {
        match (self, words) {
            (Self::Open, _) => "open",
            (Self::Confirmed, VerdictWords::Duplicate) => "duplicate",
            (Self::Confirmed, VerdictWords::Action) => "needs action",
            (Self::Dismissed, VerdictWords::Duplicate) => "not a duplicate",
            (Self::Dismissed, VerdictWords::Action) => "explained",
            (Self::NeedsInformation, _) => "needs information",
        }
    }
}

impl fmt::Display for FindingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
