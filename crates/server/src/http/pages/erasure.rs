//! The end of a unit, of a customer or of a person's account: what goes and what stays, before it goes.
//!
//! Not for: files whose time is over (`retention`).
//!
//! Invariant: nothing is erased whose name was not typed beside what would go, and each erasure is in the
//! audit log.

use askama::Template;
use axum::extract::State;
use domain::{CustomerName, UnitName, UserId};
use serde::Deserialize;
use store::{ErasureReport, ErasureScope, Member, PersonErasureReport};

use super::access::{Admin, Operator};
use super::error::{PageError, sentence};
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, html_again, see_other};
use super::{operator, units, users};
use crate::App;

pub(crate) const UNIT_PATH: &str = "/settings/{customer}/units/erase";
pub(crate) const PERSON_PATH: &str = "/settings/{customer}/users/erase";
pub(crate) const CUSTOMER_PATH: &str = "/operator/erase";

#[derive(Template)]
#[template(path = "erasure.html")]
struct ErasurePage {
    page: Layout,
    here: String,
    back: String,
    title: String,
    /// The field by which the form names what goes, and its value.
    field: (&'static str, String),
    /// The text that has to be typed.
    name: String,
    goes: Vec<String>,
    stays: Vec<&'static str>,
    /// Why it cannot be erased, or was not.
    wrong: Option<String>,
    may_erase: bool,
}

/// The thing to be erased, and its name as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErasureForm {
    #[serde(deserialize_with = "valid")]
    unit: Option<UnitName>,
    #[serde(deserialize_with = "valid")]
    customer: Option<CustomerName>,
    #[serde(deserialize_with = "valid")]
    user: Option<UserId>,
    typed: Text,
}

/// The tables that a person asks about first, with their nouns.
const COUNTED: [(&str, &str, &str); 7] = [
    ("units", "unit", "units"),
    ("uploads", "upload", "uploads"),
    ("findings", "finding with its history", "findings with their histories"),
    ("verdicts", "remembered verdict", "remembered verdicts"),
    ("saved_views", "saved view", "saved views"),
    ("tokens", "access token", "access tokens"),
    ("memberships", "membership", "memberships"),
];

const STAYS_OF_UNIT: [&str; 3] = [
    "In the audit log the hashes of the emptied entries, so that the chain proves the rest as before, and one \
     entry that says what was erased, by whom and when.",
    "Backups and exports made before, until they end. Whoever runs the server restores none of them without \
     erasing anew.",
    "Accounting records in the ERP: Bursar holds copies, and keeping the originals for as long as the law asks \
     is the ERP’s.",
];

const STAYS_OF_PERSON: [&str; 4] = [
    "Verdicts, comments, settings and unmaskings under their name: they are records of the organisation which \
     tax and commercial law ask for (GDPR, article 17, paragraph 3 (b) and (e)), and their digests stand in the \
     audit log. They go with the unit or the organisation.",
    "In the audit log who became a member, when and by whom, and who made which access token, for the same \
     reason.",
    "The hashes of the emptied entries of the audit log, so that the chain proves the rest as before.",
    "Backups made before, until they end.",
];

pub(crate) async fn look_at_unit(
    State(app): State<App>,
    admin: Admin,
    Query(form): Query<ErasureForm>,
) -> PageResult {
    let unit = form.unit.ok_or(PageError::NotFound)?;
    html(&unit_page(&app, &admin, &unit, None).await?)
}

pub(crate) async fn erase_unit(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<ErasureForm>,
) -> PageResult {
    let unit = form.unit.ok_or(PageError::NotFound)?;
    if &*form.typed != unit.as_str() {
        let wrong = Some(not_typed(unit.as_str()));
        return html_again(&unit_page(&app, &admin, &unit, wrong).await?);
    }
    let scope = ErasureScope::Unit(admin.customer.clone(), unit);
    app.store.system().erase(&scope, admin.address(), app.clock.now()).await?;
    see_other(&Flash::UnitErased.on(&admin.fill(units::PATH)))
}

pub(crate) async fn look_at_customer(
    State(app): State<App>,
    operator: Operator,
    Query(form): Query<ErasureForm>,
) -> PageResult {
    let customer = form.customer.ok_or(PageError::NotFound)?;
    html(&customer_page(&app, &operator, &customer, None).await?)
}

pub(crate) async fn erase_customer(
    State(app): State<App>,
    operator: Operator,
    Form(form): Form<ErasureForm>,
) -> PageResult {
    let customer = form.customer.ok_or(PageError::NotFound)?;
    if &*form.typed != customer.as_str() {
        let wrong = Some(not_typed(customer.as_str()));
        return html_again(&customer_page(&app, &operator, &customer, wrong).await?);
    }
    let by = operator.0.user.email.as_str();
    let scope = ErasureScope::Customer(customer);
    app.store.system().erase(&scope, by, app.clock.now()).await?;
    see_other(&Flash::CustomerErased.on(operator::PATH))
}

pub(crate) async fn look_at_person(
    State(app): State<App>,
    admin: Admin,
    Query(form): Query<ErasureForm>,
) -> PageResult {
    let member = member(&admin, form.user).await?;
    html(&person_page(&app, &admin, &member, None).await?)
}

/// Ends the membership and erases the account of somebody who belongs to this customer alone.
pub(crate) async fn erase_person(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<ErasureForm>,
) -> PageResult {
    let member = member(&admin, form.user).await?;
    let user = &member.user;
    let why = match why_not(&app, &admin, &member).await? {
        Some(why) => Some(why),
        None if &*form.typed != user.email.as_str() => Some(not_typed(user.email.as_str())),
        None => None,
    };
    if why.is_some() {
        return html_again(&person_page(&app, &admin, &member, why).await?);
    }
    let (now, by) = (app.clock.now(), admin.address());
    admin.store.remove_member(user.id, by, now).await?;
    app.store.system().erase_person(user.id, Some(&admin.customer), by, now).await?;
    see_other(&Flash::PersonErased.on(&admin.fill(users::PATH)))
}

fn not_typed(name: &str) -> String {
    format!("Nothing was erased: type {name} to say that you mean it.")
}

async fn member(admin: &Admin, user: Option<UserId>) -> Result<Member, PageError> {
    let user = user.ok_or(PageError::NotFound)?;
    let members = admin.store.members().await?;
    members.into_iter().find(|member| member.user.id == user).ok_or(PageError::NotFound)
}

/// Why an admin does not erase a member; none where they may.
async fn why_not(app: &App, admin: &Admin, member: &Member) -> Result<Option<String>, PageError> {
    let user = &member.user;
    if user.id == admin.current_user.user.id {
        return Ok(Some("Another admin has to erase your own account.".to_owned()));
    }
    if user.is_operator {
        let why = "They run the server. Let them be an operator no more first.";
        return Ok(Some(why.to_owned()));
    }
    let reachable = app.store.system().reachable_units(user.id).await?;
    let belongs_elsewhere = reachable.iter().any(|unit| unit.customer != admin.customer);
    Ok(belongs_elsewhere.then(|| {
        "They belong to another organisation as well, so only whoever runs the server erases the account. \
         Remove them here."
            .to_owned()
    }))
}

async fn unit_page(
    app: &App,
    admin: &Admin,
    unit: &UnitName,
    wrong: Option<String>,
) -> Result<ErasurePage, PageError> {
    let scope = ErasureScope::Unit(admin.customer.clone(), unit.clone());
    let (goes, why_not) = looked_at(app, &scope).await?;
    let page =
        Layout::for_member(app, admin, Section::Settings(units::PATH), "Erase a unit").await?;
    Ok(ErasurePage {
        page,
        here: admin.fill(UNIT_PATH),
        back: admin.fill(units::PATH),
        title: format!("Erase the unit {unit}"),
        field: ("unit", unit.to_string()),
        name: unit.to_string(),
        goes,
        stays: STAYS_OF_UNIT.to_vec(),
        may_erase: why_not.is_none(),
        wrong: why_not.or(wrong),
    })
}

async fn customer_page(
    app: &App,
    operator: &Operator,
    customer: &CustomerName,
    wrong: Option<String>,
) -> Result<ErasurePage, PageError> {
    let (goes, why_not) = looked_at(app, &ErasureScope::Customer(customer.clone())).await?;
    Ok(ErasurePage {
        page: Layout::for_user(app, &operator.0, "Erase a customer").await?,
        here: CUSTOMER_PATH.to_owned(),
        back: operator::PATH.to_owned(),
        title: format!("Erase the customer {customer}"),
        field: ("customer", customer.to_string()),
        name: customer.to_string(),
        goes,
        stays: STAYS_OF_UNIT.to_vec(),
        may_erase: why_not.is_none(),
        wrong: why_not.or(wrong),
    })
}

async fn person_page(
    app: &App,
    admin: &Admin,
    member: &Member,
    wrong: Option<String>,
) -> Result<ErasurePage, PageError> {
    let user = &member.user;
    let why_not = why_not(app, admin, member).await?;
    let report = app.store.system().look_at_person_erasure(user.id).await?;
    Ok(ErasurePage {
        page: Layout::for_member(app, admin, Section::Settings(users::PATH), "Erase an account")
            .await?,
        here: admin.fill(PERSON_PATH),
        back: admin.fill(users::PATH),
        title: format!("Erase the account of {}", user.name),
        field: ("user", user.id.to_string()),
        name: user.email.to_string(),
        goes: goes_with_person(&report),
        stays: STAYS_OF_PERSON.to_vec(),
        may_erase: why_not.is_none(),
        wrong: why_not.or(wrong),
    })
}

/// The things that would go, in words, and why they may not.
async fn looked_at(
    app: &App,
    scope: &ErasureScope,
) -> Result<(Vec<String>, Option<String>), PageError> {
    match app.store.system().look_at_erasure(scope).await {
        Ok(report) => Ok((goes_with(&report), None)),
        Err(store::Error::Illegal { why }) => Ok((Vec::new(), Some(sentence(&why)))),
        Err(other) => Err(other.into()),
    }
}

fn goes_with(report: &ErasureReport) -> Vec<String> {
    let mut goes = counted(&report.rows);
    goes.push(format!(
        "{} as received, {}, and the ledgers read of them",
        format::counted(report.files, "file", "files"),
        format::bytes(report.bytes)
    ));
    if report.accounts > 0 {
        let accounts = format::counted(report.accounts, "account", "accounts");
        goes.push(format!("{accounts} of people who belong to nobody else"));
    }
    goes.push(entries(report.audit_entries));
    goes
}

fn goes_with_person(report: &PersonErasureReport) -> Vec<String> {
    const PRIVATE: [(&str, &str, &str); 6] = [
        (
            "sessions",
            "session with its address and browser",
            "sessions with their addresses and browsers",
        ),
        ("identities", "identity at an identity provider", "identities at identity providers"),
        ("recovery_codes", "recovery code", "recovery codes"),
        ("password_links", "link for a password", "links for a password"),
        ("invitations", "invitation to their address", "invitations to their address"),
        ("saved_views", "saved view", "saved views"),
    ];
    let mut goes = vec!["Their name, address, password and authenticator app".to_owned()];
    goes.extend(in_words(&report.rows, &PRIVATE));
    goes.push(format!("{} about their account and sign-ins", entries(report.audit_entries)));
    goes
}

fn counted(rows: &[(&str, u64)]) -> Vec<String> {
    in_words(rows, &COUNTED)
}

fn in_words(rows: &[(&str, u64)], nouns: &[(&str, &str, &str)]) -> Vec<String> {
    let words = |(table, one, more): &(&str, &str, &str)| {
        let (_, count) = rows.iter().find(|(name, _)| name == table)?;
        Some(format::counted(*count, one, more))
    };
    nouns.iter().filter_map(words).collect()
}

fn entries(count: u64) -> String {
    format!("The text of {} of the audit log", format::counted(count, "entry", "entries"))
}
