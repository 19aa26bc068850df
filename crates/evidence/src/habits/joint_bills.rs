//! Bills over exactly what several others of the party come to: a statement that was paid beside its
//! invoices, or an invoice that was paid once more in pieces.
//!
//! Not for: joint bills of two that are compared anyhow (`sums`), pieces that say so by their numbers
//! (`numbered_pieces`).
//!
//! Invariant: nothing is searched where so many sums are possible that one comes out by chance now and then;
//! so a search is short, and whoever is left out is counted.

pub(super) mod subsets;

use super::{Habits, Recurrence};
use crate::invoices::Invoices;

use subsets::{Part, run_of, subset_of};

/// A bill and what it comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct JointBill {
    /// Places of the parts, by amount, the least first.
    pub parts: Vec<usize>,
    /// Such sums to be expected by chance for one invoice.
    pub by_chance: f64,
    /// Where the numbers of the parts are that of the whole with the mark of a piece behind: how many
    /// invoices of the party have such pieces beside them.
    pub numbered_usually: Option<f64>,
}

/// The outcome of a search for the parts of one invoice.
#[derive(Debug, Clone, PartialEq)]
pub enum JointSearch {
    Found(JointBill),
    Nothing,
    /// Nothing, and of so many invoices near it only runs of neighbours were tried.
    OnlyRuns,
    /// There are too many invoices near it to try any.
    NotSearched,
}

/// A statement comes within so many days of what it states, and pieces of what they are pieces of.
const NEAR_DAYS: i32 = 45;
/// Of more invoices some few come to almost any amount.
const PARTS_SEEN_MAX: usize = 16;
/// Of more neighbours some run comes to almost any amount.
const RUN_SEEN_MAX: usize = 64;
/// Of invoices, to stand beside what they were shared out to on the same day, by judgement: rent and service
/// charge of one quarter, the parts of a grant.
const SHARED_OUT: f64 = 1.0 / 5_000.0;
/// An amount of so many invoices of a party is a price: one more than those that are keyed twice.
const PRICE_MIN: u32 = 3;
/// Bills of one size differ by a quarter of it at most, and so many of them tell when the next is due.
const OF_SIZE: i64 = 4;
const BILLS_OF_SIZE_MIN: usize = 5;
/// By chance more often than this, most such sums mean nothing.
const BY_CHANCE_MAX: f64 = 0.000_1;

impl Habits {
    /// Invoices of the party, of the weeks before or after, whose sum an invoice is to the penny: up to
    /// `subsets::PARTS_MAX` of few, or a run of neighbours. Nothing as well where that would say little.
    pub fn joint_bill(&self, invoices: &Invoices, whole: usize) -> JointSearch {
        let (amount, day) = (invoices.amount[whole], invoices.invoiced[whole]);
        // What is billed again is a standing charge, whatever else comes to it.
        if amount <= 0 || self.recurrence(invoices, whole).count > 1 {
            return JointSearch::Nothing;
        }
        let before = self.near(invoices, whole, (day.saturating_sub(NEAR_DAYS), day));
        // What is of its own day stands in the weeks before already.
        let after = self.near(invoices, whole, (day + 1, day.saturating_add(NEAR_DAYS)));
        let mut missed = JointSearch::Nothing;
        for near in [before, after] {
            if near.len() > RUN_SEEN_MAX {
                missed = JointSearch::NotSearched;
                continue;
            }
            let parts = self.parts(invoices, near, whole);
            let found = if near.len() > PARTS_SEEN_MAX {
                if missed == JointSearch::Nothing {
                    missed = JointSearch::OnlyRuns;
                }
                run_of(&parts, amount, BY_CHANCE_MAX)
            } else {
                subset_of(&parts, amount, BY_CHANCE_MAX)
                    .or_else(|| run_of(&parts, amount, BY_CHANCE_MAX))
            };
            if let Some((parts, by_chance)) = found {
                if self.is_due(invoices, whole) {
                    return JointSearch::Nothing;
                }
                let by_chance = by_chance.max(split(invoices, whole, &parts));
                return JointSearch::Found(JointBill { parts, by_chance, numbered_usually: None });
            }
        }
        missed
    }

    /// Returns `true` when one of two invoices is what the other and a third of the party come to, and is
    /// billed no other time: else it is a standing charge, whatever else comes to it.
    pub fn is_joint_of_two(&self, invoices: &Invoices, a: usize, b: usize) -> bool {
        let whole = if invoices.amount[a] > invoices.amount[b] { a } else { b };
        self.third(invoices, a, b).is_some() && self.recurrence(invoices, whole).count <= 1
    }

    /// Returns `true` when bills of about the size of an invoice come on a schedule, and it is the one that
    /// was due: the next of a home, which comes to the last and what somebody new was billed apart.
    fn is_due(&self, invoices: &Invoices, whole: usize) -> bool {
        let (amount, day) = (invoices.amount[whole], invoices.invoiced[whole]);
        let sizes = amount - amount / OF_SIZE..=amount.saturating_add(amount / OF_SIZE);
        let members = self.members(invoices.party[whole]).iter().map(|at| *at as usize);
        let others = members.filter(|at| *at != whole && sizes.contains(&invoices.amount[*at]));
        let mut days: Vec<i32> = others.map(|at| invoices.invoiced[at]).collect();
        if days.len() < BILLS_OF_SIZE_MIN {
            return false;
        }
        let nearest = days.iter().map(|other| day.abs_diff(*other)).min().unwrap_or(0);
        days.insert(days.partition_point(|other| *other < day), day);
        let schedule = Recurrence::of_days(&days);
        schedule.is_schedule() && nearest * 2 >= schedule.middle_gap.unsigned_abs()
    }

    /// The invoices that may be added up to another, by day. An amount that the party bills again is
    /// a price, and sums of prices are prices again.
    fn parts(&self, invoices: &Invoices, near: &[u32], whole: usize) -> Vec<Part> {
        let amount = |at: usize| invoices.amount[at];
        let is_part = |at: &usize| {
            *at != whole
                && amount(*at) > 0
                && amount(*at) < amount(whole)
                && self.recurrence(invoices, *at).count < PRICE_MIN
        };
        let near = near.iter().map(|at| *at as usize).filter(is_part);
        near.map(|at| Part { amount: amount(at), at }).collect()
    }

    /// The invoices of the party of whole from one day to another, by day.
    fn near(&self, invoices: &Invoices, whole: usize, (from, to): (i32, i32)) -> &[u32] {
        let members = self.members(invoices.party[whole]);
        let day = |at: &u32| invoices.invoiced[*at as usize];
        let from = members.partition_point(|at| day(at) < from);
        let to = members.partition_point(|at| day(at) <= to);
        &members[from..to.max(from)]
    }
}

/// The rate at which an invoice and its parts are one posting, shared out: none, unless all are of one day.
fn split(invoices: &Invoices, whole: usize, parts: &[usize]) -> f64 {
    let day = |at: usize| (invoices.invoiced[at], invoices.entered[at]);
    let is_of_day = parts.iter().all(|at| day(*at) == day(whole));
    if is_of_day { SHARED_OUT } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoices::Invoice;

    /// Invoices of one party by their cents and days, and then the whole.
    fn search(rows: &[(i64, i32)], whole: (i64, i32)) -> (JointSearch, Invoices) {
        let mut invoices = Invoices::default();
        for (cents, day) in rows.iter().chain([&whole]) {
            let (amount, stated) = (cents * 100, cents * 100);
            invoices.push(&Invoice { amount, stated, invoiced: *day, ..Invoice::default() });
        }
        let habits = Habits::learn(&invoices, 1);
        (habits.joint_bill(&invoices, rows.len()), invoices)
    }

    #[test]
    fn parts_are_found_where_their_sum_tells() {
        let odd = [121_013, 231_527, 98_743, 731_634, 360_976];
        let many: Vec<i64> = (0..40).map(|at| 100_003 + at * 977).collect();
        let round = [10_000, 20_000, 30_000, 40_000, 50_000];
        for (name, others, days, whole, parts) in [
            ("of three", &odd[..], -10, 451_283, Some(3)),
            ("of two", &odd, -10, 219_756, Some(2)),
            ("of four", &odd, -10, 812_259, Some(4)),
            ("of all", &odd, -10, 1_543_893, Some(5)),
            ("paid afterwards", &odd, 10, 451_283, Some(3)),
            ("a penny off", &odd, -10, 451_284, None),
            ("too long before", &odd, -60, 451_283, None),
            ("too long after", &odd, 60, 451_283, None),
            ("round amounts", &round, -10, 60_000, None),
            ("round beside odd", &[10_000, 20_000, 30_000, 40_000, 51_237], -10, 60_000, None),
            ("equal amounts", &[10_000, 10_000, 10_000], -10, 30_000, None),
            ("some of a busy supplier", &many, -10, 302_940, None),
        ] {
            let rows: Vec<(i64, i32)> =
                others.iter().map(|cents| (*cents, 20_000 + days)).collect();
            let (found, invoices) = search(&rows, (whole, 20_000));
            let found = if let JointSearch::Found(found) = found { Some(found) } else { None };
            assert_eq!(found.as_ref().map(|joint| joint.parts.len()), parts, "{name}: {found:?}");
            let Some(found) = found else { continue };
            let sum: i64 = found.parts.iter().map(|at| invoices.amount[*at]).sum();
            assert_eq!(sum, whole * 100, "{name}");
        }
    }

    /// A statement lists what was billed from one day to another.
    #[test]
    fn a_run_of_many_neighbours_is_found_and_what_is_not_tried_is_said() {
        let cents = |at: i64| 1_000_003 + at * at * 7_919 + at * 104_729;
        let rows: Vec<(i64, i32)> =
            (0..24).map(|at| (cents(at), 19_970 + i32::try_from(at).unwrap())).collect();
        let whole: i64 = (8..20).map(cents).sum();
        let (found, _) = search(&rows, (whole, 20_000));
        let JointSearch::Found(found) = found else { panic!("{found:?}") };
        assert_eq!(found.parts.len(), 12);
        assert_eq!(search(&rows, (whole + 1, 20_000)).0, JointSearch::OnlyRuns);
        let busy: Vec<(i64, i32)> = (0..90).map(|at| (cents(at), 19_990)).collect();
        assert_eq!(search(&busy, (whole, 20_000)).0, JointSearch::NotSearched);
    }

    #[test]
    fn an_amount_that_is_billed_again_is_no_statement() {
        let odd = [(121_013, 19_990), (231_527, 19_990), (98_743, 19_990)];
        assert!(matches!(search(&odd, (451_283, 20_000)).0, JointSearch::Found(_)));
        let again = [&odd[..], &[(451_283, 20_120)]].concat();
        assert_eq!(search(&again, (451_283, 20_000)).0, JointSearch::Nothing);
    }
}
