//! What people say about a finding, as a form sends it.
//!
//! Not for: a reason, which goes with a verdict.
//!
//! Invariant: a comment that is not written comes back to be sent again.

use axum::extract::{Path, State};
use domain::FindingKey;
use domain::finding::WORDS_CHARS_MAX;
use serde::Deserialize;
use store::{NamedCount, SeenFinding};

use super::{DecisionError, Key, again, back, parse_key};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::field::{Text, valid};
use crate::http::pages::findings::filter::QueueFilter;
use crate::http::pages::findings::unwritten::TypedDecision;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::respond::PageResult;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommentForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    #[serde(deserialize_with = "valid")]
    seen: Option<u64>,
    words: Text,
}

pub(crate) async fn comment_on_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<CommentForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    let flash = match comment(&app, &analyst, &key, &form).await {
        Ok(NamedCount { told: 0, unknown: 0 }) => Flash::Commented,
        Ok(NamedCount { told: _, unknown: 0 }) => Flash::CommentedToNamed,
        Ok(_) => Flash::CommentedToUnknown,
        Err(unwritten) => {
            let typed = TypedDecision { words: form.words.into(), ..TypedDecision::default() };
            return again(&app, &analyst, &key, &form.queue, (unwritten, typed)).await;
        }
    };
    back(&analyst, &key, &form.queue, flash)
}

async fn comment(
    app: &App,
    analyst: &Analyst,
    key: &FindingKey,
    form: &CommentForm,
) -> Result<NamedCount, DecisionError> {
    let words = &*form.words;
    if words.is_empty() {
        return Err(
            PageError::impossible("a comment without words says nothing; write some").into()
        );
    }
    if words.chars().count() > WORDS_CHARS_MAX {
        let why = format_args!("a comment has at most {WORDS_CHARS_MAX} characters; shorten it");
        return Err(PageError::impossible(why).into());
    }
    let (seen, decider) = (SeenFinding::new(key, form.seen), analyst.decider(app));
    Ok(analyst.store.comment(&analyst.unit, seen, words, decider).await?)
}
