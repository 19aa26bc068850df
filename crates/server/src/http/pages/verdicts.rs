//! What people decide about findings, as forms send it.
//!
//! Invariant: whoever decides is an [`Analyst`], whose name is written beside what was decided; afterwards
//! the next finding of the same queue is shown.

use api::FINDINGS_AT_ONCE_MAX;
use axum::extract::{Path, State};
use domain::finding::{FindingState, NewVerdict, Remember, VerdictRequest, WORDS_CHARS_MAX};
use domain::{Amount, FindingKey, VerdictId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::access::Analyst;
use super::error::PageError;
use super::error::sentence;
use super::field::Text;
use super::findings::detail::next_in_queue;
use super::findings::filter::QueueFilter;
use super::flash::Flash;
use super::form::Form;
use super::local_path::LocalPath;
use super::respond::{PageResult, see_other};
use crate::App;

type Key = Path<(String, String, String)>;

/// A verdict on one finding or on all that are selected in the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct VerdictForm {
    /// The queue it is decided from, as an address has it.
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    /// Those that are ticked; the page of one finding says it by its path.
    finding: Vec<String>,
    state: Text,
    because: Text,
    recovered: Text,
    remember: Text,
    until: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UndoForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    /// [`FROM_QUEUE`] where the button stood in the queue.
    from: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AssignForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    assignee: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommentForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    words: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RecoveredForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    recovered: Text,
    /// The page to go on to, when not to the finding.
    next: Option<LocalPath>,
}

/// The reason written when a form gives none; the page of a finding says more.
const USUAL_BECAUSE: &str = "Looked into and confirmed.";

/// The word by which the queue's own buttons say where they stand.
const FROM_QUEUE: &str = "queue";

pub(crate) async fn decide_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<VerdictForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    decide(&app, &analyst, std::slice::from_ref(&key), &form).await?;
    let (path, flash) = match next_in_queue(&analyst, &form.queue, &key).await? {
        Some(next) => (format!("findings/{next}"), Flash::Decided),
        None => ("findings".to_owned(), Flash::LastDecided),
    };
    let path = flash.on(&analyst.path(&format!("{path}?{}", form.queue.query())));
    see_other(&format!("{path}&last={key}"))
}

/// One verdict on all that are ticked.
pub(crate) async fn decide_findings(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<VerdictForm>,
) -> PageResult {
    let keys = form.finding.iter().map(|key| parse_key(key));
    let keys: Vec<FindingKey> = keys.collect::<Result<_, PageError>>()?;
    let queue = analyst.path(&format!("findings?{}", form.queue.query()));
    if keys.is_empty() {
        return see_other(&Flash::NothingTicked.on(&queue));
    }
    if keys.len() > FINDINGS_AT_ONCE_MAX {
        return Err(PageError::FormTooLong);
    }
    decide(&app, &analyst, &keys, &form).await?;
    see_other(&Flash::SeveralDecided.on(&queue))
}

async fn decide(
    app: &App,
    analyst: &Analyst,
    keys: &[FindingKey],
    form: &VerdictForm,
) -> Result<(), PageError> {
    let now = app.clock.now();
    let verdict = NewVerdict::new(request(form)?, now).map_err(impossible)?;
    let new_id = || VerdictId::new(now, app.randomness.bytes());
    let decider = analyst.decider(app);
    Ok(analyst.store.decide(&analyst.unit, keys, &verdict, new_id, decider).await?)
}

fn request(form: &VerdictForm) -> Result<VerdictRequest, PageError> {
    let state: FindingState = form.state.parse().map_err(impossible)?;
    let because = match (state, &*form.because) {
        (FindingState::Confirmed, "") => USUAL_BECAUSE,
        (_, because) => because,
    };
    let remember = match &*form.remember {
        "rows" => Remember::Rows,
        "pattern" => Remember::Pattern,
        _ => Remember::None,
    };
    let until = &*form.until;
    Ok(VerdictRequest {
        state,
        because: because.to_owned(),
        recovered: amount(&form.recovered)?,
        remember,
        until: if remember == Remember::None || until.is_empty() {
            None
        } else {
            Some(end_of(until)?)
        },
    })
}

/// Remembered on that day still.
fn end_of(day: &str) -> Result<Timestamp, PageError> {
    let next: Option<Date> = day.parse().ok().and_then(|day: Date| day.tomorrow().ok());
    let end = next.and_then(|next| TimeZone::UTC.to_timestamp(next.at(0, 0, 0, 0)).ok());
    end.ok_or_else(|| {
        PageError::Impossible("That is no day. Go back and write it like 2027-03-31.".to_owned())
    })
}

fn amount(text: &str) -> Result<Option<Amount>, PageError> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    digits.parse().map(Some).map_err(impossible)
}

pub(crate) async fn undo_verdict(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<UndoForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    analyst.store.undo(&analyst.unit, &key, analyst.decider(&app)).await?;
    if &*form.from == FROM_QUEUE {
        let queue = analyst.path(&format!("findings?{}", form.queue.query()));
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
    analyst.store.assign(&analyst.unit, &key, assignee, analyst.decider(&app)).await?;
    back(&analyst, &key, &form.queue, Flash::Assigned)
}

pub(crate) async fn comment_on_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<CommentForm>,
) -> PageResult {
    let (key, words) = (parse_key(&key)?, &*form.words);
    if words.is_empty() {
        let why = "A comment without words says nothing. Go back and write some.";
        return Err(PageError::Impossible(why.to_owned()));
    }
    if words.chars().count() > WORDS_CHARS_MAX {
        return Err(PageError::FormTooLong);
    }
    analyst.store.comment(&analyst.unit, &key, words, analyst.decider(&app)).await?;
    back(&analyst, &key, &form.queue, Flash::Commented)
}

pub(crate) async fn set_recovered(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<RecoveredForm>,
) -> PageResult {
    let (key, recovered) = (parse_key(&key)?, amount(&form.recovered)?);
    let decider = analyst.decider(&app);
    analyst.store.set_recovered(&analyst.unit, &key, recovered, decider).await?;
    match form.next {
        None => back(&analyst, &key, &form.queue, Flash::RecoveredSaved),
        Some(next) => see_other(next.as_str()),
    }
}

/// Leads back to the finding, in its queue.
fn back(analyst: &Analyst, key: &FindingKey, queue: &QueueFilter, flash: Flash) -> PageResult {
    see_other(&flash.on(&analyst.path(&format!("findings/{key}?{}", queue.query()))))
}

fn parse_key(text: &str) -> Result<FindingKey, PageError> {
    text.parse().map_err(|_no_key| PageError::NotFound)
}

fn impossible(why: impl std::fmt::Display) -> PageError {
    PageError::Impossible(sentence(&why.to_string()))
}
