//! Invoices in the order of their parties.

use crate::invoices::{Invoices, party_begins};
use crate::parallel;

/// Places by party, then day, then place; and where each party's begin.
pub(super) fn by_party(invoices: &Invoices, threads: usize) -> (Vec<u32>, Vec<u32>) {
    let begins = party_begins(&invoices.party);
    let key = |at: usize| (invoices.party[at], invoices.invoiced[at], crate::narrow(at));
    let is_in_order = (1..invoices.len()).all(|at| key(at - 1) < key(at));
    let order = if is_in_order {
        (0..crate::narrow(invoices.len())).collect()
    } else {
        let sorted = parallel::sorted(parallel::of_all(invoices.len(), threads, key), threads);
        sorted.into_iter().map(|(_, _, at)| at).collect()
    };
    (order, begins)
}
