//! Whether a third invoice of a party makes up the difference of two: one bill for two that were paid.

use crate::invoices::Invoices;

/// A joint bill comes within so many days of what it joins.
const NEAR_DAYS: i32 = 45;

/// Amounts of each party, sorted: party's bounds, then (amount, place).
#[derive(Debug, Default)]
pub(super) struct Sums {
    sorted: Vec<(i64, u32)>,
    begins: Vec<u32>,
}

impl Sums {
    pub(super) fn of(invoices: &Invoices, order: &[u32], begins: &[u32]) -> Self {
        let mut sorted: Vec<(i64, u32)> =
            order.iter().map(|at| (invoices.amount[*at as usize], *at)).collect();
        for bounds in begins.windows(2) {
            sorted[bounds[0] as usize..bounds[1] as usize].sort_unstable();
        }
        Self { sorted, begins: begins.to_vec() }
    }

    /// The invoices of a party that have the amount of this one, itself among them.
    pub(super) fn of_amount(
        &self,
        invoices: &Invoices,
        at: usize,
    ) -> impl Iterator<Item = usize> + '_ {
        let (party, wanted) = (invoices.party[at] as usize, invoices.amount[at]);
        let own = &self.sorted[self.begins[party] as usize..self.begins[party + 1] as usize];
        let first = own.partition_point(|(amount, _)| *amount < wanted);
        let equal = own[first..].iter().take_while(move |(amount, _)| *amount == wanted);
        equal.map(|(_, at)| *at as usize)
    }

    /// The invoice that makes up the difference of two.
    pub(super) fn third(&self, invoices: &Invoices, a: usize, b: usize) -> Option<usize> {
        let (amount_a, amount_b) = (invoices.amount[a], invoices.amount[b]);
        if amount_a <= 0 || amount_b <= 0 {
            return None;
        }
        let wanted = (amount_a - amount_b).abs();
        let party = invoices.party[a] as usize;
        let own = &self.sorted[self.begins[party] as usize..self.begins[party + 1] as usize];
        let first = own.partition_point(|(amount, _)| *amount < wanted);
        let mut equal = own[first..].iter().take_while(|(amount, _)| *amount == wanted);
        equal.find_map(|(_, at)| {
            let at = *at as usize;
            let near = |other: usize| {
                (invoices.invoiced[at] - invoices.invoiced[other]).abs() <= NEAR_DAYS
            };
            (at != a && at != b && near(a) && near(b)).then_some(at)
        })
    }
}
