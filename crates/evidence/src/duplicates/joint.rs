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
        let mut of_party: FxHashMap<u32, usize> = FxHashMap::default();
        for (whole, _) in &joint {
            *of_party.entry(invoices.party[*whole]).or_default() += 1;
        }
        let judged = joint.into_iter().map(|(whole, joint)| {
            let is_usual = of_party[&invoices.party[whole]] > OF_A_PARTY_MAX;
            match self.judge.judge_joint(whole, joint) {
                Judgement::Shown(weighed) if is_usual => {
                    Judgement::Suppressed(weighed, Reason::UsualSums)
                }
                judgement => judgement,
            }
        });
        (judged.collect(), left_out)
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
