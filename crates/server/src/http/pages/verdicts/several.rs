//! Decisions on all findings that are ticked in a queue: decided, taken back, given to somebody.
//!
//! Invariant: what a colleague did something about since the list was opened is left as it is, and said; the
//! rest is written at once, and may be taken back at once.

use axum::extract::State;
use domain::finding::NewVerdict;
use domain::{FindingKey, VerdictId};
use jiff::Timestamp;
use serde::Deserialize;
use store::{Decider, DecisionCount, SeenFinding, UndoneCount};

use super::ticked::{joined, queue_path, ticked_findings};
use super::{AssignForm, DecisionError, VerdictForm, request};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::field::valid;
use crate::http::pages::findings::filter::QueueFilter;
use crate::http::pages::findings::show_queue_again;
use crate::http::pages::findings::unwritten::{TypedDecision, UnwrittenSelection};
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::format;
use crate::http::pages::respond::{PageResult, see_other};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UndoSeveralForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    #[serde(deserialize_with = "valid")]
    after: Option<FindingKey>,
    /// Those that are ticked, as with a verdict.
    finding: Vec<String>,
    /// In place of them, the moment at which they were decided, in microseconds.
    #[serde(deserialize_with = "valid")]
    decided: Option<i64>,
}

/// One verdict on all that are ticked.
pub(crate) async fn decide_findings(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<VerdictForm>,
) -> PageResult {
    let ticked = ticked_findings(&form.finding)?;
    let queue = queue_path(&analyst, &form.queue, form.after.as_ref());
    if ticked.is_empty() {
        return see_other(&Flash::NothingTicked.on(&queue));
    }
    // Of one alone it is said what was decided, with the means to undo it.
    let only = match ticked.as_slice() {
        [only] => Some(only.key.clone()),
        _ => None,
    };
    let decider = analyst.decider(&app);
    let count = match decide_ticked(&app, &analyst, (&ticked, decider), &form).await {
        Ok(count) => count,
        Err(unwritten) => {
            return Box::pin(again(&app, &analyst, (form, ticked), unwritten.into())).await;
        }
    };
    let queue = leaving(&queue, count.superseded);
    if count.proposed > 0 {
        return see_other(&Flash::SeveralProposed.on(&queue));
    }
    see_other(&match only {
        _ if count.decided == 0 => queue,
        Some(key) => joined(&queue, &format!("last={key}")),
        None => joined(&queue, &format!("decided={}", decider.at.as_microsecond())),
    })
}

async fn decide_ticked(
    app: &App,
    analyst: &Analyst,
    (ticked, decider): (&[SeenFinding], Decider<'_>),
    form: &VerdictForm,
) -> Result<DecisionCount, DecisionError> {
    let wanted = request(analyst, ticked, form).await?;
    let verdict = NewVerdict::on_day(wanted, decider.at, format::today(decider.at))
        .map_err(PageError::impossible)?;
    let new_id = || VerdictId::new(decider.at, app.randomness.bytes());
    let (store, unit) = (&analyst.store, &analyst.unit);
    Ok(store.decide_unchanged(unit, ticked, &verdict, new_id, decider).await?)
}

/// The queue once more, with why nothing was written and what was typed, where the verdict makes no sense.
async fn again(
    app: &App,
    analyst: &Analyst,
    (form, ticked): (VerdictForm, Vec<SeenFinding>),
    fault: PageError,
) -> PageResult {
    let PageError::Impossible(why) = fault else { return Err(fault) };
    let typed = TypedDecision {
        state: form.state.into(),
        because: form.because.into(),
        reason_code: form.reason_code.into(),
        due: form.due.into(),
        ..TypedDecision::default()
    };
    let unwritten = UnwrittenSelection { why, ticked, typed };
    show_queue_again(app, analyst, (form.queue, form.after), unwritten).await
}

/// Takes back the last verdict on all that are ticked, or all that was decided at once.
pub(crate) async fn undo_findings(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<UndoSeveralForm>,
) -> PageResult {
    let queue = queue_path(&analyst, &form.queue, form.after.as_ref());
    let (store, unit, decider) = (&analyst.store, &analyst.unit, analyst.decider(&app));
    let moment = form.decided.and_then(|moment| Timestamp::from_microsecond(moment).ok());
    let UndoneCount { undone, superseded, .. } = if let Some(moment) = moment {
        store.undo_decided_at(unit, moment, decider).await?
    } else {
        let ticked = ticked_findings(&form.finding)?;
        store.undo_unchanged(unit, ticked, decider).await?
    };
    let queue = leaving(&queue, superseded);
    let flash = if undone > 0 { Flash::SeveralUndone } else { Flash::NothingUndone };
    see_other(&flash.on(&queue))
}

/// All that are ticked, to one person or to nobody.
pub(crate) async fn assign_findings(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<AssignForm>,
) -> PageResult {
    let ticked = ticked_findings(&form.finding)?;
    let queue = queue_path(&analyst, &form.queue, form.after.as_ref());
    if ticked.is_empty() {
        return see_other(&Flash::NothingAssigned.on(&queue));
    }
    let assignee = Some(&*form.assignee).filter(|address| !address.is_empty());
    let (several, decider) = (ticked.len(), analyst.decider(&app));
    let left = analyst.store.assign_unchanged(&analyst.unit, ticked, assignee, decider).await?;
    let queue = leaving(&queue, left);
    see_other(&if left < several { Flash::SeveralAssigned.on(&queue) } else { queue })
}

/// The address of a queue that says how many of those ticked are left as they were.
fn leaving(queue: &str, left: usize) -> String {
    if left == 0 { queue.to_owned() } else { joined(queue, &format!("left={left}")) }
}
