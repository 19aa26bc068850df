//! A verdict on its way: what a person decides, checked before anything is written.
//!
//! Invariant: a [`NewVerdict`] asks for nothing that makes no sense, but for what only the finding itself
//! tells, such as whether it has a pattern.

use crate::amount::{Amount, Money};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CodedReason, FindingState, ReasonCode};
use crate::schema::{DateTime, Day};

/// Longer texts belong into the files of whoever writes them.
pub const WORDS_CHARS_MAX: usize = 4_000;
/// The length that an address may have.
pub const ASSIGNEE_CHARS_MAX: usize = crate::user::EMAIL_BYTES_MAX;

/// A decision as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerdictRequest {
    pub state: FindingState,
    /// Why, for whoever asks later; of duplicates, and beside a reason code, it may be empty.
    #[serde(default)]
    #[schemars(length(max = WORDS_CHARS_MAX))]
    pub because: String,
    /// The code of a reason that the customer has for this verdict; absent: in words only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<ReasonCode>,
    /// Money that came back; for duplicates only.
    #[serde(default)]
    pub recovered: Option<Amount>,
    /// The recovered amount once more, where it is more than is at risk and right all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<Amount>,
    /// For what is dismissed: whether later runs are to know.
    #[serde(default)]
    pub remember: Remember,
    /// From then on it is remembered no more; absent: for ever.
    #[serde(default)]
    #[schemars(with = "Option<DateTime>")]
    pub until: Option<Timestamp>,
    /// The day by which an answer is expected; of what needs information only.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub due: Option<Date>,
}

/// The scope for which a verdict is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remember {
    /// The finding keeps its verdict, and others are looked at anew.
    #[default]
    None,
    /// Whatever is made of these rows.
    Rows,
    /// Whatever has the supplier and pattern of the finding.
    Pattern,
}

/// A verdict that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVerdict(VerdictRequest);

/// From which money at risk on every verdict takes a reason, where an admin has set that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonRule {
    pub from: Amount,
}

impl ReasonRule {
    /// Returns `true` when a reason is asked for here: also where a finding names no money, as nobody
    /// knows how much it is about.
    pub fn applies_to(self, at_risk: Option<&Money>) -> bool {
        at_risk.is_none_or(|at_risk| at_risk.amount >= self.from)
    }
}

/// Why a verdict makes none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVerdict {
    #[error(
        "a verdict is duplicate, not_duplicate or needs_information; to open a finding again, undo"
    )]
    Open,
    #[error("say why, in because or by a reason code: whoever audits this will ask")]
    NoReason,
    #[error("the text is longer than {WORDS_CHARS_MAX} characters; shorten it")]
    TooLong,
    #[error("a recovered amount stands beside a duplicate only; leave it out, or decide duplicate")]
    RecoveredElsewhere,
    #[error("a recovered amount is more than nothing; write it without a sign, such as 4310.00")]
    RecoveredNothing,
    #[error("only what is not a duplicate is remembered for later runs; leave remember out")]
    RememberedElsewhere,
    #[error("until says how long a verdict is remembered; add remember, rows or pattern")]
    UntilOfNothing,
    #[error("until lies in the past; name a later moment")]
    UntilPast,
    #[error("an answer is waited for where information is needed; leave due out")]
    DueElsewhere,
    #[error("due lies in the past; name a later day")]
    DuePast,
}

impl NewVerdict {
    /// The verdict of a program, whose day is that of UTC.
    pub fn new(request: VerdictRequest, now: Timestamp) -> Result<Self, InvalidVerdict> {
        Self::on_day(request, now, TimeZone::UTC.to_datetime(now).date())
    }

    /// The verdict of a person, where it is that day now.
    pub fn on_day(
        request: VerdictRequest,
        now: Timestamp,
        today: Date,
    ) -> Result<Self, InvalidVerdict> {
        if request.state == FindingState::Open {
            return Err(InvalidVerdict::Open);
        }
        // A duplicate is one by its evidence; whatever is said against it is somebody's word.
        if request.state != FindingState::Confirmed && !has_reason(&request) {
            return Err(InvalidVerdict::NoReason);
        }
        if request.because.chars().count() > WORDS_CHARS_MAX {
            return Err(InvalidVerdict::TooLong);
        }
        if let Some(recovered) = request.recovered {
            recoverable(request.state, recovered)?;
        }
        if request.remember != Remember::None && request.state != FindingState::Dismissed {
            return Err(InvalidVerdict::RememberedElsewhere);
        }
        match request.due {
            Some(_) if request.state != FindingState::NeedsInformation => {
                return Err(InvalidVerdict::DueElsewhere);
            }
            Some(due) if due < today => return Err(InvalidVerdict::DuePast),
            _ => {}
        }
        match request.until {
            Some(_) if request.remember == Remember::None => Err(InvalidVerdict::UntilOfNothing),
            Some(until) if until <= now => Err(InvalidVerdict::UntilPast),
            _ => Ok(Self(request)),
        }
    }

    pub const fn get(&self) -> &VerdictRequest {
        &self.0
    }

    /// Returns `true` when somebody said why, in words or by a code.
    pub fn has_reason(&self) -> bool {
        has_reason(&self.0)
    }

    /// The verdict with the code as its reason has it, whose words speak where nothing else was said.
    #[must_use]
    pub fn resting_on(&self, reason: &CodedReason) -> Self {
        let mut request = self.0.clone();
        request.reason_code = Some(reason.code.clone());
        if request.because.trim().is_empty() {
            request.because.clone_from(&reason.words);
        }
        Self(request)
    }
}

fn has_reason(request: &VerdictRequest) -> bool {
    request.reason_code.is_some() || !request.because.trim().is_empty()
}

/// Checks that something can have been recovered.
pub fn recoverable(state: FindingState, amount: Amount) -> Result<(), InvalidVerdict> {
    if state != FindingState::Confirmed {
        return Err(InvalidVerdict::RecoveredElsewhere);
    }
    if amount.ten_thousandths() <= 0 {
        return Err(InvalidVerdict::RecoveredNothing);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_asked_for_from_an_amount_on() {
        let pounds = |pounds: i64| Amount::from_ten_thousandths(pounds * 10_000);
        let rule = ReasonRule { from: pounds(1_000) };
        let money = |amount| Some(Money { amount, currency: None });
        for (at_risk, is_asked) in
            [(money(pounds(999)), false), (money(pounds(1_000)), true), (None, true)]
        {
            assert_eq!(rule.applies_to(at_risk.as_ref()), is_asked, "{at_risk:?}");
        }
    }

    #[test]
    fn the_day_of_an_answer_goes_by_where_it_is_asked_for() {
        let now: Timestamp = "2026-11-23T23:30:00Z".parse().unwrap();
        let waits = |due: &str| VerdictRequest {
            state: FindingState::NeedsInformation,
            because: "asked".to_owned(),
            reason_code: None,
            recovered: None,
            above: None,
            remember: Remember::None,
            until: None,
            due: Some(due.parse().unwrap()),
        };
        for (due, today, is_past) in [
            ("2026-11-23", "2026-11-23", false),
            ("2026-11-23", "2026-11-24", true),
            ("2026-11-22", "2026-11-22", false),
        ] {
            let verdict = NewVerdict::on_day(waits(due), now, today.parse().unwrap());
            assert_eq!(verdict == Err(InvalidVerdict::DuePast), is_past, "{due} on {today}");
        }
        assert_eq!(NewVerdict::new(waits("2026-11-22"), now), Err(InvalidVerdict::DuePast));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let now = Timestamp::UNIX_EPOCH;
        let good = VerdictRequest {
            state: FindingState::Dismissed,
            because: "rent".to_owned(),
            reason_code: None,
            recovered: None,
            above: None,
            remember: Remember::Pattern,
            until: Some(Timestamp::MAX),
            due: None,
        };
        assert!(NewVerdict::new(good.clone(), now).is_ok());
        let some = |value| Some(Amount::from_ten_thousandths(value));
        let confirmed = VerdictRequest {
            state: FindingState::Confirmed,
            remember: Remember::None,
            until: None,
            recovered: some(1),
            ..good.clone()
        };
        assert!(NewVerdict::new(confirmed.clone(), now).is_ok());
        let code = Some("RENT".parse().unwrap());
        let coded = VerdictRequest { because: String::new(), reason_code: code, ..good.clone() };
        assert!(NewVerdict::new(coded, now).is_ok(), "a code is a reason");
        for (wrong, why) in [
            (VerdictRequest { state: FindingState::Open, ..good.clone() }, InvalidVerdict::Open),
            (VerdictRequest { because: " ".to_owned(), ..good.clone() }, InvalidVerdict::NoReason),
            (
                VerdictRequest { because: "x".repeat(WORDS_CHARS_MAX + 1), ..good.clone() },
                InvalidVerdict::TooLong,
            ),
            (
                VerdictRequest { recovered: some(1), ..good.clone() },
                InvalidVerdict::RecoveredElsewhere,
            ),
            (
                VerdictRequest { recovered: some(0), ..confirmed.clone() },
                InvalidVerdict::RecoveredNothing,
            ),
            (
                VerdictRequest { remember: Remember::Rows, ..confirmed.clone() },
                InvalidVerdict::RememberedElsewhere,
            ),
            (
                VerdictRequest { until: Some(Timestamp::MAX), ..confirmed },
                InvalidVerdict::UntilOfNothing,
            ),
            (VerdictRequest { until: Some(now), ..good.clone() }, InvalidVerdict::UntilPast),
            (VerdictRequest { due: Some(Date::MAX), ..good.clone() }, InvalidVerdict::DueElsewhere),
            (
                VerdictRequest {
                    state: FindingState::NeedsInformation,
                    due: Some(Date::MIN),
                    remember: Remember::None,
                    until: None,
                    ..good
                },
                InvalidVerdict::DuePast,
            ),
        ] {
            assert_eq!(NewVerdict::new(wrong, now), Err(why));
        }
    }
}
