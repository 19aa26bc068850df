//! Signing in and out.
//!
//! Invariant: whatever was wrong, the answer is the same and takes as long, so that nobody learns who has an
//! account; how often somebody may be wrong is counted before the password is looked at.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{AuditEntry, EmailAddress, SessionId, SignInSubject};
use http::HeaderMap;
use http::header;
use jiff::Timestamp;
use serde::Deserialize;
use store::{NewSession, Person, SignInAttempt, User};

use super::access::{CurrentUser, Visitor};
use super::cookie::{self, SessionSecret};
use super::document::Document;
use super::error::PageError;
use super::field::{SecretText, Text};
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::local_path::LocalPath;
use super::query::Query;
use super::respond::{PageResult, html, html_again, see_other};
use crate::http::request::PeerAddress;
use crate::limits::AGENT_CHARS_MAX;
use crate::measures::{self, SignInRefusal};
use crate::welcome::digest;
use crate::{App, passwords, totp};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    doc: Document,
    flash: Option<&'static str>,
    next: String,
    email: String,
    wrong: Option<String>,
}

/// Where somebody goes on to once they are signed in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NextQuery {
    next: LocalPath,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignInForm {
    email: Text,
    password: SecretText,
    code: Text,
    next: LocalPath,
}

/// The browser that signs in.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) address: String,
    pub(crate) agent: String,
}

const WRONG: &str = "That address and password do not belong together. Look at the keyboard's layout and Caps \
    Lock, and try again; an admin of your organisation can invite you anew.";
const CODE_WANTED: &str = "This account asks for a code as well. Write your password again, and below it the six \
    digits your authenticator app shows now.";

pub(crate) async fn get_sign_in(
    visitor: Visitor,
    Query(NextQuery { next }): Query<NextQuery>,
    flash: Option<Flash>,
) -> PageResult {
    if visitor.user.is_some() {
        return see_other(next.as_str());
    }
    html(&SignInPage {
        doc: visitor.document("Sign in"),
        flash: flash.map(Flash::text),
        next: next.to_string(),
        email: String::new(),
        wrong: None,
    })
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Form(form): Form<SignInForm>,
) -> PageResult {
    let now = app.clock.now();
    match recognise(&app, &form, &browser, now).await? {
        Ok(user) => begin_session(&app, &user, browser, form.next.as_str()).await,
        Err(wrong) => html_again(&SignInPage {
            doc: visitor.document("Sign in"),
            flash: None,
            next: form.next.to_string(),
            email: form.email.into(),
            wrong: Some(wrong),
        }),
    }
}

/// Who it is, or what to say to whoever it is not.
async fn recognise(
    app: &App,
    form: &SignInForm,
    browser: &Browser,
    now: Timestamp,
) -> Result<Result<User, String>, PageError> {
    let system = app.store.system();
    let Ok(email) = form.email.parse::<EmailAddress>() else {
        measures::sign_in_refused(SignInRefusal::UnknownAccount);
        return Ok(Err(WRONG.to_owned()));
    };
    let subjects =
        [SignInSubject::account(&email, digest), SignInSubject::Address(browser.address.clone())];
    if let SignInAttempt::LockedUntil(until) = system.begin_sign_in(&subjects, now).await? {
        measures::sign_in_refused(SignInRefusal::Locked);
        return Ok(Err(locked(until, now)));
    }
    let person = system.person_by_email(&email).await?;
    let hash = person.as_ref().map(|person| person.password_hash.clone());
    let SecretText(password) = form.password.clone();
    let is_right = passwords::is_right(password, hash).await.map_err(PageError::internal)?;
    let Some(person) = person else {
        measures::sign_in_refused(SignInRefusal::UnknownAccount);
        return Ok(Err(WRONG.to_owned()));
    };
    if !is_right {
        measures::sign_in_refused(SignInRefusal::WrongPassword);
        note_failure(app, &person, browser, now).await?;
        return Ok(Err(WRONG.to_owned()));
    }
    if !is_second_factor_right(app, &person, form, now).await? {
        measures::sign_in_refused(SignInRefusal::WrongCode);
        note_failure(app, &person, browser, now).await?;
        return Ok(Err(CODE_WANTED.to_owned()));
    }
    system.note_sign_in(&subjects, now).await?;
    Ok(Ok(person.user))
}

async fn is_second_factor_right(
    app: &App,
    person: &Person,
    form: &SignInForm,
    now: Timestamp,
) -> Result<bool, PageError> {
    let Some(secret) = &person.totp_secret else { return Ok(true) };
    let Some(step) = totp::step_of(&form.code, secret, now) else { return Ok(false) };
    Ok(app.store.system().use_totp_step(person.user.id, step).await?)
}

async fn note_failure(
    app: &App,
    person: &Person,
    browser: &Browser,
    now: Timestamp,
) -> Result<(), PageError> {
    let entry = AuditEntry {
        at: now,
        who: person.user.email.to_string(),
        what: "user.sign_in_refused".to_owned(),
        about: person.user.id.to_string(),
        customer: None,
        details: serde_json::json!({ "address": browser.address }),
    };
    Ok(app.store.system().audit(&entry).await?)
}

fn locked(until: Timestamp, now: Timestamp) -> String {
    let minutes = (until - now).as_secs().unsigned_abs().div_ceil(60).max(1);
    format!(
        "There were too many wrong attempts. Wait {} and try again; until then no attempt counts.",
        format::counted(minutes, "minute", "minutes")
    )
}

/// Signs somebody in, and on to where they wanted to go.
pub(super) async fn begin_session(
    app: &App,
    user: &User,
    browser: Browser,
    next: &str,
) -> PageResult {
    let (secret, now) = (SessionSecret::new(&app.randomness), app.clock.now());
    let new = NewSession {
        id: SessionId::new(now, app.randomness.bytes()),
        secret_hash: secret.digest(),
        address: browser.address,
        agent: browser.agent,
    };
    app.store.system().begin_session(user, new, now).await?;
    let mut response = see_other(next)?;
    cookie::add(response.headers_mut(), &secret.set_cookie());
    Ok(response)
}

pub(crate) async fn sign_out(
    State(app): State<App>,
    current_user: std::sync::Arc<CurrentUser>,
) -> Result<Response, PageError> {
    let (user, session) = (&current_user.user, current_user.session.id);
    app.store.system().end_session(user, session, app.clock.now()).await?;
    let mut response = see_other(&Flash::SignedOut.on("/sign-in"))?;
    cookie::add(response.headers_mut(), &cookie::clear_session());
    Ok(response)
}

impl axum::extract::FromRequestParts<App> for Browser {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(
        parts: &mut http::request::Parts,
        _app: &App,
    ) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<PeerAddress>();
        Ok(Self {
            address: address.map_or_else(|| "unknown".to_owned(), |address| address.0.to_string()),
            agent: agent(&parts.headers),
        })
    }
}

fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or("no name").chars().take(AGENT_CHARS_MAX).collect()
}
