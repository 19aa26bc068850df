//! A finding as everything that shows one whole has it: its page, that page at a decision, a card of a
//! report.
//!
//! Not for: what people decided about it. Invariant: rows were masked before.

use domain::FileType;
use domain::finding::{Explanation, Finding, WeighedReason, percent_words};

use super::comparison::{Comparison, comparisons};
use super::waterfall::{Waterfall, waterfall};
use crate::http::pages::field_labels::in_words;
use crate::http::pages::format;
use crate::http::pages::known_checks::KnownChecks;

/// A finding in words and tables.
pub(crate) struct ShownFinding {
    pub(crate) title: String,
    pub(crate) check: String,
    /// Empty where the check has one kind only.
    pub(crate) kind: String,
    pub(crate) lane: &'static str,
    pub(crate) at_risk: String,
    /// The money of its rows, where that is no loss.
    pub(crate) billed: String,
    /// The meaning of the money at risk, or why none is named.
    pub(crate) at_risk_is: String,
    /// The answer in one sentence, its reasons in words, and what to do next.
    pub(crate) explanation: Explanation,
    /// The reckoning of the probability from the weights; empty in what was found before it was said.
    pub(crate) reckoning: String,
    pub(crate) innocent_if: String,
    pub(crate) tables: Vec<Comparison>,
    pub(crate) waterfall: Option<Waterfall>,
}

impl ShownFinding {
    /// `path` is where a row's own page is.
    pub(crate) fn new(
        finding: &Finding,
        known: KnownChecks<'_>,
        path: impl Fn(FileType, &str) -> String,
    ) -> Self {
        let has_one_kind = finding.kind == finding.check;
        Self {
            title: format::prose(&finding.title),
            check: known.title(&finding.check),
            kind: if has_one_kind { String::new() } else { in_words(&finding.kind) },
            lane: finding.lane.title(),
            at_risk: finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
            billed: finding.billed.as_ref().map(format::money).unwrap_or_default(),
            at_risk_is: finding.at_risk_is.clone(),
            explanation: as_prose(finding.explain()),
            reckoning: finding.reckoning.clone(),
            innocent_if: format::prose(&finding.innocent_if),
            tables: comparisons(&finding.rows, path),
            waterfall: waterfall(
                &finding.evidence,
                finding.probability.map(percent_words).as_deref(),
            ),
        }
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
