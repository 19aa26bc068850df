//! Calendar and limits: the amounts that checks go by and above which two people decide, the days offices
//! are shut, the limits of uploads.
//!
//! Not for: setting numbers of checks (`check_settings`), or the limits of uploads, which are the
//! operator's.

mod reason_codes;

use askama::Template;
use axum::extract::State;
use domain::check::ParameterKind;
use domain::finding::ReasonRule;
use domain::scan::listed_hosts;
use domain::{Amount, Check, CheckParameter, CheckSettings, Limit, TitledUnit, UnitName};
use serde::Deserialize;

use super::access::Admin;
use super::check_settings::calendar::sentence_of;
use super::error::{PageError, sentence};
use super::field::Text;
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use super::{check_settings, format};
use crate::App;
use reason_codes::ReasonCodes;

pub(crate) use reason_codes::{add_reason_code, retire_reason_code};

pub(crate) const PATH: &str = "/settings/{customer}/limits";

#[derive(Template)]
#[template(path = "limits.html")]
struct LimitsPage {
    page: Layout,
    checks: String,
    amounts: Vec<Line>,
    /// The days off, by unit.
    calendars: Vec<(TitledUnit, String)>,
    has_units: bool,
    reasons: String,
    /// The amount from which on every verdict takes a reason, as it is shown or was typed; empty: from none.
    reason_from: String,
    reason_wrong: Option<String>,
    codes: ReasonCodes,
    /// The amounts above which two people decide.
    four_eyes: Vec<FourEyesLine>,
    four_eyes_path: String,
    scans_path: String,
    /// The hosts that scans are taken from, one a line, as they are set or were typed.
    scan_hosts: String,
    scan_hosts_wrong: Option<String>,
    file_bytes_max: String,
    uploads_max: usize,
}

struct Line {
    unit: TitledUnit,
    check: String,
    title: String,
    about: String,
    value: String,
    /// Further limits, one after the other; empty where there are none.
    more: String,
    is_changed: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReasonsForm {
    /// Empty: reasons may be left out.
    from: Text,
}

/// Sets from which amount on every verdict takes a reason.
pub(crate) async fn set_reasons(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<ReasonsForm>,
) -> PageResult {
    let rule = match reason_rule(&form.from) {
        Ok(rule) => rule,
        Err(why) => {
            let mut page = page(&app, &admin).await?;
            (page.reason_from, page.reason_wrong) = (form.from.into(), Some(why));
            return html_again(&page);
        }
    };
    let is_changed = admin.store.set_reason_rule(rule, admin.address(), app.clock.now()).await?;
    let flash = if is_changed { Flash::ReasonsSet } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}

fn reason_rule(text: &str) -> Result<Option<ReasonRule>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let from = format::typed(text, None).map_err(|why| sentence(&why.to_string()))?;
    if from.ten_thousandths() < 0 {
        return Err("Write an amount of 0 or more; 0 is every verdict.".to_owned());
    }
    Ok(Some(ReasonRule { from }))
}

/// The amount above which two people decide, for all units or for one.
struct FourEyesLine {
    /// Empty for all units.
    unit: String,
    called: String,
    /// The amount as it is set or was typed; empty where none is set.
    above: String,
    wrong: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FourEyesForm {
    /// Empty for all units.
    unit: Text,
    /// Empty to take it away.
    above: Text,
}

/// Sets above which amount a verdict that closes a finding takes two people.
pub(crate) async fn set_four_eyes(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<FourEyesForm>,
) -> PageResult {
    let unit: Option<UnitName> = match &*form.unit {
        "" => None,
        name => Some(name.parse().map_err(|_no_name| PageError::NotFound)?),
    };
    let above = match above(&form.above) {
        Ok(above) => above,
        Err(why) => {
            let mut page = page(&app, &admin).await?;
            let line = page.four_eyes.iter_mut().find(|line| *line.unit == *form.unit);
            let line = line.ok_or(PageError::NotFound)?;
            (line.above, line.wrong) = (form.above.into(), Some(why));
            return html_again(&page);
        }
    };
    let (by, now) = (admin.address(), app.clock.now());
    let is_changed = admin.store.set_four_eyes(unit.as_ref(), above, by, now).await?;
    let flash = if is_changed { Flash::FourEyesSet } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}

fn above(text: &str) -> Result<Option<Amount>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let above = format::typed(text, None).map_err(|why| sentence(&why.to_string()))?;
    if above.ten_thousandths() < 0 {
        return Err("Write an amount of 0 or more, such as 10000.".to_owned());
    }
    Ok(Some(above))
}

async fn four_eyes(admin: &Admin, units: &[TitledUnit]) -> Result<Vec<FourEyesLine>, PageError> {
    let set = admin.store.four_eyes_settings().await?;
    let text = |above: Option<&Amount>| {
        above.map(|above| format::figure(*above, None)).unwrap_or_default()
    };
    let mut lines = vec![FourEyesLine {
        unit: String::new(),
        called: "All units".to_owned(),
        above: text(set.everywhere.as_ref()),
        wrong: None,
    }];
    if units.len() > 1 {
        lines.extend(units.iter().map(|unit| FourEyesLine {
            unit: unit.name.to_string(),
            called: unit.called().to_owned(),
            above: text(set.units.get(&unit.name)),
            wrong: None,
        }));
    }
    Ok(lines)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ScanHostsForm {
    /// One a line; with none no scan is shown.
    hosts: Text,
}

/// Sets the hosts that scans of papers are taken from.
pub(crate) async fn set_scan_hosts(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<ScanHostsForm>,
) -> PageResult {
    let hosts = match listed_hosts(&form.hosts) {
        Ok(hosts) => hosts,
        Err(why) => {
            let mut page = page(&app, &admin).await?;
            let why = sentence(&why.to_string());
            (page.scan_hosts, page.scan_hosts_wrong) = (form.hosts.into(), Some(why));
            return html_again(&page);
        }
    };
    let is_changed = admin.store.set_scan_hosts(&hosts, admin.address(), app.clock.now()).await?;
    let flash = if is_changed { Flash::ScanHostsSet } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}

pub(crate) async fn get_limits(
    State(app): State<App>,
    admin: Admin,
    flash: Option<Flash>,
) -> PageResult {
    let page = page(&app, &admin).await?;
    html(&LimitsPage { page: page.page.with_flash(flash), ..page })
}

/// An amount as pages write it.
fn written(number: &str) -> String {
    number
        .parse()
        .map_or_else(|_no_amount| number.to_owned(), |amount| format::figure(amount, None))
}

/// The amounts that a check goes by.
fn lines(unit: &TitledUnit, check: &Check, settings: &CheckSettings) -> Vec<Line> {
    let is_amount = |kind| matches!(kind, ParameterKind::Amount);
    let of = check.parameters.iter().filter(|parameter| is_amount(parameter.kind));
    let line = |parameter: &CheckParameter| {
        let value = settings.value(check, parameter);
        let more = settings.more_limits(check, parameter);
        let further: Vec<String> = more.iter().map(Limit::written).collect();
        Line {
            unit: unit.clone(),
            check: check.name.clone(),
            title: check.title.clone(),
            about: parameter.about.clone(),
            is_changed: value != parameter.default || !more.is_empty(),
            value: written(&value.to_string()),
            more: further.join(" · "),
        }
    };
    of.map(line).collect()
}

async fn page(app: &App, admin: &Admin) -> Result<LimitsPage, PageError> {
    let (units, checks) = (admin.store.titled_units().await?, &app.checks);
    let (mut amounts, mut calendars) = (Vec::new(), Vec::new());
    for unit in &units {
        let settings = admin.store.check_settings(&unit.name).await?;
        calendars.push((unit.clone(), sentence_of(&settings.calendar)));
        amounts.extend(checks.iter().flat_map(|check| lines(unit, check, &settings)));
    }
    let rule = admin.store.reason_rule().await?;
    Ok(LimitsPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Calendar and limits")
            .await?,
        four_eyes: four_eyes(admin, &units).await?,
        four_eyes_path: admin.fill("/settings/{customer}/limits/four-eyes"),
        checks: admin.fill(check_settings::PATH),
        amounts,
        calendars,
        has_units: units.len() > 1,
        reasons: format!("{}/reasons", admin.fill(PATH)),
        reason_from: rule.map(|rule| format::figure(rule.from, None)).unwrap_or_default(),
        reason_wrong: None,
        codes: ReasonCodes::load(admin).await?,
        scans_path: format!("{}/scans", admin.fill(PATH)),
        scan_hosts: Vec::from_iter(admin.store.scan_hosts().await?).join("\n"),
        scan_hosts_wrong: None,
        file_bytes_max: format::bytes(app.limits.body_bytes_max),
        uploads_max: app.limits.uploads_per_customer_max,
    })
}
