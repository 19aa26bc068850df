//! Invoices whose pieces say so by their numbers, and come to them to the penny: `9601` beside `9601-1` and
//! `9601-2`, or beside `9601` three times over less.
//!
//! Not for: sums of numbers that have nothing to do with each other (`joint_bills`).
//!
//! Invariant: an invoice is looked at once, and sums of at most [`PIECES_MAX`] pieces are tried.

use rustc_hash::FxHashMap;

use super::joint_bills::subsets::{Part, by_chance, subset_of, unit};
use super::{Habits, JointBill};
use crate::invoice_number::{InvoiceNumber, pieces, stands_for_day};
use crate::invoices::Invoices;

/// An invoice is seldom paid in more pieces; a number with more is that of an order or an account.
const PIECES_MAX: usize = 12;
/// Two pieces and the whole at least bear one number; of more invoices it is an account's.
const NAMESAKES: std::ops::RangeInclusive<u32> = 3..=24;
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
        let mut namesakes: FxHashMap<NumberKey, Vec<u32>> = FxHashMap::default();
        for at in (0..invoices.len()).filter(|at| self.has_namesakes(invoices, *at)) {
            let key = (invoices.party[at], self.plain(at));
            namesakes.entry(key).or_default().push(crate::narrow(at));
        }
        let of = |at: usize| -> Vec<u32> {
            let key = (invoices.party[at], self.plain(at));
            let numbered = pieces.get(&key).into_iter().flatten().copied();
            let namesakes = namesakes.get(&key).into_iter().flatten().copied();
            numbered.chain(lesser(invoices, at, namesakes)).collect()
        };
        let wholes = (0..invoices.len()).filter(|at| invoices.amount[*at] > 0);
        let wholes: Vec<(usize, Vec<u32>)> =
            wholes.map(|at| (at, of(at))).filter(|(_, pieces)| !pieces.is_empty()).collect();
        let mut with_pieces: FxHashMap<u32, u32> = FxHashMap::default();
        for (whole, _) in &wholes {
            *with_pieces.entry(invoices.party[*whole]).or_default() += 1;
        }
        let joint = |(whole, pieces): (usize, Vec<u32>)| {
            let others = with_pieces[&invoices.party[whole]] - 1;
            Some((whole, self.bill_of_pieces(invoices, whole, &pieces, others)?))
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

    /// Returns `true` when an invoice has pieces beside it by their numbers, another left out.
    pub fn has_pieces(&self, invoices: &Invoices, whole: usize, without: usize) -> bool {
        let is_other = |at: &&u32| **at as usize != without;
        let members = || self.members(invoices.party[whole]).iter().filter(is_other).copied();
        let is_piece = |at: u32| self.whole_of(invoices, at as usize) == Some(self.plain(whole));
        members().any(is_piece) || !self.lesser_namesakes(invoices, whole, members()).is_empty()
    }

    /// The invoices that are pieces of one by their numbers.
    fn pieces_of(&self, invoices: &Invoices, whole: usize) -> Vec<u32> {
        let members = || self.members(invoices.party[whole]).iter().copied();
        let is_piece = |at: &u32| self.whole_of(invoices, *at as usize) == Some(self.plain(whole));
        let namesakes = self.lesser_namesakes(invoices, whole, members());
        members().filter(is_piece).chain(namesakes).collect()
    }

    /// Those of some invoices of its party that bear the number of one, and are over less.
    fn lesser_namesakes(
        &self,
        invoices: &Invoices,
        whole: usize,
        of: impl Iterator<Item = u32>,
    ) -> Vec<u32> {
        if !self.has_namesakes(invoices, whole) {
            return Vec::new();
        }
        let bears_it = |at: &u32| self.plain(*at as usize) == self.plain(whole);
        lesser(invoices, whole, of.filter(bears_it))
    }

    /// Returns `true` when as many invoices of its party bear the number of one as a whole and its
    /// pieces are, and the number is not that of a day.
    pub fn has_namesakes(&self, invoices: &Invoices, at: usize) -> bool {
        invoices.amount[at] > 0
            && self.plain(at) != 0
            && NAMESAKES.contains(&self.number_used(at))
            && !is_day(invoices, at)
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
        let joint = joint_bill(invoices, whole, pieces, usual)?;
        // What is billed again beside the pieces is a price, and a whole may be so many of it.
        let is_price = |at: &usize| {
            let of_amount = |other: &&usize| invoices.amount[**other] == invoices.amount[*at];
            let pieces = joint.parts.iter().filter(of_amount).count();
            self.recurrence(invoices, *at).count as usize > pieces + 1
        };
        if joint.parts.iter().any(is_price) { None } else { Some(joint) }
    }
}

/// Returns `true` when an invoice bears its day for want of a number, as others of that day do.
fn is_day(invoices: &Invoices, at: usize) -> bool {
    stands_for_day(&InvoiceNumber::new(invoices.number(at)).plain, invoices.invoiced[at])
}

/// Of invoices that bear one number those over less than one of them; a single one is no piece.
fn lesser(invoices: &Invoices, whole: usize, namesakes: impl Iterator<Item = u32>) -> Vec<u32> {
    let amount = |at: u32| invoices.amount[at as usize];
    let is_lesser = |at: &u32| (1..invoices.amount[whole]).contains(&amount(*at));
    let lesser: Vec<u32> = namesakes.filter(is_lesser).collect();
    if lesser.len() < 2 { Vec::new() } else { lesser }
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
    fn invoices_that_bear_their_day_are_no_pieces() {
        // 1 June 2012, as spreadsheets count days.
        for (number, invoiced, is_found) in
            [("41061", 15_492, false), ("41061", 15_520, false), ("41061", 16_500, true)]
        {
            let mut invoices = Invoices::default();
            for amount in [205_150_000, 128_540_000, 76_610_000] {
                let invoice =
                    Invoice { number, amount, stated: amount, invoiced, ..Invoice::default() };
                invoices.push(&invoice);
            }
            let found = Habits::learn(&invoices, 1).numbered_pieces(&invoices).bills;
            assert_eq!(!found.is_empty(), is_found, "{number} {invoiced}");
        }
    }

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
            ("one number", &[("9601", 200_000), ("9601", 100_000), ("9601", 21_011)], Some(3)),
            ("one number, two pieces", &[("9601", 200_000), ("9601", 121_011)], Some(2)),
            ("one number, other sums", &[("9601", 200_000), ("9601", 121_012)], None),
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
