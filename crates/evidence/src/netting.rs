//! Credits against what they credit: one to one, the same party, opposite amounts; the invoice whose number
//! the credit names, else the nearest that came before it.
//!
//! Invariant: a credit nets one invoice, and an invoice is netted by one credit: of three bills and one
//! credit two are left.

use rustc_hash::FxHashMap;

use crate::habits::Habits;
use crate::invoice_number::segments;
use crate::invoices::Invoices;

/// A credit comes at most so long after what it credits.
const AFTER_DAYS_MAX: i32 = 400;
/// A reversal may be dated a little before what it reverses.
const BEFORE_DAYS_MAX: i32 = 31;

/// The invoices that credits took back, each with its credit.
#[derive(Debug, Default)]
pub struct Netting {
    of: FxHashMap<u32, u32>,
}

impl Netting {
    pub fn find(invoices: &Invoices, habits: &Habits) -> Self {
        let mut credits: FxHashMap<(u32, i64), Vec<u32>> = FxHashMap::default();
        for at in 0..invoices.len() {
            if invoices.amount[at] < 0 {
                let key = (invoices.party[at], -invoices.amount[at]);
                credits.entry(key).or_default().push(crate::narrow(at));
            }
        }
        let mut billed: FxHashMap<(u32, i64), Vec<u32>> = FxHashMap::default();
        for at in 0..invoices.len() {
            let key = (invoices.party[at], invoices.amount[at]);
            if credits.contains_key(&key) {
                billed.entry(key).or_default().push(crate::narrow(at));
            }
        }
        let mut netting = Self::default();
        for (key, credits) in &credits {
            if let Some(billed) = billed.get(key) {
                netting.pair_off(invoices, habits, credits, billed);
            }
        }
        netting
    }

    /// The credit that took this invoice back, or the invoice that this credit takes back.
    pub fn partner(&self, at: usize) -> Option<usize> {
        self.of.get(&crate::narrow(at)).map(|at| *at as usize)
    }

    /// Pairs the credits and the invoices of one party and amount anew, as one of them has come or gone.
    pub fn renew(&mut self, invoices: &Invoices, habits: &Habits, party: u32, amount: i64) {
        let of = |amount: i64| habits.of_amount(party, amount).map(crate::narrow).collect();
        let (credits, billed): (Vec<u32>, Vec<u32>) = (of(-amount.abs()), of(amount.abs()));
        if amount == 0 {
            return;
        }
        for at in credits.iter().chain(&billed) {
            self.of.remove(at);
        }
        self.pair_off(invoices, habits, &credits, &billed);
    }

    /// Forgets an invoice that is about to go; [`Self::renew`] finds its partner another.
    pub fn forget(&mut self, at: usize) {
        self.of.remove(&crate::narrow(at));
    }

    fn pair_off(&mut self, invoices: &Invoices, habits: &Habits, credits: &[u32], billed: &[u32]) {
        let mut couples: Vec<Couple> = Vec::new();
        for credit in credits {
            for invoice in billed {
                let (c, i) = (*credit as usize, *invoice as usize);
                let after = invoices.invoiced[c] - invoices.invoiced[i];
                if !(-BEFORE_DAYS_MAX..=AFTER_DAYS_MAX).contains(&after) {
                    continue;
                }
                couples.push(Couple {
                    naming: Naming::of(invoices, habits, c, i),
                    is_dated_before: after < 0,
                    days: after.abs(),
                    credit: *credit,
                    invoice: *invoice,
                });
            }
        }
        couples.sort_unstable();
        for Couple { credit, invoice, .. } in couples {
            if !self.of.contains_key(&credit) && !self.of.contains_key(&invoice) {
                self.of.insert(credit, invoice);
                self.of.insert(invoice, credit);
            }
        }
    }
}

/// A credit and what it may take back; the likeliest come first in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Couple {
    naming: Naming,
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
