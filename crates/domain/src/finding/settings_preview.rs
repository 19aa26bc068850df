//! The effect that other settings of the checks would have on the findings of a unit, before they are kept.
//!
//! Invariant: findings are told apart by their keys, so what stays is the same finding.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::FindingKey;
use crate::amount::Money;
use crate::check::CheckSettings;

/// Findings of each check that are named in each direction: enough to judge a limit by, and one row of a
/// database.
pub const PREVIEWED_FINDINGS_MAX: usize = 20;

/// The newest preview of a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsPreview {
    pub asked_at: Timestamp,
    pub asked_by: String,
    /// The settings that are tried.
    pub settings: CheckSettings,
    #[serde(flatten)]
    pub state: PreviewState,
}

/// The state of a preview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PreviewState {
    /// Waits until nothing else is due.
    Waiting,
    Running {
        since: Timestamp,
    },
    Done {
        at: Timestamp,
        effect: SettingsEffect,
    },
    Failed {
        at: Timestamp,
        why: String,
    },
}

/// The difference between the findings there are and those there would be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsEffect {
    pub stays: u64,
    /// By check, those alone with which something goes or comes.
    pub checks: Vec<CheckEffect>,
}

/// The difference with one check.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckEffect {
    pub check: String,
    pub goes: u64,
    /// Of those that go, what people have decided: it keeps its verdict.
    pub goes_decided: u64,
    pub comes: u64,
    /// The first of those that go, the gravest first.
    pub going: Vec<PreviewedFinding>,
    /// The first of those that come, the gravest first.
    pub coming: Vec<PreviewedFinding>,
}

/// A finding that would go or come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreviewedFinding {
    pub key: FindingKey,
    pub title: String,
    pub at_risk: Option<Money>,
}

impl SettingsEffect {
    /// The number of findings that go, and of those that come.
    pub fn totals(&self) -> (u64, u64) {
        let sum = |of: fn(&CheckEffect) -> u64| self.checks.iter().map(of).sum();
        (sum(|check| check.goes), sum(|check| check.comes))
    }
}
