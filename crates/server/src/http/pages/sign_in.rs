//! The pages of signing in and out.
//!
//! Not for: finding out who somebody is (`crate::sign_in`).

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::{EmailAddress, UserId};
use http::HeaderMap;
use http::header;
use jiff::Timestamp;
use serde::Deserialize;
use store::User;

use super::access::{CurrentUser, Visitor};
use super::cookie;
use super::document::Document;
use super::error::PageError;
use super::field::{SecretText, Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::kept_form::KeptForm;
use super::local_path::LocalPath;
use super::query::Query;
use super::respond::{PageResult, go_on, html, html_again, see_other};
use super::sign_in_form::{SignInPage, SignInWays};
use crate::App;
use crate::http::request::PeerAddress;
use crate::limits::AGENT_CHARS_MAX;
use crate::sign_in::password::{Credentials, Refusal, recognise};
use crate::sign_in::session::{self, Browser, SessionSecret};
use crate::sign_in::{links, oidc};

/// A form that somebody had sent when their session was over, or from a page of an older one, to be sent
/// again.
#[derive(Template)]
#[template(path = "kept_form.html")]
pub(super) struct KeptFormPage {
    doc: Document,
    heading: &'static str,
    /// Why it was not written yet.
    why: String,
    next: String,
    kept: KeptForm,
    /// The texts of theirs that had been typed.
    texts: Vec<String>,
}

/// The page between signing out here and there.
#[derive(Template)]
#[template(path = "signing_out.html")]
struct SigningOutPage {
    doc: Document,
    address: String,
}

/// The fields in which people type; what else a form holds is not shown.
const TYPED_FIELDS: [&str; 4] = ["words", "because", "recovered", "name"];

/// The page somebody goes on to once they are signed in.
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
    /// The form that goes along: whose it is, where it was sent to, and its fields.
    #[serde(deserialize_with = "valid")]
    kept_by: Option<UserId>,
    kept_path: Text,
    kept: String,
}

const WRONG: &str = "That address and password do not belong together, or the code is missing or wrong. Check \
    the keyboard layout and Caps Lock, and with two-step sign-in enter the code your app shows now. If you have \
    forgotten your password, an admin of your organisation can make you a link to choose a new one.";

pub(crate) async fn get_sign_in(
    State(app): State<App>,
    visitor: Visitor,
    Query(NextQuery { next }): Query<NextQuery>,
    flash: Option<Flash>,
) -> PageResult {
    if visitor.user.is_some() {
        return see_other(next.as_str());
    }
    let ways = SignInWays::new(&app, next.as_str());
    let invited =
        if ways.are_passwords_off { None } else { invited_address(&app, next.as_str()).await? };
    html(&SignInPage {
        doc: visitor.document("Sign in"),
        ways,
        flash: flash.map(Flash::text),
        next: next.to_string(),
        email: invited.map(|email| email.to_string()).unwrap_or_default(),
        wrong: None,
        kept: None,
    })
}

/// The address that an invitation is for, which somebody goes on to once they are signed in.
async fn invited_address(app: &App, next: &str) -> Result<Option<EmailAddress>, PageError> {
    let Some(secret) = next.strip_prefix("/invitation/") else { return Ok(None) };
    Ok(links::open(app, secret).await?.and_then(|open| open.invitation.email))
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    browser: Browser,
    Form(form): Form<SignInForm>,
) -> PageResult {
    let SecretText(password) = form.password;
    let credentials = Credentials { email: &form.email, password, code: &form.code };
    let kept = form
        .kept_by
        .and_then(|owner| KeptForm::parse(owner, &form.kept_path, form.kept.as_bytes()));
    match (recognise(&app, credentials, &browser).await?, kept) {
        (Ok(user), None) => begin_session(&app, &user, browser, form.next.as_str()).await,
        (Ok(user), Some(kept)) if kept.owner != user.id => {
            let next = Flash::KeptOfAnother.on("/me");
            begin_session(&app, &user, browser, &next).await
        }
        (Ok(user), Some(kept)) => {
            let secret = session::begin(&app, &user, browser).await?;
            let response = html(&kept_form_page(&visitor, &secret, form.next.as_str(), kept))?;
            Ok(with_session(response, &secret))
        }
        (Err(refusal), kept) => html_again(&SignInPage {
            doc: visitor.document("Sign in"),
            ways: SignInWays::new(&app, form.next.as_str()),
            flash: None,
            next: form.next.to_string(),
            email: form.email.into(),
            wrong: Some(refusal_text(refusal, app.clock.now())),
            kept,
        }),
    }
}

fn refusal_text(refusal: Refusal, now: Timestamp) -> String {
    match refusal {
        Refusal::Wrong => WRONG.to_owned(),
        Refusal::LockedUntil(until) => locked_text(until, now),
    }
}

/// The sentence for whoever was wrong too often.
pub(super) fn locked_text(until: Timestamp, now: Timestamp) -> String {
    let minutes = (until - now).as_secs().unsigned_abs().div_ceil(60).max(1);
    format!(
        "There were too many wrong attempts. Wait {} and try again; until then no attempt counts.",
        format::counted(minutes, "minute", "minutes")
    )
}

/// Begins a session in this browser, and sends it on to where somebody wanted to go.
pub(super) async fn begin_session(
    app: &App,
    user: &User,
    browser: Browser,
    next: &str,
) -> PageResult {
    let secret = session::begin(app, user, browser).await?;
    Ok(with_session(see_other(next)?, &secret))
}

/// Gives the browser its session.
pub(super) fn with_session(mut response: Response, secret: &SessionSecret) -> Response {
    cookie::add(response.headers_mut(), &cookie::set_session(secret));
    cookie::add(response.headers_mut(), &cookie::set_known_by(secret));
    response
}

pub(super) fn kept_form_page(
    visitor: &Visitor,
    secret: &SessionSecret,
    next: &str,
    kept: KeptForm,
) -> KeptFormPage {
    KeptFormPage {
        doc: Document { csrf: secret.csrf(), ..visitor.document("Signed in again") },
        heading: "You are signed in again",
        why: "Your session had ended, so this was not written yet:".to_owned(),
        next: next.to_owned(),
        texts: typed_texts(&kept),
        kept,
    }
}

/// The page of a form that was sent from a page of an older session, for whoever is signed in now.
pub(super) fn older_form_page(visitor: &Visitor, user: &User, kept: KeptForm) -> KeptFormPage {
    KeptFormPage {
        doc: visitor.document("Not written yet"),
        heading: "This was not written yet",
        why: format!(
            "Somebody signed in here after its page was opened. You are {} now; send it if it is still what \
             you want to say:",
            user.email
        ),
        next: "/".to_owned(),
        texts: typed_texts(&kept),
        kept,
    }
}

fn typed_texts(kept: &KeptForm) -> Vec<String> {
    let typed = kept
        .fields
        .iter()
        .filter(|(name, value)| TYPED_FIELDS.contains(&name.as_str()) && !value.is_empty());
    typed.map(|(_, value)| value.clone()).collect()
}

/// Ends the session here; whom a provider signed in goes on to sign out there.
pub(crate) async fn sign_out(
    State(app): State<App>,
    current_user: std::sync::Arc<CurrentUser>,
) -> Result<Response, PageError> {
    let session = current_user.session.id;
    let follows = app.store.system().take_provider_session(session).await?;
    session::end(&app, &current_user.user, session).await?;
    let mut response = match follows {
        None => see_other(&Flash::SignedOut.on("/sign-in"))?,
        Some(follows) => match oidc::sign_out_address(&app, &follows).await {
            None => see_other(&Flash::SignedOutHere.on("/sign-in"))?,
            Some(address) => {
                let doc = Document::bare("Signing out", current_user.appearance);
                let address = address.to_string();
                go_on(&SigningOutPage { doc, address: address.clone() }, &address)?
            }
        },
    };
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
            known_by: cookie::known_by(&parts.headers),
        })
    }
}

fn agent(headers: &HeaderMap) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or("no name").chars().take(AGENT_CHARS_MAX).collect()
}
