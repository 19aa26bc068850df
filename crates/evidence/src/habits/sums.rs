//! Whether a third invoice of a party makes up the difference of two: one bill for two that were paid.

use crate::invoices::Invoices;
use crate::narrow;

/// A joint bill comes within so many days of what it joins.
const NEAR_DAYS: i32 = 45;

/// Amounts of each party, sorted: party's bounds, then (amount, place).
#[derive(Debug, Default)]
pub(super) struct Sums {
    sorted: Vec<(i64, u32)>,
    begins: Vec<u32>,
    /// The amounts of a few parties with a newcomer's among them, the last to count.
    with_newcomers: Vec<(u32, Vec<(i64, u32)>)>,
}

impl Sums {
    pub(super) fn by_party(invoices: &Invoices, order: &[u32], begins: &[u32]) -> Self {
        let mut sorted: Vec<(i64, u32)> =
            order.iter().map(|at| (invoices.amount[*at as usize], *at)).collect();
        for bounds in begins.windows(2) {
            sorted[bounds[0] as usize..bounds[1] as usize].sort_unstable();
        }
        Self { sorted, begins: begins.to_vec(), with_newcomers: Vec::new() }
    }

    /// Puts a newcomer among the amounts of its party, until [`Self::dismiss`].
    pub(super) fn admit(&mut self, invoices: &Invoices, at: usize) {
        let party = invoices.party[at];
        let entry = (invoices.amount[at], narrow(at));
        let mut own = self.of_party(party).to_vec();
        own.insert(own.partition_point(|other| *other < entry), entry);
        self.with_newcomers.push((party, own));
    }

    /// Takes the last newcomer away.
    pub(super) fn dismiss(&mut self) {
        self.with_newcomers.pop();
    }

    fn of_party(&self, party: u32) -> &[(i64, u32)] {
        if let Some((_, own)) = self.with_newcomers.iter().rfind(|(of, _)| *of == party) {
            return own;
        }
        match self.begins.get(party as usize..) {
            Some([from, to, ..]) => &self.sorted[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// The invoices of a party over an amount, by place.
    pub(super) fn of(&self, party: u32, wanted: i64) -> impl Iterator<Item = usize> + '_ {
        let own = self.of_party(party);
        let first = own.partition_point(|(amount, _)| *amount < wanted);
        let equal = own[first..].iter().take_while(move |(amount, _)| *amount == wanted);
        equal.map(|(_, at)| *at as usize)
    }

    pub(super) const fn bytes(&self) -> usize {
        self.sorted.capacity() * size_of::<(i64, u32)>()
    }

    /// The invoices of a party that have the amount of this one, itself among them.
    pub(super) fn of_amount(
        &self,
        invoices: &Invoices,
        at: usize,
    ) -> impl Iterator<Item = usize> + '_ {
        self.of(invoices.party[at], invoices.amount[at])
    }

    /// The invoice that makes up the difference of two.
    pub(super) fn third(&self, invoices: &Invoices, a: usize, b: usize) -> Option<usize> {
        let (amount_a, amount_b) = (invoices.amount[a], invoices.amount[b]);
        if amount_a <= 0 || amount_b <= 0 {
            return None;
        }
        let wanted = (amount_a - amount_b).abs();
        let own = self.of_party(invoices.party[a]);
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
