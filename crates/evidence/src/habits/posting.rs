//! Whether the date of an invoice is that of its paper or the day of its posting, which moves with every
//! keying.
//!
//! Invariant: a ledger that keeps days of keying beside dates has those of the paper.

use super::Habits;
use crate::invoices::Invoices;

/// Of invoices so many may be keyed on their own day where both days are kept: some are keyed at once.
const USUAL: f64 = 0.5;
/// From here on the ledger has one date.
const ONE_DATE: f64 = 0.9;

impl Habits {
    /// The part of all invoices whose date may be the day of their posting; none where days of keying are
    /// kept beside dates.
    pub const fn posting_share(&self) -> f64 {
        self.posting_share
    }
}

/// The part of all invoices whose date may be that of their posting, as it is the day of their keying.
pub(super) fn share(invoices: &Invoices) -> f64 {
    let of_one_day = invoices
        .invoiced
        .iter()
        .zip(&invoices.entered)
        .filter(|(invoiced, entered)| invoiced == entered);
    let share = f64::from(crate::narrow(of_one_day.count()))
        / f64::from(crate::narrow(invoices.len().max(1)));
    ((share - USUAL) / (ONE_DATE - USUAL)).clamp(0.0, 1.0)
}
