//! The money that came back of a finding, as a form sends it.
//!
//! Invariant: what is unclear, or more than is at risk and not confirmed, is refused in its field.

use axum::extract::{Path, State};
use domain::finding::ReceivedAmount;
use domain::{Amount, FindingKey, MinorDigits, Money};
use serde::Deserialize;
use store::SeenFinding;

use super::{DecisionError, Key, again, back, parse_key};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::{PageError, sentence};
use crate::http::pages::field::{Text, valid};
use crate::http::pages::findings::filter::QueueFilter;
use crate::http::pages::findings::unwritten::{LessThanRecorded, RefusedDecision, TypedDecision};
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
    let typed = TypedAmount { text: &form.recovered, above: &form.above };
    let recovered = received_of(analyst, key, typed, ReceivedAmount::All).await?;
    let seen = SeenFinding::new(key, form.seen);
    let decider = analyst.decider(app);
    Ok(analyst.store.set_recovered(&analyst.unit, seen, recovered, decider).await?)
}

/// An amount as a form has it, and what of it was confirmed.
#[derive(Debug, Clone, Copy)]
pub(super) struct TypedAmount<'a> {
    pub(super) text: &'a str,
    /// The amount that is above what is at risk and right all the same, as digits.
    pub(super) above: &'a str,
}

/// The amount that was typed about money that came back. Less than was recorded before may be a second
/// receipt or a correction, and is asked about.
pub(super) async fn received_of(
    analyst: &Analyst,
    key: &FindingKey,
    typed: TypedAmount<'_>,
    amount_is: ReceivedAmount,
) -> Result<Option<Amount>, DecisionError> {
    let Some(amount) = recovered_of(analyst, key, typed).await? else { return Ok(None) };
    let found = analyst.store.finding(&analyst.unit, key).await?.ok_or(PageError::NotFound)?;
    let recorded = found.standing.recovered.unwrap_or_default();
    let at_risk = found.finding.at_risk;
    let written = |amount| format::of_currency(Some(amount), at_risk.as_ref());
    let together = amount.saturating_add(recorded);
    match amount_is {
        ReceivedAmount::All if amount < recorded => {
            let why = format!(
                "{} is less than the {} recorded before, so nothing was written yet: add it to them, or \
                 replace them?",
                written(amount),
                written(recorded)
            );
            let less = LessThanRecorded {
                why,
                more: format!("Add it: {} came back in all", written(together)),
                instead: format!("Replace them: {} came back in all", written(amount)),
            };
            Err(DecisionError::Decision(RefusedDecision::LessThanRecorded(Box::new(less))))
        }
        ReceivedAmount::More => {
            not_above(at_risk, together, typed.above)?;
            Ok(Some(amount))
        }
        ReceivedAmount::All | ReceivedAmount::Instead => Ok(Some(amount)),
    }
}

/// The amount that was typed about the money of a finding. More than is at risk is a slip of the keyboard
/// more often than not, and is asked about again: it is right when it is confirmed, digit by digit.
pub(super) async fn recovered_of(
    analyst: &Analyst,
    key: &FindingKey,
    TypedAmount { text: typed, above }: TypedAmount<'_>,
) -> Result<Option<Amount>, DecisionError> {
    if typed.is_empty() {
        return Ok(None);
    }
    let found = analyst.store.finding(&analyst.unit, key).await?.ok_or(PageError::NotFound)?;
    let at_risk = found.finding.at_risk;
    let currency = at_risk.as_ref().and_then(|money| money.currency.as_deref());
    let amount = format::typed(typed, currency).map_err(refused)?;
    let too_exact_for = currency.filter(|code| !amount.can_be_paid_in(Some(*code)));
    // What stands in the ledger so is taken so.
    if let Some(code) = too_exact_for
        && at_risk.as_ref().is_none_or(|money| money.amount != amount)
    {
        return Err(refused(too_exact(typed, code)));
    }
    not_above(at_risk, amount, above)?;
    Ok(Some(amount))
}

/// Asks whether an amount is right that is more than is at risk, unless that was confirmed.
fn not_above(at_risk: Option<Money>, amount: Amount, confirmed: &str) -> Result<(), DecisionError> {
    let at_risk = at_risk.filter(|at_risk| amount > at_risk.amount);
    let Some(at_risk) = at_risk.filter(|_| confirmed != amount.to_string()) else {
        return Ok(());
    };
    let recovered = format::of_currency(Some(amount), Some(&at_risk));
    let why = format!(
        "{recovered} is more than the {} at risk, so nothing was written yet. If {recovered} came back, say \
         so below and save again.",
        format::money(&at_risk)
    );
    let confirm = Some(amount.to_string());
    Err(DecisionError::Decision(RefusedDecision::Recovered { why, confirm }))
}

fn too_exact(typed: &str, currency: &str) -> String {
    match MinorDigits::of(Some(currency)).count() {
        0 => format!("“{typed}” has decimals, and {currency} has none: write a whole amount"),
        digits => format!("“{typed}” has more decimals than the {digits} of {currency}"),
    }
}

fn refused(why: impl std::fmt::Display) -> DecisionError {
    let why = sentence(&why.to_string());
    DecisionError::Decision(RefusedDecision::Recovered { why, confirm: None })
}
