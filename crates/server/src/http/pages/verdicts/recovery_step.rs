//! A step of the money of a finding on its way back, as a form sends it.
//!
//! Invariant: as with what came back, what is unclear or more than is at risk is asked about in its field.

use axum::extract::{Path, State};
use domain::FindingKey;
use domain::finding::{NewRecovery, ReceivedAmount, RecoveryRequest, RecoveryStage};
use jiff::civil::Date;
use serde::Deserialize;
use store::SeenFinding;

use super::recovered::{TypedAmount, received_of, recovered_of};
use super::{DecisionError, Key, again, back, parse_key};
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
    /// The meaning of an amount that is less than is recorded: `more` or `instead`.
    amount_is: Text,
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
                amount_is: form.amount_is.into(),
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
    let (findings, decider) = ([SeenFinding::new(key, form.seen)], analyst.decider(app));
    Ok(analyst.store.step_recovery(&analyst.unit, findings, &step, decider).await?)
}

async fn checked(
    app: &App,
    analyst: &Analyst,
    key: &FindingKey,
    form: &StepForm,
) -> Result<NewRecovery, DecisionError> {
    let stage: RecoveryStage = form.stage.parse().map_err(PageError::impossible)?;
    // Money is a question of what is asked for or came; of the rest the field is left as it stands.
    let is_about_money = !matches!(stage, RecoveryStage::ToAsk | RecoveryStage::Settled);
    let amount_is = match (stage, &*form.amount_is) {
        (RecoveryStage::Received, "more") => ReceivedAmount::More,
        (RecoveryStage::Received, "instead") => ReceivedAmount::Instead,
        _ => ReceivedAmount::All,
    };
    let typed = TypedAmount { text: &form.recovered, above: &form.above };
    let amount = match stage {
        RecoveryStage::Received => received_of(analyst, key, typed, amount_is).await?,
        _ if is_about_money => recovered_of(analyst, key, typed).await?,
        _ => None,
    };
    let request = RecoveryRequest {
        stage,
        amount,
        above: None,
        amount_is,
        on: day(&form.on)?,
        reference: form.reference.to_string(),
        // The field stands beside every step, and is of those that wait only.
        due: if stage.waits() { day(&form.due)? } else { None },
        words: form.words.to_string(),
    };
    let today = format::today(app.clock.now());
    Ok(NewRecovery::new(request, today).map_err(PageError::impossible)?)
}

/// A day as a field has it; none where it is empty.
pub(super) fn day(text: &str) -> Result<Option<Date>, PageError> {
    if text.is_empty() {
        return Ok(None);
    }
    let no_day = "That is no day. Write it like 2027-03-31.";
    text.parse().map(Some).map_err(|_no_day| PageError::Impossible(no_day.to_owned()))
}
