//! What somebody says of a credit that may be the answer to money that was asked for.
//!
//! Invariant: what is taken is a step of the money like any other, and a part leaves the rest asked for;
//! nobody is asked twice about one credit.

use axum::extract::{Path, State};
use serde::Deserialize;
use store::CreditOutcome;

use super::{Key, parse_key};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::field::Text;
use crate::http::pages::findings::filter::QueueFilter;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::respond::{PageResult, see_other};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CreditForm {
    credit: String,
    take: Text,
    #[serde(deserialize_with = "QueueFilter::from_field")]
    queue: QueueFilter,
    /// There where the form stands on the page of all money on its way back.
    from_list: Option<String>,
}

/// Takes a credit for the answer, or says that it is none.
pub(crate) async fn decide_credit(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, key)): Key,
    Form(form): Form<CreditForm>,
) -> PageResult {
    let key = parse_key(&key)?;
    let outcome = match &*form.take {
        "yes" => CreditOutcome::Taken,
        "no" => CreditOutcome::Refused,
        _ => return Err(PageError::NotFound),
    };
    let known = analyst.store.credit_matches(&analyst.unit, Some(&key)).await?;
    if !known.iter().any(|known| known.credit.id == form.credit) {
        return Err(PageError::Impossible(
            "Somebody has decided about that credit already, or the money is not asked for any more."
                .to_owned(),
        ));
    }
    let decider = analyst.decider(&app);
    analyst.store.decide_credit(&analyst.unit, &form.credit, outcome, decider).await?;
    let flash = match outcome {
        CreditOutcome::Taken => Flash::CreditTaken,
        CreditOutcome::Refused => Flash::CreditRefused,
    };
    let path = match form.from_list {
        Some(_) => analyst.path("recovery"),
        None => analyst.path(&format!("findings/{key}?{}", form.queue.query())),
    };
    see_other(&flash.on(&path))
}
