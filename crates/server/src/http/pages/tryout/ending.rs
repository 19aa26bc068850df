//! The two ends of a tryout: its files become uploads of the unit, or nothing of it stays.
//!
//! Invariant: files are kept by the one way an upload comes to be, and then the tryout ends as well.

use axum::extract::{Path, State};
use domain::{FileType, MemberRole, ReadingRules, Sender};
use serde::Deserialize;

use super::{TRY, TryoutPath, find, over, path, tryouts};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::field::Text;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::respond::{PageResult, see_other};
use crate::http::pages::uploads::send::refusal_words;
use crate::intake::{self, FileSource, Offer};
use crate::tryout::{InputFile, shared_mapping};

/// Throws it away.
pub(crate) async fn end_tryout(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): TryoutPath,
) -> PageResult {
    let Some(tryout) = find(&app, &analyst, &id) else { return over(&analyst) };
    tryouts(&app)?.end(&tryout).await;
    see_other(&Flash::TryoutEnded.on(&analyst.fill(TRY)))
}

/// A form by which files are kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeepForm {
    /// [`AS_TRIED`] where fields are read from others from now on, as they were for the look.
    columns: Text,
}

const AS_TRIED: &str = "as-tried";

/// Makes uploads of its files.
pub(crate) async fn keep_tryout(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): TryoutPath,
    Form(form): Form<KeepForm>,
) -> PageResult {
    let Some(tryout) = find(&app, &analyst, &id) else { return over(&analyst) };
    let state = tryout.state();
    let Some(read) = state.read() else { return see_other(&path(&analyst, tryout.id)) };
    let permit = intake::admit(&app, &analyst.customer, None);
    let permit = permit.map_err(|why| PageError::impossible(refusal_words(why)))?;
    if &*form.columns == AS_TRIED {
        keep_columns(&app, &analyst, &read.inputs).await?;
    }
    for input in &read.inputs {
        receive(&app, &analyst, input).await?;
    }
    drop(permit);
    tryouts(&app)?.end(&tryout).await;
    see_other(&Flash::TryoutKept.on(&analyst.path("uploads")))
}

/// Reads fields from others in the whole unit, as all files of a type were tried; where it has a mapping
/// of its own, that stays.
async fn keep_columns(app: &App, analyst: &Analyst, inputs: &[InputFile]) -> Result<(), PageError> {
    let (has, needs) = (analyst.role, MemberRole::Admin);
    if !has.covers(needs) {
        return Err(PageError::TooWeak { has, needs });
    }
    for file_type in FileType::ALL {
        let of_type: Vec<&InputFile> =
            inputs.iter().filter(|input| input.file_type == file_type).collect();
        let Some(mapping) = shared_mapping(&of_type) else { continue };
        let rules = analyst.store.reading_rules(&analyst.unit, file_type).await?;
        if rules.mapping.is_none() {
            let rules = ReadingRules { mapping: Some(mapping), ..rules };
            let (unit, decider) = (&analyst.unit, analyst.decider(app));
            analyst.store.decide_reading_rules(unit, file_type, &rules, &decider).await?;
        }
    }
    Ok(())
}

async fn receive(app: &App, analyst: &Analyst, input: &InputFile) -> Result<(), PageError> {
    let sender = Sender::User(analyst.current_user.user.id);
    let offer = Offer::from_name(analyst.unit.clone(), sender, &input.name, Some(input.file_type));
    let offer = offer.map_err(PageError::impossible)?;
    let file = FileSource::open(&input.path).await.map_err(PageError::internal)?;
    match intake::receive(app, &analyst.store, offer, file).await {
        Ok(_received) => Ok(()),
        Err(intake::Error::Store(error)) => Err(error.into()),
        Err(intake::Error::Revoked) => Err(PageError::Impossible(
            "Your role was taken away while the files were kept; those that are under Uploads are kept."
                .to_owned(),
        )),
        Err(other) => Err(PageError::internal(other)),
    }
}
