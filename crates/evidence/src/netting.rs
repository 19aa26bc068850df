//! Credits against what they credit: one to one, the same party, opposite amounts, in the books or, at
//! the rate of another day, in the currency of both; the invoice whose number the credit names, else the
//! nearest that came before it.
//!
//! Invariant: a credit nets one invoice, and an invoice is netted by one credit: of three bills and one
//! credit two are left.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::habits::Habits;
use crate::invoice_number::segments;
use crate::invoices::Invoices;

/// A credit comes at most so long after what it credits.
const AFTER_DAYS_MAX: i32 = 400;
/// A reversal may be dated a little before what it reverses.
const BEFORE_DAYS_MAX: i32 = 31;
/// Rates of two days within a year are hardly ever farther apart: what the books have beyond that is no
/// amount of the same thing.
const RATES_APART_PERCENT_MAX: i128 = 25;

/// The invoices that credits took back, each with its credit.
#[derive(Debug, Default)]
pub struct Netting {
    of: FxHashMap<u32, u32>,
}

/// A sum of money that a credit and what it takes back have in common, whichever its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sum {
    InBooks(i64),
    /// In the currency of the invoice, where that is not the books' own.
    Foreign {
        currency: u32,
        stated: i64,
    },
}

/// Invoices of one party and sum.
#[derive(Debug, Default)]
struct Sides {
    credits: Vec<u32>,
    billed: Vec<u32>,
}

impl Netting {
    pub fn find(invoices: &Invoices, habits: &Habits) -> Self {
        let mut netting = Self::default();
        netting.pair_off(invoices, habits, || 0..crate::narrow(invoices.len()));
        netting
    }

    /// The credit that took this invoice back, or the invoice that this credit takes back.
    pub fn partner(&self, at: usize) -> Option<usize> {
        self.of.get(&crate::narrow(at)).map(|at| *at as usize)
    }

    /// Pairs those anew with which one that has come, or is going, shares a sum; it is still in its place.
    pub fn renew(&mut self, invoices: &Invoices, habits: &Habits, at: usize) {
        let places = connected(invoices, habits, at);
        for place in &places {
            self.of.remove(place);
        }
        self.pair_off(invoices, habits, || places.iter().copied());
    }

    /// Forgets an invoice that is about to go; [`Self::renew`] finds its partner another.
    pub fn forget(&mut self, at: usize) {
        self.of.remove(&crate::narrow(at));
    }

    /// Pairs some invoices off; none that is left out shares a sum with one of them.
    fn pair_off<I: Iterator<Item = u32>>(
        &mut self,
        invoices: &Invoices,
        habits: &Habits,
        places: impl Fn() -> I,
    ) {
        let mut sums: FxHashMap<(u32, Sum), Sides> = FxHashMap::default();
        for place in places().filter(|place| invoices.amount[*place as usize] < 0) {
            let at = place as usize;
            for sum in Sum::all_of(invoices, at) {
                sums.entry((invoices.party[at], sum)).or_default().credits.push(place);
            }
        }
        for place in places().filter(|place| invoices.amount[*place as usize] > 0) {
            let at = place as usize;
            for sum in Sum::all_of(invoices, at) {
                if let Some(sides) = sums.get_mut(&(invoices.party[at], sum)) {
                    sides.billed.push(place);
                }
            }
        }
        let mut sums: Vec<(u32, Sum, Sides)> =
            sums.into_iter().map(|((party, sum), sides)| (party, sum, sides)).collect();
        sums.sort_unstable_by_key(|(party, ..)| *party);
        for of_party in sums.chunk_by(|x, y| x.0 == y.0) {
            let mut couples: Vec<Couple> = of_party
                .iter()
                .flat_map(|(_, sum, sides)| sides.couples(invoices, habits, *sum))
                .collect();
            couples.sort_unstable();
            for Couple { credit, invoice, .. } in couples {
                if !self.of.contains_key(&credit) && !self.of.contains_key(&invoice) {
                    self.of.insert(credit, invoice);
                    self.of.insert(invoice, credit);
                }
            }
        }
    }
}

/// The invoices that share a sum with one, or with others that do, and so on.
fn connected(invoices: &Invoices, habits: &Habits, at: usize) -> BTreeSet<u32> {
    let party = invoices.party[at];
    let mut places: BTreeSet<u32> = BTreeSet::new();
    let mut known: FxHashSet<Sum> = FxHashSet::default();
    let mut open: Vec<Sum> = Sum::all_of(invoices, at).collect();
    // Of a party that bills in a foreign currency alone: one sum leads to the next, and each would be looked
    // for among all of its invoices.
    let mut foreign: Option<FxHashMap<Sum, Vec<u32>>> = None;
    while let Some(sum) = open.pop() {
        if !known.insert(sum) {
            continue;
        }
        let sharing: Vec<u32> = match sum {
            Sum::InBooks(amount) => [amount, -amount]
                .into_iter()
                .flat_map(|amount| habits.of_amount(party, amount))
                .map(crate::narrow)
                .collect(),
            Sum::Foreign { .. } => {
                let foreign = foreign.get_or_insert_with(|| foreign_sums(invoices, habits, party));
                foreign.remove(&sum).unwrap_or_default()
            }
        };
        for place in sharing {
            if places.insert(place) {
                open.extend(Sum::all_of(invoices, place as usize));
            }
        }
    }
    places
}

/// The invoices of a party by their sums in a foreign currency.
fn foreign_sums(invoices: &Invoices, habits: &Habits, party: u32) -> FxHashMap<Sum, Vec<u32>> {
    let mut foreign: FxHashMap<Sum, Vec<u32>> = FxHashMap::default();
    for place in habits.members(party) {
        let sums = Sum::all_of(invoices, *place as usize);
        for sum in sums.filter(|sum| matches!(sum, Sum::Foreign { .. })) {
            foreign.entry(sum).or_default().push(*place);
        }
    }
    foreign
}

impl Sum {
    /// The sums by which an invoice is found.
    fn all_of(invoices: &Invoices, at: usize) -> impl Iterator<Item = Self> + use<> {
        let (amount, stated) = (invoices.amount[at], invoices.stated[at]);
        let currency = invoices.currency[at];
        let in_books = (amount != 0).then_some(Self::InBooks(amount.abs()));
        let is_foreign =
            currency != 0 && amount != 0 && stated != amount && stated.signum() == amount.signum();
        let foreign = is_foreign.then_some(Self::Foreign { currency, stated: stated.abs() });
        in_books.into_iter().chain(foreign)
    }
}

impl Sides {
    /// Every credit with every invoice that it may take back.
    fn couples(&self, invoices: &Invoices, habits: &Habits, sum: Sum) -> Vec<Couple> {
        let mut couples = Vec::new();
        for credit in &self.credits {
            for invoice in &self.billed {
                let (c, i) = (*credit as usize, *invoice as usize);
                let after = invoices.invoiced[c] - invoices.invoiced[i];
                if !(-BEFORE_DAYS_MAX..=AFTER_DAYS_MAX).contains(&after) {
                    continue;
                }
                let is_at_other_rate = matches!(sum, Sum::Foreign { .. });
                if is_at_other_rate && !are_of_two_rates(invoices, c, i) {
                    continue;
                }
                couples.push(Couple {
                    naming: Naming::of(invoices, habits, c, i),
                    is_at_other_rate,
                    is_dated_before: after < 0,
                    days: after.abs(),
                    credit: *credit,
                    invoice: *invoice,
                });
            }
        }
        couples
    }
}

/// Returns `true` for a credit and an invoice of one sum abroad whose amounts in the books are as far
/// apart as rates may be. Of one amount there they are found by that.
fn are_of_two_rates(invoices: &Invoices, credit: usize, invoice: usize) -> bool {
    let [credit, invoice] = [credit, invoice].map(|at| invoices.amount[at].unsigned_abs());
    let apart = i128::from(credit.abs_diff(invoice));
    apart != 0 && apart * 100 <= i128::from(credit.max(invoice)) * RATES_APART_PERCENT_MAX
}

/// A credit and what it may take back; the likeliest come first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Couple {
    naming: Naming,
    /// One sum abroad, at the rates of two days.
    is_at_other_rate: bool,
    /// The credit is dated before the invoice: a bill that is made anew comes after the credit of the first.
    is_dated_before: bool,
    days: i32,
    credit: u32,
    invoice: u32,
}

/// The degree to which the number of a credit names the invoice that it takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Naming {
    Same,
    /// `CR-12345` for `12345`.
    Within,
    Other,
}

impl Naming {
    fn of(invoices: &Invoices, habits: &Habits, credit: usize, invoice: usize) -> Self {
        if habits.plain(credit) == 0 || habits.plain(invoice) == 0 {
            return Self::Other;
        }
        if habits.plain(credit) == habits.plain(invoice) {
            return Self::Same;
        }
        if segments::names(invoices.number(credit), invoices.number(invoice)) {
            Self::Within
        } else {
            Self::Other
        }
    }
}

#[cfg(test)]
mod tests;
