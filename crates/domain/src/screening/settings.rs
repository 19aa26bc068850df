//! From which probability on, and at which oddities, a screening says look or stop.
//!
//! Invariant: what may be paid without a look is never graver than what takes one: the probability of a look
//! is at most that of a stop.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OddityKind, ScreeningWord};
use crate::amount::Amount;
use crate::check::CheckNumber;

/// More likely than this is worth a look: a look costs less than the money.
const LOOK_FROM: &str = "0.25";
/// More likely than this is not paid without one.
const STOP_FROM: &str = "0.8";
/// A change of an account is recent for so many days: a letter that was forged is found out by then.
const RECENT_DAYS: u16 = 60;
/// Longer ago nothing is recent.
const RECENT_DAYS_MAX: u16 = 1_000;

/// The settings of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScreeningSettings {
    /// The probability of a duplicate from which on somebody is to look.
    #[schemars(with = "Amount")]
    pub look_from: CheckNumber,
    /// And that from which on it is not to be paid until then.
    #[schemars(with = "Amount")]
    pub stop_from: CheckNumber,
    /// The days for which a changed account and a new supplier are recent.
    pub recent_days: u16,
    /// The word for each oddity that differs from the usual one.
    pub oddities: BTreeMap<OddityKind, ScreeningWord>,
}

/// Why settings cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidScreeningSettings {
    #[error("write probabilities from 0 to 1, such as 0.25")]
    NoShare,
    #[error("the probability of a look must not be above that of a stop")]
    StopBeforeLook,
    #[error("write 1 to {RECENT_DAYS_MAX} days")]
    NoDays,
}

impl Default for ScreeningSettings {
    fn default() -> Self {
        Self {
            look_from: share(LOOK_FROM),
            stop_from: share(STOP_FROM),
            recent_days: RECENT_DAYS,
            oddities: BTreeMap::new(),
        }
    }
}

impl ScreeningSettings {
    /// The settings, when they can be.
    pub fn checked(self) -> Result<Self, InvalidScreeningSettings> {
        let (look, stop) = (number(self.look_from), number(self.stop_from));
        if !(0.0..=1.0).contains(&look) || !(0.0..=1.0).contains(&stop) {
            return Err(InvalidScreeningSettings::NoShare);
        }
        if look > stop {
            return Err(InvalidScreeningSettings::StopBeforeLook);
        }
        if !(1..=RECENT_DAYS_MAX).contains(&self.recent_days) {
            return Err(InvalidScreeningSettings::NoDays);
        }
        Ok(self)
    }

    /// The word for a duplicate of this probability.
    pub fn of_duplicate(&self, probability: f64) -> ScreeningWord {
        if probability >= number(self.stop_from) {
            ScreeningWord::Stop
        } else if probability >= number(self.look_from) {
            ScreeningWord::Look
        } else {
            ScreeningWord::Clear
        }
    }

    /// The word for an oddity.
    pub fn of_oddity(&self, kind: OddityKind) -> ScreeningWord {
        self.oddities.get(&kind).copied().unwrap_or_else(|| usual(kind))
    }
}

/// The word for an oddity of which nobody has said another.
const fn usual(kind: OddityKind) -> ScreeningWord {
    match kind {
        OddityKind::UnknownSupplier
        | OddityKind::ChangedAccount
        | OddityKind::SharedAccount
        | OddityKind::NewSupplier => ScreeningWord::Look,
        OddityKind::OtherAccount | OddityKind::EmployeeAccount => ScreeningWord::Stop,
    }
}

fn share(value: &str) -> CheckNumber {
    value.parse().expect("it has two places")
}

fn number(probability: CheckNumber) -> f64 {
    probability.to_string().parse().expect("every decimal is near a float")
}
