//! A finding as everything that shows one whole has it: its page, that page at a decision, a card of a
//! report.
//!
//! Not for: what people decided about it. Invariant: rows were masked before.

use domain::FileType;
use domain::finding::Finding;

use super::comparison::{Comparison, comparisons};
use super::probability_text;
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
    /// What its rows come to, where that is no loss.
    pub(crate) billed: String,
    /// What the money at risk is, or why none is named.
    pub(crate) at_risk_is: String,
    /// Empty where none is measured.
    pub(crate) probability: String,
    /// What it is the probability of, and how the weights make it; empty in what was found before it was
    /// said.
    pub(crate) claim: String,
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
        let probability = finding.probability.map(probability_text);
        let has_one_kind = finding.kind == finding.check;
        Self {
            title: format::with_dates(&finding.title),
            check: known.title(&finding.check),
            kind: if has_one_kind { String::new() } else { in_words(&finding.kind) },
            lane: finding.lane.title(),
            at_risk: finding.at_risk.as_ref().map(format::money).unwrap_or_default(),
            billed: finding.billed.as_ref().map(format::money).unwrap_or_default(),
            at_risk_is: finding.at_risk_is.clone(),
            claim: finding.claim.clone(),
            reckoning: finding.reckoning.clone(),
            innocent_if: format::with_dates(&finding.innocent_if),
            tables: comparisons(&finding.rows, path),
            waterfall: waterfall(&finding.evidence, probability.as_deref()),
            probability: probability.unwrap_or_default(),
        }
    }
}
