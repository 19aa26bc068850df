//! The evidence that two invoices are one, field by field, as log2 of likelihood ratios (Fellegi and
//! Sunter 1969): how likely the likeness is if one was keyed twice, over how likely it is between two
//! genuine invoices of *this* party.
//!
//! Not for: what is billed back or was decided on (`netting`, `duplicates`).
//!
//! Invariant: the match side is a model of how people and scanners err (`error_model`), never learnt from the
//! ledger, where recurring billing would be taken for it.

mod across;
pub mod error_model;
mod odds;
mod party_ratios;
mod periods;
mod scorer;
mod shared_fields;

use crate::amounts::AmountLikeness;
use crate::days::DayLikeness;
use crate::habits::{BusyDays, Habits, JointBill};
use crate::invoice_number::{InvoiceNumber, NumberLikeness};
use crate::invoices::Invoices;

pub use odds::Odds;
pub use party_ratios::PartyRatios;
pub use scorer::Scorer;

/// The subject of a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// The rate of invoices that are keyed twice at all, among the pairs of this party.
    Prior,
    Number,
    Series,
    Amount,
    Day,
    Schedule,
    Reference,
    User,
    PaidDay,
    EnteredDay,
    Order,
    Group,
    Means,
    Description,
    /// The number of others that were keyed again with this one.
    Batch,
}

/// One weight: by this party's habits, and by those of all parties together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    pub subject: Subject,
    pub bits: f64,
    /// If the party were like all others; the difference is what its own habits explain away.
    pub pooled_bits: f64,
    /// The rates that `bits` come of.
    pub rates: Rates,
}

/// The share of pairs of which a likeness is true, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Of one invoice keyed twice.
    pub if_one: f64,
    /// Of two genuine ones of the party, or of two parties.
    pub genuine: f64,
}

impl Rates {
    /// The rates of its contrary.
    #[must_use]
    pub const fn complement(self) -> Self {
        Self { if_one: 1.0 - self.if_one, genuine: 1.0 - self.genuine }
    }
}

/// Two invoices, and how they are alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The place of the one that comes first.
    pub a: usize,
    pub b: usize,
    pub number: NumberLikeness,
    pub amount: AmountLikeness,
    pub day: DayLikeness,
    /// One number is the invoice's own date.
    pub date_as_number: bool,
}

impl Pair {
    /// The busy days of their supplier that two of one amount are on: there many of its invoices are as near
    /// to each other.
    pub fn busy_days(&self, invoices: &Invoices, habits: &Habits) -> Option<BusyDays> {
        let is_twin = self.amount == AmountLikeness::Equal;
        is_twin.then(|| habits.busy_days(invoices, (self.a, self.b), self.day)).flatten()
    }
}

/// Two invoices, weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct WeighedPair {
    pub pair: Pair,
    pub weights: Vec<Weight>,
    /// Of a whole and the largest of its parts: all of them.
    pub joint: Option<JointBill>,
}

impl WeighedPair {
    pub fn bits(&self) -> f64 {
        self.weights.iter().map(|weight| weight.bits).sum()
    }

    pub fn pooled_bits(&self) -> f64 {
        self.weights.iter().map(|weight| weight.pooled_bits).sum()
    }

    pub fn probability(&self) -> f64 {
        probability(self.bits())
    }

    /// The pair as one of so many that were keyed again together: each of them makes it likelier.
    #[must_use]
    pub fn in_batch(mut self, pairs: usize) -> Self {
        let bits = (f64::from(crate::narrow(pairs)) * error_model::BATCH_BITS_EACH)
            .min(error_model::BATCH_BITS_MAX);
        let rates = Rates { if_one: bits.exp2(), genuine: 1.0 };
        self.weights.push(Weight { subject: Subject::Batch, bits, pooled_bits: bits, rates });
        self
    }

    /// The place of the larger of the two: of a sum the whole.
    pub fn whole(&self, invoices: &Invoices) -> usize {
        let Pair { a, b, .. } = self.pair;
        if invoices.amount[a] > invoices.amount[b] { a } else { b }
    }
}

/// The probability of log2 odds.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// An invoice by its place, with its number in the form that is compared: who weighs many pairs makes it
/// once an invoice.
#[derive(Debug, Clone, Copy)]
pub struct NumberedInvoice<'a> {
    pub at: usize,
    pub number: &'a InvoiceNumber,
}
