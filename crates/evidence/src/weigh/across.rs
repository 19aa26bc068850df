//! Two invoices of different parties, which nothing but number, amount and day connect.
//!
//! Not for: two of one party (`scorer`).
//!
//! Invariant: what comes in batches, and numbers that the buyer gives out, make nobody's invoice another's.

use super::error_model::{self, PRIOR};
use super::odds::{Ratio, Weights};
use super::shared_fields::subject;
use super::{Pair, Scorer, Subject};
use crate::amounts::AmountLikeness;
use crate::days::{DayLikeness, Gap};
use crate::habits::{BaseRate, Field, same};
use crate::invoice_number::{InvoiceNumber, NumberLikeness, goes_on};

impl Scorer<'_> {
    /// Two invoices of different parties, which nothing but number, amount and day connect.
    pub(super) fn across(
        &self,
        pair: &Pair,
        [one, other]: [&InvoiceNumber; 2],
        to: &mut impl Weights,
    ) {
        let (a, b) = (pair.a, pair.b);
        let (x, y) =
            (self.habits.elsewhere(self.invoices, a), self.habits.elsewhere(self.invoices, b));
        let both = |share: f64| BaseRate { own: share, pooled: share };
        let prior = if self.invoices.are_of_one_supplier(a, b) {
            PRIOR
        } else {
            PRIOR * error_model::OTHER_PARTY
        };
        to.add(Subject::Prior, Ratio::fixed(prior));
        let expected = x.number.max(y.number);
        let slip = error_model::number(pair.number);
        let all = f64::from(crate::narrow(self.invoices.len()));
        let number = match pair.number {
            likeness if likeness.is_same() => Ratio::of(slip, both(expected)),
            NumberLikeness::Unknown => Ratio::fixed(error_model::UNREADABLE),
            // They tell the buyer's bookings apart, and nothing of what two suppliers wrote.
            _ if self.habits.is_buyers_own(a) && self.habits.is_buyers_own(b) => {
                Ratio::of(1.0, both(all))
            }
            // One series, under two names of its supplier.
            likeness if likeness.is_slip() && goes_on(one, other) => Ratio::of(slip, both(all)),
            // Numbers of different parties are one slip apart by chance far more often than the same.
            likeness if likeness.is_slip() && !likeness.has_core() => {
                Ratio::of(slip, both(expected * 40.0))
            }
            _ => Ratio::of(slip, both(all)),
        };
        to.add(Subject::Number, number);
        let amount = match pair.amount {
            AmountLikeness::Equal => {
                let [one, other] = [a, b].map(|at| self.invoices.party[at]);
                x.amount.max(y.amount).max(self.habits.equal_between(one, other))
            }
            AmountLikeness::Other => 1.0,
            // Nobody has counted how often; two suppliers abroad may bill one figure.
            AmountLikeness::OtherRate => 0.2,
            _ => 0.02,
        };
        to.add(Subject::Amount, Ratio::of(error_model::amount(pair.amount), both(amount)));
        let day = self.day_between(pair, x.day.max(y.day));
        to.add(Subject::Day, Ratio::of(self.day_slip(pair.day), both(day)));
        for field in [Field::SameUser, Field::SameGroup, Field::SameOrder, Field::SameDescription] {
            let Some(same) = same(self.invoices, field, a, b) else { continue };
            let Some(subject) = subject(field) else { continue };
            let pooled = self.habits.alike(self.invoices.party[a], Gap::Far, field).pooled;
            let shared = error_model::shared(field, pooled, self.habits.copied(field));
            let rates = if same { shared } else { shared.complement() };
            to.add(subject, Ratio::at_most(rates, rates, error_model::shared_at_most(field)));
        }
    }

    /// The rate at which genuine invoices of two parties, alike as these, are so far apart: what comes in
    /// batches shares day, amount and number at once. `same_day` is the share of all with such a day.
    fn day_between(&self, pair: &Pair, same_day: f64) -> f64 {
        let usual = match pair.day {
            DayLikeness::Same => same_day,
            likeness => self.habits.days_apart(self.invoices.party[pair.a], likeness).pooled,
        };
        let of_amount = (pair.amount == AmountLikeness::Equal)
            .then(|| self.habits.days_of_one_amount((pair.a, pair.b), pair.day, usual));
        let of_number =
            pair.number.is_same().then(|| self.habits.days_of_one_number(pair.day, usual));
        of_amount.into_iter().chain(of_number).reduce(f64::max).unwrap_or(usual)
    }
}
