//! One's own account: sessions, password, two-step sign-in, looks.
//!
//! Invariant: whoever changes how they prove who they are proves it first with the password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use domain::{Secret, SessionId};
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;

use super::access::{CurrentUser, Visitor};
use super::appearance::{Appearance, Theme};
use super::cookie;
use super::error::PageError;
use super::field::{SecretText, Text, valid};
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::invitations::{NewPasswordForm, new_password};
use super::layout::Layout;
use super::local_path::LocalPath;
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::limits::SESSION_LIMITS;
use crate::sign_in::two_step::Refusal;
use crate::sign_in::{password, totp, two_step};

const WRONG_PASSWORD: &str =
    "That is not your current password, so nothing was changed. Try again.";

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    page: Layout,
    theme: &'static str,
    are_keys_off: bool,
    sessions: Vec<SessionLine>,
    memberships: Vec<(String, &'static str)>,
    has_totp: bool,
    is_operator: bool,
    wrong: Option<String>,
}

struct SessionLine {
    id: SessionId,
    is_this: bool,
    agent: String,
    address: String,
    begun: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "totp.html")]
struct TotpPage {
    page: Layout,
    /// The secret in groups of four, to be typed.
    secret: String,
    raw_secret: String,
    /// The square, as a path of unit squares.
    square: String,
    size: usize,
    wrong: Option<String>,
}

/// The password of now, and a new one where it is changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PasswordForm {
    password: SecretText,
    #[serde(flatten)]
    new: NewPasswordForm,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SessionForm {
    #[serde(deserialize_with = "valid")]
    session: Option<SessionId>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TotpForm {
    password: SecretText,
    /// What the page before offered, to be kept once a code of it comes back.
    secret: SecretText,
    code: Text,
}

/// New settings of the appearance; an empty one stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AppearanceForm {
    theme: Text,
    keys: Text,
    next: LocalPath,
}

pub(crate) async fn get_me(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    flash: Option<Flash>,
) -> PageResult {
    html(&me(&app, &current_user, flash, None).await?)
}

pub(crate) async fn set_password(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    Form(form): Form<PasswordForm>,
) -> PageResult {
    let SecretText(password) = form.password;
    if !password::is_own(&app, &current_user.user, password).await? {
        let wrong = Some(WRONG_PASSWORD.to_owned());
        return html_again(&me(&app, &current_user, None, wrong).await?);
    }
    let user = &current_user.user;
    let units = app.store.system().reachable_units(user.id).await?;
    let customers: Vec<&str> = units.iter().map(|unit| unit.customer.as_str()).collect();
    let new = match new_password(form.new, &user.email, &customers) {
        Ok(new) => new,
        Err(wrong) => return html_again(&me(&app, &current_user, None, Some(wrong)).await?),
    };
    password::change(&app, user, current_user.session.id, new).await?;
    see_other(&Flash::PasswordChanged.on("/me"))
}

pub(crate) async fn end_session(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    Form(form): Form<SessionForm>,
) -> PageResult {
    let id = form.session.ok_or(PageError::NotFound)?;
    app.store.system().end_session(&current_user.user, id, app.clock.now()).await?;
    see_other(&Flash::SessionEnded.on("/me"))
}

/// A square to photograph; nothing is kept before a code of it comes back.
pub(crate) async fn get_totp(State(app): State<App>, current_user: Arc<CurrentUser>) -> PageResult {
    let secret = totp::new_secret(&app.randomness);
    html(&totp_page(&app, &current_user, &secret, None).await?)
}

pub(crate) async fn set_totp(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    Form(form): Form<TotpForm>,
) -> PageResult {
    let (SecretText(secret), SecretText(password)) = (form.secret, form.password);
    match two_step::turn_on(&app, &current_user.user, password, &secret, &form.code).await? {
        Ok(()) => see_other(&Flash::TotpOn.on("/me")),
        Err(refusal) => {
            let wrong = Some(refusal_text(refusal).to_owned());
            html_again(&totp_page(&app, &current_user, &secret, wrong).await?)
        }
    }
}

pub(crate) async fn clear_totp(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    Form(form): Form<PasswordForm>,
) -> PageResult {
    let SecretText(password) = form.password;
    match two_step::turn_off(&app, &current_user.user, password).await? {
        Ok(()) => see_other(&Flash::TotpOff.on("/me")),
        Err(refusal) => {
            let wrong = Some(refusal_text(refusal).to_owned());
            html_again(&me(&app, &current_user, None, wrong).await?)
        }
    }
}

/// Sets how the pages look in this browser, whoever sits before it.
pub(crate) async fn set_look(visitor: Visitor, Form(form): Form<AppearanceForm>) -> PageResult {
    let theme = &*form.theme;
    let appearance = Appearance {
        theme: if theme.is_empty() { visitor.appearance.theme } else { Theme::parse(theme) },
        are_keys_off: match &*form.keys {
            "" => visitor.appearance.are_keys_off,
            word => word == "off",
        },
    };
    let mut response = see_other(form.next.as_str())?;
    cookie::add(response.headers_mut(), &appearance.set_cookie());
    Ok(response)
}

const fn refusal_text(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::WrongPassword => WRONG_PASSWORD,
        Refusal::WrongCode => {
            "That is not the code the app shows now. Wait for the next one, look at the clock of the \
             telephone, and try again."
        }
    }
}

async fn me(
    app: &App,
    current_user: &CurrentUser,
    flash: Option<Flash>,
    wrong: Option<String>,
) -> Result<MePage, PageError> {
    let (system, user) = (app.store.system(), &current_user.user);
    let sessions = system.sessions(user.id, SESSION_LIMITS, app.clock.now()).await?;
    let person = system.person(user.id).await?;
    let units = system.reachable_units(user.id).await?;
    let line = |session: store::Session| SessionLine {
        id: session.id,
        is_this: session.id == current_user.session.id,
        agent: browser(&session.agent),
        address: session.address,
        begun: format::moment(session.begun_at),
        seen: format::moment(session.seen_at),
    };
    let mut memberships: Vec<_> =
        units.iter().map(|unit| (unit.customer.to_string(), unit.role.as_str())).collect();
    memberships.dedup();
    Ok(MePage {
        page: Layout::for_user(app, current_user, "Your account").await?.with_flash(flash),
        theme: current_user.appearance.theme.as_str(),
        are_keys_off: current_user.appearance.are_keys_off,
        sessions: sessions.into_iter().map(line).collect(),
        memberships,
        has_totp: person.is_some_and(|person| person.totp_secret.is_some()),
        is_operator: user.is_operator,
        wrong,
    })
}

async fn totp_page(
    app: &App,
    current_user: &CurrentUser,
    secret: &Secret<String>,
    wrong: Option<String>,
) -> Result<TotpPage, PageError> {
    let uri = totp::uri(secret, &current_user.user.email);
    let code = QrCode::with_error_correction_level(uri.expose().as_bytes(), EcLevel::M)
        .map_err(PageError::internal)?;
    let size = code.width();
    let dark =
        (0..size * size).filter(|place| code[(place % size, place / size)] == qrcode::Color::Dark);
    let square: Vec<String> =
        dark.map(|place| format!("M{} {}h1v1h-1z", place % size, place / size)).collect();
    let raw_secret = secret.expose().clone();
    let groups: Vec<&str> = raw_secret
        .as_bytes()
        .chunks(4)
        .map(|group| std::str::from_utf8(group).expect("it is ASCII"))
        .collect();
    Ok(TotpPage {
        page: Layout::for_user(app, current_user, "Two-step sign-in").await?,
        secret: groups.join(" "),
        raw_secret,
        square: square.concat(),
        size,
        wrong,
    })
}

/// `Firefox on Windows`, as far as a browser lets itself be known.
fn browser(agent: &str) -> String {
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find_map(|(mark, name)| agent.contains(mark).then_some(*name))
    };
    let name = find(&[
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        _ => agent.chars().take(40).collect(),
    }
}
