//! A finding as it is stored: with what people decided, when it was found, and all that happened to it.
//!
//! Not for: the findings themselves, which the next run writes anew; what stands here it leaves alone.

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Finding, FindingKey, FindingState, Lane, Proposal, ReasonCode, Recovery, RememberedVerdict,
    Suppression,
};
use crate::amount::{Amount, Money};
use crate::enum_words::enum_words;
use crate::id::{RunId, VerdictId};
use crate::schema::{DateTime, Day};

/// A finding as a list shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingSummary {
    pub key: FindingKey,
    pub check: String,
    pub kind: String,
    pub title: String,
    /// The action that it allows.
    #[serde(default)]
    pub lane: Lane,
    /// Absent where nobody has measured it.
    pub probability: Option<f64>,
    pub at_risk: Option<Money>,
    /// The money billed by the rows it speaks of, where that says nothing of a loss.
    #[serde(default)]
    pub billed: Option<Money>,
    pub suppressed: Option<Suppression>,
    #[serde(flatten)]
    pub standing: Standing,
    #[serde(flatten)]
    pub seen: FindingTimes,
    /// The number of the last entry of its history, 0 before there is one: what a decision is made on.
    #[serde(default)]
    pub last_entry: u64,
    /// The part of the money at risk that totals count here: all of it, or nothing where another finding of
    /// the same invoices has it or its lane is not about money; in the currency at risk.
    #[serde(default)]
    pub counted: Option<Amount>,
}

/// A finding, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "KeptFinding")]
pub struct StoredFinding {
    #[serde(flatten)]
    pub finding: Finding,
    #[serde(flatten)]
    pub standing: Standing,
    #[serde(flatten)]
    pub seen: FindingTimes,
    /// The number of the last entry of its history, 0 before there is one: what a decision is made on.
    #[serde(rename = "lastEntry", default)]
    pub last_entry: u64,
    /// The part of the money at risk that totals count here: all of it, or nothing where another finding of
    /// the same invoices has it or its lane is not about money; in the currency at risk.
    #[serde(default)]
    pub counted: Option<Amount>,
}

/// The state people have brought a finding to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    pub state: FindingState,
    /// Why, in the words of who decided; absent while nobody has.
    pub because: Option<String>,
    /// The code of the reason; absent: in words only, or nobody has decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// Money that came back, in the currency that was at risk.
    pub recovered: Option<Amount>,
    /// The address of the member who works on it: names need not differ, addresses do.
    pub assignee: Option<String>,
    /// A verdict that waits for a second person; absent: none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// The day by which an answer or money is expected; absent: nobody waits for a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Day>")]
    pub due: Option<Date>,
    /// The last step of its money on the way back; absent: nothing was asked for yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
}

/// When a finding was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingTimes {
    #[schemars(with = "DateTime")]
    pub first_seen: Timestamp,
    pub first_run: RunId,
    pub last_run: RunId,
    /// Since when a run finds it no more; its verdict and history stay.
    #[schemars(with = "Option<DateTime>")]
    pub gone_at: Option<Timestamp>,
}

/// Something that a person did to a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryEntry {
    /// Counted from 1 for each finding.
    pub entry: u64,
    #[schemars(with = "DateTime")]
    pub at: Timestamp,
    /// The name by which people know whoever did it: a user's, the label of an access token, or its
    /// id.
    pub by: String,
    /// The mark that tells people apart whose names do not: a user's address, or the id of an access
    /// token; absent of what was done before it was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    pub what: HistoryWord,
    /// The standing before.
    pub from: Standing,
    /// The standing afterwards.
    pub to: Standing,
    /// The comment, or why.
    pub words: Option<String>,
    /// The verdict that was taken back: its entry.
    pub undoes: Option<u64>,
    /// The finding as it was when it was decided: rows, evidence, probability.
    pub finding: Option<Finding>,
}

/// The kind of a history's entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryWord {
    Verdict,
    /// A verdict that waits for a second person.
    Propose,
    Undo,
    Assign,
    Comment,
    Recovered,
    /// A step of money on its way back.
    Recovery,
    /// The rest of money of which a part came: still waited for as before, which follows by itself.
    Rest,
}

/// A text that is no [`HistoryWord`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not something that is done to a finding")]
pub struct InvalidHistoryWord;

/// A verdict that speaks for later runs, with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KeptVerdict")]
pub struct StoredVerdict {
    pub verdict_id: VerdictId,
    #[serde(flatten)]
    pub verdict: RememberedVerdict,
    /// The finding it was decided on.
    pub decided_on: FindingKey,
    pub because: String,
}

impl Standing {
    /// The standing of a new finding.
    pub const fn open() -> Self {
        Self {
            state: FindingState::Open,
            because: None,
            reason_code: None,
            recovered: None,
            assignee: None,
            proposal: None,
            due: None,
            recovery: None,
        }
    }
}

enum_words! {
    HistoryWord or InvalidHistoryWord;
    Verdict = "verdict",
    Propose = "propose",
    Undo = "undo",
    Assign = "assign",
    Comment = "comment",
    Recovered = "recovered",
    Recovery = "recovery",
    Rest = "rest",
}
