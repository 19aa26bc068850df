//! Series of numbers that run through many parties: the buyer's own numbering of bookings, journals and
//! standing payments, which says nothing of whether two suppliers were billed by one paper.
//!
//! Not for: where a number stands in its supplier's own numbering (`series`).
//!
//! Invariant: numbers of many suppliers that lie side by side by chance are no series: those of a series
//! were given out on the same days.

use super::number_forms::Form;
use crate::invoices::Invoices;
use crate::{narrow, parallel};

/// Neighbours that are looked at on each side: more than a supplier has side by side in one batch. Those of
/// one side are enough, as a batch begins and ends somewhere.
const REACH: usize = 8;
/// Two parties may be one that is kept twice.
const PARTIES_MIN: usize = 3;
/// Of the days that a ledger spans, the part that counts as the same days: by chance about one invoice in
/// sixteen lies so near to another.
const NEAR_PART: i32 = 32;

/// Shape, digits and count of a number, and the place of its invoice.
type Entry = (u64, u8, u64, u32);

/// Marks, by place, the invoices whose number is of such a series.
pub(super) fn find(invoices: &Invoices, forms: &[Form], threads: usize) -> Vec<bool> {
    let mut is_shared = vec![false; forms.len()];
    let Some(near) = near(invoices) else { return is_shared };
    let key = |at: usize| entry(forms[at], at);
    let sorted = parallel::sorted(parallel::of_all(forms.len(), threads, key), threads);
    for series in sorted.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).filter(|all| all[0].0 != 0) {
        for (position, (.., at)) in series.iter().enumerate() {
            let below = &series[position.saturating_sub(REACH)..position];
            let above = &series[position + 1..series.len().min(position + 1 + REACH)];
            let at = *at as usize;
            is_shared[at] =
                runs_through(invoices, at, below, near) || runs_through(invoices, at, above, near);
        }
    }
    is_shared
}

/// Invoices by their numbers' series, so that the neighbours of one more are found.
#[derive(Debug)]
pub(super) struct Series {
    by_form: Vec<u32>,
    near: Option<i32>,
}

impl Series {
    /// On so many threads.
    pub(super) fn of(invoices: &Invoices, forms: &[Form], threads: usize) -> Self {
        let told = (0..forms.len()).filter(|at| forms[*at].shape != 0);
        let keyed: Vec<Entry> = told.map(|at| entry(forms[at], at)).collect();
        let sorted = parallel::sorted(keyed, threads);
        let by_form = sorted.into_iter().map(|(.., at)| at).collect();
        Self { by_form, near: near(invoices) }
    }

    /// Returns `true` when the number of an invoice that is not among these is of a series that runs
    /// through many parties.
    pub(super) fn runs_through(&self, invoices: &Invoices, forms: &[Form], at: usize) -> bool {
        let (Some(near), own) = (self.near, entry(forms[at], at)) else { return false };
        if own.0 == 0 {
            return false;
        }
        let read = |other: &u32| entry(forms[*other as usize], *other as usize);
        let position = self.by_form.partition_point(|other| read(other) < own);
        let of_series = |other: &Entry| (other.0, other.1) == (own.0, own.1);
        let below = self.by_form[position.saturating_sub(REACH)..position].iter().map(read);
        let above = self.by_form[position..].iter().take(REACH).map(read);
        let below: Vec<Entry> = below.filter(of_series).collect();
        let above: Vec<Entry> = above.filter(of_series).collect();
        runs_through(invoices, at, &below, near) || runs_through(invoices, at, &above, near)
    }

    pub(super) const fn bytes(&self) -> usize {
        self.by_form.capacity() * size_of::<u32>()
    }
}

fn entry(form: Form, at: usize) -> Entry {
    (form.shape, form.digits, form.count, narrow(at))
}

/// Returns `true` when the neighbours of an invoice's number on one side are of several parties and
/// of the same days.
fn runs_through(invoices: &Invoices, at: usize, side: &[Entry], near: i32) -> bool {
    if side.len() < REACH {
        return false;
    }
    let mut parties = [invoices.party[at]; PARTIES_MIN];
    let (mut different, mut of_these_days) = (1, 0);
    for other in side.iter().map(|(.., other)| *other as usize) {
        let is_near = |days: &[i32]| days[at].abs_diff(days[other]) <= near.unsigned_abs();
        of_these_days += usize::from(is_near(&invoices.invoiced) || is_near(&invoices.entered));
        let party = invoices.party[other];
        if different < PARTIES_MIN && !parties[..different].contains(&party) {
            parties[different] = party;
            different += 1;
        }
    }
    different == PARTIES_MIN && of_these_days * 4 >= side.len() * 3
}

/// So many days apart count as the same days; none when all invoices are of one day.
fn near(invoices: &Invoices) -> Option<i32> {
    let mut days = invoices.invoiced.clone();
    if days.is_empty() {
        return None;
    }
    // A few days far off say nothing of the others.
    let (low, high) = (days.len() / 10, days.len() - 1 - days.len() / 10);
    let first = *days.select_nth_unstable(low).1;
    let last = *days.select_nth_unstable(high).1;
    let span = last.saturating_sub(first);
    (span > 0).then_some(span / NEAR_PART)
}

#[cfg(test)]
mod tests {
    use super::super::number_forms::read_all;
    use super::*;
    use crate::invoices::Invoice;

    /// Invoices of so many suppliers in turn, each numbered and dated by its place.
    fn share(suppliers: u32, number: impl Fn(u32) -> String, day: impl Fn(u32) -> i32) -> usize {
        let mut invoices = Invoices::default();
        for at in 0..400 {
            let (supplier, day) = (at % suppliers, 20_000 + day(at));
            invoices.push(&Invoice {
                number: &number(at),
                supplier,
                party: supplier,
                invoiced: day,
                entered: day,
                ..Invoice::default()
            });
        }
        let forms: Vec<Form> = read_all(&invoices, 1).iter().map(|read| read.form).collect();
        find(&invoices, &forms, 2).iter().filter(|is_shared| **is_shared).count()
    }

    #[test]
    fn a_series_of_the_same_days_through_many_suppliers_is_the_buyers() {
        let by_place = |at: u32| i32::try_from(at).unwrap();
        let in_turn = |at: u32| format!("TP{}", 200_000 + at);
        assert_eq!(share(40, in_turn, by_place), 400);
        // In batches, with gaps between them.
        let in_batches = |at: u32| format!("TP{}", 200_000 + at + at / 40 * 900);
        assert_eq!(share(40, in_batches, |at| by_place(at) / 40 * 40), 400);
        // One supplier's, two suppliers', and each supplier's own.
        assert_eq!(share(1, in_turn, by_place), 0);
        assert_eq!(share(2, in_turn, by_place), 0);
        let own = |at: u32| format!("TP{}", 200_000 + at % 40 * 100 + at / 40);
        assert_eq!(share(40, own, by_place), 0);
        // Side by side by chance: the days are any.
        assert_eq!(share(40, in_turn, |at| by_place(at) * 173 % 401), 0);
        // All of one day.
        assert_eq!(share(40, in_turn, |_at| 7), 0);
    }
}
