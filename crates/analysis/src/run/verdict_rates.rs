//! Probabilities by what people of the unit decided: of a check without measured weights, how many of its
//! findings they confirmed; of one with them, how far those claimed too much or too little.
//!
//! Not for: verdicts that speak for single rows or suppliers, which take findings out.
//!
//! Invariant: a few verdicts say nothing, and none moves a probability by more than a bound; what the
//! evidence alone gives is kept, so that what was learnt is never learnt from again.

use std::collections::BTreeMap;

use domain::finding::{Evidence, Finding, ProbabilityBasis, VerdictTally};

use super::draft::{self, rounded};

/// The number of verdicts on one sort of findings that tell how often it is true.
const VERDICTS_MIN: u64 = 20;
/// And so many on one sort at one supplier: there each is of the same habit.
const PATTERN_VERDICTS_MIN: u64 = 3;
/// The number of verdicts as the evidence claims that stand beside those of people.
const DOUBT: f64 = 5.0;
/// Beside those on a single supplier, fewer.
const PATTERN_DOUBT: f64 = 2.0;
/// Eight times the odds, or an eighth: more is for evidence to say.
const SHIFT_BITS_MAX: f64 = 3.0;

/// The verdicts of a unit by what they are on.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_field_names, reason = "each is the verdicts by something")]
pub(crate) struct VerdictRates {
    by_check: BTreeMap<String, Tally>,
    by_kind: BTreeMap<(String, String), Tally>,
    by_pattern: BTreeMap<String, Tally>,
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
            rates.by_check.entry(tally.check.clone()).or_default().add(tally);
            let kind = (tally.check.clone(), tally.kind.clone());
            rates.by_kind.entry(kind).or_default().add(tally);
            if let Some(pattern) = &tally.pattern {
                rates.by_pattern.entry(pattern.clone()).or_default().add(tally);
            }
        }
        rates
    }

    pub(crate) fn apply(&self, findings: &mut [Finding]) {
        for finding in findings {
            match finding.probability {
                Some(claimed) => self.move_claim(finding, claimed),
                None => self.give_rate(finding),
            }
        }
    }

    /// The tally of the kind, else of the check.
    fn of_sort(&self, finding: &Finding) -> Option<Tally> {
        let kind = self.by_kind.get(&(finding.check.clone(), finding.kind.clone()));
        let all = [kind, self.by_check.get(&finding.check)];
        all.into_iter().flatten().copied().find(|tally| tally.decided >= VERDICTS_MIN)
    }

    fn give_rate(&self, finding: &mut Finding) {
        let Some(Tally { confirmed, decided, .. }) = self.of_sort(finding) else { return };
        finding.probability = Some(rounded(number(confirmed) / number(decided)));
        finding.probability_from = Some(ProbabilityBasis::Verdicts { confirmed, decided });
        finding.reckoning = format!(
            "Of {decided} findings of this sort that people of this unit decided on, they confirmed \
             {confirmed}. The signs themselves have no measured weight: +3 stands for one judged to be 8 times \
             as common where the claim is true as where it is not."
        );
    }

    fn move_claim(&self, finding: &mut Finding, claimed: f64) {
        let mut moved = Vec::new();
        if let Some(tally) = self.of_sort(finding).filter(|tally| tally.claiming >= VERDICTS_MIN) {
            moved.push((tally, DOUBT, "findings of this sort"));
        }
        let of_pattern = finding.pattern.as_ref().and_then(|pattern| self.by_pattern.get(pattern));
        if let Some(tally) = of_pattern.filter(|tally| tally.claiming >= PATTERN_VERDICTS_MIN) {
            moved.push((*tally, PATTERN_DOUBT, "findings of this kind at this supplier"));
        }
        if moved.is_empty() {
            return;
        }
        let mut bits = (claimed / (1.0 - claimed)).log2();
        let (mut confirmed, mut decided) = (0, 0);
        for (tally, doubt, of) in moved {
            let reason = tally.reason(doubt, of);
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

    /// The evidence of how far the odds of such findings are from what they claimed.
    fn reason(self, doubt: f64, of: &str) -> Evidence {
        let share = (self.claimed / number(self.claiming)).clamp(0.01, 0.99);
        let (yes, no) =
            (number(self.claiming_confirmed), number(self.claiming - self.claiming_confirmed));
        let odds = (yes + doubt * share) / (no + doubt * (1.0 - share));
        let bits = (odds * (1.0 - share) / share).log2();
        let words = format!(
            "of {} {of} that people of this unit decided on, they confirmed {}, where the evidence claimed {:.1}",
            self.claiming, self.claiming_confirmed, self.claimed
        );
        draft::reason(Evidence::VERDICTS, words, bits.clamp(-SHIFT_BITS_MAX, SHIFT_BITS_MAX))
    }
}

#[expect(clippy::cast_precision_loss, reason = "verdicts of people are few")]
fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(check: &str, probability: Option<f64>, pattern: Option<&str>) -> Finding {
        serde_json::from_value(serde_json::json!({
            "key": "fnd_00000000000000000000000000000000", "check": check, "kind": "exact",
            "title": "", "probability": probability, "atRisk": null, "rows": [], "evidence": [],
            "innocentIf": "", "suppressed": null, "pattern": pattern,
        }))
        .expect("it is a finding")
    }

    fn tally(
        pattern: Option<&str>,
        confirmed: u64,
        dismissed: u64,
        claimed: Option<f64>,
    ) -> VerdictTally {
        VerdictTally {
            check: "spike".to_owned(),
            kind: "exact".to_owned(),
            pattern: pattern.map(str::to_owned),
            confirmed,
            dismissed,
            claimed,
        }
    }

    fn after(tallies: &[VerdictTally], mut of: Finding) -> (Option<f64>, Option<ProbabilityBasis>) {
        VerdictRates::new(tallies).apply(std::slice::from_mut(&mut of));
        (of.probability, of.probability_from)
    }

    #[test]
    fn a_check_without_measured_weights_learns_its_rate_from_twenty_verdicts() {
        let of = |confirmed, dismissed| {
            after(&[tally(None, confirmed, dismissed, None)], finding("spike", None, None)).0
        };
        assert_eq!(of(10, 9), None);
        assert_eq!(of(5, 15), Some(0.25));
        assert_eq!(of(20, 0), Some(0.9999));
        let other = after(&[tally(None, 5, 15, None)], finding("benford", None, None));
        assert_eq!(other, (None, None));
        let basis = after(&[tally(None, 5, 15, None)], finding("spike", None, None)).1;
        assert_eq!(basis, Some(ProbabilityBasis::Verdicts { confirmed: 5, decided: 20 }));
    }

    #[test]
    fn claims_move_to_what_people_decide_and_no_further_than_a_bound() {
        let moved = |pattern, confirmed, dismissed, claimed| {
            let tallies = [tally(pattern, confirmed, dismissed, Some(claimed))];
            after(&tallies, finding("spike", Some(0.5), Some("spike/S1"))).0.expect("it had one")
        };
        // As claimed: where it was.
        assert!((moved(None, 10, 10, 10.0) - 0.5).abs() < 0.01);
        assert!((moved(None, 0, 1_000, 500.0) - 1.0 / 9.0).abs() < 0.001);
        assert!(moved(None, 18, 2, 10.0) > 0.75);
        assert!((moved(None, 0, 19, 10.0) - 0.5).abs() < f64::EPSILON);
        // One supplier's habit needs fewer.
        assert!(moved(Some("spike/S1"), 0, 3, 1.5) < 0.3);
        assert!((moved(Some("spike/S2"), 0, 3, 1.5) - 0.5).abs() < f64::EPSILON);
    }
}
