//! The page with the form to sign in: asked for, or shown where somebody has to.
//!
//! Not for: signing in (`sign_in`).

use askama::Template;

use super::document::Document;
use super::filters;
use super::kept_form::KeptForm;

/// The form to sign in as a page.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) doc: Document,
    pub(crate) flash: Option<&'static str>,
    pub(crate) next: String,
    pub(crate) email: String,
    pub(crate) wrong: Option<String>,
    pub(crate) kept: Option<KeptForm>,
}
