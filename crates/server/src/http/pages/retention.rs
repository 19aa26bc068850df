//! Retention: what is kept for how long, and for how long received files are.
//!
//! Not for: removing anything; the server does that beside the requests.
//!
//! Invariant: nothing is set that somebody has not seen the consequences of: a number of days comes with how
//! many files go by it, and when more would go than that, it is shown again.

use askama::Template;
use axum::extract::State;
use domain::KeptDays;
use domain::retention::{KEPT_DAYS_MAX, KEPT_DAYS_MIN};
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
/// The choices: for ever, or for a number of days.
const EVER: &str = "ever";
const DAYS: &str = "days";
/// The number in the field when nothing is set: longer than an audit of the last year takes.
const DAYS_USUAL: &str = "400";

#[derive(Template)]
#[template(path = "retention.html")]
struct RetentionPage {
    page: Layout,
    here: String,
    /// `for ever`, `for 400 days`
    kept: String,
    /// The sentence on what goes by the setting as it is; empty when nothing does.
    due: String,
    removed: String,
    is_ever: bool,
    days: String,
    /// The effect of a setting that is asked for, before it is set.
    preview: Option<Preview>,
    wrong: Option<String>,
    session_idle_hours: i64,
    session_hours: i64,
    problems_max: String,
}

/// The consequences of a setting, before it is set.
struct Preview {
    keep: &'static str,
    days: String,
    kept: String,
    /// `12 files, 340.0 MB, received before 1 Mar 2025`; empty when nothing would go.
    goes: String,
    files: u64,
}

/// A choice, first to be looked at and then to be set.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RetentionForm {
    /// [`EVER`] or [`DAYS`].
    keep: Text,
    days: Text,
    /// The number of files that were shown to go.
    #[serde(deserialize_with = "valid")]
    files: Option<u64>,
}

pub(crate) async fn get_retention(
    State(app): State<App>,
    admin: Admin,
    Query(query): Query<RetentionForm>,
    flash: Option<Flash>,
) -> PageResult {
    let wanted = match &*query.keep {
        "" => None,
        keep => Some(parse_choice(keep, &query.days)),
    };
    let page = page(&app, &admin).await?;
    match wanted {
        None => html(&RetentionPage { page: page.page.with_flash(flash), ..page }),
        Some(Ok(days)) => {
            let preview = preview(&app, &admin, days).await?;
            html(&shown(page, preview, None))
        }
        Some(Err(wrong)) => {
            let days = query.days.into();
            html_again(&RetentionPage { wrong: Some(wrong), is_ever: false, days, ..page })
        }
    }
}

pub(crate) async fn set_retention(
    State(app): State<App>,
    admin: Admin,
    Form(form): Form<RetentionForm>,
) -> PageResult {
    let days = match parse_choice(&form.keep, &form.days) {
        Ok(days) => days,
        Err(wrong) => {
            let page = page(&app, &admin).await?;
            return html_again(&RetentionPage { wrong: Some(wrong), ..page });
        }
    };
    let preview = preview(&app, &admin, days).await?;
    if form.files.is_none_or(|seen| seen < preview.files) {
        let wrong =
            "More files would be removed than you were shown. Check again before you agree."
                .to_owned();
        return html_again(&shown(page(&app, &admin).await?, preview, Some(wrong)));
    }
    let who = admin.current_user.user.email.as_str();
    let is_changed = admin.store.set_files_kept(days, who, app.clock.now()).await?;
    let flash = if is_changed { Flash::RetentionSet } else { Flash::NothingChanged };
    see_other(&flash.on(&admin.fill(PATH)))
}

/// Reads the choice; none is for ever.
fn parse_choice(keep: &str, days: &str) -> Result<Option<KeptDays>, String> {
    match keep {
        EVER => Ok(None),
        DAYS => days
            .parse()
            .map(Some)
            .map_err(|why: domain::retention::InvalidKeptDays| sentence(&why.to_string())),
        _ => Err("Choose whether files are kept for ever or for a number of days.".to_owned()),
    }
}

fn shown(page: RetentionPage, preview: Preview, wrong: Option<String>) -> RetentionPage {
    let is_ever = preview.keep == EVER;
    let days = if is_ever { page.days } else { preview.days.clone() };
    RetentionPage { is_ever, days, preview: Some(preview), wrong, ..page }
}

async fn preview(app: &App, admin: &Admin, days: Option<KeptDays>) -> Result<Preview, PageError> {
    let (goes, files) = removal(app, admin, days).await?;
    Ok(Preview {
        keep: if days.is_some() { DAYS } else { EVER },
        days: days.map(|days| days.to_string()).unwrap_or_default(),
        kept: period_text(days),
        goes,
        files,
    })
}

/// The files that would be removed, in words and in number.
async fn removal(
    app: &App,
    admin: &Admin,
    days: Option<KeptDays>,
) -> Result<(String, u64), PageError> {
    let Some(days) = days else { return Ok((String::new(), 0)) };
    let before = days.cutoff(app.clock.now());
    let total = admin.store.removable_files(before).await?;
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

async fn page(app: &App, admin: &Admin) -> Result<RetentionPage, PageError> {
    let days = admin.store.files_kept().await?;
    let removed = admin.store.removed_files().await?;
    let (due, _) = removal(app, admin, days).await?;
    Ok(RetentionPage {
        page: Layout::for_member(app, admin, Section::Settings(PATH), "Retention").await?,
        here: admin.fill(PATH),
        kept: period_text(days),
        due,
        removed: if removed.files > 0 { amount(removed) } else { String::new() },
        is_ever: days.is_none(),
        days: days.map_or_else(|| DAYS_USUAL.to_owned(), |days| days.to_string()),
        preview: None,
        wrong: None,
        session_idle_hours: SESSION_IDLE_MAX.as_hours(),
        session_hours: SESSION_AGE_MAX.as_hours(),
        problems_max: format::count(store::PROBLEMS_KEPT_MAX),
    })
}
