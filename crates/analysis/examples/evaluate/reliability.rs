//! Whether what is claimed is so: findings by the probability they claim, and the share of them that is
//! true, with its interval.
//!
//! Invariant: a share is a lower bound: what real ledgers hold of duplicates by themselves counts as false,
//! but where somebody has read it and judged it true.

use std::collections::BTreeMap;

use domain::finding::Finding;

use super::measure::share;

/// The suppliers that a finding is about: one or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    Within,
    Across,
}

/// A finding, judged.
#[derive(Debug, Clone)]
pub(crate) struct JudgedFinding<'f> {
    pub(crate) finding: &'f Finding,
    pub(crate) kind: &'f str,
    pub(crate) reach: Reach,
    pub(crate) claimed: f64,
    pub(crate) is_true: bool,
    /// Found as well where nothing was injected.
    pub(crate) is_known: bool,
    /// Of somebody who has read the rows.
    pub(crate) verdict: Option<bool>,
}

/// Findings that claim about the same.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bin {
    pub(crate) findings: usize,
    /// Injected.
    pub(crate) true_ones: usize,
    /// Not injected and found in the ledger as it is.
    pub(crate) known: usize,
    /// Of those, judged to be true by somebody who has read the rows.
    pub(crate) judged_true: usize,
    claimed: f64,
}

/// Bins by what the findings are of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reliability(BTreeMap<(String, usize), Bin>);

/// A share as it may be, with 95% confidence (Wilson 1927).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interval {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// The lower ends of the bins: those above a half, where a person is told that it is likely, then those
/// down to what is not shown.
pub(crate) const BINS: [f64; 10] = [0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.2, 0.08, 0.0005];
/// Bins that claim more than a half.
pub(crate) const LIKELY_BINS: usize = 7;
const LARGE_GROUPS: [&str; 3] = ["all", "within a supplier", "across suppliers"];
/// Fewer findings say nothing of a share.
pub(crate) const JUDGED_MIN: usize = 50;
/// A true share may be so far below what is claimed.
pub(crate) const BELOW_CLAIM_MAX: f64 = 0.15;

impl Bin {
    pub(crate) fn claimed(&self) -> f64 {
        self.claimed / share(self.findings.max(1), 1)
    }

    /// Of all, those injected: what is known for certain.
    pub(crate) fn injected_share(&self) -> f64 {
        share(self.true_ones, self.findings.max(1))
    }

    /// Of all, those injected and those judged true: what nobody has judged counts as false.
    pub(crate) fn true_share(&self) -> f64 {
        share(self.all_true(), self.findings.max(1))
    }

    pub(crate) fn all_true(&self) -> usize {
        self.true_ones + self.judged_true
    }

    /// Returns `true` when less is true than is claimed.
    pub(crate) fn claims_too_much(&self) -> bool {
        self.findings >= JUDGED_MIN && self.true_share() < self.claimed() - BELOW_CLAIM_MAX
    }
}

impl Reliability {
    pub(crate) fn add(&mut self, judged: &JudgedFinding<'_>) {
        let reach = match judged.reach {
            Reach::Within => LARGE_GROUPS[1],
            Reach::Across => LARGE_GROUPS[2],
        };
        let Some(at) = BINS.iter().position(|low| judged.claimed >= *low) else { return };
        for group in [LARGE_GROUPS[0], reach, judged.kind] {
            let bin = self.0.entry((group.to_owned(), at)).or_default();
            bin.findings += 1;
            bin.true_ones += usize::from(judged.is_true);
            bin.known += usize::from(judged.is_known && !judged.is_true);
            bin.judged_true += usize::from(judged.verdict == Some(true) && !judged.is_true);
            bin.claimed += judged.claimed;
        }
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        for (group, bin) in &other.0 {
            let sum = self.0.entry(group.clone()).or_default();
            sum.findings += bin.findings;
            sum.true_ones += bin.true_ones;
            sum.known += bin.known;
            sum.judged_true += bin.judged_true;
            sum.claimed += bin.claimed;
        }
    }

    /// Without single kinds.
    pub(crate) fn of_large_groups(&self) -> Self {
        let is_large = |group: &str| LARGE_GROUPS.contains(&group);
        let bins = self.0.iter().filter(|((group, _), _)| is_large(group));
        Self(bins.map(|(group, bin)| (group.clone(), *bin)).collect())
    }

    /// Group, place in [`BINS`], bin; the three large groups first.
    pub(crate) fn bins(&self) -> impl Iterator<Item = (&str, usize, &Bin)> {
        let mut bins: Vec<_> =
            self.0.iter().map(|((group, at), bin)| (group.as_str(), *at, bin)).collect();
        let order = |group: &str| {
            let place = LARGE_GROUPS.iter().position(|one| *one == group);
            place.unwrap_or(LARGE_GROUPS.len())
        };
        bins.sort_by(|x, y| (order(x.0), x.0, x.1).cmp(&(order(y.0), y.0, y.1)));
        bins.into_iter()
    }
}

impl Interval {
    pub(crate) fn of(hits: usize, all: usize) -> Self {
        const Z: f64 = 1.96;
        if all == 0 {
            return Self { low: 0.0, high: 1.0 };
        }
        let (n, p) = (share(all, 1), share(hits, all));
        let squared = Z * Z;
        let middle = (p + squared / (2.0 * n)) / (1.0 + squared / n);
        let half = Z / (1.0 + squared / n) * (p * (1.0 - p) / n + squared / (4.0 * n * n)).sqrt();
        Self { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}-{:.3}", self.low, self.high)
    }
}
