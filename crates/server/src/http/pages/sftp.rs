//! SFTP: credentials of a unit made from a public key or with a password, listed with their last
//! use, revoked.
//!
//! Not for: making and recognising them (`crate::sftp_credentials`).
//!
//! Invariant: a password is in one answer only, to whoever made it; who is an admin of some units makes, sees
//! and revokes credentials of these units only.

use askama::Template;
use axum::extract::State;
use domain::{TitledUnit, TokenId, UnitName};
use jiff::{SignedDuration, Timestamp};
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
use crate::limits::TOKEN_LABEL_CHARS_MAX;
use crate::sftp_credentials::{self, NewSftpCredential, SftpUser, SshPublicKey, proof_words};
use crate::sftp_host_key;

pub(crate) const PATH: &str = "/settings/{customer}/sftp";
/// Validity periods to choose from, in days, and their words: jobs that send by night are set up and left.
const PERIODS: [(i64, &str); 3] = [(90, "90 days"), (365, "A year"), (1095, "Three years")];
const PERIOD_DEFAULT: i64 = 365;
/// The port that clients take by themselves.
const PORT_DEFAULT: u16 = 22;
/// The time to give a new credential to whoever runs the job.
const EXPIRY_IS_NEAR: SignedDuration = SignedDuration::from_hours(24 * 14);

#[derive(Template)]
#[template(path = "sftp.html")]
struct SftpPage {
    page: Layout,
    here: String,
    /// Host and port; none where SFTP is not served.
    place: Option<SftpPlace>,
    issued: Option<IssuedCredential>,
    wrong: Option<String>,
    label: String,
    public_key: String,
    units: Vec<UnitChoice>,
    periods: Vec<(i64, &'static str, bool)>,
    working: Vec<CredentialRow>,
    ended: Vec<CredentialRow>,
}

struct SftpPlace {
    host: String,
    /// None for the usual one.
    port: Option<u16>,
    fingerprint: String,
}

struct IssuedCredential {
    user: String,
    /// None for one with a public key.
    password: Option<String>,
    unit: String,
    ends: String,
    command: String,
}

struct UnitChoice {
    name: UnitName,
    words: String,
    is_chosen: bool,
}

struct CredentialRow {
    id: TokenId,
    label: String,
    user: String,
    unit: String,
    proof: String,
    made: String,
    used: String,
    used_from: String,
    ends: String,
    standing: &'static str,
    is_near: bool,
}

/// A new credential, as it was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SftpForm {
    label: Text,
    unit: Text,
    /// Empty: a password is made.
    public_key: Text,
    period: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RevokeForm {
    #[serde(deserialize_with = "valid")]
    credential: Option<TokenId>,
}

pub(crate) async fn list_sftp(
    State(app): State<App>,
    admin: TokenAdmin,
    site: SiteUrl,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &admin, &site, &SftpForm::default()).await?;
    html(&SftpPage { page: page.page.with_flash(flash), ..page })
}

pub(crate) async fn add_sftp_credential(
    State(app): State<App>,
    admin: TokenAdmin,
    site: SiteUrl,
    Form(form): Form<SftpForm>,
) -> PageResult {
    let now = app.clock.now();
    let new = match parse_form(&app, &admin, &form, now).await? {
        Ok(new) => new,
        Err(wrong) => {
            let page = page(&app, &admin, &site, &form).await?;
            return html_again(&SftpPage { wrong: Some(wrong), ..page });
        }
    };
    let (user, ends) = (new.user.to_string(), format::moment(new.expires_at));
    let unit = new.user.unit.to_string();
    let password = sftp_credentials::add(&app.store, &app.keys, &app.randomness, new, now).await?;
    let page = page(&app, &admin, &site, &SftpForm::default()).await?;
    let command = command(page.place.as_ref(), &user, &unit);
    let password = password.map(|password| password.expose().clone());
    let issued = IssuedCredential { user, password, unit, ends, command };
    html(&SftpPage { issued: Some(issued), ..page })
}

pub(crate) async fn revoke_sftp_credential(
    State(app): State<App>,
    admin: TokenAdmin,
    Form(form): Form<RevokeForm>,
) -> PageResult {
    let id = form.credential.ok_or(PageError::NotFound)?;
    let credential = app.store.system().token(id).await?;
    credential
        .filter(|known| known.sftp.is_some() && admin.covers(&known.scope))
        .ok_or(PageError::NotFound)?;
    admin.store.revoke_token(id, admin.address(), app.clock.now()).await?;
    see_other(&Flash::SftpRevoked.on(&admin.fill(PATH)))
}

/// The units that the member makes credentials for.
async fn units(admin: &TokenAdmin) -> Result<Vec<TitledUnit>, PageError> {
    let mut known = admin.store.titled_units().await?;
    known.retain(|unit| admin.units().is_none_or(|own| own.contains(&unit.name)));
    Ok(known)
}

async fn parse_form(
    app: &App,
    admin: &TokenAdmin,
    form: &SftpForm,
    now: Timestamp,
) -> Result<Result<NewSftpCredential, String>, PageError> {
    let known = units(admin).await?;
    let chosen = match (&*form.unit, known.as_slice()) {
        ("", [only]) => Some(only),
        (name, known) => known.iter().find(|unit| unit.name.as_str() == name),
    };
    let Some(unit) = chosen else {
        return Ok(Err("Choose the unit whose files are sent.".to_owned()));
    };
    let label = form.label.to_string();
    if label.is_empty() || label.chars().count() > TOKEN_LABEL_CHARS_MAX {
        return Ok(Err(format!(
            "Say in up to {TOKEN_LABEL_CHARS_MAX} characters where it will be used, so that it can be told from \
             the others later."
        )));
    }
    let days = form.period.parse::<i64>().ok();
    let Some(days) = days.filter(|days| PERIODS.iter().any(|(known, _)| known == days)) else {
        return Ok(Err("Choose a validity period.".to_owned()));
    };
    let public_key = match &*form.public_key {
        "" => None,
        text => match text.parse::<SshPublicKey>() {
            Ok(key) => Some(key),
            Err(why) => return Ok(Err(sentence(&why.to_string()))),
        },
    };
    Ok(Ok(NewSftpCredential {
        id: TokenId::new(now, app.randomness.bytes()),
        user: SftpUser { customer: admin.customer.clone(), unit: unit.name.clone() },
        label,
        made_by: admin.current_user.user.email.to_string(),
        expires_at: now + SignedDuration::from_hours(24 * days),
        public_key,
    }))
}

/// A refusal as a sentence of its own.
fn sentence(why: &str) -> String {
    let mut letters = why.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

async fn page(
    app: &App,
    admin: &TokenAdmin,
    site: &SiteUrl,
    form: &SftpForm,
) -> Result<SftpPage, PageError> {
    let now = app.clock.now();
    let page = Layout::for_member(app, admin, Section::Settings(PATH), "SFTP").await?;
    let known = units(admin).await?;
    let mut records = app.store.system().tokens(Some(&admin.customer)).await?;
    records.retain(|record| record.sftp.is_some() && admin.covers(&record.scope));
    let (working, ended): (Vec<_>, Vec<_>) = records.iter().partition(|record| record.works(now));
    let rows = |records: Vec<&TokenRecord>| {
        records.into_iter().map(|record| credential_row(record, &known, now)).collect()
    };
    let period = form.period.parse().unwrap_or_else(|_none_chosen| PERIOD_DEFAULT);
    let choice = |unit: &TitledUnit| UnitChoice {
        name: unit.name.clone(),
        words: unit.called().to_owned(),
        is_chosen: *unit.name.as_str() == *form.unit,
    };
    Ok(SftpPage {
        here: admin.fill(PATH),
        place: place(app, site).await?,
        issued: None,
        wrong: None,
        label: form.label.to_string(),
        public_key: form.public_key.to_string(),
        units: if known.len() > 1 { known.iter().map(choice).collect() } else { Vec::new() },
        periods: PERIODS.map(|(days, words)| (days, words, days == period)).to_vec(),
        working: rows(working),
        ended: rows(ended),
        page,
    })
}

async fn place(app: &App, site: &SiteUrl) -> Result<Option<SftpPlace>, PageError> {
    let Some(port) = app.sftp_port else { return Ok(None) };
    let key = sftp_host_key::find(&app.store).await.map_err(PageError::internal)?;
    Ok(Some(SftpPlace {
        host: site.host(),
        port: Some(port).filter(|port| *port != PORT_DEFAULT),
        fingerprint: key.map(|key| key.fingerprint()).unwrap_or_default(),
    }))
}

/// The line that sends a first file.
fn command(place: Option<&SftpPlace>, user: &str, unit: &str) -> String {
    let (host, port) = match place {
        Some(place) => (place.host.as_str(), place.port),
        None => ("this-server.example", None),
    };
    let port = port.map_or_else(String::new, |port| format!(" -P {port}"));
    format!("echo 'put invoices.csv {unit}/Transactions/' | sftp{port} {user}@{host}")
}

fn credential_row(record: &TokenRecord, known: &[TitledUnit], now: Timestamp) -> CredentialRow {
    let unit = record.scope.units.as_deref().and_then(<[UnitName]>::first);
    let unit = unit.expect("a credential of SFTP is of one unit");
    let user = SftpUser { customer: record.scope.customer.clone(), unit: unit.clone() };
    let titled = known.iter().find(|known| known.name == *unit);
    let (standing, end) = match record.standing(now) {
        TokenStanding::Revoked { at } | TokenStanding::KeyRetired { at } => ("revoked", at),
        TokenStanding::Expired => ("expired", record.expires_at),
        TokenStanding::Good | TokenStanding::NotYetValid => ("good", record.expires_at),
    };
    let made = format::date(record.issued_at);
    CredentialRow {
        id: record.id,
        label: match record.label.trim() {
            "" => "no label".to_owned(),
            label => label.to_owned(),
        },
        user: user.to_string(),
        unit: titled.map_or_else(|| unit.to_string(), |unit| unit.called().to_owned()),
        proof: proof_words(record),
        made: match record.made_by.as_deref() {
            Some(by) => format!("{made} by {by}"),
            None => made,
        },
        used: record.last_used_at.map_or_else(|| "never".to_owned(), format::moment),
        used_from: record.last_used_from.clone().unwrap_or_default(),
        ends: format::moment(end),
        standing,
        is_near: record.expires_at <= now + EXPIRY_IS_NEAR,
    }
}
