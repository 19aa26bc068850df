//! Findings, runs and verdicts as far as this program shows them.
//!
//! Invariants: whatever a server leaves out is empty here, as servers of before and of later differ; every
//! member is one of the answers that `api` describes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::commands::view::MoneyView;

/// One finding, in a list or whole.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct FindingView {
    pub(super) key: String,
    pub(super) check: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) lane: String,
    pub(super) probability: Option<f64>,
    pub(super) at_risk: Option<MoneyView>,
    pub(super) billed: Option<MoneyView>,
    pub(super) suppressed: Option<SuppressionView>,
    pub(super) gone_at: Option<String>,
    pub(super) rows: Vec<RowView>,
    pub(super) evidence: Vec<EvidenceView>,
    pub(super) innocent_if: String,
    pub(super) explanation: Option<ExplanationView>,
    pub(super) history: Vec<HistoryView>,
    #[serde(flatten)]
    pub(super) standing: StandingView,
}

/// The size of one lane.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct LaneTotalView {
    pub(super) lane: String,
    pub(super) findings: u64,
    pub(super) at_risk: Vec<MoneyView>,
}

/// The reason why a finding is not in the queue.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct SuppressionView {
    pub(super) words: String,
}

/// A row of a ledger.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct RowView {
    pub(super) ledger: String,
    pub(super) id: String,
    pub(super) fields: BTreeMap<String, Value>,
}

/// One reason for a finding.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct EvidenceView {
    pub(super) bits: f64,
    pub(super) words: String,
    pub(super) rates: Option<String>,
}

/// A finding in plain words; servers of before it was there say none.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ExplanationView {
    pub(super) answer: String,
    #[serde(rename = "for")]
    pub(super) reasons_for: Vec<ReasonView>,
    pub(super) against: Vec<ReasonView>,
    pub(super) besides: Vec<String>,
    pub(super) next_step: String,
}

/// A reason with how much it tells.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct ReasonView {
    pub(super) strength: String,
    pub(super) words: String,
}

/// The standing of a finding among people.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct StandingView {
    pub(super) state: String,
    pub(super) recovered: Option<String>,
    pub(super) because: Option<String>,
    pub(super) reason_code: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) proposal: Option<ProposalView>,
}

/// A verdict that waits for a second person.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct ProposalView {
    pub(super) by: String,
    pub(super) verdict: ProposedVerdictView,
}

/// The verdict of a proposal.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ProposedVerdictView {
    pub(super) state: String,
    pub(super) because: String,
    pub(super) reason_code: Option<String>,
}

/// Something that a person did to a finding.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct HistoryView {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) what: String,
    pub(super) words: Option<String>,
    pub(super) to: StandingView,
}

/// A run of the checks.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct RunView {
    pub(super) run_id: String,
    pub(super) asked_at: String,
    pub(super) status: String,
    pub(super) done: f64,
    pub(super) doing: String,
    pub(super) why: Option<String>,
    pub(super) findings: u64,
    pub(super) new_findings: u64,
    pub(super) gone: u64,
    pub(super) suppressed: u64,
    pub(super) notices: Vec<String>,
}

/// A verdict that later runs are told of.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default, rename_all = "camelCase")]
pub(super) struct VerdictView {
    pub(super) verdict_id: String,
    pub(super) of: ScopeView,
    pub(super) decided_on: Option<String>,
    pub(super) until: Option<String>,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) because: Option<String>,
}

/// The rows or the pattern that a verdict is about.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(default)]
pub(super) struct ScopeView {
    pub(super) pattern: Option<String>,
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;

    use super::*;
    use crate::commands::view::ItemsView;
    use crate::transfer::client::unknown_members;

    #[test]
    fn every_member_is_one_of_the_api() {
        let finding = FindingView {
            probability: Some(0.5),
            at_risk: Some(MoneyView::default()),
            billed: Some(MoneyView::default()),
            suppressed: Some(SuppressionView::default()),
            rows: vec![RowView::default()],
            evidence: vec![EvidenceView::default()],
            explanation: Some(ExplanationView {
                reasons_for: vec![ReasonView::default()],
                against: vec![ReasonView::default()],
                ..ExplanationView::default()
            }),
            history: vec![HistoryView::default()],
            ..FindingView::default()
        };
        assert_eq!(unknown_members(&finding, &schema_for!(api::FindingDetail)), [""; 0]);
        let totals = ItemsView {
            items: vec![LaneTotalView {
                at_risk: vec![MoneyView::default()],
                ..LaneTotalView::default()
            }],
        };
        assert_eq!(unknown_members(&totals, &schema_for!(api::LaneTotals)), [""; 0]);
        let run = RunView::default();
        assert_eq!(unknown_members(&run, &schema_for!(api::RunDetail)), [""; 0]);
        let verdict = VerdictView::default();
        assert_eq!(unknown_members(&verdict, &schema_for!(api::RememberedVerdicts)), [""; 0]);
    }
}
