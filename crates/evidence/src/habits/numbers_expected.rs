//! How many invoices of a party are to be expected with a number like that of a given one.
//!
//! Invariant: the two that are compared teach nothing of themselves.

use super::own::Own;
use super::{BaseRate, Habits, Recurrence, SHRINKAGE};
use crate::amounts::AmountLikeness;
use crate::invoice_number::{InvoiceNumber, NumberLikeness, ONE_DAY_OF_WEEKS};
use crate::invoices::Invoices;

/// Of whether numbers are shared, fewer: a supplier either numbers its invoices or writes its customer's
/// account on all of them, so a few of its own tell which.
const SHRINKAGE_OF_NUMBERS: f64 = 3.0;
/// Invoices of which none has its date for its number, that a ledger begins with: few suppliers number so.
const DATED_BEGINS_WITH: f64 = 250.0;
/// Of three invoices of one number and amount the third counts for so much of a genuine one.
pub(super) const THIRD_COPY: f64 = 0.04;

impl Habits {
    /// The number of invoices of the party to be expected with the very number of this one, beside
    /// the two compared, whose amounts are one or differ.
    pub fn namesakes_expected(
        &self,
        invoices: &Invoices,
        at: usize,
        amount: AmountLikeness,
    ) -> BaseRate {
        let everywhere = &self.everywhere;
        let party = invoices.party[at];
        let pooled =
            (f64::from(everywhere.number_shared) + 0.5) / (f64::from(everywhere.invoices) + 50.0);
        // Where a slip makes their amounts differ, the two are among those that share a number.
        let themselves = if amount.is_slip() { 2.0 } else { 0.0 };
        let own = if self.knows(party) {
            let own = self.own(party);
            let shared = (f64::from(own.number_shared) - themselves).max(0.0);
            (shared + SHRINKAGE_OF_NUMBERS * pooled)
                / (f64::from(own.invoices) + SHRINKAGE_OF_NUMBERS)
        } else {
            pooled
        };
        let others = if self.is_of_three_copies(invoices, at) {
            THIRD_COPY
        } else {
            f64::from(self.billed_under(invoices, at).saturating_sub(2))
        };
        BaseRate { own: own + others, pooled }
    }

    /// The number of invoices of the party that bear an invoice's number, itself counted. Credits over its
    /// amount bear it to say what they take back.
    pub fn billed_under(&self, invoices: &Invoices, at: usize) -> u32 {
        let used = self.numbers.used(at);
        let amount = invoices.amount[at];
        if used <= 2 || amount <= 0 {
            return used;
        }
        let opposite = self.sums.of(invoices.party[at], -amount);
        let credits = opposite.filter(|other| self.plain(*other) == self.plain(at)).count();
        used.saturating_sub(crate::narrow(credits))
    }

    /// That one of two genuine invoices of a party has its date for its number.
    pub fn dated(&self, party: u32) -> BaseRate {
        let everywhere = &self.everywhere;
        let rate = |of: fn(&Own) -> f32| {
            let pooled = (f64::from(of(everywhere)) + 0.5)
                / (f64::from(everywhere.invoices) + DATED_BEGINS_WITH);
            if !self.knows(party) {
                return BaseRate { own: pooled, pooled };
            }
            let own = self.own(party);
            // One of the two that are compared is among them.
            let others = (f64::from(of(own)) - 1.0).max(0.0);
            let own = (others + SHRINKAGE * pooled) / (f64::from(own.invoices) + SHRINKAGE);
            BaseRate { own, pooled }
        };
        let (dated, near) = (rate(|own| own.date_numbers.own), rate(|own| own.date_numbers.near));
        // Days of some weeks are that of another invoice by chance now and then.
        let own = dated.own + near.own * ONE_DAY_OF_WEEKS;
        let pooled = dated.pooled + near.pooled * ONE_DAY_OF_WEEKS;
        let either = |rate: f64| (2.0 * rate).min(1.0);
        BaseRate { own: either(own), pooled: either(pooled) }
    }

    /// Returns `true` when an invoice is there three times by number and amount, and the three are on no
    /// schedule: keyed three times rather than an account billed thrice. Other invoices of the party may be
    /// over the same amount.
    pub fn is_of_three_copies(&self, invoices: &Invoices, at: usize) -> bool {
        if self.billed_under(invoices, at) != 3 {
            return false;
        }
        let of_number =
            self.sums.of_amount(invoices, at).filter(|other| self.plain(*other) == self.plain(at));
        let mut days: Vec<i32> = of_number.map(|other| invoices.invoiced[other]).collect();
        days.sort_unstable();
        days.len() == 3 && !Recurrence::of_days(&days).is_schedule()
    }

    /// The number of invoices of the party to be expected with a number that is one such slip away
    /// from this one, as written and as compared, beside so many others that are compared with it.
    pub fn variants_expected(
        &self,
        party: u32,
        number: (&str, &InvoiceNumber),
        slip: NumberLikeness,
        compared: u32,
    ) -> BaseRate {
        let BaseRate { own, pooled } = self.variants_at_least(party, slip);
        let variants = self.numbers.variants(party, number, slip);
        let others = f64::from(variants.saturating_sub(compared));
        BaseRate { own: f64::midpoint(own, others.max(own)), pooled }
    }

    /// The number of invoices to be expected one such slip away, for a number that has no such
    /// neighbours but the one compared.
    pub fn variants_at_least(&self, party: u32, slip: NumberLikeness) -> BaseRate {
        let everywhere = &self.everywhere;
        let index = slip.counted_as().index();
        let pooled =
            (f64::from(everywhere.slips[index]) + 0.5) / (f64::from(everywhere.slips_of) + 50.0);
        if !self.knows(party) {
            return BaseRate { own: pooled, pooled };
        }
        let own = self.own(party);
        // The two compared are among those learnt from, each with the other.
        let themselves = 2.0 * f64::from(own.slips_of / own.invoices);
        let slips = (f64::from(own.slips[index]) - themselves).max(0.0);
        let own = (slips + SHRINKAGE * pooled) / (f64::from(own.slips_of) + SHRINKAGE);
        BaseRate { own, pooled }
    }
}
