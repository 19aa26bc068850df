//! Money on its way back, in sums.

use domain::Money;
use domain::finding::{CreditMatch, RecoveryStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The money of a unit that is to be asked for, was asked for, is promised, came back or will not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryOverview {
    /// Every stage, in their order.
    pub stages: Vec<RecoveryStageSum>,
    /// Money that was asked for or promised and is not here yet, by the days since it was asked for first.
    pub ages: Vec<RecoveryAgeSum>,
}

/// The findings in one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryStageSum {
    pub stage: RecoveryStage,
    pub findings: u64,
    /// By currency: of what is outstanding what is still to come, else what it came to. A part that came is
    /// received, and its finding counted in both stages.
    pub money: Vec<Money>,
    /// Of them those whose day is over.
    pub overdue: u64,
}

/// Outstanding money by age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryAgeSum {
    /// Asked for at most so many days ago; null: longer ago.
    pub days_max: Option<u16>,
    pub findings: u64,
    pub money: Vec<Money>,
}

/// Credits that may be the answer to money that was asked for, the certain ones first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CreditMatches {
    pub items: Vec<CreditMatch>,
}

/// A word on a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreditDecision {
    /// The `id` of the credit.
    pub credit: String,
    /// It is the answer: the money is received.
    pub is_answer: bool,
}
