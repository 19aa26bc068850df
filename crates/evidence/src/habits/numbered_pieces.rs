//! Invoices whose pieces say so by their numbers, and come to them to the penny: `9601` beside `9601-1` and
//! `9601-2`.
//!
//! Not for: sums of numbers that have nothing to do with each other (`joint_bills`).
//!
//! Invariant: an invoice is looked at once, and sums of at most [`PIECES_MAX`] pieces are tried.

use rustc_hash::FxHashMap;

use super::joint_bills::subsets::{Part, by_chance, subset_of, unit};
use super::{Habits, JointBill};
use crate::invoice_number::{InvoiceNumber, pieces};
use crate::invoices::Invoices;

/// An invoice is seldom paid in more pieces; a number with more is that of an order or an account.
const PIECES_MAX: usize = 12;
/// Pieces are dated within so many days of the whole.
const NEAR_DAYS: u32 = 400;
/// By chance more often than this, a sum of numbered pieces means nothing.
const BY_CHANCE_MAX: f64 = 0.01;
/// All pieces of an invoice come to it by chance at most once in so many.
const STEPS_MIN: i64 = 100;
/// So many invoices more than a party has: what is rare stays rare where there are few.
const SHRINKAGE: f64 = 10.0;

/// A party and the plain form of a number.
type NumberKey = (u32, u64);

/// The invoices that have pieces beside them by their numbers.
#[derive(Debug, Default)]
pub struct NumberedPieces {
    /// Those that their pieces come to, each with them, by place.
    pub bills: Vec<(usize, JointBill)>,
    /// The number of invoices of a party that have pieces beside them: what it does again and again
    /// tells little.
    pub with_pieces: FxHashMap<u32, u32>,
}

impl Habits {
    /// The invoices that have pieces beside them.
    pub fn numbered_pieces(&self, invoices: &Invoices) -> NumberedPieces {
        let mut pieces: FxHashMap<NumberKey, Vec<u32>> = FxHashMap::default();
        for at in 0..invoices.len() {
            if let Some(whole) = self.whole_of(invoices, at) {
                let key = (invoices.party[at], whole);
                pieces.entry(key).or_default().push(crate::narrow(at));
            }
        }
        let of = |at: usize| pieces.get(&(invoices.party[at], self.plain(at)));
        let wholes = (0..invoices.len()).filter(|at| invoices.amount[*at] > 0);
        let wholes: Vec<(usize, &Vec<u32>)> = wholes.filter_map(|at| Some((at, of(at)?))).collect();
        let mut with_pieces: FxHashMap<u32, u32> = FxHashMap::default();
        for (whole, _) in &wholes {
            *with_pieces.entry(invoices.party[*whole]).or_default() += 1;
        }
        let joint = |(whole, pieces): (usize, &Vec<u32>)| {
            let others = with_pieces[&invoices.party[whole]] - 1;
            Some((whole, self.bill_of_pieces(invoices, whole, pieces, others)?))
        };
        let bills = wholes.into_iter().filter_map(joint).collect();
        NumberedPieces { bills, with_pieces }
    }

    /// One invoice that its pieces come to, where `others` of its party have pieces beside them, this one
    /// not counted.
    pub fn numbered_bill(
        &self,
        invoices: &Invoices,
        whole: usize,
        others: u32,
    ) -> Option<JointBill> {
        if invoices.amount[whole] <= 0 || self.plain(whole) == 0 {
            return None;
        }
        let pieces = self.pieces_of(invoices, whole);
        self.bill_of_pieces(invoices, whole, &pieces, others)
    }

    /// The invoices that are pieces of one by their numbers.
    pub fn pieces_of(&self, invoices: &Invoices, whole: usize) -> Vec<u32> {
        let is_piece =
            |at: &&u32| self.whole_of(invoices, **at as usize) == Some(self.plain(whole));
        self.members(invoices.party[whole]).iter().filter(is_piece).copied().collect()
    }

    /// The identity of the number that an invoice is a piece of by its own.
    pub fn whole_of(&self, invoices: &Invoices, at: usize) -> Option<u64> {
        if invoices.amount[at] <= 0 || self.plain(at) == 0 {
            return None;
        }
        let whole = pieces::whole_of(invoices.number(at))?;
        Some(crate::text_key(&InvoiceNumber::new(whole).plain))
    }

    fn bill_of_pieces(
        &self,
        invoices: &Invoices,
        whole: usize,
        pieces: &[u32],
        others: u32,
    ) -> Option<JointBill> {
        let members = self.members(invoices.party[whole]).len();
        let usual = (f64::from(others) + 0.5) / (f64::from(crate::narrow(members)) + SHRINKAGE);
        joint_bill(invoices, whole, pieces, usual)
    }
}

fn joint_bill(
    invoices: &Invoices,
    whole: usize,
    pieces: &[u32],
    numbered_usually: f64,
) -> Option<JointBill> {
    let (amount, day) = (invoices.amount[whole], invoices.invoiced[whole]);
    let is_part = |at: &usize| {
        invoices.amount[*at] < amount && invoices.invoiced[*at].abs_diff(day) <= NEAR_DAYS
    };
    let near = pieces.iter().map(|at| *at as usize).filter(|at| *at != whole && is_part(at));
    let mut parts: Vec<Part> = near.map(|at| Part { amount: invoices.amount[at], at }).collect();
    if !(2..=PIECES_MAX).contains(&parts.len()) {
        return None;
    }
    parts.sort_unstable();
    let total: i64 = parts.iter().map(|part| part.amount).sum();
    let (parts, by_chance) = if total == amount {
        // All of them is one sum. Equal or round pieces are cut so on purpose: their common step may say
        // little, and never nothing.
        let step = unit(&parts, amount).min(amount / STEPS_MIN);
        let by_chance = by_chance(1, step, total);
        (parts.iter().map(|part| part.at).collect(), by_chance)
    } else {
        subset_of(&parts, amount, BY_CHANCE_MAX)?
    };
    Some(JointBill { parts, by_chance, numbered_usually: Some(numbered_usually) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoices::Invoice;

    #[test]
    fn pieces_are_found_by_their_numbers() {
        for (name, rows, parts) in [
            ("two", &[("9601-1", 200_000), ("9601-2", 121_011)][..], Some(2)),
            ("halves", &[("9601 1 of 2", 160_506), ("9601 2 of 2", 160_505)], Some(2)),
            (
                "three of four",
                &[("9601A", 1), ("9601B", 200_000), ("9601C", 100_000), ("9601D", 21_011)],
                Some(3),
            ),
            ("other sums", &[("9601-1", 200_000), ("9601-2", 121_012)], None),
            ("other numbers", &[("9602-1", 200_000), ("9602-2", 121_011)], None),
            ("one piece", &[("9601-1", 321_011)], None),
        ] {
            let mut invoices = Invoices::default();
            for (number, cents) in rows.iter().chain([&("9601", 321_011)]) {
                let (amount, stated) = (cents * 100, cents * 100);
                invoices.push(&Invoice { number, amount, stated, ..Invoice::default() });
            }
            let found = Habits::learn(&invoices, 1).numbered_pieces(&invoices).bills;
            let found = found.first().map(|(whole, joint)| (*whole, joint.parts.len()));
            assert_eq!(found, parts.map(|parts| (rows.len(), parts)), "{name}");
        }
    }
}
