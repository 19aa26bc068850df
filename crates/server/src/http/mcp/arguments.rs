//! What each tool is asked with.
//!
//! Invariant: a list has an end: an agent reads few things at a time.

use domain::finding::{FindingState, Lane, ReasonCode};
use domain::page::PageSize;
use domain::statement::LineState;
use domain::{Amount, FindingKey, ScreenedInvoice, StatementId};
use schemars::JsonSchema;
use serde::Deserialize;

/// Entries of one answer: what fits into the reader's head with the rest of a conversation.
pub(super) const ITEMS_MAX: u32 = 20;
/// Letters of a text that is searched for: longer than the names of suppliers.
pub(super) const SEARCH_CHARS_MAX: usize = 200;

/// The findings that are listed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ListFindings {
    /// The unit, by its short name; may be left out where there is one.
    pub(super) unit: Option<String>,
    /// The lane: by what can be done about them.
    pub(super) lane: Option<Lane>,
    /// Decided so; when left out, open ones, and true ones whose payment can still be stopped.
    pub(super) state: Option<FindingState>,
    /// Text of the title or of the supplier.
    pub(super) supplier: Option<String>,
    /// At least so much at risk.
    pub(super) min_amount: Option<Amount>,
    /// The next of the page before.
    pub(super) after: Option<FindingKey>,
    /// The most entries, up to 20.
    pub(super) limit: Option<u32>,
}

/// One finding.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GetFinding {
    /// The unit, by its short name; may be left out where there is one.
    #[serde(default)]
    pub(super) unit: Option<String>,
    pub(super) key: FindingKey,
}

/// The suppliers that are listed, by name.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ListSuppliers {
    /// The unit, by its short name; may be left out where there is one.
    pub(super) unit: Option<String>,
    /// Occurs in the name, a number or the reference, whatever the case.
    #[schemars(length(max = SEARCH_CHARS_MAX))]
    pub(super) text: Option<String>,
    /// The next of the page before.
    pub(super) after: u32,
    /// The most entries, up to 20.
    pub(super) limit: Option<u32>,
}

/// One supplier.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GetSupplier {
    /// The unit, by its short name; may be left out where there is one.
    #[serde(default)]
    pub(super) unit: Option<String>,
    /// The ERP's number of the supplier.
    pub(super) reference: String,
}

/// The statements of a supplier that are listed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListStatements {
    /// The unit, by its short name; may be left out where there is one.
    #[serde(default)]
    pub(super) unit: Option<String>,
    /// The ERP's number of the supplier.
    pub(super) reference: String,
    /// The next of the page before.
    #[serde(default)]
    pub(super) after: Option<StatementId>,
    /// The most entries, up to 20.
    #[serde(default)]
    pub(super) limit: Option<u32>,
}

/// One statement, some of its lines at a time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GetStatement {
    /// The unit, by its short name; may be left out where there is one.
    #[serde(default)]
    pub(super) unit: Option<String>,
    pub(super) statement: StatementId,
    /// Only lines that came to this, without what the statement lacks.
    #[serde(default)]
    pub(super) state: Option<LineState>,
    /// The next of the page before.
    #[serde(default)]
    pub(super) after: usize,
    /// The most lines, up to 20.
    #[serde(default)]
    pub(super) limit: Option<u32>,
}

/// Invoices to be checked against the ledger.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScreenInvoices {
    /// The unit, by its short name; may be left out where there is one.
    #[serde(default)]
    pub(super) unit: Option<String>,
    /// Up to 20 invoices that are to be paid.
    #[schemars(length(min = 1, max = ITEMS_MAX))]
    pub(super) invoices: Vec<ScreenedInvoice>,
}

/// The changes of the list of invoices that are not to be paid.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ListHolds {
    /// The unit, by its short name; may be left out where there is one.
    pub(super) unit: Option<String>,
    /// The last change that is known.
    pub(super) since: Option<u64>,
}

/// A verdict on one finding.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DecideFinding {
    /// The unit, by its short name; may be left out where there is one.
    #[serde(default)]
    pub(super) unit: Option<String>,
    pub(super) key: FindingKey,
    /// The verdict: what the finding is.
    pub(super) state: FindingState,
    /// Why, with what it rests on: people read it, marked as an agent's.
    pub(super) because: String,
    /// The code of a reason that the organisation has for this verdict, where one fits.
    #[serde(default)]
    pub(super) reason_code: Option<ReasonCode>,
}

/// The size of a page of which so many entries were asked for.
pub(super) fn page_size(limit: Option<u32>) -> PageSize {
    let size = limit.unwrap_or(ITEMS_MAX).clamp(1, ITEMS_MAX);
    PageSize::try_from(size).expect("it is one that a page may have")
}
