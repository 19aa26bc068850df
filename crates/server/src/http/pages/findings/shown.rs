//! A finding as everything that shows one whole has it: its page, that page at a decision, a card of a
//! report.
//!
//! Not for: what people decided about it. Invariant: rows were masked before.

use domain::finding::{
    Explanation, Finding, FindingEnd, FindingRow, Strength, WeighedReason, percent_words,
};
use domain::text::each_once;

use super::comparison::{Comparison, comparisons};
use super::money_back::MoneyBack;
use super::waterfall::{Waterfall, waterfall};
use crate::http::code_words::in_words;
use crate::http::pages::derived_fields::DerivedFields;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// A finding in words and tables.
pub(crate) struct ShownFinding {
    /// The supplier and the numbers, in a few words.
    pub(crate) head: String,
    pub(crate) title: String,
    pub(crate) check: String,
    /// Empty where the check has one kind only.
    pub(crate) kind: String,
    pub(crate) lane: &'static str,
    pub(crate) at_risk: String,
    /// Why that money is not at risk, in words behind the amount; none where it is.
    pub(crate) not_at_risk: Option<&'static str>,
    /// The money that came back, where nothing of it is at risk any more.
    pub(crate) came_back: String,
    /// The money of its rows, where that is no loss.
    pub(crate) billed: String,
    /// The meaning of the money at risk, or why none is named.
    pub(crate) at_risk_is: String,
    /// The answer in one sentence, its reasons in words, and what to do next.
    pub(crate) explanation: Explanation,
    /// The reasons for and against it, the strongest first, and those that stand behind a click.
    pub(crate) reasons: Vec<ShownReason>,
    pub(crate) more_reasons: Vec<ShownReason>,
    /// The reckoning of the probability from the weights; empty in what was found before it was said.
    pub(crate) reckoning: String,
    pub(crate) innocent_if: String,
    pub(crate) tables: Vec<Comparison>,
    pub(crate) waterfall: Option<Waterfall>,
}

/// A reason beside others for and against.
pub(crate) struct ShownReason {
    pub(crate) is_for: bool,
    pub(crate) strength: &'static str,
    pub(crate) words: String,
}

/// More are not read before somebody decides.
const REASONS_FIRST: usize = 5;

impl ShownFinding {
    /// `path` is where a row's own page is.
    pub(crate) fn new(
        finding: &Finding,
        (known, derived): (KnownChecks<'_>, &DerivedFields),
        path: impl Fn(&FindingRow) -> String,
    ) -> Self {
        let has_one_kind = finding.kind == finding.check;
        let explanation = as_prose(finding.explain());
        let mut reasons = by_strength(&explanation);
        let more_reasons = reasons.split_off(reasons.len().min(REASONS_FIRST));
        Self {
            head: short_title(finding, known),
            reasons,
            more_reasons,
            title: format::prose(&finding.title),
            check: known.title(&finding.check),
            kind: if has_one_kind { String::new() } else { in_words(&finding.kind) },
            lane: finding.lane.title(),
            came_back: String::new(),
            not_at_risk: None,
            at_risk: finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
            billed: finding.billed.as_ref().map(format::money).unwrap_or_default(),
            at_risk_is: finding.at_risk_is.clone(),
            explanation,
            reckoning: finding.reckoning.clone(),
            innocent_if: format::prose(&finding.innocent_if),
            tables: comparisons(finding, derived, path),
            waterfall: waterfall(
                &finding.evidence,
                finding.probability.map(percent_words).as_deref(),
            ),
        }
    }
}

impl ShownFinding {
    /// Says that nothing is left to do about it.
    pub(super) fn end(&mut self, end: FindingEnd) {
        self.not_at_risk = Some(end.money_words());
        end.next_step().clone_into(&mut self.explanation.next_step);
    }

    /// Says that its money is not asked for any more.
    pub(super) fn come_back(&mut self, back: MoneyBack) {
        self.came_back = back.came_back;
        self.explanation.next_step = back.next_step;
    }
}

/// Writes the sentences of an explanation as the pages write sentences.
fn as_prose(explanation: Explanation) -> Explanation {
    let written = |words: String| format::prose(&words);
    let of_reasons = |reasons: Vec<WeighedReason>| {
        let written =
            |reason: WeighedReason| WeighedReason { words: written(reason.words), ..reason };
        reasons.into_iter().map(written).collect()
    };
    Explanation {
        answer: written(explanation.answer),
        reasons_for: of_reasons(explanation.reasons_for),
        against: of_reasons(explanation.against),
        besides: explanation.besides.into_iter().map(written).collect(),
        next_step: written(explanation.next_step),
    }
}

/// All reasons, the strongest first; of equal strength those for it before those against it.
fn by_strength(explanation: &Explanation) -> Vec<ShownReason> {
    let of = |reasons: &[WeighedReason], is_for| {
        let shown = |reason: &WeighedReason| {
            (
                reason.strength,
                ShownReason {
                    is_for,
                    strength: reason.strength.as_str(),
                    words: reason.words.clone(),
                },
            )
        };
        reasons.iter().map(shown).collect::<Vec<_>>()
    };
    let mut reasons = of(&explanation.reasons_for, true);
    reasons.extend(of(&explanation.against, false));
    reasons.sort_by_key(|(strength, _)| match strength {
        Strength::Strong => 0,
        Strength::Some => 1,
        Strength::Weak => 2,
    });
    reasons.into_iter().map(|(_, reason)| reason).collect()
}

/// A finding in a few words, by which tabs and the way back tell one from another: whose it is, and the
/// numbers of two or three invoices, else what it is.
pub(crate) fn short_title(finding: &Finding, known: KnownChecks<'_>) -> String {
    let field =
        |name: &'static str| finding.rows.iter().filter_map(move |row| row.fields.get(name));
    let numbers: Vec<&str> = field("invoice_number").map(String::as_str).collect();
    let what = of_numbers(&numbers).unwrap_or_else(|| known.title(&finding.check));
    let names = each_once(field("supplier_name").map(String::as_str));
    match of_suppliers(&names) {
        Some(whose) => format!("{whose} \u{b7} {what}"),
        None => what,
    }
}

/// `10983, twice` or `10983 ⇄ IO983`; none of so many that they would tell nothing apart.
fn of_numbers(numbers: &[&str]) -> Option<String> {
    match numbers {
        [one, others @ ..] if !others.is_empty() && others.iter().all(|other| other == one) => {
            Some(match others.len() {
                1 => format!("{one}, twice"),
                more => format!("{one}, {} times", more + 1),
            })
        }
        [_] | [_, _] | [_, _, _] => Some(each_once(numbers.iter().copied()).join(" \u{21c4} ")),
        _ => None,
    }
}

/// One name or both, in the order of the rows; of more the first.
fn of_suppliers(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [_] | [_, _] => Some(names.join(" \u{21c4} ")),
        [name, others @ ..] => Some(format!("{name} and {} others", others.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_reasons_stand_first() {
        let reason = |strength, words: &str| WeighedReason { strength, words: words.to_owned() };
        let explanation = Explanation {
            answer: String::new(),
            reasons_for: vec![reason(Strength::Strong, "number"), reason(Strength::Weak, "user")],
            against: vec![reason(Strength::Strong, "series"), reason(Strength::Some, "day")],
            besides: Vec::new(),
            next_step: String::new(),
        };
        let told: Vec<(bool, String)> = by_strength(&explanation)
            .into_iter()
            .map(|reason| (reason.is_for, reason.words))
            .collect();
        let expected = [(true, "number"), (false, "series"), (false, "day"), (true, "user")];
        assert_eq!(told, expected.map(|(is_for, words)| (is_for, words.to_owned())));
    }

    #[test]
    fn a_title_names_both_suppliers_and_says_how_often_a_number_stands() {
        for (numbers, told) in [
            (&["10983"][..], Some("10983")),
            (&["10983", "10983"], Some("10983, twice")),
            (&["40564", "40564", "40564"], Some("40564, 3 times")),
            (&["1", "1", "1", "1"], Some("1, 4 times")),
            (&["10983", "IO983"], Some("10983 \u{21c4} IO983")),
            (&["10983", "IO983", "10983"], Some("10983 \u{21c4} IO983")),
            (&["1", "2", "3", "4"], None),
            (&[], None),
        ] {
            assert_eq!(of_numbers(numbers).as_deref(), told, "{numbers:?}");
        }
        for (names, told) in [
            (&["Birch"][..], Some("Birch")),
            (&[], None),
            (&["Birch", "Alder"], Some("Birch \u{21c4} Alder")),
            (&["Birch", "Alder", "Cedar"], Some("Birch and 2 others")),
        ] {
            assert_eq!(of_suppliers(names).as_deref(), told, "{names:?}");
        }
    }
}
