//! Invoices that others come to, looked for all over the ledger.
//!
//! Not for: which sums tell anything (`habits`).
//!
//! Invariant: where sums come out at one party again and again, or on one day all over the ledger,
//! they are how it is billed or posted, and no finding.

use std::sync::atomic::{AtomicBool, Ordering};

use rustc_hash::FxHashMap;

use super::{Judge, Judgement, Reason};
use crate::habits::{JointBill, JointSearch};
use crate::parallel;

/// Invoices that are looked at in turn for being the sum of others.
const WHOLES_AT_ONCE: usize = 4_096;
/// Of one party, more invoices that are the sums of others are how it bills.
const OF_A_PARTY_MAX: usize = 3;
/// Pieces that say so by their numbers are no chance: they are how it bills from one in so many invoices on.
const NUMBERED_SHARE: usize = 20;

/// Parties by the share of their invoices whose amount comes again: the least of each class but the first.
const AGAIN: [f64; 3] = [0.1, 0.25, 0.5];

/// Invoices that were not, or not fully, looked at for being the sum of others, as they have too many near
/// them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SumsLeftOut {
    /// Only runs of neighbours were tried.
    pub only_runs: u64,
    pub not_searched: u64,
}

/// A search for invoices that others come to.
#[derive(Debug)]
pub(super) struct JointSums<'a> {
    pub(super) judge: Judge<'a>,
    pub(super) threads: usize,
    pub(super) stop: &'a AtomicBool,
}

/// The sums that there are in a ledger, as far as they bear on one more.
#[derive(Debug, Default)]
pub(super) struct UsualSums {
    of_party: FxHashMap<SumsOf, usize>,
    with_pieces: FxHashMap<u32, u32>,
    postings: usize,
    standing: StandingCharges,
}

/// A party, and whether the sums say so by their numbers.
type SumsOf = (u32, bool);

/// Invoices, and sums that no number says, by the class of their party.
#[derive(Debug, Default)]
struct StandingCharges {
    of: [u32; AGAIN.len() + 1],
    sums: [u32; AGAIN.len() + 1],
}

/// All sums of a ledger.
struct FoundSums {
    joint: Vec<(usize, JointBill)>,
    with_pieces: FxHashMap<u32, u32>,
    left_out: SumsLeftOut,
}

/// The outcome for some invoices.
#[derive(Default)]
struct JointSumsPart {
    joint: Vec<(usize, JointBill)>,
    left_out: SumsLeftOut,
}

impl JointSums<'_> {
    /// Every invoice that others come to, judged; those that say so by their numbers first.
    pub(super) fn execute(&self) -> (Vec<Judgement>, SumsLeftOut) {
        let FoundSums { mut joint, left_out, .. } = self.find();
        self.learn_postings(&mut joint);
        self.learn_standing_charges(&mut joint);
        let of_party = self.by_party(&joint);
        let judged = joint.into_iter().map(|(whole, joint)| {
            let of_party = of_party[&sums_of(self.judge, whole, &joint)];
            judge_sum(self.judge, whole, joint, of_party)
        });
        (judged.collect(), left_out)
    }

    /// The sums that there are already, as far as they bear on one more.
    pub(super) fn usual(&self) -> UsualSums {
        let FoundSums { joint, with_pieces, .. } = self.find();
        UsualSums {
            of_party: self.by_party(&joint),
            with_pieces,
            postings: self.postings(&joint),
            standing: self.standing_charges(&joint),
        }
    }

    fn by_party(&self, joint: &[(usize, JointBill)]) -> FxHashMap<SumsOf, usize> {
        let mut of_party: FxHashMap<SumsOf, usize> = FxHashMap::default();
        for (whole, joint) in joint {
            *of_party.entry(sums_of(self.judge, *whole, joint)).or_default() += 1;
        }
        of_party
    }

    fn find(&self) -> FoundSums {
        let (invoices, habits) = (self.judge.invoices, self.judge.habits);
        let numbered = habits.numbered_pieces(invoices);
        let mut wholes: Vec<usize> = numbered.bills.iter().map(|(whole, _)| *whole).collect();
        wholes.sort_unstable();
        let all = invoices.len();
        let some = |part: usize| {
            let mut searched = JointSumsPart::default();
            if self.stop.load(Ordering::Relaxed) {
                return searched;
            }
            let from = part * WHOLES_AT_ONCE;
            for whole in from..all.min(from + WHOLES_AT_ONCE) {
                if wholes.binary_search(&whole).is_ok() {
                    continue;
                }
                match habits.joint_bill(invoices, whole) {
                    JointSearch::Found(joint) => searched.joint.push((whole, joint)),
                    JointSearch::Nothing => {}
                    JointSearch::OnlyRuns => searched.left_out.only_runs += 1,
                    JointSearch::NotSearched => searched.left_out.not_searched += 1,
                }
            }
            searched
        };
        let (mut joint, mut left_out) = (numbered.bills, SumsLeftOut::default());
        for part in parallel::of_all(all.div_ceil(WHOLES_AT_ONCE), self.threads, some) {
            joint.extend(part.joint);
            left_out.only_runs += part.left_out.only_runs;
            left_out.not_searched += part.left_out.not_searched;
        }
        FoundSums { joint, with_pieces: numbered.with_pieces, left_out }
    }

    /// Whoever bills the same again and again bills the same sum again: what came in two bills when
    /// somebody moved in comes in one from then on. How often that is so of parties whose amounts come
    /// again as often, all of their sums tell together, each without itself. Second keyings are
    /// as rare at all of them: only what is beyond the sums of parties that bill no amount again is a habit.
    fn learn_standing_charges(&self, joint: &mut [(usize, JointBill)]) {
        let standing = self.standing_charges(joint);
        for (whole, joint) in joint.iter_mut().filter(|(_, joint)| !is_numbered(joint)) {
            let class = class(self.judge, *whole);
            joint.by_chance = joint.by_chance.max(standing.habit(class, standing.sums[class] - 1));
        }
    }

    fn standing_charges(&self, joint: &[(usize, JointBill)]) -> StandingCharges {
        let mut standing = StandingCharges::default();
        let invoices = self.judge.invoices;
        for at in (0..invoices.len()).filter(|at| invoices.amount[*at] > 0) {
            standing.of[class(self.judge, at)] += 1;
        }
        for (whole, _) in joint.iter().filter(|(_, joint)| !is_numbered(joint)) {
            standing.sums[class(self.judge, *whole)] += 1;
        }
        standing
    }

    /// An invoice and its parts of one day may be one posting, shared out. How often a ledger is posted
    /// so, all of them tell together, each without itself.
    fn learn_postings(&self, joint: &mut [(usize, JointBill)]) {
        let postings = self.postings(joint);
        let rate = posting_rate(self.judge, postings.saturating_sub(1));
        for (whole, joint) in joint.iter_mut() {
            if is_posting(self.judge, *whole, joint) {
                joint.by_chance = joint.by_chance.max(rate);
            }
        }
    }

    fn postings(&self, joint: &[(usize, JointBill)]) -> usize {
        joint.iter().filter(|(whole, joint)| is_posting(self.judge, *whole, joint)).count()
    }
}

impl UsualSums {
    /// A sum that one more invoice makes, or is part of, judged beside those that there are.
    pub(super) fn judge(&self, judge: Judge<'_>, whole: usize, mut joint: JointBill) -> Judgement {
        if is_posting(judge, whole, &joint) {
            joint.by_chance = joint.by_chance.max(posting_rate(judge, self.postings));
        }
        if !is_numbered(&joint) {
            let class = class(judge, whole);
            let habit = self.standing.habit(class, self.standing.sums[class]);
            joint.by_chance = joint.by_chance.max(habit);
        }
        let others = self.of_party.get(&sums_of(judge, whole, &joint)).copied().unwrap_or(0);
        judge_sum(judge, whole, joint, others + 1)
    }

    /// The invoices of a party that have pieces beside them.
    pub(super) fn with_pieces(&self, party: u32) -> u32 {
        self.with_pieces.get(&party).copied().unwrap_or(0)
    }
}

impl StandingCharges {
    /// The share of sums that are a habit in a class, by so many others; none where no amount comes again.
    fn habit(&self, class: usize, others: u32) -> f64 {
        if class == 0 {
            return 0.0;
        }
        let rate = |sums: u32, of: u32| f64::from(sums) / f64::from(of.max(1));
        (rate(others, self.of[class]) - rate(self.sums[0], self.of[0])).max(0.0)
    }
}

/// A sum, of so many of its party and sort.
fn judge_sum(judge: Judge<'_>, whole: usize, joint: JointBill, sums: usize) -> Judgement {
    let (party, is_numbered) = sums_of(judge, whole, &joint);
    let is_share = sums * NUMBERED_SHARE >= judge.habits.members(party).len();
    let is_usual = sums > OF_A_PARTY_MAX && (is_share || !is_numbered);
    match judge.judge_joint(whole, joint) {
        Judgement::Shown(weighed) if is_usual => Judgement::Suppressed(weighed, Reason::UsualSums),
        judgement => judgement,
    }
}

fn sums_of(judge: Judge<'_>, whole: usize, joint: &JointBill) -> SumsOf {
    (judge.invoices.party[whole], is_numbered(joint))
}

/// Returns `true` when the numbers of the parts say that they are parts.
const fn is_numbered(joint: &JointBill) -> bool {
    joint.numbered_usually.is_some()
}

/// The class of an invoice's party, by how often its amounts come again.
fn class(judge: Judge<'_>, at: usize) -> usize {
    let again = judge.habits.comes_again(judge.invoices.party[at]);
    AGAIN.iter().take_while(|from| again >= **from).count()
}

/// Returns `true` when an invoice and its parts may be one posting, as all are of one day.
fn is_posting(judge: Judge<'_>, whole: usize, joint: &JointBill) -> bool {
    let day = |at: usize| (judge.invoices.invoiced[at], judge.invoices.entered[at]);
    joint.numbered_usually.is_none() && joint.parts.iter().all(|at| day(*at) == day(whole))
}

/// The rate of postings that are shared out, by so many others.
fn posting_rate(judge: Judge<'_>, others: usize) -> f64 {
    f64::from(crate::narrow(others)) / f64::from(crate::narrow(judge.invoices.len().max(1)))
}
