//! The payments of a finding held, from its page or from the queue.
//!
//! Not for: the list of what is held (`holds`). Invariant: as with a verdict, what cannot be is said on the
//! page it was asked on.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use domain::FindingKey;
use domain::finding::HOLD_WORDS_CHARS_MAX;
use serde::Deserialize;
use store::SeenFinding;

use super::ticked::{queue_path, ticked_findings};
use super::{Key, again, back, parse_key};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::field::{Text, valid};
use crate::http::pages::findings::filter::QueueFilter;
use crate::http::pages::findings::unwritten::TypedDecision;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::respond::{PageResult, see_other};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HoldForm {
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    #[serde(deserialize_with = "valid")]
    after: Option<FindingKey>,
    /// Those that are ticked, as with a verdict.
    finding: Vec<String>,
    #[serde(deserialize_with = "valid")]
    seen: Option<u64>,
    because: Text,
}

/// Puts the unpaid invoices of a finding on the list of what is not to be paid.
pub(crate) async fn hold_finding(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<HoldForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    let all = BTreeSet::new();
    let (findings, decider) = ([SeenFinding::new(&key, form.seen)], analyst.decider(&app));
    let because = words(&form.because)?;
    match analyst.store.hold(&analyst.unit, findings, &all, because, decider).await {
        Ok(_changed) => back(&analyst, &key, &form.queue, Flash::PaymentsHeld),
        Err(error) => {
            let unwritten = (error.into(), TypedDecision::default());
            again(&app, &analyst, &key, &form.queue, unwritten).await
        }
    }
}

/// Those of all that are ticked: of all or of none.
pub(crate) async fn hold_findings(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<HoldForm>,
) -> PageResult {
    let ticked = ticked_findings(&form.finding)?;
    let queue = queue_path(&analyst, &form.queue, form.after.as_ref());
    if ticked.is_empty() {
        return see_other(&Flash::NothingHeld.on(&queue));
    }
    let (all, because) = (BTreeSet::new(), words(&form.because)?);
    let decider = analyst.decider(&app);
    match analyst.store.hold(&analyst.unit, ticked, &all, because, decider).await {
        Ok(_changed) => see_other(&Flash::PaymentsHeld.on(&queue)),
        Err(store::Error::Illegal { .. }) => see_other(&Flash::NoPaymentToHold.on(&queue)),
        Err(error) => Err(error.into()),
    }
}

fn words(because: &str) -> Result<&str, PageError> {
    if because.chars().count() > HOLD_WORDS_CHARS_MAX {
        let why = format!("why has at most {HOLD_WORDS_CHARS_MAX} characters here; shorten it");
        return Err(PageError::impossible(why));
    }
    Ok(because)
}
