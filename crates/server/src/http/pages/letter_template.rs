//! The letter by which suppliers are asked for money, written by an administrator.
//!
//! Not for: letters that are made of it (`letters`). Invariant: what is refused stays in its field.

use askama::Template;
use axum::extract::State;
use domain::LetterTemplate;
use serde::Deserialize;
use store::CreditTaking;

use super::access::Admin;
use super::error::{PageError, sentence};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;

pub(crate) const PATH: &str = "/settings/{customer}/letter";

#[derive(Template)]
#[template(path = "letter_template.html")]
struct LetterTemplatePage {
    page: Layout,
    here: String,
    subject: String,
    body: String,
    is_own: bool,
    wrong: Option<String>,
    fields: Vec<(&'static str, &'static str)>,
    takes_credits: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LetterTemplateForm {
    subject: String,
    body: String,
    /// There where it is to be as usual again.
    usual: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TakesCreditsForm {
    /// There where it is ticked.
    takes: Option<String>,
}

pub(crate) async fn get_letter_template(
    State(app): State<App>,
    admin: Admin,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &admin).await?;
    html(&LetterTemplatePage { page: page.page.with_flash(flash), ..page })
}

pub(crate) async fn set_letter_template(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<LetterTemplateForm>,
) -> PageResult {
    let template = match &form.usual {
        Some(_) => None,
        None => match LetterTemplate::new(&form.subject, &form.body) {
            Ok(template) => Some(template),
            Err(why) => {
                let page = page(&app, &admin).await?;
                let wrong = Some(sentence(&why.to_string()));
                let (subject, body) = (form.subject, form.body);
                return html_again(&LetterTemplatePage { subject, body, wrong, ..page });
            }
        },
    };
    let (by, now) = (admin.address(), app.clock.now());
    let is_changed = admin.store.set_letter_template(template.as_ref(), by, now).await?;
    let flash = if is_changed { Flash::LetterSet } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}

/// Lets credits that name number and amount be taken without a person, or no more.
pub(crate) async fn set_takes_credits(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<TakesCreditsForm>,
) -> PageResult {
    let taking = match form.takes {
        Some(_) => CreditTaking::ByItself,
        None => CreditTaking::ByPeople,
    };
    let now = app.clock.now();
    let is_changed = admin.store.set_takes_credits(taking, admin.address(), now).await?;
    let flash = if is_changed { Flash::TakesCreditsSet } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}

async fn page(app: &App, admin: &Admin) -> Result<LetterTemplatePage, PageError> {
    let template = admin.store.letter_template().await?;
    Ok(LetterTemplatePage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Letter to suppliers")
            .await?,
        here: admin.fill(PATH),
        subject: template.subject().to_owned(),
        body: template.body().to_owned(),
        is_own: template != LetterTemplate::default(),
        wrong: None,
        fields: LetterTemplate::fields().collect(),
        takes_credits: admin.store.takes_credits().await?,
    })
}
