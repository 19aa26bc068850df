//! What people decide about uploads: a held file let in or kept out, one or all read again.

use axum::extract::{Path, State};
use domain::{FileType, JobId, UploadState};
use serde::Deserialize;

use super::detail::{UploadPath, find, show_again};
use crate::App;
use crate::http::pages::access::Analyst;
use crate::http::pages::error::PageError;
use crate::http::pages::field::{Text, valid};
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::respond::{PageResult, see_other};

/// The longest reason: a sentence or two, which is what the next person reads.
pub(crate) const REASON_CHARS_MAX: usize = 500;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RefuseForm {
    reason: Text,
}

pub(crate) async fn release(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): UploadPath,
) -> PageResult {
    let upload = find(&analyst, &id).await?;
    let (unit, job) = (&analyst.unit, new_job(&app));
    analyst.store.release(unit, upload.id, job, &analyst.decider(&app)).await.map_err(conflict)?;
    app.new_work.notify_one();
    see_other(&Flash::UploadReleased.on(&analyst.path(&format!("uploads/{id}"))))
}

pub(crate) async fn refuse(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): UploadPath,
    Form(form): Form<RefuseForm>,
) -> PageResult {
    let upload = find(&analyst, &id).await?;
    let reason: String = form.reason.chars().take(REASON_CHARS_MAX).collect();
    if reason.is_empty() && matches!(upload.state, UploadState::Held { .. }) {
        let wrong =
            "Write why it is refused: whoever sent it reads it, and corrects the extract by it.";
        return show_again(&app, &analyst, upload, wrong).await;
    }
    let decider = analyst.decider(&app);
    analyst
        .store
        .refuse_held(&analyst.unit, upload.id, &reason, &decider)
        .await
        .map_err(conflict)?;
    see_other(&Flash::UploadRefused.on(&analyst.path(&format!("uploads/{id}"))))
}

pub(crate) async fn read_again(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): UploadPath,
) -> PageResult {
    let upload = find(&analyst, &id).await?;
    let (unit, job) = (&analyst.unit, new_job(&app));
    analyst
        .store
        .read_again(unit, upload.id, job, &analyst.decider(&app))
        .await
        .map_err(conflict)?;
    app.new_work.notify_one();
    see_other(&Flash::UploadReadAgain.on(&analyst.path(&format!("uploads/{id}"))))
}

/// The type of the files that are to be read again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReadAllForm {
    #[serde(rename = "type", deserialize_with = "valid")]
    file_type: Option<FileType>,
}

/// Reads all files of a type again that the settings as they are now may mend.
pub(crate) async fn read_all_again(
    State(app): State<App>,
    analyst: Analyst,
    Form(form): Form<ReadAllForm>,
) -> PageResult {
    let file_type = form.file_type.ok_or(PageError::NotFound)?;
    let (unit, decider) = (&analyst.unit, analyst.decider(&app));
    let count = analyst.store.read_all_again(unit, file_type, || new_job(&app), &decider).await?;
    app.new_work.notify_one();
    let said = if count > 0 { Flash::UploadsReadAgain } else { Flash::NothingToReadAgain };
    see_other(&said.on(&analyst.path(&format!("uploads?type={file_type}"))))
}

pub(crate) fn new_job(app: &App) -> JobId {
    JobId::new(app.clock.now(), app.randomness.bytes())
}

/// Somebody else was faster, or a newer file took its place.
fn conflict(error: store::Error) -> PageError {
    match error {
        store::Error::Conflict { .. } => PageError::Impossible(
            "Nothing was changed, as the upload has changed since you opened the page: somebody else has decided, \
             or a newer file took its place. Load its page again."
                .to_owned(),
        ),
        other => other.into(),
    }
}
