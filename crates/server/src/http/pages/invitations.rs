//! The pages behind links: becoming the first administrator, a user, or a member of one more customer.
//!
//! Invariant: a link that does not work any more looks the same whatever the reason; whom it was made for is
//! not theirs to choose.

use askama::Template;
use axum::extract::{Path, State};
use domain::{EmailAddress, NewPassword, UserName};
use serde::Deserialize;
use store::{Invitation, User};

use super::access::Visitor;
use super::document::Document;
use super::error::PageError;
use super::error::sentence;
use super::field::{SecretText, Text};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::local_path::sign_in_then;
use super::respond::{PageResult, html, html_again, see_other};
use super::sign_in::begin_session;
use super::sign_in_form::SignInWays;
use crate::App;
use crate::sign_in::links::{self, NewMember, OpenInvitation};
use crate::sign_in::session::Browser;

/// The name of who invites by a command, as the store names them.
const OPERATOR: &str = "operator";

const PASSWORDS_OFF: &str = "Nobody chooses a password here. Open the link again and go on with the sign-in of your \
    organisation.";

#[derive(Template)]
#[template(path = "invitation.html")]
struct InvitationPage {
    doc: Document,
    title: String,
    offer: String,
    expires: String,
    /// Whoever is signed in already joins with one press.
    known: Option<String>,
    /// Why whoever is signed in cannot.
    cannot_join: Option<String>,
    /// Where somebody signs in whose address has an account, to come back here.
    sign_in: Option<String>,
    /// The ways by which whoever becomes a user signs in from then on.
    ways: SignInWays,
    name: String,
    email: String,
    /// Set when the address is the one that was invited, which nobody chooses.
    is_bound: bool,
    wrong: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct JoinForm {
    name: Text,
    email: Text,
    #[serde(flatten)]
    password: NewPasswordForm,
}

/// A password that is chosen, typed twice.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct NewPasswordForm {
    new_password: SecretText,
    new_password_again: SecretText,
}

pub(crate) async fn get_welcome(
    State(app): State<App>,
    visitor: Visitor,
    Path(secret): Path<String>,
) -> PageResult {
    let open = open_invitation(&app, &secret).await?;
    html(&page(&app, &open, &visitor, None).await?)
}

/// Accepts an invitation, the first administrator's and that of others: only the words differ.
pub(crate) async fn accept(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Path(secret): Path<String>,
    Form(form): Form<JoinForm>,
) -> PageResult {
    let open = open_invitation(&app, &secret).await?;
    if let Some(current_user) = &visitor.user {
        if let Some(why) = cannot_join(&app, &open, &current_user.user).await? {
            return Err(PageError::Impossible(why));
        }
        let joined = links::join(&app, &open, &current_user.user).await?;
        let unit = joined.unit.unwrap_or_else(|| joined.customer.only_unit());
        return see_other(&Flash::Joined.on(&format!("/at/{}/{unit}/uploads", joined.customer)));
    }
    if ways(&app, &open).are_passwords_off {
        return Err(PageError::Impossible(PASSWORDS_OFF.to_owned()));
    }
    let new = match parse_form(&form, &open) {
        Ok(new) => new,
        Err(wrong) => {
            return html_again(&page(&app, &open, &visitor, Some((&form, wrong))).await?);
        }
    };
    if let Some(user) = links::accept(&app, &open, new).await? {
        return begin_session(&app, &user, browser, "/").await;
    }
    let wrong = "Somebody has that address already. If it is yours, sign in first, then open this link \
        again: you become a member with the account you have.";
    html_again(&page(&app, &open, &visitor, Some((&form, wrong.to_owned()))).await?)
}

/// The reason why somebody who is signed in cannot join by a link; none when they can.
async fn cannot_join(
    app: &App,
    open: &OpenInvitation,
    user: &User,
) -> Result<Option<String>, PageError> {
    let Invitation { customer, role, unit, email, .. } = &open.invitation;
    if let Some(email) = email.as_ref().filter(|email| **email != user.email) {
        return Ok(Some(format!(
            "This invitation is for {email}, and you are signed in as {}. Sign out, then open the link again.",
            user.email
        )));
    }
    let has = app.store.customer(customer).membership_of(user.id).await?;
    Ok(has.role_against(unit.as_ref(), *role).map(|has| {
        format!(
            "You belong to {customer} with the role {has} already, so there is nothing to join. The link was \
             not used."
        )
    }))
}

async fn open_invitation(app: &App, secret: &str) -> Result<OpenInvitation, PageError> {
    links::open(app, secret).await?.ok_or_else(|| {
        PageError::Impossible(
            "This link does not work any more: it was used, has expired, or was copied without its end. Ask \
             whoever sent it for a new one; a server that has no user yet prints one when it starts."
                .to_owned(),
        )
    })
}

fn parse_form(form: &JoinForm, open: &OpenInvitation) -> Result<NewMember, String> {
    let email: EmailAddress = match &open.invitation.email {
        Some(guest) => guest.clone(),
        None => form
            .email
            .parse()
            .map_err(|why: domain::user::InvalidEmailAddress| sentence(&why.to_string()))?,
    };
    let name: UserName = form
        .name
        .parse()
        .map_err(|why: domain::user::InvalidUserName| sentence(&why.to_string()))?;
    let password =
        new_password(form.password.clone(), &email, &[open.invitation.customer.as_str()])?;
    Ok(NewMember { email, name, password })
}

/// A password that was typed twice, or what is wrong with it.
pub(super) fn new_password(
    form: NewPasswordForm,
    email: &EmailAddress,
    customers: &[&str],
) -> Result<NewPassword, String> {
    let (SecretText(text), SecretText(again)) = (form.new_password, form.new_password_again);
    if text != again {
        return Err("The two passwords differ. Write the same one twice.".to_owned());
    }
    let context: Vec<&str> =
        [email.as_str(), email.local_part()].into_iter().chain(customers.iter().copied()).collect();
    NewPassword::new(text.into_exposed(), &context)
        .map_err(|why| format!("That password cannot be chosen: {why}."))
}

async fn page(
    app: &App,
    open: &OpenInvitation,
    visitor: &Visitor,
    again: Option<(&JoinForm, String)>,
) -> Result<InvitationPage, PageError> {
    let invitation = &open.invitation;
    let (title, offer) = offer_words(invitation);
    let typed = |field: fn(&JoinForm) -> &Text| {
        again.as_ref().map(|(form, _)| field(form).to_string()).unwrap_or_default()
    };
    let user = visitor.user.as_ref().map(|current_user| &current_user.user);
    let cannot_join = match user {
        Some(user) => cannot_join(app, open, user).await?,
        None => None,
    };
    let guest = invitation.email.as_ref();
    let has_account = match guest {
        Some(guest) => app.store.system().person_by_email(guest).await?.is_some(),
        None => false,
    };
    Ok(InvitationPage {
        doc: visitor.document(&title),
        title,
        offer,
        expires: format::moment_in_zone(invitation.expires_at),
        known: user.map(|user| user.email.to_string()),
        cannot_join,
        ways: ways(app, open),
        sign_in: has_account.then(|| sign_in_then(&open.path())),
        name: typed(|form| &form.name),
        email: guest.map_or_else(|| typed(|form| &form.email), ToString::to_string),
        is_bound: guest.is_some(),
        wrong: again.map(|(_, wrong)| wrong),
    })
}

/// The ways for whoever has been invited. Whoever is to run the server has a password in any case, for when
/// no provider answers.
fn ways(app: &App, open: &OpenInvitation) -> SignInWays {
    if open.invitation.makes_operator {
        return SignInWays { providers: Vec::new(), are_passwords_off: false };
    }
    SignInWays::new(app, &open.path())
}

/// The headline of an invitation, and what it offers.
fn offer_words(invitation: &Invitation) -> (String, String) {
    let Invitation { customer, role, unit, invited_by, .. } = invitation;
    let place = match unit {
        Some(unit) => format!("the unit {unit} of {customer}"),
        None => customer.to_string(),
    };
    let join = format!("Join {customer}");
    match invited_by.as_deref() {
        None => (
            "Welcome to Bursar".to_owned(),
            format!(
                "You become the first administrator of {customer}, and the operator of this server."
            ),
        ),
        Some(OPERATOR) => {
            (join, format!("Whoever runs this server invites you to {place} as {role}."))
        }
        Some(by) => (join, format!("{by} invites you to {place} as {role}.")),
    }
}
