//! What people decide about findings, as it is sent and answered.

use std::collections::BTreeMap;

use domain::finding::{
    ASSIGNEE_CHARS_MAX, CodedReason, StoredVerdict, VerdictRequest, WORDS_CHARS_MAX,
};
use domain::page::PAGE_SIZE_MAX;
use domain::{Amount, FindingKey, VerdictId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Findings decided at once: as many as a page may hold.
pub const FINDINGS_AT_ONCE_MAX: usize = PAGE_SIZE_MAX as usize;

/// Who works on a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The address of a member who decides, or null for nobody.
    #[schemars(length(max = ASSIGNEE_CHARS_MAX))]
    pub assignee: Option<String>,
}

/// A comment on a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    #[schemars(length(min = 1, max = WORDS_CHARS_MAX))]
    pub words: String,
}

/// The money that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recovery {
    /// In the currency that was at risk, or null for nothing.
    pub recovered: Option<Amount>,
    /// The amount once more, where it is more than is at risk and right all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Amount>,
}

/// One verdict on several findings: on all of them or on none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkVerdict {
    #[schemars(length(min = 1, max = FINDINGS_AT_ONCE_MAX))]
    pub findings: Vec<FindingKey>,
    pub verdict: VerdictRequest,
    /// By finding, the `lastEntry` it was looked at with: when somebody has done something about one of them
    /// since, nothing is written. Those left out are decided however they stand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: BTreeMap<String, u64>,
}

/// Several findings to one person or to nobody: all of them or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkAssignment {
    #[schemars(length(min = 1, max = FINDINGS_AT_ONCE_MAX))]
    pub findings: Vec<FindingKey>,
    /// The address of a member who decides, or null for nobody.
    #[schemars(length(max = ASSIGNEE_CHARS_MAX))]
    pub assignee: Option<String>,
    /// The changes that were seen, as with a verdict.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: BTreeMap<String, u64>,
}

/// The number of findings that were assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BulkAssignmentResult {
    pub assigned: usize,
}

/// Several findings whose last verdict is taken back: of all of them or of none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkUndo {
    #[schemars(length(min = 1, max = FINDINGS_AT_ONCE_MAX))]
    pub findings: Vec<FindingKey>,
    /// The changes that were seen, as with a verdict.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seen: BTreeMap<String, u64>,
}

/// The number of findings whose last verdict was taken back, and of those about which nothing was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BulkUndoResult {
    pub undone: usize,
    pub undecided: usize,
}

/// The number of findings that were decided, and of those for which the verdict waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BulkVerdictResult {
    pub decided: usize,
    /// Findings for which the verdict is proposed: it takes a second person.
    #[serde(default)]
    pub proposed: usize,
}

/// The reasons of the customer, by the verdicts they stand with; the retired among them, as decisions name
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReasonList {
    pub items: Vec<CodedReason>,
}

/// Some of the verdicts that speak now, the newest first, and where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RememberedVerdicts {
    pub items: Vec<StoredVerdict>,
    /// Pass it as `after` to get the verdicts that follow; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<VerdictId>,
}
