//! A letter template with a name: added, changed and removed on a page of its own.
//!
//! Not for: which letters take it (`letters`). Invariant: what is refused stays in its field.

use askama::Template;
use axum::extract::State;
use domain::{LetterPurpose, LetterTemplate, LetterTemplateName, NamedLetterTemplate};
use serde::Deserialize;

use super::{LetterEditor, PATH, example};
use crate::App;
use crate::http::pages::access::Admin;
use crate::http::pages::error::PageError;
use crate::http::pages::field::Text;
use crate::http::pages::filters;
use crate::http::pages::flash::Flash;
use crate::http::pages::form::Form;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::query::Query;
use crate::http::pages::respond::{PageResult, html, html_again, see_other};

pub(super) const NAMED_PATH: &str = "/settings/{customer}/letter/named";

/// A template in the list of them.
pub(super) struct NamedLine {
    pub(super) name: String,
    pub(super) purpose: &'static str,
    pub(super) href: String,
}

#[derive(Template)]
#[template(path = "named_letter.html")]
struct NamedLetterPage {
    page: Layout,
    here: String,
    /// The page of all templates.
    all: String,
    /// The name as it is kept; empty for a template that is not there yet.
    known: String,
    /// The name as it was typed.
    name: String,
    purposes: Vec<PurposeOption>,
    editor: LetterEditor,
}

struct PurposeOption {
    word: &'static str,
    title: &'static str,
    is_chosen: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NamedLetterQuery {
    /// Empty for a new one.
    name: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NamedLetterForm {
    /// The name of the template that is changed; empty for a new one.
    known: Text,
    /// The name of a new one.
    name: Text,
    purpose: Text,
    subject: String,
    body: String,
    /// There where it is to be looked at, and not saved.
    preview: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RemoveLetterForm {
    name: Text,
}

impl NamedLine {
    pub(super) fn new(named: &NamedLetterTemplate, path: &str) -> Self {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("name", named.name.as_str())
            .finish();
        Self {
            name: named.name.to_string(),
            purpose: named.purpose.title(),
            href: format!("{path}?{query}"),
        }
    }
}

impl NamedLetterForm {
    /// The template as it is to be kept, or why it cannot be.
    fn template(&self) -> Result<NamedLetterTemplate, String> {
        let name = if self.known.is_empty() { &self.name } else { &self.known };
        let name = name.parse::<LetterTemplateName>().map_err(|why| why.to_string())?;
        let purpose = self.purpose.parse::<LetterPurpose>().map_err(|why| why.to_string())?;
        let template =
            LetterTemplate::new(&self.subject, &self.body).map_err(|why| why.to_string())?;
        Ok(NamedLetterTemplate { name, purpose, template })
    }
}

/// The form of a new template, or of the one that the address names.
pub(crate) async fn get_named_letter(
    State(app): State<App>,
    admin: Admin,
    Query(NamedLetterQuery { name }): Query<NamedLetterQuery>,
) -> PageResult {
    let templates = admin.store.letter_templates().await?;
    if name.is_empty() {
        // A new one begins as the letter that is there.
        let editor = LetterEditor::new(templates.usual());
        return html(&page(&app, &admin, ("", "", LetterPurpose::All.as_str()), editor).await?);
    }
    let name: LetterTemplateName = name.parse().map_err(|_no_name| PageError::NotFound)?;
    let named = templates.get(&name).ok_or(PageError::NotFound)?;
    let (name, purpose) = (named.name.as_str(), named.purpose.as_str());
    let editor = LetterEditor::new(&named.template);
    html(&page(&app, &admin, (name, name, purpose), editor).await?)
}

pub(crate) async fn set_named_letter(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<NamedLetterForm>,
) -> PageResult {
    let template = match form.template() {
        Ok(template) => template,
        Err(why) => return refused(&app, &admin, form, &why).await,
    };
    if form.preview.is_some() {
        let editor = LetterEditor::previewed(&template.template, &example(&app, &admin));
        let head = (&*form.known, &*form.name, &*form.purpose);
        return html(&page(&app, &admin, head, editor).await?);
    }
    let (by, now) = (admin.address(), app.clock.now());
    let is_changed = if form.known.is_empty() {
        match admin.store.add_named_letter(&template, by, now).await {
            Ok(()) => true,
            Err(store::Error::Illegal { why }) => return refused(&app, &admin, form, &why).await,
            Err(error) => return Err(error.into()),
        }
    } else {
        admin.store.change_named_letter(&template, by, now).await?
    };
    let flash = if is_changed { Flash::LetterSet } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}

/// Removes a template; letters that are written already stay as they are.
pub(crate) async fn remove_named_letter(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<RemoveLetterForm>,
) -> PageResult {
    let name: LetterTemplateName = form.name.parse().map_err(|_no_name| PageError::NotFound)?;
    let (by, now) = (admin.address(), app.clock.now());
    let is_removed = admin.store.remove_named_letter(&name, by, now).await?;
    let flash = if is_removed { Flash::LetterRemoved } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}

/// The form again, with what was typed and why it is not saved.
async fn refused(app: &App, admin: &Admin, form: NamedLetterForm, why: &str) -> PageResult {
    let NamedLetterForm { known, name, purpose, subject, body, .. } = form;
    let editor = LetterEditor::refused(subject, body, why);
    html_again(&page(app, admin, (&known, &name, &purpose), editor).await?)
}

async fn page(
    app: &App,
    admin: &Admin,
    (known, name, chosen): (&str, &str, &str),
    editor: LetterEditor,
) -> Result<NamedLetterPage, PageError> {
    let option = |purpose: LetterPurpose| PurposeOption {
        word: purpose.as_str(),
        title: purpose.title(),
        is_chosen: purpose.as_str() == chosen,
    };
    Ok(NamedLetterPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Letter template").await?,
        here: admin.fill(NAMED_PATH),
        all: admin.fill(PATH),
        known: known.to_owned(),
        name: name.to_owned(),
        purposes: LetterPurpose::ALL.map(option).into(),
        editor,
    })
}
