//! Findings about which nothing is left to do, though somebody may still look at them: their money is at risk
//! no more, and their next step is over.
//!
//! Not for: money on its way back, whose end `recovery` knows.

use super::{Explanation, FindingState, StoredFinding};

/// Why nothing is left to do about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingEnd {
    /// Somebody decided that it is none.
    Dismissed,
    /// It is explained, and nobody has decided otherwise.
    Suppressed,
    /// The last run did not find it any more, and nobody has decided that it is true.
    Gone,
}

impl FindingEnd {
    /// In the place of what was to be done.
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::Dismissed => "Nothing is left to do: it was dismissed.",
            Self::Suppressed => "Nothing is left to do: it is explained.",
            Self::Gone => "Nothing is left to do: the last checks did not find it any more.",
        }
    }

    /// Its money, behind the amount.
    pub const fn money_words(self) -> &'static str {
        match self {
            Self::Dismissed | Self::Suppressed => "not at risk",
            Self::Gone => "no longer at risk",
        }
    }
}

impl StoredFinding {
    /// None while there is something to do, or money that may come back.
    pub const fn end(&self) -> Option<FindingEnd> {
        match self.standing.state {
            FindingState::Confirmed => None,
            FindingState::Dismissed => Some(FindingEnd::Dismissed),
            FindingState::Open | FindingState::NeedsInformation => {
                if self.finding.suppressed.is_some() {
                    Some(FindingEnd::Suppressed)
                } else if self.seen.gone_at.is_some() {
                    Some(FindingEnd::Gone)
                } else {
                    None
                }
            }
        }
    }

    /// The finding in plain words, with what is to do as it stands.
    pub fn explain(&self) -> Explanation {
        let mut explanation = self.finding.explain();
        if let Some(end) = self.end() {
            end.next_step().clone_into(&mut explanation.next_step);
        }
        explanation
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_settled_has_no_step_and_no_money_of_its_own() {
        for (state, lane, is_gone, suppressed, end, counted) in [
            ("open", "recover", false, false, None, Some("10.00")),
            ("open", "fraud_signs", false, false, None, None),
            ("open", "recover", true, false, Some(FindingEnd::Gone), None),
            ("needs_information", "recover", true, false, Some(FindingEnd::Gone), None),
            ("needs_information", "stop_payment", false, false, None, Some("10.00")),
            ("open", "recover", true, true, Some(FindingEnd::Suppressed), Some("10.00")),
            ("not_duplicate", "recover", true, false, Some(FindingEnd::Dismissed), Some("10.00")),
            ("duplicate", "recover", true, true, None, Some("10.00")),
        ] {
            let found: StoredFinding = serde_json::from_value(json!({
                "key": "fnd_00000000000000000000000000000000", "check": "duplicate_invoices",
                "kind": "exact", "title": "", "lane": lane, "probability": 0.9,
                "atRisk": { "amount": "10", "currency": "GBP" }, "rows": [], "evidence": [],
                "innocentIf": "it is rent", "pattern": null, "nextStep": "Ask.",
                "suppressed": suppressed.then(|| json!({ "reason": "credited", "words": "by C1" })),
                "state": state, "because": null, "recovered": null, "assignee": null,
                "firstSeen": "2026-11-23T10:00:00Z", "firstRun": "run_01k00000000000000000000000",
                "lastRun": "run_01k00000000000000000000000", "counted": "10",
                "goneAt": is_gone.then_some("2026-11-24T10:00:00Z"),
            }))
            .unwrap();
            assert_eq!(found.end(), end, "{state} {is_gone} {suppressed}");
            let step = end.map_or("Ask.", FindingEnd::next_step);
            assert_eq!(found.explain().next_step, step, "{state}");
            let told = found.counted_here().map(|amount| amount.to_string());
            assert_eq!(told.as_deref(), counted, "{state} {lane} {is_gone}");
        }
    }
}
