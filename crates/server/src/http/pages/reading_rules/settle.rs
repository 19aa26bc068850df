//! One setting set by one button, where a doubt about a file names it, and the file read again by it.
//!
//! Invariant: what is kept can be followed by the file it was chosen by, as on the page of columns.

use axum::extract::{Path, State};
use domain::ReadingRules;
use serde::Deserialize;

use super::opened_file::OpenedFile;
use crate::App;
use crate::http::pages::access::Admin;
use crate::http::pages::error::PageError;
use crate::http::pages::field::Text;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::reading_setting::SettingValue;
use crate::http::pages::respond::{PageResult, see_other};
use crate::http::pages::uploads::decide::new_job;
use crate::http::pages::uploads::detail::{UploadPath, find};

/// A setting and a value of it, in an address or in a form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ChosenValue {
    setting: Text,
    value: Text,
}

impl ChosenValue {
    /// The rules with it in them; none where it is no value of a setting.
    pub(super) fn in_rules(&self, rules: &ReadingRules) -> Option<ReadingRules> {
        Some(SettingValue::parse(&self.setting, &self.value)?.set(rules.clone()))
    }
}

pub(crate) async fn settle(
    State(app): State<App>,
    admin: Admin,
    Path((_, _, id)): UploadPath,
    Form(chosen): Form<ChosenValue>,
) -> PageResult {
    let file = OpenedFile::open(&admin, find(&admin, &id).await?).await?;
    let rules = chosen.in_rules(&file.rules).ok_or_else(|| {
        PageError::Impossible(
            "Nothing was changed, as the form names no setting of reading. Load the page of the upload again."
                .to_owned(),
        )
    })?;
    if let Some(why) = file.try_reading(&app, &rules).await?.refusal {
        return Err(PageError::Impossible(format!(
            "Nothing was changed, as the file would be refused: {}. See to that on its page Columns.",
            why.trim_end_matches('.')
        )));
    }
    let (unit, decider) = (&admin.unit, admin.decider(&app));
    let upload = file.upload;
    admin.store.decide_reading_rules(unit, upload.file_type, &rules, &decider).await?;
    let here = admin.path(&format!("uploads/{id}"));
    if !admin.store.may_be_read_again(&upload).await? {
        return see_other(&Flash::SettingSaved.on(&here));
    }
    admin.store.read_again(unit, upload.id, new_job(&app), &decider).await?;
    app.new_work.notify_one();
    see_other(&Flash::SettingSavedAndRead.on(&here))
}
