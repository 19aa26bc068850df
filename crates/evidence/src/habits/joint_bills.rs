//! Bills over exactly what three earlier invoices of the party come to: a statement that was paid as well.
//!
//! Not for: joint bills of two (`sums`). Of more than three, sums come out by chance too often to tell.
//!
//! Invariant: nothing is searched where so many sums are possible that one comes out by chance now and then;
//! so the search is short, and a busy party is left alone.

use super::Habits;
use crate::invoices::Invoices;

/// A bill and what it joins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointBill {
    /// Places of the parts, by amount.
    pub parts: [usize; 3],
    /// Such sums to be expected by chance for one invoice.
    pub by_chance: f64,
}

/// A statement comes within so many days of what it states.
const NEAR_DAYS: i32 = 45;
/// Of more invoices some three come to almost any amount.
const PARTS_SEEN_MAX: usize = 16;
/// The least step of amounts, in ten-thousandths.
const CENT: i64 = 100;
/// By chance more often than this, most such sums mean nothing.
const BY_CHANCE_MAX: f64 = 0.000_1;

impl Habits {
    /// Three invoices of the party, of the weeks before, whose sum an invoice is to the penny. None as well
    /// where that would say little.
    pub fn joint_bill(&self, invoices: &Invoices, whole: usize) -> Option<JointBill> {
        let amount = invoices.amount[whole];
        let parts = self.possible_parts(invoices, whole)?;
        by_chance(&parts, CENT)?;
        let (i, j, k) = three(&parts, amount)?;
        // Sums of round amounts are round, whatever others there are.
        let unit = [i, j, k].map(|at| parts[at].0).into_iter().fold(amount, common_divisor);
        let by_chance = by_chance(&parts, unit)?;
        let parts = [i, j, k].map(|at| parts[at].1 as usize);
        Some(JointBill { parts, by_chance })
    }

    /// Amounts and places of what an invoice may join, the least first; none when they are too few or many.
    fn possible_parts(&self, invoices: &Invoices, whole: usize) -> Option<Vec<(i64, u32)>> {
        let (party, day) = (invoices.party[whole], invoices.invoiced[whole]);
        let members = self.members(party);
        let from = members
            .partition_point(|at| invoices.invoiced[*at as usize] < day.saturating_sub(NEAR_DAYS));
        let to = members.partition_point(|at| invoices.invoiced[*at as usize] <= day);
        let is_part = |at: &&u32| {
            let amount = invoices.amount[**at as usize];
            **at as usize != whole && amount > 0 && amount < invoices.amount[whole]
        };
        if to - from > PARTS_SEEN_MAX + 1 {
            return None;
        }
        let parts = members[from..to].iter().filter(is_part);
        let mut parts: Vec<(i64, u32)> =
            parts.map(|at| (invoices.amount[*at as usize], *at)).collect();
        parts.sort_unstable();
        (parts.len() >= 3).then_some(parts)
    }
}

/// How many sums of three of these amounts there are, over how many amounts they are spread in steps of a
/// unit; none when a sum would say too little.
#[expect(clippy::cast_precision_loss, reason = "a rate, not an amount")]
fn by_chance(parts: &[(i64, u32)], unit: i64) -> Option<f64> {
    let count = parts.len();
    let sum = |parts: &[(i64, u32)]| -> i64 {
        parts.iter().fold(0, |sum, (amount, _)| sum.saturating_add(*amount))
    };
    let spread = sum(&parts[count - 3..]).saturating_sub(sum(&parts[..3]));
    let sums = count * (count - 1) * (count - 2) / 6;
    let by_chance = sums as f64 * unit as f64 / spread as f64;
    // With a spread of nought it is no number.
    (by_chance <= BY_CHANCE_MAX).then_some(by_chance)
}

fn common_divisor(one: i64, other: i64) -> i64 {
    let (mut one, mut other) = (one, other);
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// Where three stand that come to the whole, of amounts in their order.
fn three(parts: &[(i64, u32)], whole: i64) -> Option<(usize, usize, usize)> {
    for low in 0..parts.len().saturating_sub(2) {
        let (mut middle, mut high) = (low + 1, parts.len() - 1);
        while middle < high {
            let sum = parts[low].0.saturating_add(parts[middle].0).saturating_add(parts[high].0);
            match sum.cmp(&whole) {
                std::cmp::Ordering::Equal => return Some((low, middle, high)),
                std::cmp::Ordering::Less => middle += 1,
                std::cmp::Ordering::Greater => high -= 1,
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoices::Invoice;

    #[test]
    fn three_invoices_of_the_weeks_before_are_found_where_their_sum_tells() {
        let odd = [121_011, 231_527, 98_743, 731_634, 360_976];
        let (many, few): (Vec<i64>, &[i64]) =
            ((0..40).map(|at| 100_003 + at * 977).collect(), &odd);
        for (name, earlier, days_before, whole, is_found) in [
            ("to the penny", few, 10, 451_281, true),
            ("a penny off", few, 10, 451_282, false),
            ("too long before", few, 60, 451_281, false),
            ("round amounts", &[10_000, 20_000, 30_000, 40_000, 50_000][..], 10, 60_000, false),
            ("round beside odd", &[10_000, 20_000, 30_000, 40_000, 51_237][..], 10, 60_000, false),
            ("equal amounts", &[10_000, 10_000, 10_000][..], 10, 30_000, false),
            ("a busy supplier", &many[..], 10, 302_940, false),
        ] {
            let mut invoices = Invoices::default();
            let rows = earlier.iter().map(|cents| (*cents, 20_000 - days_before));
            for (cents, day) in rows.chain([(whole, 20_000)]) {
                let (amount, stated) = (cents * 100, cents * 100);
                invoices.push(&Invoice { amount, stated, invoiced: day, ..Invoice::default() });
            }
            let habits = Habits::learn(&invoices, 1);
            let found = habits.joint_bill(&invoices, earlier.len());
            assert_eq!(found.is_some(), is_found, "{name}: {found:?}");
            let Some(found) = found else { continue };
            let sum: i64 = found.parts.iter().map(|at| invoices.amount[*at]).sum();
            assert_eq!(sum, whole * 100, "{name}");
        }
    }
}
