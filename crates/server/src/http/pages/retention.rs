//! Retention: what is kept for how long, and for how long received files are.
//!
//! Not for: removing anything; the server does that beside the requests.
//!
//! Invariant: nothing is set that somebody has not seen the consequences of: a number of days comes with how
//! many files go by it, and when more would go than that, it is shown again.

use askama::Template;
use axum::extract::State;
use domain::retention::{InvalidKeptDays, KEPT_DAYS_MAX, KEPT_DAYS_MIN};
use domain::{KeptDays, TitledUnit, UnitName, UnitRetention};
use serde::Deserialize;

use super::access::Admin;
use super::error::PageError;
use super::error::sentence;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::limits::{SESSION_AGE_MAX, SESSION_IDLE_MAX};

pub(crate) const PATH: &str = "/settings/{customer}/retention";
/// The choices: for ever, for a number of days, or of a unit as in the organisation.
const EVER: &str = "ever";
const DAYS: &str = "days";
const AS_ORGANISATION: &str = "as";
/// The number in the field when nothing is set: longer than an audit of the last year takes.
const DAYS_USUAL: &str = "400";

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionPage {
    page: Layout,
    here: String,
    /// The unit that the forms are about; none: all that have set nothing of their own.
    unit: Option<TitledUnit>,
    /// The units, each with the time that it has; empty where there is one only.
    units: Vec<UnitLine>,
    /// `for ever`, `for 400 days`
    kept: String,
    /// The sentence on what goes by the setting as it is; empty when nothing does.
    due: String,
    removed: String,
    /// The choice that is ticked.
    keep: &'static str,
    days: String,
    /// The effect of a setting that is asked for, before it is set.
    preview: Option<Preview>,
    wrong: Option<String>,
    session_idle_hours: i64,
    session_hours: i64,
    problems_max: String,
}

/// A unit and for how long its files are kept.
struct UnitLine {
    called: String,
    href: String,
    kept: String,
}

/// For how long files are kept, as somebody chooses it.
#[derive(Clone, Copy)]
enum Choice {
    /// Of a unit: it sets nothing of its own.
    AsOrganisation,
    Own(UnitRetention),
}

/// The consequences of a setting, before it is set.
struct Preview {
    keep: &'static str,
    days: String,
    kept: String,
    /// Set where nothing is removed by it, whoever set it.
    is_for_ever: bool,
    /// `12 files, 340.0 MB, received before 1 Mar 2025`; empty when nothing would go.
    goes: String,
    files: u64,
}

/// A choice, first to be looked at and then to be set.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RetentionForm {
    /// The name of a unit; empty for all that have set nothing of their own.
    unit: Text,
    /// [`EVER`], [`DAYS`] or [`AS_ORGANISATION`].
    keep: Text,
    days: Text,
    /// The number of files that were shown to go.
    #[serde(deserialize_with = "valid")]
    files: Option<u64>,
}

impl Choice {
    /// Reads the choice; only a unit can be as its organisation.
    fn parse(keep: &str, days: &str, unit: Option<&TitledUnit>) -> Result<Self, String> {
        match keep {
            EVER => Ok(Self::Own(UnitRetention::ForEver)),
            DAYS => days
                .parse()
                .map(|days| Self::Own(UnitRetention::Days(days)))
                .map_err(|why: InvalidKeptDays| sentence(&why.to_string())),
            AS_ORGANISATION if unit.is_some() => Ok(Self::AsOrganisation),
            _ => Err("Choose whether files are kept for ever or for a number of days.".to_owned()),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::AsOrganisation => AS_ORGANISATION,
            Self::Own(UnitRetention::ForEver) => EVER,
            Self::Own(UnitRetention::Days(_)) => DAYS,
        }
    }

    const fn own(self) -> Option<UnitRetention> {
        match self {
            Self::AsOrganisation => None,
            Self::Own(own) => Some(own),
        }
    }

    /// The days that hold by it, where `everywhere` are the organisation's; none: for ever.
    fn days(self, everywhere: Option<KeptDays>) -> Option<KeptDays> {
        self.own().map_or(everywhere, UnitRetention::days)
    }

    /// `for ever`, `for 400 days`, `as in the organisation, for 400 days`
    fn words(self, everywhere: Option<KeptDays>) -> String {
        let period = period_text(self.days(everywhere));
        match self {
            Self::AsOrganisation => format!("as in the organisation, {period}"),
            Self::Own(_) => period,
        }
    }
}

pub(crate) async fn get_retention(
    State(app): State<App>,
    admin: Admin,
    Query(query): Query<RetentionForm>,
    flash: Option<Flash>,
) -> PageResult {
    let unit = named_unit(&admin, &query.unit).await?;
    let wanted = match &*query.keep {
        "" => None,
        keep => Some(Choice::parse(keep, &query.days, unit.as_ref())),
    };
    let page = page(&app, &admin, unit).await?;
    match wanted {
        None => html(&RetentionPage { page: page.page.with_flash(flash), ..page }),
        Some(Ok(choice)) => {
            let preview = preview(&app, &admin, page.unit.as_ref(), choice).await?;
            html(&shown(page, preview, None))
        }
        Some(Err(wrong)) => {
            let days = query.days.into();
            html_again(&RetentionPage { wrong: Some(wrong), keep: DAYS, days, ..page })
        }
    }
}

pub(crate) async fn set_retention(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<RetentionForm>,
) -> PageResult {
    let unit = named_unit(&admin, &form.unit).await?;
    let choice = match Choice::parse(&form.keep, &form.days, unit.as_ref()) {
        Ok(choice) => choice,
        Err(wrong) => {
            let page = page(&app, &admin, unit).await?;
            return html_again(&RetentionPage { wrong: Some(wrong), ..page });
        }
    };
    let preview = preview(&app, &admin, unit.as_ref(), choice).await?;
    if form.files.is_none_or(|seen| seen < preview.files) {
        let wrong =
            "More files would be removed than you were shown. Check again before you agree."
                .to_owned();
        return html_again(&shown(page(&app, &admin, unit).await?, preview, Some(wrong)));
    }
    let (who, now) = (admin.address(), app.clock.now());
    let is_changed = match &unit {
        Some(unit) => admin.store.set_files_kept_in(&unit.name, choice.own(), who, now).await?,
        None => admin.store.set_files_kept(choice.days(None), who, now).await?,
    };
    let flash = if is_changed { Flash::RetentionSet } else { Flash::NothingChanged };
    see_other(&flash.on(&address(&admin, unit.as_ref().map(|unit| &unit.name))))
}

/// The unit that a form names; none where it names none.
async fn named_unit(admin: &Admin, name: &str) -> Result<Option<TitledUnit>, PageError> {
    if name.is_empty() {
        return Ok(None);
    }
    let units = admin.store.titled_units().await?;
    let unit = units.into_iter().find(|unit| unit.name.as_str() == name);
    unit.map(Some).ok_or(PageError::NotFound)
}

/// The page, of a unit or of all.
fn address(admin: &Admin, unit: Option<&UnitName>) -> String {
    let here = admin.fill(PATH);
    unit.map_or(here.clone(), |unit| format!("{here}?unit={unit}"))
}

fn shown(page: RetentionPage, preview: Preview, wrong: Option<String>) -> RetentionPage {
    let days = if preview.keep == DAYS { preview.days.clone() } else { page.days };
    RetentionPage { keep: preview.keep, days, preview: Some(preview), wrong, ..page }
}

async fn preview(
    app: &App,
    admin: &Admin,
    unit: Option<&TitledUnit>,
    choice: Choice,
) -> Result<Preview, PageError> {
    let everywhere = admin.store.files_kept().await?;
    let (goes, files) = removal(app, admin, unit, choice.days(everywhere)).await?;
    let days = choice.own().and_then(UnitRetention::days);
    Ok(Preview {
        keep: choice.word(),
        days: days.map(|days| days.to_string()).unwrap_or_default(),
        kept: choice.words(everywhere),
        is_for_ever: choice.days(everywhere).is_none(),
        goes,
        files,
    })
}

/// The files that would be removed, in words and in number.
async fn removal(
    app: &App,
    admin: &Admin,
    unit: Option<&TitledUnit>,
    days: Option<KeptDays>,
) -> Result<(String, u64), PageError> {
    let Some(days) = days else { return Ok((String::new(), 0)) };
    let before = days.cutoff(app.clock.now());
    let total = admin.store.removable_files(unit.map(|unit| &unit.name), before).await?;
    let words = match total.files {
        0 => String::new(),
        _ => format!("{}, received before {}", amount(total), format::date(before)),
    };
    Ok((words, total.files))
}

/// `12 files, 340.0 MB`
fn amount(total: store::FileTotal) -> String {
    format!("{}, {}", format::counted(total.files, "file", "files"), format::bytes(total.bytes))
}

fn period_text(days: Option<KeptDays>) -> String {
    days.map_or_else(
        || "for ever".to_owned(),
        |days| format!("for {} days", format::count(days.get())),
    )
}

async fn page(
    app: &App,
    admin: &Admin,
    unit: Option<TitledUnit>,
) -> Result<RetentionPage, PageError> {
    let everywhere = admin.store.files_kept().await?;
    let own = admin.store.unit_retention().await?;
    let removed = admin.store.removed_files().await?;
    let of_unit =
        |name: &UnitName| own.get(name).map_or(Choice::AsOrganisation, |own| Choice::Own(*own));
    let choice = match &unit {
        Some(unit) => of_unit(&unit.name),
        None => Choice::Own(everywhere.map_or(UnitRetention::ForEver, UnitRetention::Days)),
    };
    let (due, _) = removal(app, admin, unit.as_ref(), choice.days(everywhere)).await?;
    let units = admin.store.titled_units().await?;
    let line = |unit: &TitledUnit| UnitLine {
        called: unit.called().to_owned(),
        href: address(admin, Some(&unit.name)),
        kept: of_unit(&unit.name).words(everywhere),
    };
    let days = choice.days(everywhere);
    Ok(RetentionPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Retention").await?,
        here: admin.fill(PATH),
        units: if units.len() > 1 { units.iter().map(line).collect() } else { Vec::new() },
        kept: choice.words(everywhere),
        due,
        removed: if removed.files > 0 { amount(removed) } else { String::new() },
        keep: choice.word(),
        days: days.map_or_else(|| DAYS_USUAL.to_owned(), |days| days.to_string()),
        preview: None,
        wrong: None,
        unit,
        session_idle_hours: SESSION_IDLE_MAX.as_hours(),
        session_hours: SESSION_AGE_MAX.as_hours(),
        problems_max: format::count(store::PROBLEMS_KEPT_MAX),
    })
}
