//! Which checks a unit's runs carry out, and the settings used.
//!
//! Not for: what checks look for; the ledgers tell that.
//!
//! Invariant: only numbers that differ are kept, and a form with one wrong number changes nothing.

pub(super) mod calendar;
pub(crate) mod preview;
mod statuses;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use domain::check::{InvalidInvoiceLines, parameter_key};
use domain::finding::VerdictTally;
use domain::{
    Check, CheckNumber, CheckParameter, CheckSettings, InvoiceLines, Limit, TitledUnit, UnitName,
};
use serde::Deserialize;

use self::calendar::CalendarCard;
use self::statuses::StatusesCard;
use super::access::Admin;
use super::error::PageError;
use super::field::Text;
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::http::code_words::in_words;

pub(crate) const PATH: &str = "/settings/{customer}/checks";

#[derive(Template)]
#[template(path = "checks.html")]
struct ChecksPage {
    page: Layout,
    here: String,
    unit: UnitName,
    unit_title: String,
    /// Units to choose from; empty with one.
    units: Vec<TitledUnit>,
    checks: Vec<CheckCard>,
    /// Ways to choose from: the value, what it does, and whether it is set.
    invoice_lines: Vec<(&'static str, &'static str, bool)>,
    statuses: StatusesCard,
    statuses_wrong: Option<String>,
    calendar: CalendarCard,
    /// Set when verdicts move probabilities.
    learns: bool,
    off: usize,
    /// The number of fields that cannot be.
    wrong: usize,
}

struct CheckCard {
    name: String,
    title: String,
    about: String,
    severity: &'static str,
    is_on: bool,
    /// Set when a number differs from the check's own, or is wrong.
    is_changed: bool,
    parameters: Vec<NumberField>,
    /// The verdicts on its findings, by kind; none where nobody has decided.
    verdicts: Option<String>,
}

struct NumberField {
    field: String,
    about: String,
    unit: String,
    default: CheckNumber,
    /// The number as it is set or was typed.
    value: String,
    max: CheckNumber,
    is_counted: bool,
    wrong: Option<String>,
    /// The limits beside it, where there may be more.
    more: Option<LimitsField>,
}

/// Limits of approval, one a line.
struct LimitsField {
    field: String,
    list: String,
    wrong: Option<String>,
}

impl NumberField {
    fn is_wrong(&self) -> bool {
        self.wrong.is_some() || self.more.as_ref().is_some_and(|more| more.wrong.is_some())
    }

    /// Nothing written is the check's own number.
    fn is_changed(&self) -> bool {
        let has_more = self.more.as_ref().is_some_and(|more| !more.list.is_empty());
        has_more || (!self.value.is_empty() && self.value != self.default.to_string())
    }
}

/// The unit whose checks are looked at; without one, the first.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ChecksQuery {
    unit: Text,
    /// Anything: the fields hold the settings of the newest preview, to be changed further.
    tried: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ChecksForm {
    unit: Text,
    invoice_lines: Text,
    /// A box that is on.
    learn_from_verdicts: Text,
    /// `known` or `listed`.
    left_out: Text,
    /// One a line.
    left_out_statuses: Text,
    /// A box by the name of each check that is on, and a number by the key of each parameter.
    #[serde(flatten)]
    checks: BTreeMap<String, Text>,
}

pub(crate) async fn list_checks(
    State(app): State<App>,
    admin: Admin,
    Query(query): Query<ChecksQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let unit = admin.unit_named(&query.unit).await?;
    let preview = match &*query.tried {
        "" => None,
        _ => admin.store.check_preview(&unit).await?,
    };
    let settings = match preview {
        Some(preview) => preview.settings,
        None => admin.store.check_settings(&unit).await?,
    };
    let page = page(&app, &admin, unit, &settings, None).await?;
    html(&ChecksPage { page: page.page.with_flash(flash), ..page })
}

/// Keeps what was set, and asks for a run by it.
pub(crate) async fn set_checks(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<ChecksForm>,
) -> PageResult {
    let unit = admin.unit_named(&form.unit).await?;
    let (settings, wrong) = parse_form(&app.checks, &form);
    if !wrong.is_empty() {
        let rejected = RejectedForm { form: &form, wrong };
        return html_again(&page(&app, &admin, unit, &settings, Some(rejected)).await?);
    }
    keep(&app, &admin, &unit, &settings).await
}

/// Keeps settings that differ, and asks for a run by them.
async fn keep(app: &App, admin: &Admin, unit: &UnitName, settings: &CheckSettings) -> PageResult {
    let back = format!("{}?unit={unit}", admin.fill(PATH));
    if *settings == admin.store.check_settings(unit).await? {
        return see_other(&Flash::NothingChanged.on(&back));
    }
    let who = admin.current_user.user.email.as_str();
    admin.store.set_check_settings(unit, settings, who, app.clock.now()).await?;
    admin.ask_for_run(app, unit).await?;
    see_other(&Flash::ChecksSet.on(&back))
}

impl ChecksForm {
    /// The text of a field; empty when it is missing.
    fn check(&self, field: &str) -> &str {
        self.checks.get(field).map_or("", |text| text)
    }
}

/// A form that cannot be followed, and why, by the field.
struct RejectedForm<'f> {
    form: &'f ChecksForm,
    wrong: BTreeMap<String, String>,
}

/// The name of the field that sets [`InvoiceLines`].
const INVOICE_LINES: &str = "invoice_lines";
/// The name of the field that lists the statuses left out.
const LEFT_OUT_STATUSES: &str = "left_out_statuses";

/// The name of the field that lists further limits.
fn more_field(key: &str) -> String {
    format!("{key}.more")
}

fn parse_form(checks: &[Check], form: &ChecksForm) -> (CheckSettings, BTreeMap<String, String>) {
    let (mut settings, mut wrong) = (CheckSettings::default(), BTreeMap::new());
    settings.ignores_verdict_rates = form.learn_from_verdicts.is_empty();
    match &*form.invoice_lines {
        "" => {}
        text => match text.parse() {
            Ok(lines) => settings.invoice_lines = lines,
            Err(why) => {
                let why: InvalidInvoiceLines = why;
                wrong.insert(INVOICE_LINES.to_owned(), super::error::sentence(&why.to_string()));
            }
        },
    }
    match statuses::parse(&form.left_out, &form.left_out_statuses) {
        Ok(left_out) => settings.left_out_statuses = left_out,
        Err(why) => {
            wrong.insert(LEFT_OUT_STATUSES.to_owned(), super::error::sentence(&why.to_string()));
        }
    }
    settings.calendar = calendar::parse(form, &mut wrong);
    for check in checks {
        if form.check(&check.name).is_empty() {
            settings.off.insert(check.name.clone());
        }
        for parameter in &check.parameters {
            let key = parameter_key(&check.name, &parameter.name);
            match Limit::listed(form.check(&more_field(&key))) {
                Ok(limits) if limits.is_empty() || !parameter.takes_more => {}
                Ok(limits) => drop(settings.more_limits.insert(key.clone(), limits)),
                Err(why) => {
                    wrong.insert(more_field(&key), super::error::sentence(&why.to_string()));
                }
            }
            let text = form.check(&key);
            if text.is_empty() {
                continue;
            }
            match parameter.parse(text) {
                Ok(value) if value == parameter.default => {}
                Ok(value) => drop(settings.parameters.insert(key, value)),
                Err(why) => drop(wrong.insert(key, super::error::sentence(&why.to_string()))),
            }
        }
    }
    (settings, wrong)
}

async fn page(
    app: &App,
    admin: &Admin,
    unit: UnitName,
    settings: &CheckSettings,
    rejected: Option<RejectedForm<'_>>,
) -> Result<ChecksPage, PageError> {
    let units = admin.store.titled_units().await?;
    let known = units.iter().find(|known| known.name == unit);
    let checks = &app.checks;
    let tallies = admin.store.verdict_tallies(&unit).await?;
    let statuses_wrong =
        rejected.as_ref().and_then(|rejected| rejected.wrong.get(LEFT_OUT_STATUSES).cloned());
    let typed = rejected.as_ref().filter(|rejected| &*rejected.form.left_out == "listed");
    let typed = typed.map(|rejected| &*rejected.form.left_out_statuses);
    Ok(ChecksPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Checks").await?,
        statuses: statuses::card(admin, &unit, &settings.left_out_statuses, typed).await?,
        statuses_wrong,
        calendar: calendar::card(
            &settings.calendar,
            rejected.as_ref().map(|rejected| (rejected.form, &rejected.wrong)),
        ),
        here: admin.fill(PATH),
        unit_title: known.map_or_else(|| unit.to_string(), |known| known.called().to_owned()),
        unit,
        units: if units.len() > 1 { units } else { Vec::new() },
        invoice_lines: lines_choices(settings.invoice_lines),
        learns: !settings.ignores_verdict_rates,
        off: checks.iter().filter(|check| !settings.is_on(&check.name)).count(),
        wrong: rejected.as_ref().map_or(0, |rejected| rejected.wrong.len()),
        checks: checks
            .iter()
            .map(|check| CheckCard {
                verdicts: verdict_words(&check.name, &tallies),
                ..check_card(check, settings, rejected.as_ref())
            })
            .collect(),
    })
}

/// `17 of 20 confirmed: exact 12 of 13, suffix 5 of 7`
fn verdict_words(check: &str, tallies: &[VerdictTally]) -> Option<String> {
    let mut by_kind: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for tally in tallies.iter().filter(|tally| tally.check == check) {
        let (confirmed, decided) = by_kind.entry(&tally.kind).or_default();
        *confirmed += tally.confirmed;
        *decided += tally.decided();
    }
    let sum = |of: fn(&(u64, u64)) -> u64| by_kind.values().map(of).sum::<u64>();
    let all = format!("{} of {} confirmed", sum(|of| of.0), sum(|of| of.1));
    let each: Vec<String> = by_kind
        .iter()
        .map(|(kind, (confirmed, decided))| format!("{} {confirmed} of {decided}", in_words(kind)))
        .collect();
    match each.len() {
        0 => None,
        1 => Some(all),
        _ => Some(format!("{all}: {}", each.join(", "))),
    }
}

fn lines_choices(set: InvoiceLines) -> Vec<(&'static str, &'static str, bool)> {
    let words = |choice: InvoiceLines| match choice {
        InvoiceLines::Automatic => "Automatic: added up to one invoice when their amounts differ",
        InvoiceLines::Always => "Always lines: added up to one invoice, equal ones too",
        InvoiceLines::Never => "Never lines: every row is an invoice of its own",
    };
    let choice = |choice: InvoiceLines| (choice.as_str(), words(choice), choice == set);
    InvoiceLines::ALL.into_iter().map(choice).collect()
}

fn check_card(
    check: &Check,
    settings: &CheckSettings,
    rejected: Option<&RejectedForm<'_>>,
) -> CheckCard {
    let number = |parameter: &CheckParameter| {
        let field = parameter_key(&check.name, &parameter.name);
        let value = match rejected {
            Some(rejected) => rejected.form.check(&field).to_owned(),
            None => settings.value(check, parameter).to_string(),
        };
        NumberField {
            about: parameter.about.clone(),
            unit: parameter.unit.clone(),
            default: parameter.default,
            value,
            max: parameter.max(),
            is_counted: parameter.is_counted(),
            wrong: rejected.and_then(|rejected| rejected.wrong.get(&field).cloned()),
            more: parameter.takes_more.then(|| limits_field(check, parameter, settings, rejected)),
            field,
        }
    };
    let parameters: Vec<NumberField> = check.parameters.iter().map(number).collect();
    CheckCard {
        name: check.name.clone(),
        title: check.title.clone(),
        about: check.about.clone(),
        severity: check.severity.as_str(),
        is_on: settings.is_on(&check.name),
        verdicts: None,
        is_changed: parameters.iter().any(|number| number.is_wrong() || number.is_changed()),
        parameters,
    }
}

/// The limits beside a number as they are set, or as they were typed where that cannot be.
fn limits_field(
    check: &Check,
    parameter: &CheckParameter,
    settings: &CheckSettings,
    rejected: Option<&RejectedForm<'_>>,
) -> LimitsField {
    let field = more_field(&parameter_key(&check.name, &parameter.name));
    let list = if let Some(rejected) = rejected {
        rejected.form.check(&field).to_owned()
    } else {
        let limits = settings.more_limits(check, parameter).iter();
        let lines: Vec<String> = limits.map(Limit::written).collect();
        lines.join("\n")
    };
    let wrong = rejected.and_then(|rejected| rejected.wrong.get(&field).cloned());
    LimitsField { field, list, wrong }
}
