//! From what a check came to know to a finding that explains itself.
//!
//! Invariant: a probability is made of weights that were measured, with how common such a thing is; where
//! nobody has measured any, there is none.

use std::collections::BTreeMap;

use domain::digits::grouped;
use domain::finding::{Evidence, Finding, FindingKey, FindingRow, ProbabilityBasis};
use domain::{FileType, Money};

use crate::checks::{CheckDefinition, Method};

/// Nothing is certain, whatever the weights say.
const PROBABILITY_MAX: f64 = 0.9999;
/// Why a finding has no probability.
const NOT_MEASURED: &str = "Nobody has measured how often a finding of this check is true, so none says how \
     likely it is. The weights of its signs are judgements: +3 stands for a sign judged to be 8 times as common \
     where the claim is true as where it is not. Once twenty findings of the check are decided here, it says \
     how many of them were confirmed.";
/// Odds beyond this are not worth a figure.
const ODDS_BITS_MAX: f64 = 20.0;

/// A finding as a method knows it, before it is explained.
pub(super) struct FindingDraft<'a> {
    pub(super) key: FindingKey,
    pub(super) kind: &'a str,
    pub(super) title: String,
    /// log2 of the odds, all evidence added; none where nobody has measured how often such signs are so.
    pub(super) bits: Option<f64>,
    /// The money of the rows: at risk or billed, as the check says.
    pub(super) money: Option<Money>,
    pub(super) rows: Vec<FindingRow>,
    pub(super) evidence: Vec<Evidence>,
    /// Without the name of the check.
    pub(super) pattern: Option<String>,
    /// The claim, where it is another than that of the check.
    pub(super) claim: Option<String>,
    /// The thing to do now, where it is something else than the check says.
    pub(super) next_step: Option<String>,
}

impl FindingDraft<'_> {
    /// The finding with its probability, and why.
    pub(super) fn finish(self, check: &CheckDefinition<'_>) -> Finding {
        let mut evidence = self.evidence;
        evidence.sort_by(|x, y| y.bits.abs().total_cmp(&x.bits.abs()));
        let claim = self.claim.unwrap_or_else(|| check.claim.to_owned());
        let next_step = self.next_step.or_else(|| check.next_step.map(str::to_owned));
        let probability = self.bits.map(|bits| rounded(evidence::weigh::probability(bits)));
        // As people add them up.
        let bits: f64 = evidence.iter().map(|one| one.bits).sum();
        let (at_risk, billed) =
            if check.names_risk { (self.money, None) } else { (None, self.money) };
        let reckoning = match probability {
            Some(probability) => reckoning(bits, &claim, probability) + basis(check.method),
            None => NOT_MEASURED.to_owned(),
        };
        Finding {
            key: self.key,
            check: check.name.into(),
            kind: self.kind.to_owned(),
            title: self.title,
            claim,
            lane: check.lane,
            severity: check.severity,
            probability,
            probability_from: probability.map(|_| ProbabilityBasis::Evidence),
            by_evidence: None,
            reckoning,
            at_risk,
            billed,
            at_risk_is: check.at_risk_is().to_owned(),
            rows: self.rows,
            evidence,
            innocent_if: check.innocent_if.into(),
            next_step: next_step.unwrap_or_default(),
            suppressed: None,
            pattern: self.pattern.map(|pattern| format!("{}/{pattern}", check.name)),
            statement_credit: None,
            misposted_row: None,
        }
    }
}

/// A row whose fields are looked up later.
pub(super) fn row(ledger: FileType, id: &str) -> FindingRow {
    FindingRow { ledger, id: id.into(), fields: BTreeMap::new(), withheld: Vec::new() }
}

/// A reason; the weight is rounded as people read it.
pub(super) fn reason(field: &str, words: String, bits: f64) -> Evidence {
    Evidence::new(field, words, (bits * 100.0).round() / 100.0)
}

/// The base rate of such a thing, as the first of the reasons, and how that is known.
pub(super) fn prior(of: &str, bits: f64, known: &str) -> Evidence {
    let one_in = (1.0 + (-bits).exp2()).round();
    let one_in = whole(one_in);
    let words = format!(
        "before anything else is known: of {one_in} {of} the claim is true of about 1 ({known})"
    );
    reason(Evidence::PRIOR, words, bits)
}

/// Where weights come from that do not say so themselves.
const fn basis(method: Method) -> &'static str {
    match method {
        Method::Sql
        | Method::LookAlikes
        | Method::Sanctions
        | Method::CompanyRegister
        | Method::StatementCredits => "",
        Method::InvoicePairs => {
            " How often second keyings are alike is a model of how people and scanners err, by judgement; \
             how often others are is estimated from this supplier's own invoices, drawn to what is usual \
             everywhere where it has few."
        }
        Method::SupplierPairs => {
            " How often couples that are one are alike is learnt from the likeliest couples of this ledger, \
             beginning with a judgement; how often others are, from couples chosen at random and, for one \
             value, from how many share it beside these two."
        }
    }
}

pub(super) fn rounded(probability: f64) -> f64 {
    ((probability * 10_000.0).round() / 10_000.0).clamp(1.0 - PROBABILITY_MAX, PROBABILITY_MAX)
}

fn reckoning(bits: f64, claim: &str, probability: f64) -> String {
    let shown = bits.abs().min(ODDS_BITS_MAX).exp2();
    let odds = if shown < 10.0 { format!("{shown:.1}") } else { whole(shown.round()) };
    let more = if bits.abs() > ODDS_BITS_MAX { "more than " } else { "" };
    let odds =
        if bits >= 0.0 { format!("{more}{odds} to 1") } else { format!("1 to {more}{odds}") };
    let remark = match probability {
        PROBABILITY_MAX.. => ", the highest that is shown",
        ..0.5 => {
            ": more likely legitimate than not, and shown because a look costs less than the money"
        }
        _ => "",
    };
    format!(
        "Each reason has a weight in bits: +1 doubles the odds, -1 halves them. All weights together \
         are {bits:+.1}: odds of {odds} that {claim}, a probability of {probability}{remark}."
    )
}

/// `12,345`.
fn whole(number: f64) -> String {
    grouped(&format!("{number:.0}"))
}

#[cfg(test)]
mod tests;
