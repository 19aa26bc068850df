//! Credits against what they credit: one to one, the same party, opposite amounts, closest in time.
//!
//! Invariant: a credit nets one invoice, and an invoice is netted by one credit.

use rustc_hash::FxHashMap;

use crate::habits::Habits;
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

    fn pair_off(&mut self, invoices: &Invoices, habits: &Habits, credits: &[u32], billed: &[u32]) {
        // All possible couples, the likeliest first.
        let mut couples: Vec<(u8, i32, u32, u32)> = Vec::new();
        for credit in credits {
            for invoice in billed {
                let (c, i) = (*credit as usize, *invoice as usize);
                let after = invoices.invoiced[c] - invoices.invoiced[i];
                let same_number = habits.plain(c) == habits.plain(i);
                if !(-BEFORE_DAYS_MAX..=AFTER_DAYS_MAX).contains(&after) {
                    continue;
                }
                couples.push((
                    u8::from(!same_number),
                    after.abs() * 2 + i32::from(after < 0),
                    *credit,
                    *invoice,
                ));
            }
        }
        couples.sort_unstable();
        for (_, _, credit, invoice) in couples {
            if !self.of.contains_key(&credit) && !self.of.contains_key(&invoice) {
                self.of.insert(credit, invoice);
                self.of.insert(invoice, credit);
            }
        }
    }
}
