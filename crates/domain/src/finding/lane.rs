//! What can be done about a finding, and how grave it is beside others of which the same can be done.
//!
//! Invariant: what has a measured probability and money that can still come back never mixes in a queue with
//! what has neither.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Finding;
use crate::amount::{Amount, Money};
use crate::check::Severity;
use crate::enum_words::enum_words;

/// The action that a finding allows.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Money that has not been paid yet: the payment can be stopped.
    StopPayment,
    /// Money that was paid and can be asked back.
    Recover,
    /// A sign of fraud, whatever money is named.
    FraudSigns,
    /// Worth a look: data to mend, or a habit to know of.
    #[default]
    LookInto,
}

/// A word that is not a lane.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a lane: stop_payment, recover, fraud_signs or look_into")]
pub struct InvalidLane;

/// Beyond it money no longer ranks: a hundred thousand million, which no supplier is paid and a slip of a
/// keyboard is.
const RANKED_MONEY_MAX: i64 = 1_000_000_000_000_000;

enum_words! {
    Lane or InvalidLane;
    StopPayment = "stop_payment",
    Recover = "recover",
    FraudSigns = "fraud_signs",
    LookInto = "look_into",
}

impl Lane {
    /// Its name on pages.
    pub const fn title(self) -> &'static str {
        match self {
            Self::StopPayment => "Stop before payment",
            Self::Recover => "Recover",
            Self::FraudSigns => "Fraud signs",
            Self::LookInto => "Look into",
        }
    }

    /// The place of the lane in a queue, the greatest first.
    pub const fn rank(self) -> i64 {
        match self {
            Self::StopPayment => 4,
            Self::Recover => 3,
            Self::FraudSigns => 2,
            Self::LookInto => 1,
        }
    }

    /// Returns `true` for a lane about money that can still be kept or come back.
    pub const fn is_about_money(self) -> bool {
        matches!(self, Self::StopPayment | Self::Recover)
    }

    /// The money that a finding of the lane counts for in totals: none in a lane that is not about money.
    pub fn counted(self, counted: Option<Amount>) -> Option<Amount> {
        counted.filter(|_counted| self.is_about_money())
    }
}

/// The size of one lane: its findings, and the money in them that can still be kept or come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LaneTotal {
    pub lane: Lane,
    pub findings: u64,
    /// By currency, the most first; each invoice once.
    pub at_risk: Vec<Money>,
}

/// Money ranks by one part of so many where nobody has measured how often such a finding is true: above what
/// is probably legitimate, and below what is almost certainly money lost.
const UNMEASURED_PARTS: i64 = 2;

impl Finding {
    /// The rank within its lane, the greatest first: of money the part that is likely lost; of anything else
    /// first how severe it would be, then the money that goes through it.
    pub fn gravity(&self) -> i64 {
        let money = |money: &Option<Money>| {
            money.as_ref().map(|money| money.amount.ten_thousandths().clamp(0, RANKED_MONEY_MAX))
        };
        let exposed = money(&self.at_risk).or_else(|| money(&self.billed)).unwrap_or(0);
        let unmeasured = exposed / UNMEASURED_PARTS;
        let likely = self.probability.map_or(unmeasured, |share| times(exposed, share));
        if self.lane.is_about_money() {
            return likely;
        }
        let severity = match self.severity {
            Severity::High => 2,
            Severity::Medium => 1,
            Severity::Context => 0,
        };
        // Nothing that ranks by money reaches the next severity.
        severity * (RANKED_MONEY_MAX + 1) + likely
    }
}

/// The part of an amount that is likely, to the millionth.
fn times(amount: i64, probability: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a share is at most a million millionths")]
    let millionths = (probability * 1_000_000.0).round() as i64;
    let product = i128::from(amount) * i128::from(millionths) / 1_000_000;
    i64::try_from(product).expect("a share of an amount is within the amount")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finding(
        lane: &str,
        severity: &str,
        at_risk: Option<&str>,
        probability: Option<f64>,
    ) -> Finding {
        let money = at_risk.map(|amount| json!({ "amount": amount, "currency": "GBP" }));
        serde_json::from_value(json!({
            "key": "fnd_00000000000000000000000000000000", "check": "spike", "kind": "spike",
            "title": "", "probability": probability, "lane": lane, "severity": severity,
            "atRisk": if lane == "recover" { money.clone() } else { None },
            "billed": money, "rows": [], "evidence": [], "innocentIf": "", "suppressed": null,
            "pattern": null,
        }))
        .unwrap()
    }

    #[test]
    fn money_ranks_by_what_is_likely_lost_and_the_rest_by_severity_first() {
        let gravity = |lane, severity, at_risk, probability| {
            finding(lane, severity, at_risk, probability).gravity()
        };
        let fraud = |severity, billed| gravity("fraud_signs", severity, Some(billed), None);
        assert!(fraud("high", "1.00") > fraud("medium", "900000000000000.0000"));
        assert!(fraud("medium", "2.00") > fraud("medium", "1.00"));
        assert!(fraud("medium", "-2.00") == gravity("fraud_signs", "medium", None, None));
        let money = |at_risk, probability| gravity("recover", "high", Some(at_risk), probability);
        assert_eq!(money("100.00", Some(0.5)), 500_000);
        assert!(money("100.00", Some(0.5)) < money("60.00", Some(0.9)));
        // What nobody has measured stands between what is surely so and what is probably not.
        assert_eq!(money("100.00", None), 500_000);
    }

    #[test]
    fn lanes_rank_in_their_order() {
        assert!(Lane::ALL.windows(2).all(|two| two[0].rank() > two[1].rank()));
    }
}
