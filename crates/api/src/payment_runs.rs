//! Runs of payments about to go out, as they were checked and decided.

use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::payment_run::{CheckedPayment, PaymentDecision};
use domain::{Money, UploadId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ListFormat;

/// Letters of the reason of a decision.
pub const BECAUSE_CHARS_MAX: usize = 1_000;

/// The runs of a unit, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentRuns {
    pub items: Vec<PaymentRunSummary>,
}

/// A run in sums.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentRunSummary {
    /// The upload that it came with.
    pub upload_id: UploadId,
    pub file_name: String,
    #[schemars(with = "String")]
    pub received_at: Timestamp,
    #[schemars(with = "String")]
    pub checked_at: Timestamp,
    /// Sentences on the whole run: what could not be compared, and that it was sent before.
    pub notes: Vec<String>,
    pub all: PaymentSum,
    /// Payments that something speaks against.
    pub doubtful: PaymentSum,
    /// Doubtful payments that nobody has decided.
    pub undecided: u64,
    pub released: PaymentSum,
    pub held: PaymentSum,
}

/// A number of payments and their money by currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentSum {
    pub payments: u64,
    pub money: Vec<Money>,
}

/// A payment and what people decided about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunPayment {
    #[serde(flatten)]
    pub payment: CheckedPayment,
    pub decision: Option<PaymentDecision>,
    pub because: Option<String>,
    pub decided_by: Option<String>,
    #[schemars(with = "Option<String>")]
    pub decided_at: Option<Timestamp>,
}

/// Some payments of a run, in the order of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RunPayments {
    pub items: Vec<RunPayment>,
    /// Pass it as `after` to get the payments that follow; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// The query of the payments of a run: `?only=undecided&limit=50&after=120`
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunPaymentsQuery {
    /// All when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only: Option<PaymentSelection>,
    /// The most entries to answer with; 50 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<PageSize>,
    /// The `next` of the page before.
    #[schemars(range(max = u64::MAX))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// JSON in pages when absent; a CSV holds all and takes neither `limit` nor `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<ListFormat>,
}

/// Payments of a run by what was found and decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PaymentSelection {
    /// Something speaks against them.
    Doubtful,
    /// Something speaks against them, and nobody has decided.
    Undecided,
    Released,
    Held,
}

/// A decision about payments of a run: about some lines, or about all that nothing speaks against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentDecisionRequest {
    pub decision: PaymentDecision,
    /// Lines of the file; absent: all that nothing speaks against and nobody has decided.
    #[schemars(length(min = 1, max = PAGE_SIZE_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<u64>>,
    /// Why, in words for whoever reads it later.
    #[schemars(length(max = BECAUSE_CHARS_MAX))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// The number of payments that were decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentDecisionResult {
    pub decided: u64,
}
