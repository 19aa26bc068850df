//! The page with the form to sign in: asked for, or shown where somebody has to.
//!
//! Not for: signing in (`sign_in`).

use askama::Template;

use super::document::{Document, Link};
use super::filters;
use super::kept_form::KeptForm;
use crate::App;
use crate::sign_in::PasswordUse;

/// The form to sign in as a page.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) doc: Document,
    pub(crate) ways: SignInWays,
    pub(crate) flash: Option<&'static str>,
    pub(crate) next: String,
    pub(crate) email: String,
    pub(crate) wrong: Option<String>,
    pub(crate) kept: Option<KeptForm>,
}

/// The ways by which people sign in here.
#[derive(Debug)]
pub(crate) struct SignInWays {
    /// To identity providers.
    pub(crate) providers: Vec<Link>,
    /// Set when a password signs only those in who run the server.
    pub(crate) are_passwords_off: bool,
}

impl SignInWays {
    /// The ways in that go on to a path of this site.
    pub(crate) fn new(app: &App, next: &str) -> Self {
        let link = |provider: &crate::sign_in::oidc::provider::Provider| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let (name, query) = (&provider.settings.name, query.append_pair("next", next).finish());
            Link::new(&provider.settings.title, format!("/sign-in/with/{name}?{query}"))
        };
        Self {
            providers: app.sign_in.providers.all().iter().map(link).collect(),
            are_passwords_off: app.sign_in.passwords == PasswordUse::Operators,
        }
    }
}
