//! *Try a file*: files are dropped, what each was taken for is seen, the checks run over them, and the
//! report is read. Then the files are kept as uploads of the unit, or thrown away.
//!
//! Not for: the work on them (`crate::tryout`), or the words of the report (`report`).
//!
//! Invariant: a tryout is seen by whoever began it and by nobody else, in the unit it was begun in; until its
//! files are kept nothing of it is in the unit.

mod begin;
mod ending;

use std::sync::Arc;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::{MemberRole, TryoutId};
use http::header::{self, HeaderValue};

use super::access::{Analyst, Member};
use super::error::PageError;
use super::filters;
use super::flash::Flash;
use super::format;
use super::layout::{Layout, Section};
use super::report::{FileGroup, LeftOutFile, groups, left_out};
use super::respond::{PageResult, html, see_other};
use crate::App;
use crate::limits::TRYOUT_LASTS;
use crate::tryout::{ReadFiles, Tryout, TryoutOwner, TryoutReport, TryoutState, Tryouts};

pub(crate) use begin::{begin_tryout, get_try};
pub(crate) use ending::{end_tryout, keep_tryout};

pub(in crate::http) const TRY: &str = "/at/{customer}/{unit}/try";
const TITLE: &str = "Try a file";
const REPORT_NAME: &str = "bursar-report.html";
const WORKBOOK_NAME: &str = "bursar-report.xlsx";
/// Its own style and nothing else, wherever it is opened.
const DOCUMENT_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

#[derive(Template)]
#[template(path = "tryout.html")]
struct TryoutPage {
    page: Layout,
    here: String,
    /// The form for other files.
    others: String,
    /// Something is still to happen: the page looks again by itself.
    is_moving: bool,
    lasts: String,
    /// The files are read and the checks wait for a word.
    may_check: bool,
    /// Titles of fields that were taken from others for the look alone: `Unique ID, Invoice Date`.
    assumed: String,
    may_map: bool,
    view: View,
}

/// The progress of a tryout, as the page shows it.
enum View {
    Working { words: String, percent: u64 },
    Read { files: Vec<FileGroup>, left_out: Vec<LeftOutFile> },
    Done { report: Arc<TryoutReport> },
    Failed { words: String },
}

/// Customer, unit and tryout.
type TryoutPath = Path<(String, String, String)>;

pub(crate) async fn get_tryout(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): TryoutPath,
) -> PageResult {
    let Some(tryout) = find(&app, &analyst, &id) else { return over(&analyst) };
    let state = tryout.state();
    html(&TryoutPage {
        page: Layout::for_member(&app, &analyst, Section::Uploads, TITLE).await?,
        here: path(&analyst, tryout.id),
        others: analyst.fill(TRY),
        is_moving: state.is_moving(),
        lasts: lasts(),
        may_check: matches!(&state, TryoutState::Read(read) if read.may_be_checked()),
        assumed: state.read().map(|read| assumed(read)).unwrap_or_default(),
        may_map: analyst.role.covers(MemberRole::Admin),
        view: view(state),
    })
}

/// Runs the checks, once the files are read.
pub(crate) async fn check_tryout(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): TryoutPath,
) -> PageResult {
    let Some(tryout) = find(&app, &analyst, &id) else { return over(&analyst) };
    tryout.run_checks();
    see_other(&path(&analyst, tryout.id))
}

/// The report as a document.
pub(crate) async fn get_tryout_report(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): TryoutPath,
) -> PageResult {
    let Some(report) = report(&app, &analyst, &id) else { return over(&analyst) };
    let body = Bytes::from(report.document.clone());
    let mut response = attachment(body, "text/html; charset=utf-8", REPORT_NAME)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, DOCUMENT_POLICY);
    Ok(response)
}

/// All findings as a workbook.
pub(crate) async fn get_tryout_workbook(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): TryoutPath,
) -> PageResult {
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let Some(report) = report(&app, &analyst, &id) else { return over(&analyst) };
    attachment(Bytes::from(report.workbook.clone()), XLSX, WORKBOOK_NAME)
}

/// All of them, where this server has any.
fn tryouts(app: &App) -> Result<&Tryouts, PageError> {
    app.tryouts.as_ref().ok_or(PageError::NotFound)
}

/// A tryout that this person began in the open unit; text that is no id is none.
fn find(app: &App, member: &Member, id: &str) -> Option<Arc<Tryout>> {
    app.tryouts.as_ref()?.find(id.parse().ok()?, &owner(member))
}

fn owner(member: &Member) -> TryoutOwner {
    TryoutOwner {
        user: member.current_user.user.id,
        customer: member.customer.clone(),
        unit: member.unit.clone(),
    }
}

fn path(member: &Member, id: TryoutId) -> String {
    format!("{}/{id}", member.fill(TRY))
}

/// The way on from a tryout that is not there, or not this person's.
fn over(member: &Member) -> PageResult {
    see_other(&Flash::TryoutOver.on(&member.fill(TRY)))
}

fn report(app: &App, member: &Member, id: &str) -> Option<Arc<TryoutReport>> {
    match find(app, member, id)?.state() {
        TryoutState::Done { report, .. } => Some(report),
        _ => None,
    }
}

fn view(state: TryoutState) -> View {
    let working = |words: String, percent| View::Working { words, percent };
    match state {
        TryoutState::Waiting => {
            working("Waiting for its turn: one tryout is worked on at a time.".to_owned(), 0)
        }
        TryoutState::Reading { number, of, name } => {
            let words = format!("Reading {name}, file {number} of {of}.");
            working(words, ((number - 1) * 100 / of.max(1)) as u64)
        }
        TryoutState::Checking { done, what, .. } => {
            working(format!("Running the checks: {what}."), percent(done))
        }
        TryoutState::Read(read) => View::Read {
            files: groups(&read.files),
            left_out: left_out(&read.left_out, &read.files),
        },
        TryoutState::Done { report, .. } => View::Done { report },
        TryoutState::Failed(words) => View::Failed { words },
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is clamped to hundredths"
)]
fn percent(done: f64) -> u64 {
    (done.clamp(0.0, 1.0) * 100.0) as u64
}

/// Titles of the fields that were taken from others for the look alone.
fn assumed(read: &ReadFiles) -> String {
    let mut titles: Vec<&str> = Vec::new();
    for file in &read.files {
        for field in &file.preview.fields {
            let is_assumed = file.assumed.iter().any(|name| name == field.field.name);
            if is_assumed && !titles.contains(&field.field.title) {
                titles.push(field.field.title);
            }
        }
    }
    titles.join(", ")
}

/// For how long a tryout is there: `60 minutes`.
fn lasts() -> String {
    format::counted(TRYOUT_LASTS.as_secs() / 60, "minute", "minutes")
}

/// A file to save.
fn attachment(body: Bytes, media: &'static str, name: &str) -> Result<Response, PageError> {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    let name = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    headers.insert(header::CONTENT_DISPOSITION, name.map_err(PageError::internal)?);
    Ok(response)
}
