//! Invoices that are not to be paid, as they are asked for, held, lifted and acknowledged.

use domain::FindingKey;
use domain::finding::{HOLD_WORDS_CHARS_MAX, PaymentHold, PaymentHoldState};
use domain::page::PageSize;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::FINDINGS_AT_ONCE_MAX;

/// The query of the list: `?since=17&state=held`
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldsQuery {
    /// The last change that is known; absent, all are answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// Only what is held now, or only what was lifted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<PaymentHoldState>,
    /// The most changes to answer with; 50 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<PageSize>,
}

/// Changes of the list, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HoldsPage {
    pub items: Vec<PaymentHold>,
    /// The last change that is told of here, or that was known before: what to ask from the next time, and
    /// what to acknowledge.
    pub upto: u64,
    /// Set when there are more behind it.
    pub has_more: bool,
}

/// Findings whose unpaid invoices are to be held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHolds {
    #[schemars(length(min = 1, max = FINDINGS_AT_ONCE_MAX))]
    pub findings: Vec<FindingKey>,
    /// Only these of their invoices, by Unique ID; absent or empty, all that are unpaid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invoices: Vec<String>,
    /// Why, for whoever asks.
    #[serde(default)]
    #[schemars(length(max = HOLD_WORDS_CHARS_MAX))]
    pub because: String,
}

/// Invoices that are to be held no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldLift {
    /// By Unique ID.
    #[schemars(length(min = 1, max = FINDINGS_AT_ONCE_MAX))]
    pub invoices: Vec<String>,
    /// The reference of their supplier: needed where invoices of several are held under one Unique ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier: Option<String>,
    /// Why, for whoever asks.
    #[serde(default)]
    #[schemars(length(max = HOLD_WORDS_CHARS_MAX))]
    pub because: String,
}

/// The last change that an ERP has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldAcknowledgement {
    pub upto: u64,
}

/// The number of changes that were not acknowledged before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HoldsAcknowledged {
    pub changes: u64,
}

/// The holds that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedHolds {
    pub items: Vec<PaymentHold>,
}
