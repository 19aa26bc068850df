//! Reason codes on the page of limits: an admin adds and retires them.
//!
//! Not for: from which amount on a reason is asked for (`limits`).

use axum::extract::State;
use domain::finding::{CodedReason, FindingState, ReasonCode};
use serde::Deserialize;

use super::{PATH, page};
use crate::App;
use crate::http::pages::access::Admin;
use crate::http::pages::error::{PageError, sentence};
use crate::http::pages::field::Text;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::format;
use crate::http::pages::respond::{PageResult, html_again, see_other};

/// The verdicts that a reason may stand with.
const VERDICTS: [FindingState; 3] =
    [FindingState::Dismissed, FindingState::Confirmed, FindingState::NeedsInformation];

/// The part of the page that is about reason codes.
pub(super) struct ReasonCodes {
    pub(super) path: String,
    pub(super) lines: Vec<ReasonLine>,
    pub(super) verdicts: Vec<(&'static str, &'static str)>,
    /// The texts that somebody typed, where they were not written.
    pub(super) typed: ReasonForm,
    pub(super) wrong: Option<String>,
}

pub(super) struct ReasonLine {
    pub(super) code: String,
    pub(super) words: String,
    pub(super) verdict: &'static str,
    /// The day on which it was retired; none while verdicts may name it.
    pub(super) retired: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReasonForm {
    pub(super) code: Text,
    pub(super) words: Text,
    /// The verdict that it stands with.
    pub(super) state: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RetireForm {
    code: Text,
}

impl ReasonCodes {
    pub(super) async fn load(admin: &Admin) -> Result<Self, PageError> {
        let known = admin.store.reason_codes().await?;
        let line = |reason: &CodedReason| ReasonLine {
            code: reason.code.to_string(),
            words: reason.words.clone(),
            verdict: reason.state.title(),
            retired: reason.retired_at.map(format::date),
        };
        Ok(Self {
            path: admin.fill("/settings/{customer}/limits/reason-codes"),
            lines: known.reasons().iter().map(line).collect(),
            verdicts: VERDICTS.map(|state| (state.as_str(), state.title())).into(),
            typed: ReasonForm::default(),
            wrong: None,
        })
    }

    /// Returns `true` for the verdict that somebody chose.
    pub(super) fn is_chosen(&self, state: &str) -> bool {
        &*self.typed.state == state
    }
}

/// Adds a reason that verdicts may name.
pub(crate) async fn add_reason_code(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<ReasonForm>,
) -> PageResult {
    let why = match CodedReason::new(&form.code, &form.words, &form.state) {
        Err(why) => why.to_string(),
        Ok(reason) => {
            let (by, now) = (admin.address(), app.clock.now());
            match admin.store.add_reason_code(&reason, by, now).await {
                Ok(()) => return see_other(&Flash::ReasonCodeAdded.on(&admin.fill(PATH))),
                Err(store::Error::Illegal { why }) => why,
                Err(error) => return Err(error.into()),
            }
        }
    };
    let mut page = page(&app, &admin).await?;
    (page.codes.typed, page.codes.wrong) = (form, Some(sentence(&why)));
    html_again(&page)
}

/// Lets no verdict name a reason any more.
pub(crate) async fn retire_reason_code(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<RetireForm>,
) -> PageResult {
    let code: ReasonCode = form.code.parse().map_err(|_no_code| PageError::NotFound)?;
    let (by, now) = (admin.address(), app.clock.now());
    let is_changed = admin.store.retire_reason_code(&code, by, now).await?;
    let flash = if is_changed { Flash::ReasonCodeRetired } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}
