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

/// The outcome for some invoices.
#[derive(Default)]
struct JointSumsPart {
    joint: Vec<(usize, JointBill)>,
    left_out: SumsLeftOut,
}

impl JointSums<'_> {
    /// Every invoice that others come to, judged; those that say so by their numbers first.
    pub(super) fn execute(&self) -> (Vec<Judgement>, SumsLeftOut) {
        let (invoices, habits) = (self.judge.invoices, self.judge.habits);
        let numbered = habits.numbered_pieces(invoices);
        let mut wholes: Vec<usize> = numbered.iter().map(|(whole, _)| *whole).collect();
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
        let (mut joint, mut left_out) = (numbered, SumsLeftOut::default());
        for part in parallel::of_all(all.div_ceil(WHOLES_AT_ONCE), self.threads, some) {
            joint.extend(part.joint);
            left_out.only_runs += part.left_out.only_runs;
            left_out.not_searched += part.left_out.not_searched;
        }
        self.learn_postings(&mut joint);
        self.learn_standing_charges(&mut joint);
        let is_numbered = |joint: &JointBill| joint.numbered_usually.is_some();
        let mut of_party: FxHashMap<(u32, bool), usize> = FxHashMap::default();
        for (whole, joint) in &joint {
            *of_party.entry((invoices.party[*whole], is_numbered(joint))).or_default() += 1;
        }
        let is_usual = |whole: usize, is_numbered: bool| {
            let party = invoices.party[whole];
            let sums = of_party[&(party, is_numbered)];
            let is_share = sums * NUMBERED_SHARE >= habits.members(party).len();
            sums > OF_A_PARTY_MAX && (is_share || !is_numbered)
        };
        let judged = joint.into_iter().map(|(whole, joint)| {
            let is_usual = is_usual(whole, is_numbered(&joint));
            match self.judge.judge_joint(whole, joint) {
                Judgement::Shown(weighed) if is_usual => {
                    Judgement::Suppressed(weighed, Reason::UsualSums)
                }
                judgement => judgement,
            }
        });
        (judged.collect(), left_out)
    }

    /// Whoever bills the same again and again bills the same sum again: what came in two bills when
    /// somebody moved in comes in one from then on. How often that is so of parties whose amounts come
    /// again as often, all of their sums tell together, each without itself. Second keyings are
    /// as rare at all of them: only what is beyond the sums of parties that bill no amount again is a habit.
    fn learn_standing_charges(&self, joint: &mut [(usize, JointBill)]) {
        let (invoices, habits) = (self.judge.invoices, self.judge.habits);
        let class = |at: usize| {
            let again = habits.comes_again(invoices.party[at]);
            AGAIN.iter().take_while(|from| again >= **from).count()
        };
        let mut of = [0_u32; AGAIN.len() + 1];
        for at in (0..invoices.len()).filter(|at| invoices.amount[*at] > 0) {
            of[class(at)] += 1;
        }
        let is_unsaid = |joint: &JointBill| joint.numbered_usually.is_none();
        let mut sums = [0_u32; AGAIN.len() + 1];
        for (whole, _) in joint.iter().filter(|(_, joint)| is_unsaid(joint)) {
            sums[class(*whole)] += 1;
        }
        let rate = |sums: u32, of: u32| f64::from(sums) / f64::from(of.max(1));
        let usual = rate(sums[0], of[0]);
        for (whole, joint) in joint.iter_mut().filter(|(_, joint)| is_unsaid(joint)) {
            let class = class(*whole);
            if class > 0 {
                let others = rate(sums[class] - 1, of[class]);
                joint.by_chance = joint.by_chance.max(others - usual);
            }
        }
    }

    /// An invoice and its parts of one day may be one posting, shared out. How often a ledger is posted
    /// so, all of them tell together, each without itself.
    fn learn_postings(&self, joint: &mut [(usize, JointBill)]) {
        let invoices = self.judge.invoices;
        let day = |at: usize| (invoices.invoiced[at], invoices.entered[at]);
        let is_posting = |whole: usize, joint: &JointBill| {
            joint.numbered_usually.is_none() && joint.parts.iter().all(|at| day(*at) == day(whole))
        };
        let postings = joint.iter().filter(|(whole, joint)| is_posting(*whole, joint)).count();
        let others = f64::from(crate::narrow(postings.saturating_sub(1)));
        let rate = others / f64::from(crate::narrow(invoices.len().max(1)));
        for (whole, joint) in joint.iter_mut() {
            if is_posting(*whole, joint) {
                joint.by_chance = joint.by_chance.max(rate);
            }
        }
    }
}
