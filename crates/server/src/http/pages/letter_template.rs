//! The letters by which suppliers are asked for money, written by an administrator: the one for all letters,
//! and those with names (`named`).
//!
//! Not for: letters that are made of them (`letters`). Invariant: what is refused stays in its field.

mod named;

use askama::Template;
use axum::extract::State;
use domain::{Letter, LetterTemplate, LetterValues};
use serde::Deserialize;
use store::CreditTaking;

use super::access::Admin;
use super::error::{PageError, sentence};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;

use named::{NAMED_PATH, NamedLine};
pub(crate) use named::{get_named_letter, remove_named_letter, set_named_letter};

pub(crate) const PATH: &str = "/settings/{customer}/letter";

#[derive(Template)]
#[template(path = "letter_template.html")]
struct LetterTemplatePage {
    page: Layout,
    here: String,
    editor: LetterEditor,
    is_own: bool,
    named: Vec<NamedLine>,
    named_path: String,
    takes_credits: bool,
}

/// The fields of a letter as they are set or were typed, and what came of them.
struct LetterEditor {
    subject: String,
    body: String,
    wrong: Option<String>,
    /// The letter that it makes of an example.
    preview: Option<Letter>,
    fields: Vec<(&'static str, &'static str)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LetterTemplateForm {
    subject: String,
    body: String,
    /// There where it is to be as usual again.
    usual: Option<String>,
    /// There where it is to be looked at, and not saved.
    preview: Option<String>,
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
                let editor = LetterEditor::refused(form.subject, form.body, &why.to_string());
                return html_again(&LetterTemplatePage { editor, ..page(&app, &admin).await? });
            }
        },
    };
    if let Some(template) = template.as_ref().filter(|_| form.preview.is_some()) {
        let editor = LetterEditor::previewed(template, &example(&app, &admin));
        return html(&LetterTemplatePage { editor, ..page(&app, &admin).await? });
    }
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

impl LetterEditor {
    fn new(template: &LetterTemplate) -> Self {
        Self {
            subject: template.subject().to_owned(),
            body: template.body().to_owned(),
            wrong: None,
            preview: None,
            fields: LetterTemplate::fields().collect(),
        }
    }

    /// The form with what was typed and the reason why that is not saved.
    fn refused(subject: String, body: String, why: &str) -> Self {
        let wrong = Some(sentence(why));
        let fields = LetterTemplate::fields().collect();
        Self { subject, body, wrong, preview: None, fields }
    }

    /// The form with what was typed and the letter that it makes.
    fn previewed(template: &LetterTemplate, example: &LetterValues) -> Self {
        Self { preview: Some(template.fill(example)), ..Self::new(template) }
    }
}

/// Made-up values of a letter about one invoice, from whoever looks.
fn example(app: &App, admin: &Admin) -> LetterValues {
    let today = format::day(format::today(app.clock.now()));
    let user = &admin.current_user.user;
    LetterValues {
        supplier: "Alder & Sons Ltd".to_owned(),
        reference: "S100".to_owned(),
        due: today.clone(),
        today,
        items: "1. Invoice 10983 of 3 Mar 2026, £4,310.00, paid 20 Mar 2026, our document number 4711\n   \
                we ask for £4,310.00"
            .to_owned(),
        total: "£4,310.00".to_owned(),
        count: "1".to_owned(),
        name: user.name.to_string(),
        email: user.email.to_string(),
        organisation: admin.customer.to_string(),
    }
}

async fn page(app: &App, admin: &Admin) -> Result<LetterTemplatePage, PageError> {
    let templates = admin.store.letter_templates().await?;
    let named_path = admin.fill(NAMED_PATH);
    Ok(LetterTemplatePage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Letter to suppliers")
            .await?,
        here: admin.fill(PATH),
        editor: LetterEditor::new(templates.usual()),
        is_own: *templates.usual() != LetterTemplate::default(),
        named: templates.named().iter().map(|named| NamedLine::new(named, &named_path)).collect(),
        named_path,
        takes_credits: admin.store.takes_credits().await?,
    })
}
