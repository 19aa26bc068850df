//! The nearness of two numbers in one series, of invoices of one amount: what is booked together is numbered
//! together, so that numbers a digit apart are met far more often there than anywhere.
//!
//! Not for: whether a number stands where the count stood on its day (`series`).
//!
//! Invariant: nothing is learnt from numbers that are a slip apart, as second keyings are.

use super::number_forms::Form;
use super::{BaseRate, Habits, SHRINKAGE};
use crate::days::Gap;
use crate::invoice_number::NumberLikeness;
use crate::invoices::Invoices;

/// The decade in which the difference of two counts lies; the last two are all larger ones, and those that
/// are of no one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nearness(usize);

/// Pairs by nearness, for each gap in time.
pub(super) type ByNearness = [[f32; NEARNESSES]; Gap::ALL.len()];

const NEARNESSES: usize = 6;
const FAR: usize = NEARNESSES - 2;
const OTHER_SERIES: usize = NEARNESSES - 1;
/// Of numbers so many steps apart, a decade of steps, how many are one digit apart, or two digits swapped:
/// nine steps of that decade change one digit and carry nothing with them half the time; of swaps, as many
/// steps ask for two digits that are as far apart.
const ONE_DIGIT_APART: f64 = 0.5;
const SWAPPED: f64 = 0.05;

impl Nearness {
    pub(super) fn of(one: Form, other: Form) -> Self {
        if one.shape == 0 || (one.shape, one.digits) != (other.shape, other.digits) {
            return Self(OTHER_SERIES);
        }
        Self(decade(one, other).min(FAR))
    }

    pub(super) const fn index(self) -> usize {
        self.0
    }
}

fn decade(one: Form, other: Form) -> usize {
    one.count.abs_diff(other.count).checked_ilog10().map_or(0, |log| log as usize)
}

impl Habits {
    /// The rate at which two genuine invoices of a party, of equal amount and so far apart in time, have
    /// numbers that lie as near to each other as these two and are such a slip apart, for each place in which
    /// the slip might have been made. None where the two are of no one series, or it is another slip.
    pub fn twins_a_slip_apart(
        &self,
        invoices: &Invoices,
        (a, b): (usize, usize),
        slip: NumberLikeness,
    ) -> Option<BaseRate> {
        let (one, other) = (self.numbers.form(a), self.numbers.form(b));
        let nearness = Nearness::of(one, other);
        if nearness.0 == OTHER_SERIES {
            return None;
        }
        let steps = 10_f64.powi(i32::try_from(decade(one, other)).expect("a count has few digits"));
        let digits = f64::from(one.digits);
        let (of_these, places, themselves) = match slip {
            // The pair that is asked about is among those learnt from.
            NumberLikeness::Neighbouring => (1.0, 1.0, 1.0),
            NumberLikeness::Substituted => (ONE_DIGIT_APART / steps, digits, 0.0),
            NumberLikeness::Transposed => (SWAPPED / steps, digits - 1.0, 0.0),
            _ => return None,
        };
        let gap = Gap::of(invoices.invoiced[a], invoices.invoiced[b]).index();
        let count = |near: &ByNearness, less: f64| {
            let all: f64 = near[gap].iter().copied().map(f64::from).sum();
            let these = f64::from(near[gap][nearness.0]);
            ((these - less).max(0.0), (all - less).max(0.0))
        };
        let (these, all) = count(&self.everywhere.twins.near, 0.0);
        let pooled = (these + 0.5) / (all + 3.0);
        let party = invoices.party[a];
        let own = if self.knows(party) {
            let (these, all) = count(&self.own(party).twins.near, themselves);
            (these + SHRINKAGE * pooled) / (all + SHRINKAGE)
        } else {
            pooled
        };
        let rate = |share: f64| (share * of_these * places).min(1.0);
        Some(BaseRate { own: rate(own), pooled: rate(pooled) })
    }

    /// Returns `true` when two numbers lie so near to each other in one series that both stand where
    /// the count stood.
    pub fn are_near(&self, a: usize, b: usize) -> bool {
        Nearness::of(self.numbers.form(a), self.numbers.form(b)).0 < FAR - 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::number_forms::read_all;
    use super::*;
    use crate::invoices::Invoice;

    #[test]
    fn nearness_is_the_decade_of_the_difference_in_one_series() {
        for (one, other, expected) in [
            ("600730", "600735", 0),
            ("600730", "600780", 1),
            ("600730", "600970", 2),
            ("600730", "608730", 3),
            ("100730", "600730", FAR),
            ("A600730", "600731", OTHER_SERIES),
            ("60073", "600731", OTHER_SERIES),
            ("REFUND", "REFUNDS", OTHER_SERIES),
        ] {
            let mut invoices = Invoices::default();
            for number in [one, other] {
                invoices.push(&Invoice { number, ..Invoice::default() });
            }
            let forms = read_all(&invoices, 1);
            assert_eq!(Nearness::of(forms[0].form, forms[1].form).0, expected, "{one} {other}");
        }
    }

    /// Numbers that the ERP gives out, two of one amount in each batch.
    #[test]
    fn numbers_of_one_batch_are_met_a_digit_apart_by_chance() {
        let mut invoices = Invoices::default();
        for at in 0..600_u32 {
            let (batch, nth) = (at / 10, at % 10);
            let number = (51_000_000 + batch * 1_000 + nth * 37).to_string();
            let amount = i64::from(batch * 1_000 + nth / 2 * 17 + 50_000) * 10_000;
            let invoiced = 20_000 + i32::try_from(batch).unwrap() * 7;
            invoices.push(&Invoice { number: &number, amount, invoiced, ..Invoice::default() });
        }
        let habits = Habits::learn(&invoices, 1);
        let rate = |a: usize, b: usize, slip| {
            habits.twins_a_slip_apart(&invoices, (a, b), slip).unwrap().own
        };
        // Side by side in one batch, and of batches far apart.
        let (together, apart) =
            (rate(0, 1, NumberLikeness::Transposed), rate(0, 590, NumberLikeness::Transposed));
        assert!(together > 0.02, "{together}");
        assert!(apart < 0.001, "{apart}");
        assert!(habits.twins_a_slip_apart(&invoices, (0, 1), NumberLikeness::Dropped).is_none());
    }
}
