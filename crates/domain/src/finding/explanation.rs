//! A finding in plain words: the answer, what speaks for it and against it and how strongly, and what to do
//! next.
//!
//! Not for: the arithmetic behind it, which is the finding's evidence and reckoning.
//!
//! Invariant: all of it follows from the finding, so pages, reports, files and programs say one thing.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Evidence, Finding};

/// A finding as somebody reads it who knows nothing of weights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The answer in one sentence: `93%: very likely one invoice was paid twice.`
    pub answer: String,
    /// Reasons for it, the strongest first.
    #[serde(rename = "for")]
    pub reasons_for: Vec<WeighedReason>,
    /// Reasons against it, the strongest first.
    pub against: Vec<WeighedReason>,
    /// Facts that weigh neither way and are worth knowing.
    pub besides: Vec<String>,
    /// The thing to do now, in one or two sentences.
    pub next_step: String,
}

/// A reason as a sentence, with how much it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WeighedReason {
    pub strength: Strength,
    pub words: String,
}

/// The strength of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// At least sixteen times as likely one way as the other.
    Strong,
    /// Nearly three times and more.
    Some,
    Weak,
}

impl Strength {
    /// The strength of a weight in bits, whatever its sign: sixteen times as likely one way as the other,
    /// nearly three times; none of one that moves no probability by a hundredth.
    fn from_bits(bits: f64) -> Option<Self> {
        match bits.abs() {
            4.0.. => Some(Self::Strong),
            1.5.. => Some(Self::Some),
            0.05.. => Some(Self::Weak),
            _ => None,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Strong => "strong",
            Self::Some => "some",
            Self::Weak => "weak",
        }
    }
}

impl fmt::Display for WeighedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.words, self.strength.as_str())
    }
}

impl Finding {
    /// The finding in plain words.
    pub fn explain(&self) -> Explanation {
        let mut reasons: Vec<&Evidence> =
            self.evidence.iter().filter(|reason| reason.field != Evidence::PRIOR).collect();
        reasons.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()));
        let side = |is_for: bool| {
            let of_side = reasons.iter().filter(move |reason| (reason.bits > 0.0) == is_for);
            let weighed = of_side.filter_map(|reason| {
                let words = sentence(&reason.words);
                Some(WeighedReason { strength: Strength::from_bits(reason.bits)?, words })
            });
            weighed.collect()
        };
        let besides = reasons.iter().filter(|reason| Strength::from_bits(reason.bits).is_none());
        Explanation {
            answer: answer(self.probability, &self.claim),
            reasons_for: side(true),
            against: side(false),
            besides: besides.map(|reason| sentence(&reason.words)).collect(),
            next_step: self.step_and_day(),
        }
    }

    /// The next step, and the day before which it has to be taken.
    fn step_and_day(&self) -> String {
        let step = if self.next_step.is_empty() {
            // Of findings from before it was written down.
            sentence(&format!("find out whether {}", self.innocent_if))
        } else {
            self.next_step.clone()
        };
        match self.payment_due_words() {
            Some(due) => format!("{step} {due}"),
            None => step,
        }
    }
}

/// The claim with how likely it is, in one sentence.
fn answer(probability: Option<f64>, claim: &str) -> String {
    let Some(probability) = probability else {
        return if claim.is_empty() {
            "How likely it is, nobody has measured.".to_owned()
        } else {
            format!("It may be that {claim}; how likely that is, nobody has measured.")
        };
    };
    let percent = percent_words(probability);
    if claim.is_empty() {
        return format!("{percent}% probable.");
    }
    match probability {
        0.99.. => format!("{percent}%: almost certainly {claim}."),
        0.9.. => format!("{percent}%: very likely {claim}."),
        0.7.. => format!("{percent}%: likely {claim}."),
        0.5.. => format!("{percent}%: more likely than not {claim}."),
        0.2.. => format!("{percent}%: perhaps {claim}; more likely it is legitimate."),
        _ => format!("{percent}%: probably legitimate, and worth a look in case {claim}."),
    }
}

/// A probability in hundredths as people read it: nothing is certain, nor rounded to certainty.
pub fn percent_words(probability: f64) -> String {
    match probability {
        share if share > 0.999 => "over 99.9".to_owned(),
        share if share >= 0.99 => format!("{:.1}", (share * 1_000.0).round() / 10.0),
        share if share < 0.01 => "under 1".to_owned(),
        share => format!("{:.0}", (share * 100.0).round().clamp(1.0, 99.0)),
    }
}

/// Words as a sentence of their own: a capital in front, unless they begin with a number or a name, and a
/// full stop behind.
pub fn sentence(words: &str) -> String {
    let words = words.trim();
    let first = words.split(' ').next().unwrap_or_default();
    let is_word = first.trim_end_matches([',', ':', ';']).chars().all(|c| c.is_ascii_lowercase());
    let mut text = String::with_capacity(words.len() + 1);
    let mut characters = words.chars();
    if let Some(capital) = characters.next().filter(|_| is_word) {
        text.push(capital.to_ascii_uppercase());
        text.push_str(characters.as_str());
    } else {
        text.push_str(words);
    }
    if !text.is_empty() && !text.ends_with(['.', '?', '!']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Severity;
    use crate::finding::{FindingKey, Lane};

    fn finding(probability: f64, reasons: &[(&str, &str, f64)]) -> Finding {
        Finding {
            key: FindingKey::new("duplicate_invoices", []),
            check: "duplicate_invoices".into(),
            kind: "exact".into(),
            title: "Two invoices look like one".into(),
            claim: "one invoice was paid twice".into(),
            lane: Lane::Recover,
            severity: Severity::High,
            probability: Some(probability),
            probability_from: None,
            by_evidence: None,
            billed: None,
            reckoning: String::new(),
            at_risk: None,
            at_risk_is: String::new(),
            rows: Vec::new(),
            evidence: reasons
                .iter()
                .map(|(field, words, bits)| Evidence::new(field, *words, *bits))
                .collect(),
            innocent_if: "it is rent".into(),
            next_step: String::new(),
            suppressed: None,
            pattern: None,
            statement_credit: None,
            misposted_row: None,
        }
    }

    #[test]
    fn the_answer_says_how_likely_the_claim_is() {
        for (probability, answer) in [
            (0.9999, "over 99.9%: almost certainly one invoice was paid twice."),
            (0.985, "99%: very likely one invoice was paid twice."),
            (0.93, "93%: very likely one invoice was paid twice."),
            (0.75, "75%: likely one invoice was paid twice."),
            (0.5, "50%: more likely than not one invoice was paid twice."),
            (0.35, "35%: perhaps one invoice was paid twice; more likely it is legitimate."),
            (0.08, "8%: probably legitimate, and worth a look in case one invoice was paid twice."),
        ] {
            assert_eq!(finding(probability, &[]).explain().answer, answer);
        }
    }

    #[test]
    fn reasons_stand_for_or_against_the_strongest_first() {
        let found = finding(
            0.9,
            &[
                ("day", "24 days apart", -1.0),
                ("amount", "the same amount", 2.0),
                (Evidence::PRIOR, "before looking at anything", -8.6),
                ("number", "PF1 and PF1A differ", 12.0),
                ("account_number", "their accounts differ: find out why", 0.0),
            ],
        );
        let explained = found.explain();
        let written =
            |reasons: &[WeighedReason]| reasons.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            written(&explained.reasons_for),
            ["PF1 and PF1A differ. (strong)", "The same amount. (some)"]
        );
        assert_eq!(written(&explained.against), ["24 days apart. (weak)"]);
        assert_eq!(explained.besides, ["Their accounts differ: find out why."]);
        assert_eq!(explained.next_step, "Find out whether it is rent.");
    }

    #[test]
    fn nothing_is_certain_nor_rounded_to_certainty() {
        for (share, text) in [
            (0.0001, "under 1"),
            (0.5, "50"),
            (0.985, "99"),
            (0.9949, "99.5"),
            (0.9989, "99.9"),
            (0.999, "99.9"),
            (0.999_9, "over 99.9"),
        ] {
            assert_eq!(percent_words(share), text);
        }
    }

    #[test]
    fn a_number_in_front_of_a_sentence_stays_as_it_is_written() {
        for (words, said) in [
            ("the same amount", "The same amount."),
            ("po-17 and po-18 differ", "po-17 and po-18 differ."),
            ("4,310.00 is rare.", "4,310.00 is rare."),
            ("paid, then stopped", "Paid, then stopped."),
            ("", ""),
        ] {
            assert_eq!(sentence(words), said);
        }
    }
}
