//! One's own account: sessions, password, looks.
//!
//! Not for: turning two-step sign-in on and off (`two_step`).
//!
//! Invariant: whoever changes how they prove who they are proves it first with the password.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use domain::{DateFormat, Formats, NumberFormat, SessionId};
use jiff::Timestamp;
use serde::Deserialize;
use store::User;

use super::access::{CurrentUser, Visitor};
use super::appearance::{Appearance, Theme};
use super::cookie;
use super::error::PageError;
use super::field::{SecretText, Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format::{self, reader};
use super::invitations::{NewPasswordForm, new_password};
use super::layout::Layout;
use super::local_path::LocalPath;
use super::respond::{PageResult, html, html_again, see_other};
use super::sign_in::locked_text;
use crate::App;
use crate::limits::SESSION_LIMITS;
use crate::sign_in::password::{self, PasswordProof, Refusal};
use crate::sign_in::session::Browser;

const WRONG_PASSWORD: &str =
    "That is not your current password, so nothing was changed. Try again.";

/// Time zones that are proposed; any other may be written.
const ZONES: [&str; 22] = [
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Paris",
    "Europe/Brussels",
    "Europe/Amsterdam",
    "Europe/Berlin",
    "Europe/Zurich",
    "Europe/Vienna",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Warsaw",
    "Europe/Stockholm",
    "Europe/Athens",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Australia/Sydney",
];

#[derive(Template)]
#[template(path = "me.html")]
pub(super) struct MePage {
    page: Layout,
    appearance: Appearance,
    sessions: Vec<SessionLine>,
    /// Customers, and units of their own role, with the role.
    memberships: Vec<(String, &'static str)>,
    has_totp: bool,
    /// Set when there is a password here that signs them in.
    has_password: bool,
    /// The providers that sign them in, by the names that people read.
    providers: Vec<String>,
    formats: FormatsFields,
    /// Of those that stand in for the app, how many still work, in words.
    recovery_codes: String,
    is_operator: bool,
    wrong: Option<String>,
}

/// The formats of days, times and numbers that somebody chooses from.
struct FormatsFields {
    time_zone: String,
    /// Why the time zone is none.
    wrong: Option<String>,
    /// Words of a form, with the day of today so, and whether it is chosen.
    dates: Vec<(&'static str, String, bool)>,
    numbers: Vec<(&'static str, String, bool)>,
}

struct SessionLine {
    id: SessionId,
    is_this: bool,
    agent: String,
    address: String,
    begun: String,
    seen: String,
}

/// The password of now, and a new one where it is changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PasswordForm {
    pub(super) password: SecretText,
    #[serde(flatten)]
    new: NewPasswordForm,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SessionForm {
    #[serde(deserialize_with = "valid")]
    session: Option<SessionId>,
}

/// New settings of the appearance; an empty one stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AppearanceForm {
    theme: Text,
    keys: Text,
    next: LocalPath,
}

/// The formats that somebody chooses.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FormatsForm {
    time_zone: Text,
    dates: Text,
    numbers: Text,
}

pub(crate) async fn get_me(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    flash: Option<Flash>,
) -> PageResult {
    html(&me(&app, &current_user, flash, None).await?)
}

/// Keeps how somebody reads days, times and numbers, for every browser of theirs.
pub(crate) async fn set_formats(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    Form(form): Form<FormatsForm>,
) -> PageResult {
    let zone = &*form.time_zone;
    let formats = Formats {
        time_zone: Some(zone.to_owned()).filter(|zone| !zone.is_empty()),
        dates: chosen(DateFormat::ALL, DateFormat::as_str, &form.dates),
        numbers: chosen(NumberFormat::ALL, NumberFormat::as_str, &form.numbers),
    };
    if !zone.is_empty() && !reader::is_zone(zone) {
        let page = me(&app, &current_user, None, None).await?;
        let wrong = format!("There is no time zone “{zone}”. Write one like Europe/London.");
        let formats = FormatsFields { wrong: Some(wrong), ..formats_fields(&app, &formats) };
        return html_again(&MePage { formats, ..page });
    }
    app.store.system().set_formats(&current_user.user, &formats, app.clock.now()).await?;
    see_other(&Flash::FormatsSet.on("/me"))
}

/// The choice of a form by its word; any other word is the usual one.
fn chosen<T: Copy + Default, const N: usize>(
    all: [T; N],
    word: impl Fn(T) -> &'static str,
    text: &str,
) -> T {
    all.into_iter().find(|one| word(*one) == text).unwrap_or_default()
}

fn formats_fields(app: &App, formats: &Formats) -> FormatsFields {
    let today = format::today(app.clock.now());
    let date = |of: DateFormat| (of.as_str(), format::day_in(of, today), of == formats.dates);
    let number = |of: NumberFormat| (of.as_str(), of.rewrite("1,234.56"), of == formats.numbers);
    FormatsFields {
        time_zone: formats.time_zone.clone().unwrap_or_default(),
        wrong: None,
        dates: DateFormat::ALL.map(date).into(),
        numbers: NumberFormat::ALL.map(number).into(),
    }
}

pub(crate) async fn set_password(
    State(app): State<App>,
    current_user: Arc<CurrentUser>,
    browser: Browser,
    Form(form): Form<PasswordForm>,
) -> PageResult {
    let proof = proof(&current_user, &browser, form.password);
    if let Err(refusal) = password::prove(&app, proof).await? {
        let wrong = refusal_text(refusal, app.clock.now());
        return html_again(&me(&app, &current_user, None, Some(wrong)).await?);
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

/// The claim of somebody that they know their password, to be proved.
pub(super) fn proof<'t>(
    current_user: &'t CurrentUser,
    browser: &'t Browser,
    SecretText(password): SecretText,
) -> PasswordProof<'t> {
    let CurrentUser { user, session, .. } = current_user;
    PasswordProof { user, session: session.id, browser, password }
}

pub(super) fn refusal_text(refusal: Refusal, now: Timestamp) -> String {
    match refusal {
        Refusal::Wrong => WRONG_PASSWORD.to_owned(),
        Refusal::LockedUntil(until) => locked_text(until, now),
    }
}

/// The account as a page, with what was wrong with a form of it.
pub(super) async fn me(
    app: &App,
    current_user: &CurrentUser,
    flash: Option<Flash>,
    wrong: Option<String>,
) -> Result<MePage, PageError> {
    let (system, user) = (app.store.system(), &current_user.user);
    let sessions = system.sessions(user.id, SESSION_LIMITS, app.clock.now()).await?;
    let person = system.person(user.id).await?;
    let identities = system.identities(user.id).await?;
    let is_linked = |issuer: &str| identities.iter().any(|identity| identity.issuer == issuer);
    let providers = app.sign_in.providers.all().iter().map(|provider| &provider.settings);
    let providers = providers.filter(|settings| is_linked(settings.issuer.as_str()));
    let codes = system.recovery_codes_left(user.id).await?;
    let line = |session: store::Session| SessionLine {
        id: session.id,
        is_this: session.id == current_user.session.id,
        agent: browser(&session.agent),
        address: session.address,
        begun: format::moment(session.begun_at),
        seen: format::moment(session.seen_at),
    };
    Ok(MePage {
        page: Layout::for_user(app, current_user, "Your account")
            .await?
            .with_sections(current_user)
            .with_flash(flash),
        appearance: current_user.appearance,
        formats: formats_fields(app, &user.formats),
        sessions: sessions.into_iter().map(line).collect(),
        memberships: roles(app, user).await?,
        has_totp: person.as_ref().is_some_and(|person| person.totp_secret.is_some()),
        has_password: app.sign_in.passwords.sign_in(user)
            && person.is_some_and(|person| person.password_hash.is_some()),
        providers: providers.map(|settings| settings.title.clone()).collect(),
        recovery_codes: format::counted(codes, "recovery code", "recovery codes"),
        is_operator: user.is_operator,
        wrong,
    })
}

/// The roles of a user: for all units of a customer under its name, for one under both.
async fn roles(app: &App, user: &User) -> Result<Vec<(String, &'static str)>, PageError> {
    let units = app.store.system().reachable_units(user.id).await?;
    let mut customers: Vec<_> = units.iter().map(|unit| &unit.customer).collect();
    customers.dedup();
    let mut roles = Vec::new();
    for customer in customers {
        let membership = app.store.customer(customer).membership_of(user.id).await?;
        let everywhere = membership.everywhere.map(|role| (customer.to_string(), role.as_str()));
        roles.extend(everywhere);
        let own = units.iter().filter(|unit| unit.customer == *customer);
        let own = own.filter(|unit| membership.units.contains_key(&unit.unit.name));
        roles.extend(
            own.map(|unit| (format!("{customer} / {}", unit.unit.called()), unit.role.as_str())),
        );
    }
    Ok(roles)
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
