//! Outcomes by reason code: how many findings were decided with each, and their money.
//!
//! Not for: the words of a code (`ReasonCatalogue`).
//!
//! Invariant: a finding that was decided in words only is in none of them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ReasonCode;
use crate::amount::Amount;

/// The findings that were decided with one reason code, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReasonOutcome {
    pub code: ReasonCode,
    pub currency: Option<String>,
    pub findings: u64,
    /// The money at risk that they count for, also of those that were dismissed.
    pub money: Amount,
}

/// Findings by their reason codes, on their way.
#[derive(Debug, Default)]
pub(super) struct ReasonTally(BTreeMap<(ReasonCode, Option<String>), (u64, i128)>);

impl ReasonTally {
    /// Adds a finding with its money, in ten-thousandths.
    pub(super) fn add(&mut self, code: &ReasonCode, currency: Option<String>, money: i128) {
        let (findings, sum) = self.0.entry((code.clone(), currency)).or_default();
        *findings += 1;
        *sum += money;
    }

    /// The most money first.
    pub(super) fn finish(self) -> Vec<ReasonOutcome> {
        let outcome = |((code, currency), (findings, money))| ReasonOutcome {
            code,
            currency,
            findings,
            money: Amount::nearest(money),
        };
        let mut outcomes: Vec<ReasonOutcome> = self.0.into_iter().map(outcome).collect();
        outcomes.sort_by_key(|outcome| std::cmp::Reverse((outcome.money, outcome.findings)));
        outcomes
    }
}
