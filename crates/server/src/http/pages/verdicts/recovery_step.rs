//! A step of the money of a finding on its way back, as a form sends it.
//!
//! Invariant: as with what came back, what is unclear or more than is at risk is asked about in its field; a
//! part of what was asked for leaves the rest asked for.

use axum::extract::{Path, State};
use domain::FindingKey;
use domain::finding::{NewRecovery, RecoveryRequest, RecoveryStage, StoredFinding};
use jiff::civil::Date;
use serde::Deserialize;

use super::recovered::recovered_of;
use super::{DecisionError, Key, again, back, impossible, parse_key, seen};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::field::{Text, valid};
use crate::http::pages::findings::filter::QueueFilter;
use crate::http::pages::findings::unwritten::{TypedDecision, TypedStep};
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::format;
use crate::http::pages::respond::PageResult;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StepForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    #[serde(deserialize_with = "valid")]
    seen: Option<u64>,
    stage: Text,
    recovered: Text,
    /// The amount that is above what is at risk and right all the same, as digits.
    above: Text,
    on: Text,
    reference: Text,
    due: Text,
    words: Text,
}

pub(crate) async fn step_recovery(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<StepForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    match write(&app, &analyst, &key, &form).await {
        Ok(()) => back(&analyst, &key, &form.queue, Flash::RecoveryStepped),
        Err(unwritten) => {
            let step = TypedStep {
                stage: form.stage.into(),
                on: form.on.into(),
                reference: form.reference.into(),
                due: form.due.into(),
                words: form.words.into(),
            };
            let typed = TypedDecision {
                recovered: form.recovered.into(),
                step: Some(step),
                ..TypedDecision::default()
            };
            again(&app, &analyst, &key, &form.queue, (unwritten, typed)).await
        }
    }
}

async fn write(
    app: &App,
    analyst: &Analyst,
    key: &FindingKey,
    form: &StepForm,
) -> Result<(), DecisionError> {
    let step = checked(app, analyst, key, form).await?;
    let before = analyst.store.finding(&analyst.unit, key).await?.ok_or(PageError::NotFound)?;
    let (findings, decider) = ([seen(key, form.seen)], analyst.decider(app));
    analyst.store.step_recovery(&analyst.unit, findings, &step, decider).await?;
    leave_rest(app, analyst, &before).await
}

/// Where a part came of what a finding was asked or promised for before, the rest stays so: by the same
/// letter, until the same day.
pub(super) async fn leave_rest(
    app: &App,
    analyst: &Analyst,
    before: &StoredFinding,
) -> Result<(), DecisionError> {
    let key = &before.finding.key;
    let now = analyst.store.finding(&analyst.unit, key).await?.ok_or(PageError::NotFound)?;
    let Some(rest) = rest_of(before, &now) else { return Ok(()) };
    let step = NewRecovery::new(rest, format::today(app.clock.now())).map_err(impossible)?;
    let (findings, decider) = ([seen(key, Some(now.last_entry))], analyst.decider(app));
    analyst.store.step_recovery(&analyst.unit, findings, &step, decider).await?;
    Ok(())
}

/// The step that was waited for, where less came than it was about; none where nothing is left of it.
fn rest_of(before: &StoredFinding, now: &StoredFinding) -> Option<RecoveryRequest> {
    let waits = |stage| matches!(stage, RecoveryStage::Asked | RecoveryStage::Promised);
    let waited = before.standing.recovery.as_ref().filter(|step| waits(step.stage))?;
    let at_risk = before.finding.at_risk.as_ref().map(|money| money.amount);
    let is_received = now.standing.recovery_stage() == Some(RecoveryStage::Received);
    let came = now.standing.recovered.filter(|_| is_received)?;
    let is_part = waited.amount.or(at_risk).is_some_and(|claimed| came < claimed);
    is_part.then(|| RecoveryRequest {
        stage: waited.stage,
        amount: waited.amount,
        on: Some(waited.on),
        reference: waited.reference.clone().unwrap_or_default(),
        due: before.standing.due,
        words: String::new(),
    })
}

async fn checked(
    app: &App,
    analyst: &Analyst,
    key: &FindingKey,
    form: &StepForm,
) -> Result<NewRecovery, DecisionError> {
    let stage: RecoveryStage = form.stage.parse().map_err(impossible)?;
    // Money is a question of what is asked for or came; of the rest the field is left as it stands.
    let is_about_money = !matches!(stage, RecoveryStage::ToAsk | RecoveryStage::Settled);
    let amount = if is_about_money {
        recovered_of(analyst, key, &form.recovered, &form.above).await?
    } else {
        None
    };
    let request = RecoveryRequest {
        stage,
        amount,
        on: day(&form.on)?,
        reference: form.reference.to_string(),
        due: day(&form.due)?,
        words: form.words.to_string(),
    };
    let today = format::today(app.clock.now());
    Ok(NewRecovery::new(request, today).map_err(impossible)?)
}

/// A day as a field has it; none where it is empty.
pub(super) fn day(text: &str) -> Result<Option<Date>, PageError> {
    if text.is_empty() {
        return Ok(None);
    }
    let no_day = "That is no day. Write it like 2027-03-31.";
    text.parse().map(Some).map_err(|_no_day| PageError::Impossible(no_day.to_owned()))
}
