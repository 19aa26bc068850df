//! From pairs that may be one invoice to what people decide on: groups, each with its kind and its reasons,
//! and what looked like one and is explained.
//!
//! Not for: weighing pairs (`weigh`).
//!
//! Invariant: nothing disappears: a pair that would be a duplicate at any other supplier and is none here
//! is suppressed with its reason, and counted.

mod batches;
mod blocks;
mod groups;
mod joint;
mod kind;
mod screening;
mod search;
mod sentences;
mod suppression;

use crate::amounts::AmountLikeness;
use crate::days::DayLikeness;
use crate::habits::{Habits, JointBill};
use crate::invoices::Invoices;
use crate::netting::Netting;
use crate::weigh::{NumberedInvoice, Pair, PartyRatios, Scorer, WeighedPair};

pub use batches::Batch;
pub use blocks::{BlockingKey, Overfull, stem_key};
pub use groups::{Group, groups};
pub use joint::SumsLeftOut;
pub use kind::Kind;
pub use screening::{Screening, ScreeningResult};
pub use search::{Search, SearchResult};
pub use sentences::{Reading, evidence, innocent_if, usual_amount, written};
pub use suppression::Reason;

/// A pair is explained away only by habits that put it so far below the threshold; one of the same number,
/// amount and date by any that put it below.
const EXPLAINED_BITS_MIN: f64 = 4.0;

/// Looks at pairs of one ledger, on as many threads as there are.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    pub invoices: &'a Invoices,
    pub habits: &'a Habits,
    pub netting: &'a Netting,
    /// The probability from which on a pair is shown.
    pub threshold: f64,
}

/// The judgement about a pair.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// Worth somebody's time.
    Shown(WeighedPair),
    Suppressed(WeighedPair, Reason),
    /// Nothing that anybody would take for a duplicate.
    Neither,
}

impl Judge<'_> {
    /// Judges two invoices.
    pub fn judge(&self, one: NumberedInvoice<'_>, other: NumberedInvoice<'_>) -> Judgement {
        self.judge_after(one, other, &mut PartyRatios::default())
    }

    /// Judges two invoices that come after others of their party.
    pub fn judge_after(
        &self,
        one: NumberedInvoice<'_>,
        other: NumberedInvoice<'_>,
        ratios: &mut PartyRatios,
    ) -> Judgement {
        let (a, b) = (one.at, other.at);
        let (positive_a, positive_b) = (self.invoices.amount[a] > 0, self.invoices.amount[b] > 0);
        if !positive_a && !positive_b {
            return Judgement::Neither;
        }
        let scale = Scorer { invoices: self.invoices, habits: self.habits };
        if positive_a != positive_b {
            return self.credit_as_invoice(scale, a, b);
        }
        let needed = self.threshold / (1.0 - self.threshold);
        if scale.odds((one, other), needed, ratios).are_too_small() {
            return Judgement::Neither;
        }
        if self.invoices.id(a) == self.invoices.id(b) {
            // One posting of the ERP, with a row for each of several suppliers.
            return Judgement::Neither;
        }
        let (weighed, needed) = (scale.weigh(one, other), needed.log2());
        if self.invoices.is_unnamed(a) && self.invoices.is_unnamed(b) && !has_number(&weighed.pair)
        {
            // Two allowances of one day, for two persons who are not told apart.
            return Judgement::Neither;
        }
        if weighed.bits() < needed {
            // Near the threshold no single habit explains anything; but what is the same in number,
            // amount and date is not to go without a word.
            let is_near = weighed.bits() > needed - EXPLAINED_BITS_MIN;
            if weighed.pooled_bits() < needed || is_near && !is_repeat(&weighed.pair) {
                return Judgement::Neither;
            }
            let reason = suppression::explained(self.invoices, self.habits, &weighed);
            return Judgement::Suppressed(weighed, reason);
        }
        if self.is_credited(&weighed.pair) {
            return Judgement::Suppressed(weighed, Reason::Credited);
        }
        Judgement::Shown(weighed)
    }

    /// Returns `true` when a credit took one of the two back: the other is all that is left of what was
    /// billed, over whatever amount it was billed anew. Between two suppliers that follows of one amount
    /// only.
    fn is_credited(&self, pair: &Pair) -> bool {
        let taken_back = |at: usize| self.netting.partner(at).is_some();
        let is_of_one_bill = pair.amount == AmountLikeness::Equal
            || self.invoices.are_of_one_supplier(pair.a, pair.b);
        is_of_one_bill && (taken_back(pair.a) || taken_back(pair.b))
    }

    /// Judges an invoice and others that it comes to.
    pub fn judge_joint(&self, whole: usize, joint: JointBill) -> Judgement {
        if self.invoices.is_unnamed(whole) && joint.numbered_usually.is_none() {
            return Judgement::Neither;
        }
        let scorer = Scorer { invoices: self.invoices, habits: self.habits };
        let weighed = scorer.weigh_joint(whole, joint);
        if weighed.probability() < self.threshold {
            return Judgement::Neither;
        }
        let parts = weighed.joint.iter().flat_map(|joint| &joint.parts).copied();
        if parts.chain([whole]).any(|at| self.netting.partner(at).is_some()) {
            return Judgement::Suppressed(weighed, Reason::Credited);
        }
        Judgement::Shown(weighed)
    }

    /// A credit note that was keyed a second time, as an invoice: the invoice it credits must be there too,
    /// or the two are only an invoice and its credit.
    fn credit_as_invoice(&self, scale: Scorer<'_>, a: usize, b: usize) -> Judgement {
        let invoices = self.invoices;
        let (credit, invoice) = if invoices.amount[a] < 0 { (a, b) } else { (b, a) };
        let is_candidate = invoices.amount[credit] == -invoices.amount[invoice]
            && invoices.party[credit] == invoices.party[invoice]
            && self.habits.plain(credit) == self.habits.plain(invoice)
            && self.habits.plain(credit) != 0
            && invoices.entered[invoice] >= invoices.entered[credit]
            && self.habits.number_used(credit) == 2
            && self.habits.recurrence(invoices, invoice).count >= 2;
        if !is_candidate {
            return Judgement::Neither;
        }
        Judgement::Shown(scale.weigh_credit(credit, invoice))
    }
}

/// Returns `true` when the numbers of two invoices say that they are one.
const fn has_number(pair: &Pair) -> bool {
    pair.number.is_slip() || pair.date_as_number
}

/// Returns `true` for two invoices of one number, one amount and one date.
fn is_repeat(pair: &Pair) -> bool {
    pair.number.is_same() && pair.amount == AmountLikeness::Equal && pair.day == DayLikeness::Same
}

#[cfg(test)]
mod tests;
