//! An invoice that is not to be paid while a finding about it is open: what an ERP fetches and acknowledges.
//!
//! Not for: uploads that are held (`hold`).
//!
//! Invariant: an invoice is held once, however many findings ask for it, and free when none does any more.
//! Invoices of two suppliers are two, also where they bear one Unique ID.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FindingKey, FindingRow, RecoveryStage, StoredFinding};
use crate::enum_words::enum_words;
use crate::file_type::FileType;
use crate::finding::FindingState;
use crate::schema::DateTime;

const SUPPLIER: &str = "supplier_ref";

/// The fields of an invoice by which an ERP and a person know it.
const FIELDS: [&str; 8] = [
    SUPPLIER,
    "supplier_name",
    "invoice_number",
    "invoice_date",
    "invoice_amount",
    "invoice_amount_currency",
    "base_amount",
    "base_amount_currency",
];

/// Characters of the words of a hold.
pub const HOLD_WORDS_CHARS_MAX: usize = 500;

/// An invoice that is held, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentHold {
    /// Counted through in a unit: whoever knows one knows all before it.
    pub change: u64,
    pub state: PaymentHoldState,
    /// The invoice's Unique ID.
    pub invoice: String,
    /// By the ledger's column names; absent where the ledger has nothing.
    pub fields: BTreeMap<String, String>,
    /// The title of the finding by which it was held last.
    pub title: String,
    /// The findings that ask for it; none once it is lifted.
    pub findings: Vec<FindingKey>,
    /// Why it was held or lifted, in the words of who did it; empty where nobody said.
    pub because: String,
    #[schemars(with = "DateTime")]
    pub changed_at: Timestamp,
    /// The name by which people know who did it.
    pub changed_by: String,
    /// Since when the ERP has this change; absent until it has said so.
    #[schemars(with = "Option<DateTime>")]
    pub acknowledged_at: Option<Timestamp>,
}

/// An invoice as the list knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HoldableInvoice {
    /// Its Unique ID.
    pub id: String,
    /// The reference of its supplier; absent where the ledger has none.
    pub supplier: Option<String>,
}

/// The holds that are to be lifted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HoldsToLift {
    /// Those of invoices, by Unique ID; of this supplier, where one is named.
    Invoices { ids: BTreeSet<String>, supplier: Option<String> },
    /// Those as they stand since these changes.
    Changes(BTreeSet<u64>),
}

/// The state of an invoice on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentHoldState {
    Held,
    Lifted,
}

/// A word that is none of [`PaymentHoldState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a state of a hold: held or lifted")]
pub struct InvalidPaymentHoldState;

/// Why nothing of a finding can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NothingToHold {
    #[error(
        "every invoice of the finding is paid, so there is no payment to hold; ask for the money back"
    )]
    Paid,
    #[error(
        "the finding was dismissed as legitimate; take that verdict back before its invoices are held"
    )]
    Dismissed,
    #[error("the money of the finding has come back, so there is no payment left to hold")]
    Received,
    #[error("the finding names no invoice, so there is no payment to hold")]
    NoInvoice,
}

enum_words! {
    PaymentHoldState or InvalidPaymentHoldState;
    Held = "held",
    Lifted = "lifted",
}

impl PaymentHold {
    /// The reference of the invoice's supplier; none where the ledger had none.
    pub fn supplier(&self) -> Option<&str> {
        self.fields.get(SUPPLIER).map(String::as_str)
    }
}

impl StoredFinding {
    /// The invoices of the finding that can be held, with the fields that an ERP knows them by.
    pub fn holdable(
        &self,
    ) -> Result<BTreeMap<HoldableInvoice, BTreeMap<String, String>>, NothingToHold> {
        if self.standing.state == FindingState::Dismissed {
            return Err(NothingToHold::Dismissed);
        }
        if self.standing.recovery_stage() == Some(RecoveryStage::Received) {
            return Err(NothingToHold::Received);
        }
        self.unpaid_invoices()
    }

    /// The invoices of the finding that the ledger says of no payment, whatever was decided.
    pub fn unpaid_invoices(
        &self,
    ) -> Result<BTreeMap<HoldableInvoice, BTreeMap<String, String>>, NothingToHold> {
        let rows = &self.finding.rows;
        let invoices =
            || rows.iter().filter(|row| row.ledger == FileType::Transactions && !row.is_credit());
        if invoices().next().is_none() {
            return Err(NothingToHold::NoInvoice);
        }
        let known = |fields: &BTreeMap<String, String>| -> BTreeMap<String, String> {
            let known = FIELDS.iter().filter_map(|name| Some((*name, fields.get(*name)?)));
            known.map(|(name, value)| (name.to_owned(), value.clone())).collect()
        };
        let invoice = |row: &FindingRow| HoldableInvoice {
            id: row.id.clone(),
            supplier: row.fields.get(SUPPLIER).cloned(),
        };
        let unpaid: BTreeMap<HoldableInvoice, BTreeMap<String, String>> = invoices()
            .filter(|row| !row.is_paid())
            .map(|row| (invoice(row), known(&row.fields)))
            .collect();
        if unpaid.is_empty() { Err(NothingToHold::Paid) } else { Ok(unpaid) }
    }
}
