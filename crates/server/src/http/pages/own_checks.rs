//! Checks of a unit's own: written, tried on its ledgers, switched on and off, removed, had back.
//!
//! Not for: which SQL is run; the ledgers tell that.
//!
//! Invariant: a check is never on that has not just run over the unit's own ledgers.

mod files;

use askama::Template;
use axum::extract::State;
use domain::finding::{CheckedUnit, OwnCheckTrial};
use domain::{OwnCheck, OwnCheckDescription, OwnCheckName, Severity, TitledUnit, UnitName};
use serde::Deserialize;
use store::{KeptOwnCheck, OwnCheckState};
use tokio::sync::Semaphore;

pub(crate) use files::{sql_file, toml_file};

use super::access::Admin;
use super::error::{PageError, sentence};
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::limits::OWN_CHECK_TRIALS_AT_ONCE;

pub(crate) const PATH: &str = "/settings/{customer}/own-checks";

#[derive(Template)]
#[template(path = "own_checks.html")]
struct OwnChecksPage {
    page: Layout,
    here: String,
    unit: UnitName,
    unit_title: String,
    /// Units to choose from; empty with one.
    units: Vec<TitledUnit>,
    checks: Vec<Line>,
    form: CheckForm,
    trial: Option<Trial>,
    wrong: Option<String>,
}

/// A check in the list.
struct Line {
    name: OwnCheckName,
    title: String,
    state: OwnCheckState,
    version: i64,
    by: String,
    at: String,
    sql: String,
    can_undo: bool,
}

/// The findings of a check that ran just now.
struct Trial {
    found: usize,
    milliseconds: u64,
    titles: Vec<String>,
}

/// The unit whose checks are looked at, and the check that is in the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OwnChecksQuery {
    unit: Text,
    #[serde(deserialize_with = "valid")]
    name: Option<OwnCheckName>,
}

/// A check as it is typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CheckForm {
    unit: Text,
    name: Text,
    title: Text,
    about: Text,
    claim: Text,
    innocent_if: Text,
    at_risk_is: Text,
    sql: Text,
    /// `try`, or `keep` to have it on.
    action: Text,
}

/// A check that something is done to, in the version that was seen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StateForm {
    unit: Text,
    #[serde(deserialize_with = "valid")]
    name: Option<OwnCheckName>,
    #[serde(deserialize_with = "valid")]
    version: Option<i64>,
    /// `on`, `off`, `removed` or `undo`.
    action: Text,
}

pub(crate) async fn list_own_checks(
    State(app): State<App>,
    admin: Admin,
    Query(query): Query<OwnChecksQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let unit = admin.unit_named(&query.unit).await?;
    let mut form = CheckForm::default();
    if let Some(name) = &query.name {
        let kept = newest(&admin, &unit, name).await?.ok_or(PageError::NotFound)?;
        form = CheckForm::of(&kept.check);
    }
    let page = page(&app, &admin, unit, form).await?;
    html(&OwnChecksPage { page: page.page.with_flash(flash), ..page })
}

/// Tries a check on the unit's ledgers, and keeps it where that was asked for and went well.
pub(crate) async fn write_own_check(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<CheckForm>,
) -> PageResult {
    let unit = admin.unit_named(&form.unit).await?;
    let check = match read_form(&admin, &unit, &form).await? {
        Ok(check) => check,
        Err(why) => {
            let page = page(&app, &admin, unit, form).await?;
            return html_again(&OwnChecksPage { wrong: Some(sentence(&why)), ..page });
        }
    };
    let trial = try_check(&app, &admin, &unit, &check).await?;
    if let Some(why) = &trial.refused {
        let page = page(&app, &admin, unit, form).await?;
        return html_again(&OwnChecksPage { wrong: Some(sentence(why)), ..page });
    }
    if &*form.action != "keep" {
        let page = page(&app, &admin, unit, form).await?;
        return html(&OwnChecksPage { trial: Some(Trial::of(trial)), ..page });
    }
    let decider = admin.decider(&app);
    match admin.store.keep_own_check(&unit, &check, OwnCheckState::On, &decider).await {
        Ok(_) => {}
        Err(store::Error::Illegal { why }) => {
            let page = page(&app, &admin, unit, form).await?;
            return html_again(&OwnChecksPage { wrong: Some(sentence(&why)), ..page });
        }
        Err(other) => return Err(other.into()),
    }
    admin.ask_for_run(&app, &unit).await?;
    see_other(&Flash::OwnCheckKept.on(&list(&admin, &unit)))
}

/// Switches a check, removes it, or makes it as it was before.
pub(crate) async fn set_own_check(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<StateForm>,
) -> PageResult {
    let unit = admin.unit_named(&form.unit).await?;
    let (Some(name), Some(version)) = (form.name, form.version) else {
        return Err(PageError::NotFound);
    };
    let (store, decider) = (&admin.store, admin.decider(&app));
    let state = match &*form.action {
        "undo" => None,
        other => Some(other.parse().map_err(|_unknown| PageError::NotFound)?),
    };
    let goes_on = match state {
        Some(OwnCheckState::On) => newest(&admin, &unit, &name).await?,
        None => version_before(&admin, &unit, (&name, version)).await?,
        Some(_) => None,
    };
    if let Some(kept) = goes_on {
        let trial = try_check(&app, &admin, &unit, &kept.check).await?;
        if let Some(why) = trial.refused {
            let page = page(&app, &admin, unit, CheckForm::of(&kept.check)).await?;
            return html_again(&OwnChecksPage { wrong: Some(sentence(&why)), ..page });
        }
    }
    let done = match state {
        Some(state) => store.set_own_check_state(&unit, (&name, version), state, &decider).await,
        None => store.undo_own_check(&unit, (&name, version), &decider).await,
    };
    match done {
        Ok(_) => {}
        Err(store::Error::Conflict { .. }) => {
            return Err(PageError::Impossible(
                "Somebody changed this check meanwhile. Go back, look at it again, and decide then."
                    .to_owned(),
            ));
        }
        Err(store::Error::Illegal { why }) => return Err(PageError::impossible(why)),
        Err(other) => return Err(other.into()),
    }
    admin.ask_for_run(&app, &unit).await?;
    see_other(&Flash::OwnCheckSet.on(&list(&admin, &unit)))
}

impl CheckForm {
    fn of(check: &OwnCheck) -> Self {
        let of = &check.description;
        let text = |text: &str| Text::from(text.to_owned());
        Self {
            unit: Text::default(),
            name: text(check.name.as_str()),
            title: text(&of.title),
            about: text(&of.about),
            claim: text(&of.claim),
            innocent_if: text(&of.innocent_if),
            at_risk_is: text(of.at_risk_is.as_deref().unwrap_or_default()),
            sql: text(&check.sql),
            action: Text::default(),
        }
    }
}

impl Trial {
    fn of(trial: OwnCheckTrial) -> Self {
        let titles = trial.findings.into_iter().map(|finding| finding.title);
        Self { found: trial.found, milliseconds: trial.milliseconds, titles: titles.collect() }
    }
}

/// The check that a form is, with what the form has no field for as it was; or why it is none.
async fn read_form(
    admin: &Admin,
    unit: &UnitName,
    form: &CheckForm,
) -> Result<Result<OwnCheck, String>, PageError> {
    let name: OwnCheckName = match form.name.parse() {
        Ok(name) => name,
        Err(why) => {
            let why: domain::own_check::InvalidOwnCheck = why;
            return Ok(Err(why.to_string()));
        }
    };
    let before = newest(admin, unit, &name).await?.map(|kept| kept.check.description);
    let at_risk_is = Some(form.at_risk_is.to_string()).filter(|text| !text.is_empty());
    let description = OwnCheckDescription {
        title: form.title.to_string(),
        about: form.about.to_string(),
        claim: form.claim.to_string(),
        innocent_if: form.innocent_if.to_string(),
        money: at_risk_is.is_some().then(|| "at_risk".to_owned()),
        at_risk_is,
        ..before.unwrap_or_else(nothing_said)
    };
    Ok(OwnCheck::new(name, description, &form.sql).map_err(|why| why.to_string()))
}

fn nothing_said() -> OwnCheckDescription {
    OwnCheckDescription {
        order: 0,
        title: String::new(),
        finds: String::new(),
        about: String::new(),
        severity: Severity::Medium,
        verdict: domain::check::VerdictWords::default(),
        claim: String::new(),
        innocent_if: String::new(),
        innocent_reasons: Vec::new(),
        at_risk_is: None,
        lane: None,
        money: None,
        needs: Vec::new(),
        parameters: std::collections::BTreeMap::new(),
    }
}

async fn try_check(
    app: &App,
    admin: &Admin,
    unit: &UnitName,
    check: &OwnCheck,
) -> Result<OwnCheckTrial, PageError> {
    static TRIALS: Semaphore = Semaphore::const_new(OWN_CHECK_TRIALS_AT_ONCE);
    let Ok(_trial) = TRIALS.try_acquire() else { return Err(PageError::Busy) };
    let of = CheckedUnit { customer: admin.customer.clone(), unit: unit.clone() };
    let settings = admin.store.check_settings(unit).await?;
    Ok(app.browser.try_own_check(&of, &settings, check).await?)
}

async fn newest(
    admin: &Admin,
    unit: &UnitName,
    name: &OwnCheckName,
) -> Result<Option<KeptOwnCheck>, PageError> {
    Ok(admin.store.own_check_versions(unit, name).await?.into_iter().next())
}

/// The version before the one that was seen, where that was on.
async fn version_before(
    admin: &Admin,
    unit: &UnitName,
    (name, seen): (&OwnCheckName, i64),
) -> Result<Option<KeptOwnCheck>, PageError> {
    let versions = admin.store.own_check_versions(unit, name).await?;
    let before = versions.into_iter().find(|kept| kept.version == seen - 1);
    Ok(before.filter(|kept| kept.state == OwnCheckState::On))
}

fn list(admin: &Admin, unit: &UnitName) -> String {
    format!("{}?unit={unit}", admin.fill(PATH))
}

async fn page(
    app: &App,
    admin: &Admin,
    unit: UnitName,
    form: CheckForm,
) -> Result<OwnChecksPage, PageError> {
    let units = admin.store.titled_units().await?;
    let known = units.iter().find(|known| known.name == unit);
    let checks = admin.store.own_checks(&unit).await?;
    Ok(OwnChecksPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Own checks").await?,
        here: admin.fill(PATH),
        unit_title: known.map_or_else(|| unit.to_string(), |known| known.called().to_owned()),
        unit,
        units: if units.len() > 1 { units } else { Vec::new() },
        checks: checks.into_iter().map(line).collect(),
        form,
        trial: None,
        wrong: None,
    })
}

fn line(kept: KeptOwnCheck) -> Line {
    Line {
        name: kept.check.name,
        title: kept.check.description.title,
        state: kept.state,
        version: kept.version,
        by: kept.made_by,
        at: format::moment(kept.made_at),
        sql: kept.check.sql,
        can_undo: kept.version > 1,
    }
}
