//! Payments about to go out: what speaks against one, and what people decide about it.
//!
//! Not for: payments that went out (transactions with a day of payment), or reading their files (`extract`).
//!
//! Invariant: nothing is released or held by itself; a doubt is a reason to look, with the words to look by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::amount::{Amount, Money};
use crate::enum_words::enum_words;

/// One thing that speaks against a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentDoubt {
    pub kind: PaymentDoubtKind,
    /// A sentence for whoever looks.
    pub words: String,
}

/// The kinds of doubts, the gravest first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PaymentDoubtKind {
    /// To an account that is none of the supplier's.
    OtherAccount,
    /// To an account of an employee.
    EmployeeAccount,
    /// A payment that stands in the file twice.
    TwiceInRun,
    /// The ledger says that the invoice is paid.
    PaidAlready,
    /// An earlier run ordered the same payment.
    InEarlierRun,
    /// The supplier was paid to another account before.
    AccountChanged,
    /// More than is open.
    AboveOpen,
    /// To a record that stands for many who are paid once.
    OneTimeSupplier,
    /// Nobody of that reference, name or account is among the suppliers.
    UnknownPayee,
}

/// The decision that a person has made about one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentDecision {
    /// It may go out.
    Release,
    /// It may not.
    Hold,
}

/// A payment of a run, as it was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckedPayment {
    /// The line of the file, or the row of the sheet.
    pub line: u64,
    pub payment_id: String,
    pub payee: String,
    /// The supplier that it is taken for; none where nobody is known by it.
    pub supplier_ref: Option<String>,
    pub money: Money,
    /// The end of the account that is paid to.
    pub account_end: String,
    /// The references and invoice numbers that go with it.
    pub reference: String,
    /// The gravest first; empty: nothing speaks against it.
    pub doubts: Vec<PaymentDoubt>,
}

/// Everything that checking a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaymentCheck {
    /// In the order of the file.
    pub payments: Vec<CheckedPayment>,
    /// Sentences on the whole run: what could not be compared, and that it was sent before.
    pub notes: Vec<String>,
}

impl PaymentDoubtKind {
    pub const ALL: [Self; 9] = [
        Self::OtherAccount,
        Self::EmployeeAccount,
        Self::TwiceInRun,
        Self::PaidAlready,
        Self::InEarlierRun,
        Self::AccountChanged,
        Self::AboveOpen,
        Self::OneTimeSupplier,
        Self::UnknownPayee,
    ];

    /// Its name on pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::OtherAccount => "Not the supplier's account",
            Self::EmployeeAccount => "An employee's account",
            Self::TwiceInRun => "Twice in this run",
            Self::PaidAlready => "Paid already",
            Self::InEarlierRun => "In an earlier run",
            Self::AccountChanged => "Account changed",
            Self::AboveOpen => "More than is open",
            Self::OneTimeSupplier => "One-time supplier",
            Self::UnknownPayee => "Not among the suppliers",
        }
    }

    /// Returns `true` where money may be lost at once, and not only somebody's time.
    pub const fn is_grave(self) -> bool {
        matches!(
            self,
            Self::OtherAccount
                | Self::EmployeeAccount
                | Self::TwiceInRun
                | Self::PaidAlready
                | Self::InEarlierRun
        )
    }
}

enum_words! {
    PaymentDecision or UnknownPaymentDecision;
    Release = "release",
    Hold = "hold",
}

/// A word that is no decision about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("decide a payment by release or hold")]
pub struct UnknownPaymentDecision;

impl CheckedPayment {
    pub fn has_doubts(&self) -> bool {
        !self.doubts.is_empty()
    }

    pub const fn amount(&self) -> Amount {
        self.money.amount
    }
}
