//! One invoice held against the ledger before it is paid: what a workflow asks, and what it is told.
//!
//! Not for: finding anything (`analysis`), findings of runs (`finding`).
//!
//! Invariant: every answer has one word that a workflow can act on, which follows from its duplicates, its
//! oddities and the unit's settings, and from nothing else.

mod settings;
mod written;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use settings::{InvalidScreeningSettings, ScreeningSettings};

use crate::amount::{Amount, Money};
use crate::check::CheckSettings;
use crate::enum_words::enum_words;
use crate::finding::{
    CheckedUnit, Evidence, FindingRow, RememberedVerdict, Suppression, VerdictTally,
};

/// Invoices of one request: a day's work of a workflow, and little enough that its answer is read at once.
pub const INVOICES_AT_ONCE_MAX: usize = 1_000;

/// An invoice that somebody asks about, in the columns of transactions, and the account that it is to be paid
/// into.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScreenedInvoice {
    /// The ERP's own key, where it is posted already: an invoice is no duplicate of itself.
    #[serde(default, alias = "Unique ID", skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
    #[serde(alias = "Invoice Number")]
    pub invoice_number: String,
    /// A decimal, as text or as a number.
    #[serde(alias = "Invoice Amount", deserialize_with = "written::amount")]
    #[schemars(with = "Amount")]
    pub invoice_amount: Amount,
    #[serde(default, alias = "Invoice Amount Currency", skip_serializing_if = "Option::is_none")]
    pub invoice_amount_currency: Option<String>,
    /// In the currency of the books; absent, the invoice amount.
    #[serde(
        default,
        alias = "Base Amount",
        deserialize_with = "written::optional_amount",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<Amount>")]
    pub base_amount: Option<Amount>,
    #[serde(default, alias = "Base Amount Currency", skip_serializing_if = "Option::is_none")]
    pub base_amount_currency: Option<String>,
    #[serde(default, alias = "Description", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, alias = "PO Number", skip_serializing_if = "Option::is_none")]
    pub po_number: Option<String>,
    #[serde(alias = "Invoice Date", deserialize_with = "written::date")]
    #[schemars(with = "String")]
    pub invoice_date: Date,
    /// The day on which it was keyed; absent, the invoice date.
    #[serde(
        default,
        alias = "Entered Date",
        deserialize_with = "written::optional_date",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "Option<String>")]
    pub entered_date: Option<Date>,
    #[serde(default, alias = "Payment Type", skip_serializing_if = "Option::is_none")]
    pub payment_type: Option<String>,
    #[serde(default, alias = "Supplier Name", skip_serializing_if = "Option::is_none")]
    pub supplier_name: Option<String>,
    /// The supplier's reference; absent, its name.
    #[serde(default, alias = "Supplier Ref", skip_serializing_if = "Option::is_none")]
    pub supplier_ref: Option<String>,
    #[serde(default, alias = "User ID", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(default, alias = "Org Group Ref", skip_serializing_if = "Option::is_none")]
    pub org_group_ref: Option<String>,
    /// The account that it is to be paid into; absent, that of the file of suppliers is looked at.
    #[serde(default, alias = "Sort Code", skip_serializing_if = "Option::is_none")]
    pub sort_code: Option<String>,
    #[serde(default, alias = "Account Number", skip_serializing_if = "Option::is_none")]
    pub account_number: Option<String>,
    #[serde(default, alias = "IBAN", skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
}

/// A request, with all that the answer depends on beside the ledgers.
#[derive(Debug, Clone)]
pub struct ScreeningRequest {
    pub of: CheckedUnit,
    /// Now: verdicts end by it, and what is recent is counted from it.
    pub now: Timestamp,
    pub invoices: Vec<ScreenedInvoice>,
    pub settings: ScreeningSettings,
    pub check_settings: CheckSettings,
    pub verdicts: Vec<RememberedVerdict>,
    pub verdict_tallies: Vec<VerdictTally>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Screening {
    /// The versions of the ledgers that the invoices were compared with, by table name.
    pub versions: BTreeMap<String, u64>,
    /// The gravest word of all.
    pub word: ScreeningWord,
    /// One for each invoice, in their order.
    pub invoices: Vec<InvoiceScreening>,
}

/// The answer about one invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceScreening {
    pub word: ScreeningWord,
    /// Why, in one sentence.
    pub words: String,
    /// The reference of the supplier whose invoices it was compared with.
    pub supplier_ref: String,
    pub invoice_number: String,
    /// The invoices that it may duplicate, the likeliest first.
    pub duplicates: Vec<LikelyDuplicate>,
    /// Whatever is odd about its supplier and the account that it is paid into.
    pub oddities: Vec<SupplierOddity>,
    /// Likenesses that would be telling elsewhere, and why they are not here.
    pub explained: Vec<Suppression>,
}

/// An invoice of the ledger, or several, that it may duplicate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LikelyDuplicate {
    pub word: ScreeningWord,
    pub probability: f64,
    /// The sort of it, such as `misread_character`.
    pub kind: String,
    /// One sentence.
    pub title: String,
    /// Money that would be paid a second time.
    pub at_risk: Option<Money>,
    /// This invoice and those that it may duplicate, the earlier first.
    pub rows: Vec<FindingRow>,
    /// Why, the weightiest first.
    pub evidence: Vec<Evidence>,
    /// The reckoning of the probability from the weights, in words.
    pub reckoning: String,
    /// The thing to do now.
    pub next_step: String,
}

/// Something odd about a supplier or the account that is paid into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SupplierOddity {
    pub word: ScreeningWord,
    pub kind: OddityKind,
    /// A sentence; accounts by their last digits.
    pub words: String,
}

/// The word that a workflow acts on; each is graver than the one before.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ScreeningWord {
    /// Nothing is in the way.
    #[default]
    Clear,
    /// Somebody is to look before it is paid.
    Look,
    /// It is not to be paid until somebody has looked.
    Stop,
}

/// A word that is none of [`ScreeningWord`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("choose clear, look or stop")]
pub struct InvalidScreeningWord;

/// The sort of an oddity.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OddityKind {
    /// Neither the file of suppliers nor the ledger knows the supplier, or which of several is meant.
    UnknownSupplier,
    /// The supplier was set up lately and has not billed before.
    NewSupplier,
    /// The account is not one of the supplier's.
    OtherAccount,
    /// The supplier's account was changed lately.
    ChangedAccount,
    /// Another supplier is paid into the account as well.
    SharedAccount,
    /// An employee's pay goes to the account.
    EmployeeAccount,
}

enum_words! {
    ScreeningWord or InvalidScreeningWord;
    Clear = "clear",
    Look = "look",
    Stop = "stop",
}

impl fmt::Display for ScreeningWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

enum_words! {
    OddityKind;
    UnknownSupplier = "unknown_supplier",
    NewSupplier = "new_supplier",
    OtherAccount = "other_account",
    ChangedAccount = "changed_account",
    SharedAccount = "shared_account",
    EmployeeAccount = "employee_account",
}

impl OddityKind {
    /// The thing that is odd, as a settings page asks about it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::UnknownSupplier => "Nobody knows the supplier, or which of several is meant",
            Self::NewSupplier => "The supplier was set up lately and has never billed before",
            Self::OtherAccount => "The account is not one of the supplier's",
            Self::ChangedAccount => "The supplier's account was changed lately",
            Self::SharedAccount => "Another supplier is paid into the account as well",
            Self::EmployeeAccount => "An employee's pay goes to the account",
        }
    }
}

impl ScreenedInvoice {
    /// The reference of its supplier, or else the supplier's name.
    pub fn supplier(&self) -> &str {
        let given = [&self.supplier_ref, &self.supplier_name];
        given
            .into_iter()
            .flatten()
            .map(|text| text.trim())
            .find(|text| !text.is_empty())
            .unwrap_or("")
    }

    /// The amount in the currency of the books.
    pub fn base(&self) -> Amount {
        self.base_amount.unwrap_or(self.invoice_amount)
    }
}

impl InvoiceScreening {
    /// An answer whose word and sentence follow from what was found.
    pub fn new(
        invoice: &ScreenedInvoice,
        duplicates: Vec<LikelyDuplicate>,
        oddities: Vec<SupplierOddity>,
        explained: Vec<Suppression>,
    ) -> Self {
        let found = duplicates.iter().map(|one| (one.word, &one.title));
        let found = found.chain(oddities.iter().map(|one| (one.word, &one.words)));
        // The first of the gravest.
        let gravest = found.rev().max_by_key(|(word, _)| *word);
        let (word, words) = match gravest {
            Some((word, words)) if word != ScreeningWord::Clear => (word, words.clone()),
            _ => (ScreeningWord::Clear, "nothing is in the way".to_owned()),
        };
        Self {
            word,
            words,
            supplier_ref: invoice.supplier().to_owned(),
            invoice_number: invoice.invoice_number.clone(),
            duplicates,
            oddities,
            explained,
        }
    }
}

impl Screening {
    pub fn new(versions: BTreeMap<String, u64>, invoices: Vec<InvoiceScreening>) -> Self {
        let word = invoices.iter().map(|one| one.word).max().unwrap_or_default();
        Self { versions, word, invoices }
    }

    /// The number of invoices of each word.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let of = |word| self.invoices.iter().filter(|one| one.word == word).count();
        ScreeningWord::ALL.map(|word| (word.as_str(), of(word))).into()
    }
}

#[cfg(test)]
mod tests;
