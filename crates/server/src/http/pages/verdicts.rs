//! What people decide about findings, as forms send it.
//!
//! Invariant: whoever decides is an [`Analyst`], whose name is written beside what was decided; afterwards
//! the next finding of the same queue is shown.

mod attachments;
mod comments;
mod credit;
mod holds;
mod recovered;
mod recovery_step;
mod recovery_steps;
mod several;
mod ticked;

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use domain::finding::{FindingState, NewVerdict, ReasonCode, Remember, VerdictRequest};
use domain::{FindingKey, VerdictId};
use jiff::Timestamp;
use serde::Deserialize;
use store::{Decider, DecisionCount, SeenFinding};

use super::access::Analyst;
use super::error::PageError;
use super::field::{Text, valid};
use super::findings::detail::show_again;
use super::findings::filter::QueueFilter;
use super::findings::neighbours::next_in_queue;
use super::findings::unwritten::{RefusedDecision, TypedDecision, UnwrittenDecision};
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::query::Query;
use super::respond::{PageResult, see_other};
use crate::App;
use recovered::{TypedAmount, recovered_of};
use recovery_step::day;
use ticked::{joined, parse_key, queue_path};

pub(crate) use attachments::{attach_file, detach_file, get_attachment};
pub(crate) use comments::comment_on_finding;
pub(crate) use credit::decide_credit;
pub(crate) use holds::{hold_finding, hold_findings};
pub(crate) use recovered::set_recovered;
pub(crate) use recovery_step::step_recovery;
pub(crate) use recovery_steps::step_recoveries;
pub(crate) use several::{assign_findings, decide_findings, undo_findings};
pub(crate) use ticked::ticked_findings;

type Key = Path<(String, String, String)>;

/// A verdict on one finding or on all that are selected in the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct VerdictForm {
    /// The queue it is decided from, as an address has it.
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    /// The page of that queue: the last finding of the one before.
    #[serde(deserialize_with = "valid")]
    after: Option<FindingKey>,
    /// Those that are ticked, each with `@` and the last entry of its history; the page of one
    /// finding says it by its path.
    finding: Vec<String>,
    /// Others of the same money that are decided with one, each as those that are ticked.
    with: Vec<String>,
    #[serde(deserialize_with = "valid")]
    seen: Option<u64>,
    state: Text,
    because: Text,
    /// Empty: in words only.
    reason_code: Text,
    recovered: Text,
    remember: Text,
    until: Text,
    /// Until when an answer is waited for.
    due: Text,
    /// The member who acts next or is asked, where there is one; empty: as before.
    assignee: Text,
    /// [`HOLD_TOO`] where the button said that the payment is stopped with it.
    hold: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UndoForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    #[serde(deserialize_with = "valid")]
    after: Option<FindingKey>,
    /// [`FROM_QUEUE`] where the button stood in the queue.
    from: Text,
    #[serde(deserialize_with = "valid")]
    seen: Option<u64>,
}

/// The address of a button of the queue, whose form is of many findings.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SeenQuery {
    #[serde(deserialize_with = "valid")]
    seen: Option<u64>,
}

/// Why a decision was not written, as a form is answered.
#[derive(Debug)]
enum DecisionError {
    Decision(RefusedDecision),
    Page(PageError),
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AssignForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    #[serde(deserialize_with = "valid")]
    after: Option<FindingKey>,
    /// Those that are ticked, as with a verdict.
    finding: Vec<String>,
    #[serde(deserialize_with = "valid")]
    seen: Option<u64>,
    assignee: Text,
}

/// The word by which a verdict's own button says that the unpaid invoice is held with it.
const HOLD_TOO: &str = "yes";

/// The word by which the queue's own buttons say where they stand.
const FROM_QUEUE: &str = "queue";

pub(crate) async fn decide_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<VerdictForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    let mut seen = vec![SeenFinding::new(&key, form.seen)];
    seen.extend(ticked_findings(&form.with)?);
    let decider = analyst.decider(&app);
    let count = match decide(&app, &analyst, (seen, decider), &form).await {
        Ok(count) => count,
        Err(unwritten) => {
            let typed = TypedDecision {
                state: form.state.into(),
                because: form.because.into(),
                reason_code: form.reason_code.into(),
                due: form.due.into(),
                ..TypedDecision::default()
            };
            return again(&app, &analyst, &key, &form.queue, (unwritten, typed)).await;
        }
    };
    if !form.assignee.is_empty() {
        let (unit, decider) = (&analyst.unit, analyst.decider(&app));
        analyst.store.assign(unit, &key, Some(&form.assignee), decider).await?;
    }
    let is_held = &*form.hold == HOLD_TOO;
    if is_held {
        let (all, decider) = (BTreeSet::new(), analyst.decider(&app));
        let held = analyst.store.hold(&analyst.unit, [&key], &all, &form.because, decider).await;
        if let Err(error) = held {
            // Decided it is; the page says why the payment could not be held as well.
            let unwritten = (error.into(), TypedDecision::default());
            return again(&app, &analyst, &key, &form.queue, unwritten).await;
        }
    }
    if count.decided > 1 {
        // What was decided at once is taken back at once.
        let queue = queue_path(&analyst, &form.queue, None);
        return see_other(&joined(&queue, &format!("decided={}", decider.at.as_microsecond())));
    }
    let next = next_in_queue(&analyst, &form.queue, &key).await?;
    let flash = match (&next, count.proposed) {
        (Some(_), 0) if is_held => Flash::PaymentStopped,
        (None, 0) if is_held => Flash::LastPaymentStopped,
        (Some(_), 0) => Flash::Decided,
        (None, 0) => Flash::LastDecided,
        (Some(_), _) => Flash::Proposed,
        (None, _) => Flash::LastProposed,
    };
    let path = next.map_or_else(|| "findings".to_owned(), |next| format!("findings/{next}"));
    let path = flash.on(&analyst.path(&format!("{path}?{}", form.queue.query())));
    see_other(&format!("{path}&last={key}"))
}

async fn decide(
    app: &App,
    analyst: &Analyst,
    (findings, decider): (Vec<SeenFinding>, Decider<'_>),
    form: &VerdictForm,
) -> Result<DecisionCount, DecisionError> {
    let wanted = request(analyst, &findings, form).await?;
    let verdict = NewVerdict::on_day(wanted, decider.at, format::today(decider.at))
        .map_err(PageError::impossible)?;
    let new_id = || VerdictId::new(decider.at, app.randomness.bytes());
    Ok(analyst.store.decide(&analyst.unit, findings, &verdict, new_id, decider).await?)
}

/// The page of the finding once more, with why nothing was written and what was typed.
async fn again(
    app: &App,
    analyst: &Analyst,
    key: &FindingKey,
    queue: &QueueFilter,
    (error, typed): (DecisionError, TypedDecision),
) -> PageResult {
    let why = match error {
        DecisionError::Decision(why) => why,
        DecisionError::Page(fault) => return Err(fault),
    };
    show_again(app, analyst, key, queue, UnwrittenDecision { why, typed }).await
}

/// The verdict as a form asks for it, about some findings.
async fn request(
    analyst: &Analyst,
    findings: &[SeenFinding],
    form: &VerdictForm,
) -> Result<VerdictRequest, DecisionError> {
    let state: FindingState = form.state.parse().map_err(PageError::impossible)?;
    let remember = match &*form.remember {
        "rows" => Remember::Rows,
        "pattern" => Remember::Pattern,
        _ => Remember::None,
    };
    let mut recovered = None;
    for finding in findings {
        recovered =
            recovered_of(analyst, &finding.key, TypedAmount { text: &form.recovered, above: "" })
                .await?;
    }
    let until = &*form.until;
    Ok(VerdictRequest {
        state,
        because: form.because.to_string(),
        reason_code: reason_code(&form.reason_code)?,
        recovered,
        above: None,
        remember,
        until: if remember == Remember::None || until.is_empty() {
            None
        } else {
            Some(end_of(until)?)
        },
        due: if state == FindingState::NeedsInformation { day(&form.due)? } else { None },
    })
}

fn reason_code(text: &str) -> Result<Option<ReasonCode>, PageError> {
    match text {
        "" => Ok(None),
        code => code.parse().map(Some).map_err(PageError::impossible),
    }
}

/// Remembered on that day still.
fn end_of(day: &str) -> Result<Timestamp, PageError> {
    let end = day.parse().ok().and_then(format::end_of);
    end.ok_or_else(|| PageError::Impossible("That is no day. Write it like 2027-03-31.".to_owned()))
}

/// Lets a verdict count that somebody else proposed.
pub(crate) async fn confirm_verdict(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<UndoForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    let (seen, decider) = (SeenFinding::new(&key, form.seen), analyst.decider(&app));
    let id = VerdictId::new(app.clock.now(), app.randomness.bytes());
    if let Err(error) = analyst.store.confirm(&analyst.unit, seen, id, decider).await {
        let unwritten = (error.into(), TypedDecision::default());
        return again(&app, &analyst, &key, &form.queue, unwritten).await;
    }
    back(&analyst, &key, &form.queue, Flash::Confirmed)
}

pub(crate) async fn undo_verdict(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Query(query): Query<SeenQuery>,
    Form(form): Form<UndoForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    let (seen, decider) = (SeenFinding::new(&key, form.seen.or(query.seen)), analyst.decider(&app));
    let undone = analyst.store.undo(&analyst.unit, seen, decider).await;
    if let Err(error) = undone {
        let unwritten = (error.into(), TypedDecision::default());
        return again(&app, &analyst, &key, &form.queue, unwritten).await;
    }
    if &*form.from == FROM_QUEUE {
        let queue = queue_path(&analyst, &form.queue, form.after.as_ref());
        return see_other(&Flash::Undone.on(&queue));
    }
    back(&analyst, &key, &form.queue, Flash::Undone)
}

pub(crate) async fn assign_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<AssignForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    let assignee = Some(&*form.assignee).filter(|address| !address.is_empty());
    let (seen, decider) = (SeenFinding::new(&key, form.seen), analyst.decider(&app));
    if let Err(error) = analyst.store.assign(&analyst.unit, seen, assignee, decider).await {
        let unwritten = (error.into(), TypedDecision::default());
        return again(&app, &analyst, &key, &form.queue, unwritten).await;
    }
    back(&analyst, &key, &form.queue, Flash::Assigned)
}

/// Leads back to the finding, in its queue.
fn back(analyst: &Analyst, key: &FindingKey, queue: &QueueFilter, flash: Flash) -> PageResult {
    see_other(&flash.on(&analyst.path(&format!("findings/{key}?{}", queue.query()))))
}

impl From<PageError> for DecisionError {
    fn from(error: PageError) -> Self {
        match error {
            PageError::Impossible(why) => Self::Decision(RefusedDecision::Impossible(why)),
            other => Self::Page(other),
        }
    }
}

impl From<store::Error> for DecisionError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Superseded { latest } => {
                Self::Decision(RefusedDecision::Superseded(latest))
            }
            other => PageError::from(other).into(),
        }
    }
}

/// Of several at once: there is no page of one of them to show again, only the queue.
impl From<DecisionError> for PageError {
    fn from(error: DecisionError) -> Self {
        match error {
            DecisionError::Page(error) => error,
            DecisionError::Decision(
                RefusedDecision::Impossible(why) | RefusedDecision::Recovered { why, .. },
            ) => Self::Impossible(why),
            DecisionError::Decision(RefusedDecision::LessThanRecorded(less)) => {
                Self::Impossible(less.why)
            }
            DecisionError::Decision(RefusedDecision::Superseded(latest)) => {
                store::Error::Superseded { latest }.into()
            }
        }
    }
}
