//! A step of money on its way back: checked before anything is written, and what it makes of a standing.
//!
//! Invariant: a [`NewRecovery`] asks for nothing that makes no sense, and what it makes of a standing holds
//! together: what is received is what was recovered, only what is asked for waits for a day, and a part of
//! what was asked for leaves the rest asked for.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FindingState, Recovery, RecoveryStage, Standing, StoredFinding, WORDS_CHARS_MAX};
use crate::amount::Amount;
use crate::schema::Day;

/// The number of a letter, a credit note or a payment is shorter than this.
pub const REFERENCE_CHARS_MAX: usize = 200;

/// A step as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecoveryRequest {
    pub stage: RecoveryStage,
    /// The money it is about, in the currency that was at risk; of what was received all that came back so
    /// far, unless `amountIs` says otherwise: less than was asked for leaves the rest asked for. Absent: what
    /// is at risk.
    #[serde(default)]
    pub amount: Option<Amount>,
    /// The amount once more, where it is more than is at risk and right all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Amount>,
    /// The meaning of `amount` where something was received before; of what was received only.
    #[serde(default)]
    pub amount_is: ReceivedAmount,
    /// The day of it; absent: today.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub on: Option<Date>,
    /// The number of the letter, the credit note or the payment.
    #[serde(default)]
    #[schemars(length(max = REFERENCE_CHARS_MAX))]
    pub reference: String,
    /// The day by which an answer or the money is expected; of what was asked for or promised.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub due: Option<Date>,
    /// Something to say about it; of what is written off, why.
    #[serde(default)]
    #[schemars(length(max = WORDS_CHARS_MAX))]
    pub words: String,
}

/// The meaning of an amount that was received, beside what was recorded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceivedAmount {
    /// All that came back so far: refused where more was recorded before, as that may be left out.
    #[default]
    All,
    /// It came on top of what was recorded before.
    More,
    /// All that came back so far, though more was recorded before.
    Instead,
}

/// A step that makes sense, and its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecovery {
    request: RecoveryRequest,
    on: Date,
}

/// Why a step makes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRecovery {
    #[error("money is asked back of what was decided to be true; decide that first")]
    NotConfirmed,
    #[error("say how much came back; write it without a sign, such as 4310.00")]
    NoAmount,
    #[error("an amount is more than nothing; write it without a sign, such as 4310.00")]
    Nothing,
    #[error(
        "{0} was recorded before, and this is less: say whether it came on top (`amountIs`: `more`) or is all \
         that came (`amountIs`: `instead`)"
    )]
    LessThanRecorded(Amount),
    #[error("`amountIs` tells how an amount was received; leave it out of other steps")]
    AmountIsOfReceived,
    #[error("that day is still to come; name the day on which it happened")]
    LaterThanToday,
    #[error(
        "an answer is waited for where money was asked for or promised; leave the day out here"
    )]
    DueElsewhere,
    #[error("the day by which an answer is expected lies before the step itself; name a later one")]
    DueBefore,
    #[error("say why it is not asked for any more: whoever audits this will ask")]
    NoReason,
    #[error("the reference has more than {REFERENCE_CHARS_MAX} characters; shorten it")]
    ReferenceTooLong,
    #[error("the text is longer than {WORDS_CHARS_MAX} characters; shorten it")]
    TooLong,
}

impl NewRecovery {
    pub fn new(request: RecoveryRequest, today: Date) -> Result<Self, InvalidRecovery> {
        let (stage, on) = (request.stage, request.on.unwrap_or(today));
        if on > today {
            return Err(InvalidRecovery::LaterThanToday);
        }
        if request.amount.is_some_and(|amount| amount.ten_thousandths() <= 0) {
            return Err(InvalidRecovery::Nothing);
        }
        if stage == RecoveryStage::Received && request.amount.is_none() {
            return Err(InvalidRecovery::NoAmount);
        }
        if stage != RecoveryStage::Received && request.amount_is != ReceivedAmount::All {
            return Err(InvalidRecovery::AmountIsOfReceived);
        }
        if stage == RecoveryStage::WrittenOff && request.words.trim().is_empty() {
            return Err(InvalidRecovery::NoReason);
        }
        if request.reference.chars().count() > REFERENCE_CHARS_MAX {
            return Err(InvalidRecovery::ReferenceTooLong);
        }
        if request.words.chars().count() > WORDS_CHARS_MAX {
            return Err(InvalidRecovery::TooLong);
        }
        match request.due {
            Some(_) if !stage.waits() => Err(InvalidRecovery::DueElsewhere),
            Some(due) if due < on => Err(InvalidRecovery::DueBefore),
            _ => Ok(Self { request, on }),
        }
    }

    /// The step by which all came of a finding that is asked for: what was asked for, else what is at risk.
    pub fn all_came(
        request: &RecoveryRequest,
        found: &StoredFinding,
        today: Date,
    ) -> Result<Self, InvalidRecovery> {
        let asked = found.standing.recovery.as_ref().and_then(|step| step.amount);
        let amount = asked.or(found.finding.at_risk.as_ref().map(|money| money.amount));
        Self::new(RecoveryRequest { amount, ..request.clone() }, today)
    }

    pub const fn get(&self) -> &RecoveryRequest {
        &self.request
    }

    /// The standing that it makes of another. Money that came back stays what came back, unless it is to be
    /// asked for from the beginning.
    pub fn applied_to(&self, standing: &Standing) -> Result<Standing, InvalidRecovery> {
        if standing.state != FindingState::Confirmed {
            return Err(InvalidRecovery::NotConfirmed);
        }
        let RecoveryRequest { stage, reference, due, .. } = &self.request;
        let (stage, before) = (*stage, standing.recovery.as_ref());
        let amount = self.amount_beside(standing.recovered)?;
        if stage == RecoveryStage::ToAsk {
            return Ok(Standing { recovery: None, recovered: None, due: None, ..standing.clone() });
        }
        let asked_on = before.and_then(|before| before.asked_on);
        let asked_now = (stage == RecoveryStage::Asked).then_some(self.on);
        let reference = Some(reference.trim()).filter(|reference| !reference.is_empty());
        let recovery = Recovery {
            stage,
            amount,
            on: self.on,
            asked_on: asked_on.or(asked_now),
            reference: reference.map(str::to_owned),
        };
        let received = amount.filter(|_| stage == RecoveryStage::Received);
        Ok(Standing {
            recovery: Some(recovery),
            recovered: received.or(standing.recovered),
            due: *due,
            ..standing.clone()
        })
    }

    /// The amount of the step: of what was received all that came, with what was recorded before.
    fn amount_beside(&self, recorded: Option<Amount>) -> Result<Option<Amount>, InvalidRecovery> {
        let RecoveryRequest { stage, amount, amount_is, .. } = &self.request;
        let (Some(amount), Some(recorded), RecoveryStage::Received) = (*amount, recorded, *stage)
        else {
            return Ok(*amount);
        };
        match amount_is {
            ReceivedAmount::All if amount < recorded => {
                Err(InvalidRecovery::LessThanRecorded(recorded))
            }
            ReceivedAmount::All | ReceivedAmount::Instead => Ok(Some(amount)),
            ReceivedAmount::More => Ok(Some(amount.saturating_add(recorded))),
        }
    }

    /// The step that follows one by which a part came of what was asked for or promised before: the rest
    /// stays so, by the same letter and until the same day. None where nothing is left of it.
    pub fn of_rest(before: &Standing, now: &Standing, at_risk: Option<Amount>) -> Option<Self> {
        let waited = before.recovery.as_ref().filter(|step| step.stage.waits())?;
        let is_received = now.recovery_stage() == Some(RecoveryStage::Received);
        let came = now.recovered.filter(|_| is_received)?;
        waited.is_part(came, at_risk).then(|| Self {
            request: RecoveryRequest {
                stage: waited.stage,
                amount: waited.amount,
                above: None,
                amount_is: ReceivedAmount::All,
                on: Some(waited.on),
                reference: waited.reference.clone().unwrap_or_default(),
                due: before.due,
                words: String::new(),
            },
            on: waited.on,
        })
    }
}

impl Recovery {
    /// Returns `true` when an amount is less than this step is about.
    fn is_part(&self, amount: Amount, at_risk: Option<Amount>) -> bool {
        self.amount.or(at_risk).is_some_and(|claimed| amount < claimed)
    }
}

impl Standing {
    /// The stage of its money, where that is a question: of what was decided to be true.
    pub fn recovery_stage(&self) -> Option<RecoveryStage> {
        let stage = match (&self.recovery, self.recovered) {
            (Some(recovery), _) => recovery.stage,
            (None, Some(_)) => RecoveryStage::Received,
            (None, None) => RecoveryStage::ToAsk,
        };
        (self.state == FindingState::Confirmed).then_some(stage)
    }

    /// Adds an amount recorded as recovered, and nothing else said: all that was asked for is then received,
    /// and a part of it leaves the rest asked for.
    #[must_use]
    pub fn with_recovered(
        self,
        recovered: Option<Amount>,
        at_risk: Option<Amount>,
        today: Date,
    ) -> Self {
        let before = self.recovery.clone();
        let recovery = match (before, recovered) {
            (Some(before), Some(amount)) if before.stage.waits() => {
                if before.is_part(amount, at_risk) {
                    return Self { recovered, ..self };
                }
                Some(Recovery {
                    stage: RecoveryStage::Received,
                    amount: recovered,
                    on: today,
                    ..before
                })
            }
            (Some(before), None) if before.stage == RecoveryStage::Received => {
                let asked = before.asked_on.map(|asked_on| (asked_on, before.clone()));
                asked.map(|(asked_on, before)| Recovery {
                    stage: RecoveryStage::Asked,
                    amount: None,
                    on: asked_on,
                    ..before
                })
            }
            (Some(before), Some(_)) if before.stage == RecoveryStage::Received => {
                Some(Recovery { amount: recovered, ..before })
            }
            (before, _) => return Self { recovered, recovery: before, ..self },
        };
        Self { recovered, recovery, due: None, ..self }
    }
}

#[cfg(test)]
mod tests;
