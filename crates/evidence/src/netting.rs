//! Credits against what they credit: one to one, the same party, opposite amounts, in the books or, at
//! the rate of another day, in the currency of both; the invoice whose number the credit names, else the
//! nearest that came before it.
//!
//! Invariant: a credit nets one invoice, and an invoice is netted by one credit: of three bills and one
//! credit two are left.

use rustc_hash::FxHashMap;

use crate::habits::Habits;
use crate::invoice_number::segments;
use crate::invoices::Invoices;
use crate::narrow;

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
    /// The invoices of each party and sum over which it has a credit: of others none is ever taken back.
    sides: FxHashMap<(u32, Sum), Sides>,
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

/// Invoices of one party and sum: places, newcomers last.
#[derive(Debug, Default)]
struct Sides {
    credits: Vec<u32>,
    billed: Vec<u32>,
}

impl Netting {
    pub fn find(invoices: &Invoices, habits: &Habits) -> Self {
        let mut netting = Self::default();
        let all = || 0..invoices.len();
        for at in all().filter(|at| invoices.amount[*at] < 0) {
            for key in keys(invoices, at) {
                netting.sides.entry(key).or_default().credits.push(narrow(at));
            }
        }
        for at in all().filter(|at| invoices.amount[*at] > 0) {
            for key in keys(invoices, at) {
                if let Some(sides) = netting.sides.get_mut(&key) {
                    sides.billed.push(narrow(at));
                }
            }
        }
        let mut sums: Vec<(u32, Sum)> = netting.sides.keys().copied().collect();
        sums.sort_unstable_by_key(|(party, _)| *party);
        for of_party in sums.chunk_by(|x, y| x.0 == y.0) {
            netting.pair_off(invoices, habits, of_party);
        }
        netting
    }

    /// The credit that took this invoice back, or the invoice that this credit takes back.
    pub fn partner(&self, at: usize) -> Option<usize> {
        self.of.get(&narrow(at)).map(|at| *at as usize)
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        let places = |sides: &Sides| sides.credits.capacity() + sides.billed.capacity();
        self.of.capacity() * (size_of::<(u32, u32)>() + 1)
            + self.sides.capacity() * (size_of::<((u32, Sum), Sides)>() + 1)
            + self.sides.values().map(places).sum::<usize>() * size_of::<u32>()
    }

    /// Lets the last of the invoices in, until [`Self::dismiss`].
    pub fn admit(&mut self, invoices: &Invoices, habits: &Habits, at: usize) {
        let (is_credit, place) = (invoices.amount[at] < 0, narrow(at));
        for key in keys(invoices, at) {
            if is_credit {
                let billed =
                    || Sides { credits: Vec::new(), billed: billed(invoices, habits, key) };
                self.sides.entry(key).or_insert_with(billed).credits.push(place);
            } else if let Some(sides) = self.sides.get_mut(&key) {
                sides.billed.push(place);
            }
        }
        self.pair(invoices, habits, place);
    }

    /// Lets the one go that came last, and finds its partner another; it is still the last of the invoices.
    pub fn dismiss(&mut self, invoices: &Invoices, habits: &Habits, at: usize) {
        let (is_credit, place) = (invoices.amount[at] < 0, narrow(at));
        for key in keys(invoices, at) {
            let Some(sides) = self.sides.get_mut(&key) else { continue };
            let own = if is_credit { &mut sides.credits } else { &mut sides.billed };
            let last = own.pop();
            debug_assert_eq!(last, Some(place), "who came last goes first");
            if sides.credits.is_empty() {
                self.sides.remove(&key);
            }
        }
        if let Some(partner) = self.of.remove(&place) {
            self.of.remove(&partner);
            self.pair(invoices, habits, partner);
        }
    }

    /// Finds a partner for one that has none, another for whom that one leaves, and so on: those of which
    /// [`Self::find`] has them, as no two are left of which each is likelier the other's than its own.
    fn pair(&mut self, invoices: &Invoices, habits: &Habits, without: u32) {
        let mut open = Some(without);
        while let Some(place) = open {
            let couple = |other: u32| Couple::of(invoices, habits, place, other);
            let is_better = |(other, couple): &(u32, Couple)| {
                let own = self.of.get(other);
                own.is_none_or(|own| Couple::of(invoices, habits, *own, *other) > Some(*couple))
            };
            let others = keys(invoices, place as usize).filter_map(|key| self.sides.get(&key));
            let others = others.flat_map(|sides| sides.opposite(invoices, place)).copied();
            let couples = others.filter_map(|other| Some((other, couple(other)?)));
            let Some((other, _)) = couples.filter(is_better).min_by_key(|(_, couple)| *couple)
            else {
                return;
            };
            self.of.insert(place, other);
            open = self.of.insert(other, place);
            if let Some(left) = &open {
                self.of.remove(left);
            }
        }
    }

    /// Pairs off what has the sums of one party.
    fn pair_off(&mut self, invoices: &Invoices, habits: &Habits, sums: &[(u32, Sum)]) {
        let mut couples: Vec<Couple> =
            sums.iter().flat_map(|key| self.sides[key].couples(invoices, habits, key.1)).collect();
        couples.sort_unstable();
        for Couple { credit, invoice, .. } in couples {
            if !self.of.contains_key(&credit) && !self.of.contains_key(&invoice) {
                self.of.insert(credit, invoice);
                self.of.insert(invoice, credit);
            }
        }
    }
}

/// The party of an invoice with each of the sums by which it is found.
fn keys(invoices: &Invoices, at: usize) -> impl Iterator<Item = (u32, Sum)> + use<> {
    let party = invoices.party[at];
    Sum::all_of(invoices, at).map(move |sum| (party, sum))
}

/// All that a party billed over a sum.
fn billed(invoices: &Invoices, habits: &Habits, (party, sum): (u32, Sum)) -> Vec<u32> {
    let has_sum = |place: &u32| {
        let at = *place as usize;
        invoices.amount[at] > 0 && Sum::all_of(invoices, at).any(|own| own == sum)
    };
    match sum {
        Sum::InBooks(amount) => habits.of_amount(party, amount).map(narrow).collect(),
        Sum::Foreign { .. } => habits.members(party).iter().copied().filter(has_sum).collect(),
    }
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
    /// Those that may be partners of one of them.
    fn opposite(&self, invoices: &Invoices, place: u32) -> &[u32] {
        if invoices.amount[place as usize] < 0 { &self.billed } else { &self.credits }
    }

    /// Every credit with every invoice that it may take back.
    fn couples(&self, invoices: &Invoices, habits: &Habits, sum: Sum) -> Vec<Couple> {
        let of_books = |place: u32| invoices.amount[place as usize].unsigned_abs();
        let mut couples = Vec::new();
        for credit in &self.credits {
            for invoice in &self.billed {
                // Of one amount in the books they are found by that.
                let are_found =
                    matches!(sum, Sum::Foreign { .. }) && of_books(*credit) == of_books(*invoice);
                if !are_found {
                    couples.extend(Couple::of(invoices, habits, *credit, *invoice));
                }
            }
        }
        couples
    }
}

/// Returns `true` for amounts in the books that are no farther apart than the rates of two days.
fn are_of_two_rates(amounts: [u64; 2]) -> bool {
    let [one, other] = amounts;
    i128::from(one.abs_diff(other)) * 100 <= i128::from(one.max(other)) * RATES_APART_PERCENT_MAX
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

impl Couple {
    /// Two that share a sum, in either order; none where neither may take the other back.
    fn of(invoices: &Invoices, habits: &Habits, one: u32, other: u32) -> Option<Self> {
        let is_credit = invoices.amount[one as usize] < 0;
        let (credit, invoice) = if is_credit { (one, other) } else { (other, one) };
        let (c, i) = (credit as usize, invoice as usize);
        let after = invoices.invoiced[c] - invoices.invoiced[i];
        let amounts = [c, i].map(|at| invoices.amount[at].unsigned_abs());
        let may_be =
            (-BEFORE_DAYS_MAX..=AFTER_DAYS_MAX).contains(&after) && are_of_two_rates(amounts);
        may_be.then(|| Self {
            naming: Naming::of(invoices, habits, c, i),
            is_at_other_rate: amounts[0] != amounts[1],
            is_dated_before: after < 0,
            days: after.abs(),
            credit,
            invoice,
        })
    }
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
