//! The money that came back of a finding, as a form sends it.
//!
//! Invariant: what is unclear, or more than is at risk and not confirmed, is refused in its field.

use axum::extract::{Path, State};
use domain::{Amount, FindingKey};
use serde::Deserialize;
use store::SeenFinding;

use super::{DecisionError, Key, again, back, parse_key};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::{PageError, sentence};
use crate::http::pages::field::{Text, valid};
use crate::http::pages::findings::filter::QueueFilter;
use crate::http::pages::findings::unwritten::{RefusedDecision, TypedDecision};
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::format;
use crate::http::pages::local_path::LocalPath;
use crate::http::pages::respond::{PageResult, see_other};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RecoveredForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    #[serde(deserialize_with = "valid")]
    seen: Option<u64>,
    recovered: Text,
    /// The recovered amount that is above what is at risk and right all the same, as digits.
    above: Text,
    /// The page to go on to, when not to the finding.
    next: Option<LocalPath>,
}

pub(crate) async fn set_recovered(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<RecoveredForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    if let Err(unwritten) = recover(&app, &analyst, &key, &form).await {
        let typed = TypedDecision { recovered: form.recovered.into(), ..TypedDecision::default() };
        return again(&app, &analyst, &key, &form.queue, (unwritten, typed)).await;
    }
    match form.next {
        None => back(&analyst, &key, &form.queue, Flash::RecoveredSaved),
        Some(next) => see_other(next.as_str()),
    }
}

async fn recover(
    app: &App,
    analyst: &Analyst,
    key: &FindingKey,
    form: &RecoveredForm,
) -> Result<(), DecisionError> {
    let recovered = recovered_amount(&form.recovered)?;
    if let Some(amount) = recovered {
        expected(analyst, key, amount, &form.above).await?;
    }
    let seen = SeenFinding { key: key.clone(), entry: form.seen };
    let decider = analyst.decider(app);
    Ok(analyst.store.set_recovered(&analyst.unit, seen, recovered, decider).await?)
}

/// Asks again about more than is at risk, which is a slip of the keyboard more often than not: it is right
/// when it is confirmed, digit by digit.
pub(super) async fn expected(
    analyst: &Analyst,
    key: &FindingKey,
    amount: Amount,
    confirmed: &str,
) -> Result<(), DecisionError> {
    let found = analyst.store.finding(&analyst.unit, key).await?.ok_or(PageError::NotFound)?;
    let at_risk = found.finding.at_risk.filter(|at_risk| amount > at_risk.amount);
    let Some(at_risk) = at_risk.filter(|_| confirmed != amount.to_string()) else { return Ok(()) };
    let recovered = format::of_currency(Some(amount), Some(&at_risk));
    let why = format!(
        "{recovered} is more than the {} at risk, so nothing was written yet. If {recovered} came back, say \
         so below and save again.",
        format::money(&at_risk)
    );
    let confirm = Some(amount.to_string());
    Err(DecisionError::Decision(RefusedDecision::Recovered { why, confirm }))
}

pub(super) fn recovered_amount(text: &str) -> Result<Option<Amount>, DecisionError> {
    if text.is_empty() {
        return Ok(None);
    }
    let amount = Amount::from_typed(text).map(Some);
    amount.map_err(|why| {
        let why = sentence(&why.to_string());
        DecisionError::Decision(RefusedDecision::Recovered { why, confirm: None })
    })
}
