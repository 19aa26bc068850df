//! The kind of day that an invoice is dated by: that of its paper, the day of its posting, which moves with
//! every keying, or the day of its payment, which nobody types.
//!
//! Invariant: a ledger that keeps days of keying beside dates has those of the paper.

use super::{Field, Habits};
use crate::invoices::{Invoices, NO_DAY};

/// Of invoices so many may be keyed on their own day where both days are kept: some are keyed at once.
const USUAL: f64 = 0.5;
/// From here on the ledger has one date, and days are taken for copies of it, by degrees.
const ONE_DATE: f64 = 0.9;
/// From here on one day is a copy of the other, and says nothing beside it: some exports have an odd row.
const COPY: f64 = 0.99;
/// Fewer invoices may be so by chance, and are too few for anything else to be learnt of the field.
const COPIES_MIN: usize = 20;

/// The days of a ledger beside the dates of its invoices.
#[derive(Debug, Clone, Copy)]
pub(super) struct PostingDays {
    /// The part of all invoices whose date may be that of their posting, as it is the day of their keying.
    share: f64,
    /// The parts of the days of keying and of payment that are taken for copies of the date.
    entered_copied: f64,
    paid_copied: f64,
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
        let ramp = |share: f64, from: f64, to: f64| ((share - from) / (to - from)).clamp(0.0, 1.0);
        let copied = |(share, all): (f64, usize)| {
            if all < COPIES_MIN { 0.0 } else { ramp(share, ONE_DATE, COPY) }
        };
        let (entered, paid) = (equal(&invoices.entered), equal(&invoices.paid));
        Self {
            share: ramp(entered.0, USUAL, ONE_DATE),
            entered_copied: copied(entered),
            paid_copied: copied(paid),
        }
    }
}

impl Habits {
    /// The part of all invoices whose date may be the day of their posting; none where days of keying are
    /// kept beside dates.
    pub const fn posting_share(&self) -> f64 {
        self.posting.share
    }

    /// Returns `true` when the dates of invoices are the days of their payments, as in lists of payments:
    /// nobody typed them, so that none has day and month swapped. At once and not by degrees, as a slip of
    /// the keys is one or is none; where more than one date in a hundred is another, people type them.
    pub fn dates_are_payments(&self) -> bool {
        self.posting.paid_copied >= 1.0
    }

    /// The part of the ledger that has nothing of its own in this field: its days are copies of the invoices'
    /// dates, and of invoices of one date they are the same whatever happened.
    pub(crate) const fn copied(&self, field: Field) -> f64 {
        match field {
            Field::SameEnteredDay => self.posting.entered_copied,
            Field::SamePaidDay => self.posting.paid_copied,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoices::Invoice;

    #[test]
    fn days_are_taken_for_copies_of_dates_by_degrees() {
        for (rows, entered_later, paid_later, expected) in [
            (100, 0, 0, ["1.00", "1.00"]),
            (100, 1, 1, ["1.00", "1.00"]),
            (100, 2, 0, ["0.89", "1.00"]),
            (100, 0, 3, ["1.00", "0.78"]),
            (100, 5, 9, ["0.56", "0.11"]),
            (100, 10, 50, ["0.00", "0.00"]),
            (19, 0, 0, ["0.00", "0.00"]),
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
            let copied = [days.entered_copied, days.paid_copied];
            assert_eq!(copied.map(|part| format!("{part:.2}")), expected, "{rows}");
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
        assert!(PostingDays::of(&invoices).paid_copied <= 0.0);
    }
}
