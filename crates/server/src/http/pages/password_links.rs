//! The page behind a link for a new password.
//!
//! Not for: changing a password that is known (`me`).
//!
//! Invariant: a link that does not work any more looks the same whatever the reason, and one that does signs
//! nobody in.

use askama::Template;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::access::Visitor;
use super::document::Document;
use super::error::PageError;
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::invitations::{NewPasswordForm, new_password};
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::sign_in::password_links::{self, OpenPasswordLink};

#[derive(Template)]
#[template(path = "password_link.html")]
struct PasswordLinkPage {
    doc: Document,
    email: String,
    clears_totp: bool,
    expires: String,
    wrong: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ChooseForm {
    #[serde(flatten)]
    password: NewPasswordForm,
}

pub(crate) async fn get_password_link(
    State(app): State<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
) -> PageResult {
    let open = open_link(&app, &secret).await?;
    html(&page(&visitor, &open, None))
}

pub(crate) async fn choose_password(
    State(app): State<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
    Form(form): Form<ChooseForm>,
) -> PageResult {
    let open = open_link(&app, &secret).await?;
    let user = &open.link.user;
    let units = app.store.system().reachable_units(user.id).await?;
    let customers: Vec<&str> = units.iter().map(|unit| unit.customer.as_str()).collect();
    let new = match new_password(form.password, &user.email, &customers) {
        Ok(new) => new,
        Err(wrong) => return html_again(&page(&visitor, &open, Some(wrong))),
    };
    password_links::choose(&app, &open, new).await?;
    see_other(&Flash::PasswordChosen.on("/sign-in"))
}

async fn open_link(app: &App, secret: &str) -> Result<OpenPasswordLink, PageError> {
    password_links::open(app, secret).await?.ok_or_else(|| {
        PageError::Impossible(
            "This link does not work any more: it was used, has expired, or was copied without its end. Ask \
             whoever sent it for a new one."
                .to_owned(),
        )
    })
}

fn page(visitor: &Visitor, open: &OpenPasswordLink, wrong: Option<String>) -> PasswordLinkPage {
    PasswordLinkPage {
        doc: visitor.document("Choose a new password"),
        email: open.link.user.email.to_string(),
        clears_totp: open.link.scope.clears_totp(),
        expires: format::moment_in_zone(open.link.expires_at),
        wrong,
    }
}
