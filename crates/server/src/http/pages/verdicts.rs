//! What people decide about findings, as forms send it.
//!
//! Invariant: whoever decides is an [`Analyst`], whose name is written beside what was decided; afterwards
//! the next finding of the same queue is shown.

use axum::extract::{Path, State};
use domain::finding::{
    ASSIGNEE_CHARS_MAX, FindingState, NewVerdict, Remember, VerdictRequest, WORDS_CHARS_MAX,
};
use domain::{Amount, FindingKey, VerdictId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::access::Analyst;
use super::error::PageError;
use super::error::sentence;
use super::findings::detail::next_in_queue;
use super::findings::filter::QueueFilter;
use super::form::Form;
use super::query::LocalPath;
use super::respond::{PageResult, see_other};
use crate::App;
use crate::limits::DECISIONS_AT_ONCE_MAX;

type Key = Path<(String, String, String)>;

/// What is written when a form says no more than that it is so; the page of a finding says more.
const USUAL_BECAUSE: &str = "Looked into and confirmed.";

/// What the queue's own buttons say of where they stand.
const FROM_QUEUE: &str = "queue";

pub(crate) async fn decide_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    form: Form,
) -> PageResult {
    let key = key_of(&key)?;
    decide(&app, &analyst, std::slice::from_ref(&key), &form).await?;
    let queue_filter = QueueFilter::parse(form.raw("queue"));
    let (path, word) = match next_in_queue(&analyst, &queue_filter, &key).await? {
        Some(next) => (format!("findings/{next}"), "decided"),
        None => ("findings".to_owned(), "last"),
    };
    let query = queue_filter.query_with("said", word);
    see_other(&analyst.path(&format!("{path}?{query}&last={key}")))
}

/// One verdict on all that are ticked.
pub(crate) async fn decide_findings(
    State(app): State<App>,
    analyst: Analyst,
    form: Form,
) -> PageResult {
    let queue_filter = QueueFilter::parse(form.raw("queue"));
    let keys: Result<Vec<FindingKey>, PageError> = form.all("finding").map(key_of).collect();
    let keys = keys?;
    if keys.is_empty() {
        let query = queue_filter.query_with("said", "nothing-chosen");
        return see_other(&analyst.path(&format!("findings?{query}")));
    }
    if keys.len() > DECISIONS_AT_ONCE_MAX {
        return Err(PageError::FormTooLong);
    }
    decide(&app, &analyst, &keys, &form).await?;
    see_other(&analyst.path(&format!("findings?{}", queue_filter.query_with("said", "several"))))
}

async fn decide(
    app: &App,
    analyst: &Analyst,
    keys: &[FindingKey],
    form: &Form,
) -> Result<(), PageError> {
    let now = app.clock.now();
    let verdict = NewVerdict::new(request(form)?, now).map_err(impossible)?;
    let new_id = || VerdictId::new(now, app.randomness.bytes());
    let decider = analyst.decider(app);
    Ok(analyst.store.decide(&analyst.unit, keys, &verdict, new_id, decider).await?)
}

fn request(form: &Form) -> Result<VerdictRequest, PageError> {
    let state: FindingState = form.text("state").parse().map_err(impossible)?;
    let because = match (state, form.text("because")) {
        (FindingState::Confirmed, "") => USUAL_BECAUSE,
        (_, because) => because,
    };
    let remember = match form.text("remember") {
        "rows" => Remember::Rows,
        "pattern" => Remember::Pattern,
        _ => Remember::None,
    };
    let until = form.text("until");
    Ok(VerdictRequest {
        state,
        because: because.to_owned(),
        recovered: amount(form)?,
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

fn amount(form: &Form) -> Result<Option<Amount>, PageError> {
    let digits: String =
        form.text("recovered").chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    digits.parse().map(Some).map_err(impossible)
}

pub(crate) async fn undo_verdict(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    form: Form,
) -> PageResult {
    let key = key_of(&key)?;
    analyst.store.undo(&analyst.unit, &key, analyst.decider(&app)).await?;
    if form.text("from") == FROM_QUEUE {
        let query = QueueFilter::parse(form.raw("queue")).query_with("said", "undone");
        return see_other(&analyst.path(&format!("findings?{query}")));
    }
    back(&analyst, &key, &form, "undone")
}

pub(crate) async fn assign_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    form: Form,
) -> PageResult {
    let key = key_of(&key)?;
    let name: String = form.text("assignee").chars().take(ASSIGNEE_CHARS_MAX).collect();
    let assignee = Some(name.as_str()).filter(|name| !name.is_empty());
    analyst.store.assign(&analyst.unit, &key, assignee, analyst.decider(&app)).await?;
    back(&analyst, &key, &form, "assigned")
}

pub(crate) async fn comment_on_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    form: Form,
) -> PageResult {
    let (key, words) = (key_of(&key)?, form.text("words"));
    if words.is_empty() {
        let why = "A comment without words says nothing. Go back and write some.";
        return Err(PageError::Impossible(why.to_owned()));
    }
    if words.chars().count() > WORDS_CHARS_MAX {
        return Err(PageError::FormTooLong);
    }
    analyst.store.comment(&analyst.unit, &key, words, analyst.decider(&app)).await?;
    back(&analyst, &key, &form, "commented")
}

pub(crate) async fn set_recovered(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    form: Form,
) -> PageResult {
    let (key, recovered) = (key_of(&key)?, amount(&form)?);
    let decider = analyst.decider(&app);
    analyst.store.set_recovered(&analyst.unit, &key, recovered, decider).await?;
    match form.raw("next") {
        "" => back(&analyst, &key, &form, "recovered"),
        next => see_other(LocalPath::parse(next).as_str()),
    }
}

/// To the finding, in its queue.
fn back(analyst: &Analyst, key: &FindingKey, form: &Form, word: &str) -> PageResult {
    let query = QueueFilter::parse(form.raw("queue")).query_with("said", word);
    see_other(&analyst.path(&format!("findings/{key}?{query}")))
}

fn key_of(text: &str) -> Result<FindingKey, PageError> {
    text.parse().map_err(|_no_key| PageError::NotFound)
}

fn impossible(why: impl std::fmt::Display) -> PageError {
    PageError::Impossible(sentence(&why.to_string()))
}
