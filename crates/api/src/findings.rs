//! Findings as they are listed, filtered and shown whole.

use domain::finding::{
    Explanation, FindingState, HistoryEntry, Lane, LaneTotal, RecoveryStage, StoredFinding,
};
use domain::page::PageSize;
use domain::schema::Day;
use domain::{Amount, FindingKey, RunId};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A finding with all that happened to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingDetail {
    #[serde(flatten)]
    pub finding: StoredFinding,
    /// The finding in plain words: the answer, what speaks for and against it, what to do next.
    pub explanation: Explanation,
    /// Decisions of people about it, the first first.
    pub history: Vec<HistoryEntry>,
}

/// Every lane in its order, with what a filter leaves of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LaneTotals {
    pub items: Vec<LaneTotal>,
}

/// The query of every list of findings.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingsQuery {
    /// Of which this can be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// Of this check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// Of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Decided so, or not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<FindingState>,
    /// Somebody works on it; empty: nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Text of the title or of what the rows say of suppliers, in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// At least so probable; what has no measured probability is left out.
    #[schemars(range(min = 0.0, max = 1.0))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_probability: Option<f64>,
    /// At least so much at risk, whatever the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_amount: Option<Amount>,
    /// First found by this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// Pairs that looked like a finding and are none: left out when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Include>,
    /// Findings that the last run did not find any more: left out when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<Include>,
    /// Those for which a verdict waits for a second person, or with `false` the others; all when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed: Option<bool>,
    /// Of whose money this is the last step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery: Option<RecoveryStage>,
    /// With an answer or money expected before this day.
    #[schemars(with = "Option<Day>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_before: Option<Date>,
    /// That speak of a supplier, by its reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_supplier: Option<String>,
    /// By priority when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<FindingSort>,
    /// The most entries to answer with; 50 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<PageSize>,
    /// The `next` of the page before, which is the key of its last entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<FindingKey>,
}

/// The place of a kind of finding in a list: left out, among the others, or alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Include {
    #[default]
    False,
    True,
    /// Nothing else.
    Only,
}

/// The order of findings, the largest or newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingSort {
    /// By lane (what can be stopped, recovered, is a sign of fraud, or to be looked into), then the gravest.
    #[default]
    Priority,
    Amount,
    Probability,
    FirstSeen,
    /// The day by which an answer or money is expected, the earliest first.
    Due,
    /// The day on which an invoice that is not paid is due, the earliest first.
    PaymentDue,
}
