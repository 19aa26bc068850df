//! Invoices in the order of their parties.

use crate::invoices::Invoices;
use crate::parallel;

/// Places by party, then day, then place; and where each party's begin.
pub(super) fn by_party(invoices: &Invoices, threads: usize) -> (Vec<u32>, Vec<u32>) {
    let key = |at: usize| (invoices.party[at], invoices.invoiced[at], crate::narrow(at));
    let sorted = parallel::sorted(parallel::of_all(invoices.len(), threads, key), threads);
    let order = sorted.into_iter().map(|(_, _, at)| at).collect();
    let parties = invoices.party.iter().max().map_or(0, |last| *last as usize + 1);
    let mut begins = vec![0_u32; parties + 1];
    for party in &invoices.party {
        begins[*party as usize + 1] += 1;
    }
    for party in 0..parties {
        begins[party + 1] += begins[party];
    }
    (order, begins)
}
