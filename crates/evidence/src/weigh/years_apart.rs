//! Two invoices that are a year apart, as yearly charges are.
//!
//! Not for: dates alone (`days`), charges that come more often (`habits`).
//!
//! Invariant: the days of keying and of paying decide, which a slip in a date does not move.

use super::{Pair, Scorer};
use crate::invoices::NO_DAY;

/// Days between the handling of two invoices that a second keying does not take, and the next of a yearly
/// charge does.
const HANDLED_APART_MIN: u32 = 300;
/// Of a year, and how much later or earlier the next bill of a yearly charge comes.
const YEAR_DAYS: u32 = 365;
const YEAR_DAYS_OFF: u32 = 20;

impl Scorer<'_> {
    /// Returns `true` when two invoices were keyed or paid about a year apart, as yearly charges are:
    /// a year that is typed wrongly moves the date of the invoice and nothing else.
    pub(super) fn are_handled_a_year_apart(&self, a: usize, b: usize) -> bool {
        let (entered, paid) = (&self.invoices.entered, &self.invoices.paid);
        // Where none was keyed on another day than its own, the days of keying may be those of the invoices.
        let are_keyed = [a, b].into_iter().any(|at| entered[at] != self.invoices.invoiced[at]);
        let are_paid = paid[a] != NO_DAY && paid[b] != NO_DAY;
        let apart = |days: &[i32]| days[a].abs_diff(days[b]) >= HANDLED_APART_MIN;
        are_keyed && apart(entered) || are_paid && apart(paid)
    }

    /// Returns `true` when two invoices are one or more years apart by their dates and by when they
    /// were handled.
    pub(super) fn are_yearly(&self, pair: &Pair) -> bool {
        let apart = self.invoices.invoiced[pair.a].abs_diff(self.invoices.invoiced[pair.b]);
        let from_a_year = (apart + YEAR_DAYS_OFF) % YEAR_DAYS;
        apart >= HANDLED_APART_MIN
            && from_a_year <= 2 * YEAR_DAYS_OFF
            && self.are_handled_a_year_apart(pair.a, pair.b)
    }
}
