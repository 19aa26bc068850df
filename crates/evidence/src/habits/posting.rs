//! Whether the date of an invoice is that of its paper, the day of its posting, which moves with
//! every keying, or the day of its payment, which nobody types.
//!
//! Invariant: a ledger that keeps days of keying beside dates has those of the paper.

use super::{Field, Habits};
use crate::invoices::{Invoices, NO_DAY};

/// Of invoices so many may be keyed on their own day where both days are kept: some are keyed at once.
const USUAL: f64 = 0.5;
/// From here on the ledger has one date.
const ONE_DATE: f64 = 0.9;
/// From here on one day is a copy of the other, and says nothing beside it.
const COPY: f64 = 0.99;
/// Fewer invoices may be so by chance.
const COPIES_MIN: usize = 20;

/// The days of a ledger beside the dates of its invoices.
#[derive(Debug, Clone, Copy)]
pub(super) struct PostingDays {
    /// The part of all invoices whose date may be that of their posting, as it is the day of their keying.
    share: f64,
    entered_is_copy: bool,
    paid_is_copy: bool,
}

impl PostingDays {
    pub(super) fn of(invoices: &Invoices) -> Self {
        let equal = |days: &[i32]| {
            let dates = invoices.invoiced.iter().zip(days);
            let known = dates.filter(|(_, day)| **day != NO_DAY);
            let (equal, all) = known.fold((0_usize, 0_usize), |(equal, all), (date, day)| {
                (equal + usize::from(date == day), all + 1)
            });
            (f64::from(crate::narrow(equal)) / f64::from(crate::narrow(all.max(1))), all)
        };
        let is_copy = |(share, all): (f64, usize)| share >= COPY && all >= COPIES_MIN;
        let (entered, paid) = (equal(&invoices.entered), equal(&invoices.paid));
        Self {
            share: ((entered.0 - USUAL) / (ONE_DATE - USUAL)).clamp(0.0, 1.0),
            entered_is_copy: is_copy(entered),
            paid_is_copy: is_copy(paid),
        }
    }
}

impl Habits {
    /// The part of all invoices whose date may be the day of their posting; none where days of keying are
    /// kept beside dates.
    pub const fn posting_share(&self) -> f64 {
        self.posting.share
    }

    /// Returns `true` when the dates of invoices are the days of their payments, as in lists of
    /// payments.
    pub const fn dates_are_payments(&self) -> bool {
        self.posting.paid_is_copy
    }

    /// Returns `true` when the ledger has nothing of its own in this field: its days are copies of
    /// the invoices' dates, and of invoices of one date they are the same whatever happened.
    pub(crate) const fn is_copy(&self, field: Field) -> bool {
        match field {
            Field::SameEnteredDay => self.posting.entered_is_copy,
            Field::SamePaidDay => self.posting.paid_is_copy,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoices::Invoice;

    #[test]
    fn days_that_are_copies_of_dates_are_known() {
        for (rows, entered_later, paid_later, expected) in [
            (100, 0, 0, (true, true)),
            (100, 2, 0, (false, true)),
            (100, 0, 2, (true, false)),
            (100, 1, 1, (true, true)),
            (19, 0, 0, (false, false)),
        ] {
            let mut invoices = Invoices::default();
            for row in 0..rows {
                let (entered, paid) = (row < entered_later, row < paid_later);
                invoices.push(&Invoice {
                    invoiced: 20_000 + row,
                    entered: 20_000 + row + i32::from(entered),
                    paid: 20_000 + row + 30 * i32::from(paid),
                    ..Invoice::default()
                });
            }
            let days = PostingDays::of(&invoices);
            assert_eq!((days.entered_is_copy, days.paid_is_copy), expected, "{rows}");
        }
    }

    #[test]
    fn an_unpaid_ledger_has_no_days_of_payment_to_copy() {
        let mut invoices = Invoices::default();
        for row in 0..40 {
            invoices.push(&Invoice {
                invoiced: row,
                entered: row,
                paid: NO_DAY,
                ..Invoice::default()
            });
        }
        assert!(!PostingDays::of(&invoices).paid_is_copy);
    }
}
