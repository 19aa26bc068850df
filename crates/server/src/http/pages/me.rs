//! One's own account: sessions, password, two-step sign-in, looks.
//!
//! Invariant: whoever changes how they prove who they are proves it first with the password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use domain::{Secret, SessionId};
use qrcode::{EcLevel, QrCode};

use super::access::{SignedIn, Visitor};
use super::asked::{Asked, LocalPath};
use super::cookie;
use super::error::PageError;
use super::form::Form;
use super::frame::Frame;
use super::invitations::new_password;
use super::look::{Look, Theme};
use super::respond::{PageResult, html, html_again, see_other};
use super::words;
use crate::limits::SESSION_LIMITS;
use crate::{App, passwords, totp};

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    page: Frame,
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
    page: Frame,
    /// In groups of four, to be typed.
    secret: String,
    raw_secret: String,
    /// The square, as a path of unit squares.
    square: String,
    size: usize,
    wrong: Option<String>,
}

pub(crate) async fn get_me(
    State(app): State<App>,
    signed_in: Arc<SignedIn>,
    asked: Asked,
) -> PageResult {
    html(&me(&app, &signed_in, asked.said(), None).await?)
}

pub(crate) async fn set_password(
    State(app): State<App>,
    signed_in: Arc<SignedIn>,
    form: Form,
) -> PageResult {
    if let Some(wrong) = wrong_password(&app, &signed_in, &form).await? {
        return html_again(&me(&app, &signed_in, None, Some(wrong)).await?);
    }
    let (user, now, system) = (&signed_in.user, app.clock.now(), app.store.system());
    let units = system.reachable_units(user.id).await?;
    let customers: Vec<&str> = units.iter().map(|unit| unit.customer.as_str()).collect();
    let password = match new_password(&form, &user.email, &customers) {
        Ok(password) => password,
        Err(wrong) => return html_again(&me(&app, &signed_in, None, Some(wrong)).await?),
    };
    let hash = passwords::hash(password, &app.randomness).await.map_err(PageError::internal)?;
    system.set_password(user, &hash, now).await?;
    system.end_other_sessions(user, signed_in.session.id, now).await?;
    see_other("/me?said=password")
}

pub(crate) async fn end_session(
    State(app): State<App>,
    signed_in: Arc<SignedIn>,
    form: Form,
) -> PageResult {
    let id: SessionId = form.parsed("session").ok_or(PageError::NotFound)?;
    app.store.system().end_session(&signed_in.user, id, app.clock.now()).await?;
    see_other("/me?said=session-ended")
}

/// A square to photograph; nothing is kept before a code of it comes back.
pub(crate) async fn get_totp(State(app): State<App>, signed_in: Arc<SignedIn>) -> PageResult {
    let secret = totp::new_secret(&app.randomness);
    html(&totp_page(&app, &signed_in, &secret, None).await?)
}

pub(crate) async fn set_totp(
    State(app): State<App>,
    signed_in: Arc<SignedIn>,
    form: Form,
) -> PageResult {
    let (user, now) = (&signed_in.user, app.clock.now());
    let secret = Secret::new(form.raw("secret").to_owned());
    let wrong = match wrong_password(&app, &signed_in, &form).await? {
        None if totp::step_of(form.text("code"), &secret, now).is_some() => None,
        None => Some(
            "That is not the code the app shows now. Wait for the next one, look at the clock of the \
             telephone, and try again."
                .to_owned(),
        ),
        wrong => wrong,
    };
    if wrong.is_some() {
        return html_again(&totp_page(&app, &signed_in, &secret, wrong).await?);
    }
    app.store.system().set_totp(user, Some(&secret), now).await?;
    see_other("/me?said=totp-on")
}

pub(crate) async fn clear_totp(
    State(app): State<App>,
    signed_in: Arc<SignedIn>,
    form: Form,
) -> PageResult {
    if let Some(wrong) = wrong_password(&app, &signed_in, &form).await? {
        return html_again(&me(&app, &signed_in, None, Some(wrong)).await?);
    }
    app.store.system().set_totp(&signed_in.user, None, app.clock.now()).await?;
    see_other("/me?said=totp-off")
}

/// Of this browser, whoever sits before it.
pub(crate) async fn set_look(visitor: Visitor, form: Form) -> PageResult {
    let theme = form.raw("theme");
    let look = Look {
        theme: if theme.is_empty() { visitor.look.theme } else { Theme::of(theme) },
        are_keys_off: match form.raw("keys") {
            "" => visitor.look.are_keys_off,
            word => word == "off",
        },
    };
    let next = LocalPath::of(form.raw("next"));
    let mut response = see_other(next.as_str())?;
    cookie::add(response.headers_mut(), &look.set());
    Ok(response)
}

async fn wrong_password(
    app: &App,
    signed_in: &SignedIn,
    form: &Form,
) -> Result<Option<String>, PageError> {
    let person = app.store.system().person(signed_in.user.id).await?;
    let hash = person.map(|person| person.password_hash);
    let password = Secret::new(form.raw("password").to_owned());
    let is_right = passwords::is_right(password, hash).await.map_err(PageError::internal)?;
    Ok((!is_right)
        .then(|| "That is not your password of now, so nothing was changed. Try again.".to_owned()))
}

async fn me(
    app: &App,
    signed_in: &SignedIn,
    said: Option<&'static str>,
    wrong: Option<String>,
) -> Result<MePage, PageError> {
    let (system, user) = (app.store.system(), &signed_in.user);
    let sessions = system.sessions(user.id, SESSION_LIMITS, app.clock.now()).await?;
    let person = system.person(user.id).await?;
    let units = system.reachable_units(user.id).await?;
    let line = |session: store::Session| SessionLine {
        id: session.id,
        is_this: session.id == signed_in.session.id,
        agent: browser(&session.agent),
        address: session.address,
        begun: words::moment(session.begun_at),
        seen: words::moment(session.seen_at),
    };
    let mut memberships: Vec<_> =
        units.iter().map(|unit| (unit.customer.to_string(), unit.role.as_str())).collect();
    memberships.dedup();
    Ok(MePage {
        page: Frame::of_user(app, signed_in, "Your account").await?.saying(said),
        theme: signed_in.look.theme.as_str(),
        are_keys_off: signed_in.look.are_keys_off,
        sessions: sessions.into_iter().map(line).collect(),
        memberships,
        has_totp: person.is_some_and(|person| person.totp_secret.is_some()),
        is_operator: user.is_operator,
        wrong,
    })
}

async fn totp_page(
    app: &App,
    signed_in: &SignedIn,
    secret: &Secret<String>,
    wrong: Option<String>,
) -> Result<TotpPage, PageError> {
    let uri = totp::uri(secret, &signed_in.user.email);
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
        page: Frame::of_user(app, signed_in, "Two-step sign-in").await?,
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
