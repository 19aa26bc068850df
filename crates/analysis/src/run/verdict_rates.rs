//! Probabilities by what people of the unit decided: of a check without measured weights, how many of its
//! findings they confirmed; of one with them, how far those claimed too much or too little.
//!
//! Each kind is drawn towards the other kinds of its check, as a beta distribution is by its prior: few
//! verdicts on it move it little, many leave nothing of the others.
//!
//! Not for: verdicts that speak for single rows or suppliers, which take findings out.
//!
//! Invariant: a few verdicts say nothing, and none moves a probability by more than a bound; what the
//! evidence alone gives is kept, so that what was learnt is never learnt from again; nobody learns of a
//! finding from the verdict on it, and a kind that people dismiss never rises by what they say of others.

use std::collections::{BTreeMap, BTreeSet};

use domain::finding::{
    Evidence, Finding, FindingKey, ProbabilityBasis, VerdictTally, percent_words,
};

use super::draft::{self, rounded};

/// The number of verdicts on one check that tell how often it is true.
const VERDICTS_MIN: u64 = 20;
/// And so many on one sort at one supplier: there each is of the same habit.
const PATTERN_VERDICTS_MIN: u64 = 3;
/// The number of verdicts as the evidence claims that stand beside those of people.
const DOUBT: f64 = 5.0;
/// Beside those on a single supplier, fewer.
const PATTERN_DOUBT: f64 = 2.0;
/// The probability as which an unmeasured finding ranks (`Finding::gravity`).
const UNMEASURED: f64 = 0.5;
/// Eight times the odds, or an eighth: more is for evidence to say.
const SHIFT_BITS_MAX: f64 = 3.0;

/// The verdicts of a unit by what they are on.
#[derive(Debug, Clone, Default)]
pub(crate) struct VerdictRates {
    by_check: BTreeMap<String, Tally>,
    by_kind: BTreeMap<(String, String), Tally>,
    by_pattern: BTreeMap<String, Tally>,
    /// The part of each finding in them.
    own: BTreeMap<FindingKey, VerdictTally>,
    /// The sorts of whose findings not all had a probability: none of these is among the claiming.
    unclaimed: BTreeSet<(String, String, Option<String>)>,
}

/// The verdicts on a kind of findings, and on the other kinds of its check.
struct Sort {
    kind: Tally,
    others: Tally,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    confirmed: u64,
    decided: u64,
    /// Of them those with a probability, how many of those were confirmed, and what they claimed together.
    claiming: u64,
    claiming_confirmed: u64,
    claimed: f64,
}

impl VerdictRates {
    pub(crate) fn new(tallies: &[VerdictTally]) -> Self {
        let mut rates = Self::default();
        for tally in tallies {
            if tally.claimed.is_none() {
                rates.unclaimed.insert(sort_of(tally));
            }
            rates.by_check.entry(tally.check.clone()).or_default().add(tally);
            let kind = (tally.check.clone(), tally.kind.clone());
            rates.by_kind.entry(kind).or_default().add(tally);
            if let Some(pattern) = &tally.pattern {
                rates.by_pattern.entry(pattern.clone()).or_default().add(tally);
            }
        }
        rates
    }

    /// Leaves the verdict on a finding out of what is learnt of it.
    pub(crate) fn without_own(mut self, own: &BTreeMap<FindingKey, VerdictTally>) -> Self {
        self.own = own.clone();
        for own in self.own.values_mut() {
            if self.unclaimed.contains(&sort_of(own)) {
                own.claimed = None;
            }
        }
        self
    }

    pub(crate) fn apply(&self, findings: &mut [Finding]) {
        for finding in findings {
            match finding.probability {
                Some(claimed) => self.move_claim(finding, claimed),
                None => self.give_rate(finding),
            }
        }
    }

    /// The verdicts that tell of a finding, without the one on itself; none while people decided on too few
    /// of its check.
    fn of_sort(&self, finding: &Finding, count: fn(&Tally) -> u64) -> Option<Sort> {
        let own = self.own.get(&finding.key);
        let kind = (finding.check.clone(), finding.kind.clone());
        let of_kind = own.filter(|own| (&own.check, &own.kind) == (&kind.0, &kind.1));
        let of_check = own.filter(|own| own.check == finding.check);
        let kind = self.by_kind.get(&kind).copied().unwrap_or_default().without(of_kind);
        let check = self.by_check.get(&finding.check)?.without(of_check);
        let sort = Sort { kind, others: check.minus(&kind) };
        (count(&check) >= VERDICTS_MIN).then_some(sort)
    }

    fn of_pattern(&self, finding: &Finding) -> Option<Tally> {
        let pattern = finding.pattern.as_ref()?;
        let own = self.own.get(&finding.key).filter(|own| own.pattern.as_ref() == Some(pattern));
        let tally = self.by_pattern.get(pattern)?.without(own);
        (tally.claiming >= PATTERN_VERDICTS_MIN).then_some(tally)
    }

    fn give_rate(&self, finding: &mut Finding) {
        let Some(sort) = self.of_sort(finding, |tally| tally.decided) else { return };
        let (confirmed, decided) = (sort.kind.confirmed, sort.kind.decided);
        finding.probability = Some(rounded(sort.rate()));
        let told = sort.told(|tally| tally.decided);
        finding.probability_from =
            Some(ProbabilityBasis::Verdicts { confirmed: told.confirmed, decided: told.decided });
        let others = match sort.others.decided {
            0 => String::new(),
            some => format!(
                "; of {some} others of its check {}, which counts as {DOUBT} verdicts",
                sort.others.confirmed
            ),
        };
        finding.reckoning = format!(
            "Of {decided} findings of this sort that people of this unit decided on, they confirmed \
             {confirmed}{others}. The signs themselves have no measured weight: +3 stands for one judged to be \
             8 times as common where the claim is true as where it is not."
        );
    }

    fn move_claim(&self, finding: &mut Finding, claimed: f64) {
        let mut moved = Vec::new();
        let of_pattern = self.of_pattern(finding);
        if let Some(sort) = self.of_sort(finding, |tally| tally.claiming) {
            // Where the habit itself was dismissed, what is confirmed elsewhere does not speak for it.
            let is_dismissed = of_pattern.is_some_and(|tally| tally.is_overclaimed());
            let bits = if is_dismissed { sort.shift().min(0.0) } else { sort.shift() };
            moved.push((sort.told(|tally| tally.claiming), bits, "findings of this sort"));
        }
        if let Some(tally) = of_pattern {
            let bits = tally.shift(PATTERN_DOUBT, tally.share());
            moved.push((tally, bits, "findings of this kind at this supplier"));
        }
        if moved.is_empty() {
            return;
        }
        let mut bits = (claimed / (1.0 - claimed)).log2();
        let (mut confirmed, mut decided) = (0, 0);
        for (tally, shift, of) in moved {
            let reason = tally.reason(shift, of);
            bits += reason.bits;
            finding.evidence.push(reason);
            (confirmed, decided) = (tally.claiming_confirmed, tally.claiming);
        }
        let probability = rounded(evidence::weigh::probability(bits));
        finding.by_evidence = Some(claimed);
        finding.probability = Some(probability);
        finding.probability_from =
            Some(ProbabilityBasis::EvidenceAndVerdicts { confirmed, decided });
        let words = "With the verdicts of this unit on others of its sort: a probability of";
        finding.reckoning = format!("{} {words} {probability}.", finding.reckoning);
    }
}

impl Sort {
    /// The share that is true: that of the kind, drawn towards that of the other kinds of its check. Where
    /// people dismissed most of the kind, it is no more than an unmeasured one ranks as.
    fn rate(&self) -> f64 {
        let Tally { confirmed, decided, .. } = self.kind;
        let rate = match (decided, self.others.decided) {
            (_, 0) => number(confirmed) / number(decided),
            (_, others) => {
                let of_check = number(self.others.confirmed) / number(others);
                (number(confirmed) + DOUBT * of_check) / (number(decided) + DOUBT)
            }
        };
        if 2 * confirmed < decided { rate.min(UNMEASURED) } else { rate }
    }

    /// The bits by which claims of the kind are moved: as the other kinds of its check were, and from there
    /// by its own verdicts. What people confirmed less often than it claimed is never moved up.
    fn shift(&self) -> f64 {
        let of_check = self.others.shift(DOUBT, self.others.share());
        if self.kind.claiming == 0 {
            return of_check;
        }
        let share = self.kind.share();
        let odds = share / (1.0 - share) * of_check.exp2();
        let bits = self.kind.shift(DOUBT, odds / (1.0 + odds));
        if self.kind.is_overclaimed() { bits.min(0.0) } else { bits }
    }

    /// The verdicts that are named: those on the kind where they are enough, else those on the check.
    fn told(&self, count: fn(&Tally) -> u64) -> Tally {
        let (kind, others) = (&self.kind, &self.others);
        if count(kind) >= VERDICTS_MIN {
            return *kind;
        }
        Tally {
            confirmed: kind.confirmed + others.confirmed,
            decided: kind.decided + others.decided,
            claiming: kind.claiming + others.claiming,
            claiming_confirmed: kind.claiming_confirmed + others.claiming_confirmed,
            claimed: kind.claimed + others.claimed,
        }
    }
}

impl Tally {
    fn add(&mut self, tally: &VerdictTally) {
        self.confirmed += tally.confirmed;
        self.decided += tally.decided();
        if let Some(claimed) = tally.claimed {
            self.claiming += tally.decided();
            self.claiming_confirmed += tally.confirmed;
            self.claimed += claimed;
        }
    }

    /// The verdicts beside that of one finding, where it is among them.
    fn without(&self, own: Option<&VerdictTally>) -> Self {
        let mut of_own = Self::default();
        if let Some(own) = own {
            of_own.add(own);
        }
        self.minus(&of_own)
    }

    fn minus(&self, part: &Self) -> Self {
        Self {
            confirmed: self.confirmed.saturating_sub(part.confirmed),
            decided: self.decided.saturating_sub(part.decided),
            claiming: self.claiming.saturating_sub(part.claiming),
            claiming_confirmed: self.claiming_confirmed.saturating_sub(part.claiming_confirmed),
            claimed: (self.claimed - part.claimed).max(0.0),
        }
    }

    /// People confirmed less of them than they claimed.
    fn is_overclaimed(&self) -> bool {
        number(self.claiming_confirmed) < self.claimed
    }

    /// The probability that each claimed, on average.
    fn share(&self) -> f64 {
        if self.claiming == 0 {
            return 0.5;
        }
        (self.claimed / number(self.claiming)).clamp(0.01, 0.99)
    }

    /// The bits from what they claimed to what people decided, where so many verdicts beside them were as
    /// `expected`.
    fn shift(&self, doubt: f64, expected: f64) -> f64 {
        let share = self.share();
        let (yes, no) =
            (number(self.claiming_confirmed), number(self.claiming - self.claiming_confirmed));
        let odds = (yes + doubt * expected) / (no + doubt * (1.0 - expected));
        let bits = (odds * (1.0 - share) / share).log2();
        bits.clamp(-SHIFT_BITS_MAX, SHIFT_BITS_MAX)
    }

    /// The evidence of how far the odds of such findings are from what they claimed.
    fn reason(&self, bits: f64, of: &str) -> Evidence {
        let words = format!(
            "of {} {of} that people of this unit decided on, they confirmed {} ({}%), where the evidence \
             claimed {}%",
            self.claiming,
            self.claiming_confirmed,
            // To the nearest, and all or none where it is so.
            (self.claiming_confirmed * 100 + self.claiming / 2) / self.claiming.max(1),
            percent_words(self.share())
        );
        draft::reason(Evidence::VERDICTS, words, bits)
    }
}

fn sort_of(tally: &VerdictTally) -> (String, String, Option<String>) {
    (tally.check.clone(), tally.kind.clone(), tally.pattern.clone())
}

#[expect(clippy::cast_precision_loss, reason = "verdicts of people are few")]
fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
