//! A verdict that waits for a second person, and which verdicts do.
//!
//! Not for: who may confirm one; the store knows who proposed it.
//!
//! Invariant: while a verdict is proposed, the finding stands as it stood before.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::decision::{Remember, VerdictRequest};
use super::reason_code::ReasonCode;
use super::verdict::FindingState;
use crate::amount::{Amount, Money};
use crate::schema::DateTime;

/// A verdict that somebody proposed: it counts once another person who decides confirms it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    pub verdict: ProposedVerdict,
    /// The name by which people know who proposed it: a user's, the label of an access token, or its
    /// id.
    pub by: String,
    /// The mark that tells people apart whose names do not: a user's address, or the id of an access
    /// token.
    pub who: String,
    /// Who cannot confirm it: the address of who proposed it or made the access token, or `operator`.
    pub person: String,
    #[schemars(with = "DateTime")]
    pub at: Timestamp,
}

/// The verdict that is proposed, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProposedVerdict {
    pub state: FindingState,
    /// Why, for whoever confirms it.
    pub because: String,
    /// The code of its reason; absent: in words only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// Money that came back; for duplicates only.
    pub recovered: Option<Amount>,
    /// The memory that later runs are to have of the verdict, or none.
    pub remember: Remember,
    /// From then on it is remembered no more; null: for ever.
    #[schemars(with = "Option<DateTime>")]
    pub until: Option<Timestamp>,
}

/// The amount at risk above which a verdict that closes a finding takes two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FourEyes {
    pub above: Amount,
}

impl Proposal {
    /// Returns `true` when a verdict is the one that is proposed, whatever reason it gives.
    pub fn is_for(&self, wanted: &VerdictRequest) -> bool {
        let ProposedVerdict { state, recovered, remember, until, because: _, reason_code: _ } =
            &self.verdict;
        (*state, *recovered, *remember, *until)
            == (wanted.state, wanted.recovered, wanted.remember, wanted.until)
    }
}

impl From<&VerdictRequest> for ProposedVerdict {
    fn from(wanted: &VerdictRequest) -> Self {
        // A day to wait for stands with what takes one person.
        let VerdictRequest { state, because, reason_code, recovered, remember, until, .. } =
            wanted.clone();
        Self { state, because, reason_code, recovered, remember, until }
    }
}

impl From<&ProposedVerdict> for VerdictRequest {
    fn from(proposed: &ProposedVerdict) -> Self {
        let ProposedVerdict { state, because, reason_code, recovered, remember, until } =
            proposed.clone();
        Self { state, because, reason_code, recovered, above: None, remember, until, due: None }
    }
}

impl FourEyes {
    /// Returns `true` for a verdict that takes a second person. What only asks somebody closes
    /// nothing; what is remembered speaks for later findings, of whatever amount.
    pub fn apply_to(self, at_risk: Option<&Money>, verdict: &VerdictRequest) -> bool {
        let closes = matches!(verdict.state, FindingState::Confirmed | FindingState::Dismissed);
        let is_above = at_risk.is_some_and(|money| money.amount > self.above);
        closes && (is_above || verdict.remember != Remember::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_closes_above_the_amount_takes_two() {
        let eyes = FourEyes { above: "1000".parse().unwrap() };
        let money = |amount: &str| Money { amount: amount.parse().unwrap(), currency: None };
        let verdict = |state, remember| VerdictRequest {
            state,
            because: "rent".to_owned(),
            reason_code: None,
            recovered: None,
            above: None,
            remember,
            until: None,
            due: None,
        };
        for (at_risk, state, remember, applies) in [
            (Some("1000"), FindingState::Confirmed, Remember::None, false),
            (Some("1000.01"), FindingState::Confirmed, Remember::None, true),
            (Some("1000.01"), FindingState::Dismissed, Remember::None, true),
            (Some("1000.01"), FindingState::NeedsInformation, Remember::None, false),
            (Some("1"), FindingState::Dismissed, Remember::Pattern, true),
            (Some("1"), FindingState::Dismissed, Remember::Rows, true),
            (None, FindingState::Confirmed, Remember::None, false),
        ] {
            let at_risk = at_risk.map(money);
            let applied = eyes.apply_to(at_risk.as_ref(), &verdict(state, remember));
            assert_eq!(applied, applies, "{at_risk:?} {state} {remember:?}");
        }
    }

    #[test]
    fn another_reason_is_the_same_verdict() {
        let verdict = VerdictRequest {
            state: FindingState::Dismissed,
            because: "rent".to_owned(),
            reason_code: None,
            recovered: None,
            above: None,
            remember: Remember::None,
            until: None,
            due: None,
        };
        let proposal = Proposal {
            verdict: ProposedVerdict::from(&verdict),
            by: "Ann".to_owned(),
            who: "ann@example.org".to_owned(),
            person: "ann@example.org".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        let again = VerdictRequest { because: "I looked as well".to_owned(), ..verdict.clone() };
        assert!(proposal.is_for(&again));
        assert!(!proposal.is_for(&VerdictRequest { remember: Remember::Rows, ..verdict }));
    }
}
