//! Two invoices that are a period apart: the next bill of a yearly charge, or of a customer's account.
//!
//! Not for: dates alone (`days`), amounts that come again (`habits`).
//!
//! Invariant: a year apart are two that were keyed or paid so, as a slip in a date does not move those days.

use super::{Pair, Scorer};
use crate::habits::BaseRate;
use crate::invoices::NO_DAY;

/// Days between the handling of two invoices that a second keying does not take, and the next of a yearly
/// charge does.
const HANDLED_APART_MIN: u32 = 300;
/// Of a year, and how much later or earlier the next bill of a yearly charge comes.
const YEAR_DAYS: u32 = 365;
const YEAR_DAYS_OFF: u32 = 20;

/// A number of fewer invoices is no account's.
const OF_ACCOUNT_MIN: u32 = 4;

impl Scorer<'_> {
    /// The rate of days so far apart between genuine invoices, where second keyings are so at the rate
    /// `slip`: between two bills of one account it is the rule from about a period on.
    pub(super) fn days_of_account(&self, pair: &Pair, slip: f64) -> Option<BaseRate> {
        let party = self.invoices.party[pair.a];
        let bills = self.habits.number_used(pair.a);
        if !pair.number.is_same() || bills < OF_ACCOUNT_MIN {
            return None;
        }
        let day = |at: u32| self.invoices.invoiced[at as usize];
        let members = self.habits.members(party);
        let (first, last) = (day(*members.first()?), day(*members.last()?));
        let apart = self.invoices.invoiced[pair.a].abs_diff(self.invoices.invoiced[pair.b]);
        // Seven tenths of a period, as bills come a few days early.
        if u64::from(apart) * 10 * u64::from(bills - 1) < u64::from(first.abs_diff(last)) * 7 {
            return None;
        }
        let usual = self.habits.days_apart(party, pair.day);
        Some(BaseRate { own: usual.own.max(slip), pooled: usual.pooled.max(slip) })
    }

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
