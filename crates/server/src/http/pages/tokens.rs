//! Access Tokens: made with a validity period and **Go**, listed with their last use, revoked.
//!
//! Not for: signing and checking them (`crate::tokens`).
//!
//! Invariant: a token is in one answer only, to whoever made it; who is an admin of some units makes, sees
//! and revokes tokens for these units only.

use askama::Template;
use axum::extract::State;
use domain::{AccessScope, FileType, Role, TitledUnit, TokenId, UnitName};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::Deserialize;
use store::{TokenRecord, TokenStanding};

use super::access::TokenAdmin;
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use super::site::SiteUrl;
use crate::App;
use crate::limits::{TOKEN_LABEL_CHARS_MAX, TOKEN_LASTS_DAYS_MAX};
use crate::tokens::{self, NewToken};

pub(crate) const PATH: &str = "/settings/{customer}/tokens";
/// Validity periods to choose from, in days.
const PERIODS: [i64; 4] = [30, 90, 180, 365];
const PERIOD_DEFAULT: &str = "90";
const UNTIL: &str = "until";
/// Time to get a new token to whoever runs the uploader.
const EXPIRY_IS_NEAR: SignedDuration = SignedDuration::from_hours(24 * 14);

#[derive(Template)]
#[template(path = "tokens.html")]
struct TokensPage {
    page: Layout,
    here: String,
    /// The one that was just made.
    issued: Option<IssuedToken>,
    wrong: Option<String>,
    label: String,
    until: String,
    tomorrow: String,
    roles: Vec<Choice>,
    units: Vec<Choice>,
    /// Set when a token may be for all units.
    for_all_units: bool,
    types: Vec<Choice>,
    periods: Vec<Choice>,
    valid: Vec<TokenRow>,
    ended: Vec<TokenRow>,
}

struct IssuedToken {
    text: String,
    label: String,
    expires: String,
    command: String,
    sends: bool,
}

/// One of several that may be chosen.
struct Choice {
    value: String,
    words: String,
    is_chosen: bool,
}

struct TokenRow {
    id: TokenId,
    label: String,
    role: &'static str,
    scope: String,
    made: String,
    used: String,
    used_from: String,
    standing: &'static str,
    tone: &'static str,
    ends: String,
    /// The senders that revoking it stops.
    stops: String,
}

/// A new token, as it was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TokenForm {
    label: Text,
    role: Text,
    /// Those that are ticked; none means all.
    unit: Vec<String>,
    r#type: Vec<String>,
    /// A number of days, or [`UNTIL`].
    period: Text,
    until: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RevokeForm {
    #[serde(deserialize_with = "valid")]
    token: Option<TokenId>,
}

pub(crate) async fn list_tokens(
    State(app): State<App>,
    admin: TokenAdmin,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &admin, &TokenForm::default()).await?;
    html(&TokensPage { page: page.page.with_flash(flash), ..page })
}

/// Go.
pub(crate) async fn issue_token(
    State(app): State<App>,
    admin: TokenAdmin,
    site: SiteUrl,
    Form(form): Form<TokenForm>,
) -> PageResult {
    let now = app.clock.now();
    let new = match parse_form(&app, &admin, &form, now).await? {
        Ok(new) => new,
        Err(wrong) => {
            let page = page(&app, &admin, &form).await?;
            return html_again(&TokensPage { wrong: Some(wrong), ..page });
        }
    };
    let mut issued = IssuedToken {
        text: String::new(),
        label: new.label.clone(),
        expires: format::moment_in_zone(new.expires_at),
        command: String::new(),
        sends: new.role.may_upload(),
    };
    let call = call(&admin, &site, &new, now);
    let text = tokens::issue(&app.store, &app.keys, &app.region, new, now).await?;
    issued.text.clone_from(text.expose());
    issued.command =
        format!("curl --fail-with-body --header \"Authorization: Bearer {}\" {call}", issued.text);
    let page = page(&app, &admin, &TokenForm::default()).await?;
    html(&TokensPage { issued: Some(issued), ..page })
}

pub(crate) async fn revoke_token(
    State(app): State<App>,
    admin: TokenAdmin,
    Form(form): Form<RevokeForm>,
) -> PageResult {
    let id = form.token.ok_or(PageError::NotFound)?;
    let token = app.store.system().token(id).await?;
    token.filter(|token| admin.covers(&token.scope)).ok_or(PageError::NotFound)?;
    admin.store.revoke_token(id, admin.address(), app.clock.now()).await?;
    see_other(&Flash::TokenRevoked.on(&admin.fill(PATH)))
}

async fn parse_form(
    app: &App,
    admin: &TokenAdmin,
    form: &TokenForm,
    now: Timestamp,
) -> Result<Result<NewToken, String>, PageError> {
    let units = match chosen_units(admin, form).await? {
        Ok(units) => units,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let Ok(types) =
        form.r#type.iter().map(|text| text.parse()).collect::<Result<Vec<FileType>, _>>()
    else {
        return Ok(Err("There is no such file type: choose again.".to_owned()));
    };
    let Some(role) = form.role.parse::<Role>().ok() else {
        return Ok(Err("Choose what the token is for.".to_owned()));
    };
    let label = form.label.to_string();
    if label.is_empty() || label.chars().count() > TOKEN_LABEL_CHARS_MAX {
        return Ok(Err(format!(
            "Say in up to {TOKEN_LABEL_CHARS_MAX} characters where the token will be used, so that it can be \
             told from the others later."
        )));
    }
    if !types.is_empty() && !role.may_upload() {
        return Ok(Err(format!(
            "File types limit what is sent, and a token of the role {role} sends nothing: tick none."
        )));
    }
    let expires_at = match end_of(form, now) {
        Ok(at) => at,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let scope = AccessScope {
        customer: admin.customer.clone(),
        units,
        types: Some(types).filter(|types| !types.is_empty()),
    };
    let made_by = admin.current_user.user.email.to_string();
    let id = TokenId::new(now, app.randomness.bytes());
    Ok(Ok(NewToken { id, scope, role, label, made_by, valid_from: now, expires_at }))
}

/// The units that are ticked, or what is wrong with them; none: all.
async fn chosen_units(
    admin: &TokenAdmin,
    form: &TokenForm,
) -> Result<Result<Option<Vec<UnitName>>, String>, PageError> {
    let known = match admin.units() {
        Some(own) => own.to_vec(),
        None => admin.store.units().await?,
    };
    // None means all: what is left out here would make a token valid for more than was ticked.
    let unit = |unit: &String| known.iter().find(|known| known.as_str() == unit).cloned();
    let Some(units) = form.unit.iter().map(unit).collect::<Option<Vec<UnitName>>>() else {
        return Ok(Err("A unit that was ticked is not there any more: choose again.".to_owned()));
    };
    Ok(match admin.units() {
        Some([only]) if units.is_empty() => Ok(Some(vec![only.clone()])),
        Some(_) if units.is_empty() => Err("Tick the units that the token is for.".to_owned()),
        _ => Ok(Some(units).filter(|units| !units.is_empty())),
    })
}

/// The end of the validity period; of a date, it is valid on that day still.
fn end_of(form: &TokenForm, now: Timestamp) -> Result<Timestamp, String> {
    let today = format::today(now);
    if &*form.period != UNTIL {
        let days = form.period.parse().ok().filter(|days| PERIODS.contains(days));
        let days = days.ok_or("Choose a validity period.")?;
        return Ok(now + SignedDuration::from_hours(24 * days));
    }
    let date: Date = form
        .until
        .parse()
        .map_err(|_no_day| "Choose the last day of the validity period, as 2027-03-31.")?;
    let latest = today.saturating_add(TOKEN_LASTS_DAYS_MAX.days());
    if date < today || date > latest {
        return Err(format!(
            "The last day is today or later, and by {} at the latest: a token that is valid for longer is \
             forgotten somewhere.",
            format::day(latest)
        ));
    }
    format::end_of(date).ok_or_else(|| "Choose a day of this century.".to_owned())
}

/// The request that tries the token: all behind the header of a curl command.
fn call(admin: &TokenAdmin, site: &SiteUrl, new: &NewToken, now: Timestamp) -> String {
    let units = new.scope.units.as_deref().unwrap_or_default();
    let unit = units.first().unwrap_or(&admin.unit);
    let base = format!("{site}/customers/{}/units/{unit}", admin.customer);
    if !new.role.may_upload() {
        let list = if new.role.may_view() { "findings" } else { "holds" };
        return format!("{base}/{list}");
    }
    let types = new.scope.types.as_deref().unwrap_or_default();
    let kind = types.first().unwrap_or(&FileType::Transactions);
    let name = format!("{kind}_{}.csv", format::file_name_part(now));
    format!(
        "--header \"Content-Type: text/csv\" --data-binary @{kind}.csv {base}/Uploads/upload/{kind}/{name}"
    )
}

/// The page with what was typed, when there is something.
async fn page(app: &App, admin: &TokenAdmin, form: &TokenForm) -> Result<TokensPage, PageError> {
    let now = app.clock.now();
    let page = Layout::for_member(app, admin, Section::Settings(PATH), "Access Tokens").await?;
    let mut known = admin.store.titled_units().await?;
    known.retain(|unit| admin.units().is_none_or(|own| own.contains(&unit.name)));
    let units = known.iter().map(|unit| (unit.name.as_str(), unit.called().to_owned()));
    let types = FileType::ALL.map(|kind| (kind.as_str(), kind.to_string()));
    let mut records = app.store.system().tokens(Some(&admin.customer)).await?;
    // What is presented over SFTP has a page of its own.
    records.retain(|token| token.sftp.is_none() && admin.covers(&token.scope));
    let (valid, ended) = records.iter().partition(|token| is_valid(token, now));
    let lines = |tokens: Vec<&TokenRecord>| {
        tokens.into_iter().map(|token| token_row(token, &known, now)).collect()
    };
    let roles = Role::ALL.map(|role| (role.as_str(), role_words(role).to_owned()));
    let periods = PERIODS.map(|days| (days.to_string(), format!("{days} days")));
    Ok(TokensPage {
        here: admin.fill(PATH),
        issued: None,
        wrong: None,
        label: form.label.to_string(),
        until: form.until.to_string(),
        tomorrow: format::today(now).saturating_add(1.day()).to_string(),
        roles: choices(roles, &[or_usual(&form.role, Role::Uploader.as_str())]),
        for_all_units: admin.units().is_none(),
        units: if known.len() > 1 { choices(units, &form.unit) } else { Vec::new() },
        types: choices(types, &form.r#type),
        periods: choices(
            periods.into_iter().chain([(UNTIL.to_owned(), "Until a date".to_owned())]),
            &[or_usual(&form.period, PERIOD_DEFAULT)],
        ),
        valid: lines(valid),
        ended: lines(ended),
        page,
    })
}

fn or_usual(chosen: &str, usual: &str) -> String {
    if chosen.is_empty() { usual.to_owned() } else { chosen.to_owned() }
}

fn choices<V: Into<String>>(
    all: impl IntoIterator<Item = (V, String)>,
    chosen: &[String],
) -> Vec<Choice> {
    let choice = |(value, words): (V, String)| {
        let value = value.into();
        Choice { is_chosen: chosen.contains(&value), value, words }
    };
    all.into_iter().map(choice).collect()
}

const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Uploader => "Uploader: sends files and sees what became of them",
        Role::Viewer => "Viewer: reads findings",
        Role::Analyst => "Analyst: reads findings and decides",
        Role::Admin => "Admin: does so too, and sets how files are read",
        Role::Screening => "Screening: asks about invoices before they are paid, and no more",
    }
}

fn is_valid(token: &TokenRecord, now: Timestamp) -> bool {
    token.works(now)
}

fn token_row(token: &TokenRecord, units: &[TitledUnit], now: Timestamp) -> TokenRow {
    let label = match token.label.trim() {
        "" => "no label",
        label => label,
    };
    let (standing, tone, ends) = match token.standing(now) {
        TokenStanding::Revoked { at } => ("revoked", "plain", format::moment(at)),
        TokenStanding::KeyRetired { at } => ("key retired", "plain", format::moment(at)),
        TokenStanding::Expired => ("expired", "plain", format::moment(token.expires_at)),
        _ if token.expires_at <= now + EXPIRY_IS_NEAR => {
            ("ends soon", "caution", format::moment(token.expires_at))
        }
        _ => ("good", "done", format::date(token.expires_at)),
    };
    let made = match token.made_by.as_deref() {
        Some(by) => format!("{} by {by}", format::date(token.issued_at)),
        None => format::date(token.issued_at),
    };
    TokenRow {
        id: token.id,
        label: label.to_owned(),
        role: token.role.as_str(),
        scope: scope(&token.scope, units),
        made,
        used: token.last_used_at.map_or_else(|| "never".to_owned(), format::moment),
        used_from: token.last_used_from.clone().unwrap_or_default(),
        standing,
        tone,
        ends,
        stops: stops(token),
    }
}

fn scope(scope: &AccessScope, known: &[TitledUnit]) -> String {
    let called = |unit: &UnitName| {
        let known = known.iter().find(|known| known.name == *unit);
        known.map_or_else(|| unit.to_string(), |known| known.called().to_owned())
    };
    let list = |names: Vec<String>| names.join(", ");
    let units = scope
        .units
        .as_ref()
        .map_or_else(|| "all units".to_owned(), |units| list(units.iter().map(called).collect()));
    match &scope.types {
        Some(types) => {
            format!("{units} · {}", list(types.iter().map(ToString::to_string).collect()))
        }
        None => units,
    }
}

fn stops(token: &TokenRecord) -> String {
    let what = if token.role.may_upload() {
        "Whatever sends files with it is refused at once, with the answer 401, until it has another token. What \
         it has sent stays."
    } else {
        "Whatever reads findings with it is refused at once, with the answer 401, until it has another token."
    };
    match token.last_used_at {
        Some(at) => format!("{what} It was last used on {}.", format::moment(at)),
        None => format!("{what} It was never used."),
    }
}
