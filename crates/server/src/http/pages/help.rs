//! Help for those who send files: lines to copy, filled in with this customer, unit and host.
//!
//! Not for: the whole of it, which is the integrator's guide; the API's reference is `reference`.

pub(crate) mod reference;

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use domain::{Column, FileType, RefusalCode};

use super::access::Viewer;
use super::filters;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html};
use super::site::{SiteUrl, USUAL_HOST};
use super::uploads::feed::noun;
use crate::App;

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    page: Layout,
    site: String,
    customer: String,
    unit: String,
    url: String,
    types: [(FileType, &'static str); FileType::ALL.len()],
    columns: [TypeColumns; FileType::ALL.len()],
    answers: Vec<Answer>,
    /// The page where tokens are made, for whoever may make them.
    tokens: Option<String>,
    uploads: String,
    reference: String,
    /// The help for those who work through findings.
    findings_help: String,
}

#[derive(Template)]
#[template(path = "help_findings.html")]
struct FindingsHelpPage {
    page: Layout,
    findings: String,
    /// The page of remembered verdicts.
    remembered: String,
    /// Titles of the checks, and what each looks for.
    checks: Vec<(String, String)>,
}

/// The columns that files of a type must and may have.
struct TypeColumns {
    file_type: FileType,
    noun: &'static str,
    holds: &'static str,
    columns: Vec<FileColumn>,
    either: Option<String>,
}

struct FileColumn {
    title: &'static str,
    must: String,
    meaning: &'static str,
    format: &'static str,
}

/// The meanings of one status of an upload, of those that are sent again later or of the others.
struct Answer {
    status: u16,
    is_retried: bool,
    meanings: Vec<(&'static str, &'static str)>,
}

pub(crate) async fn get_help(State(app): State<App>, viewer: Viewer, site: SiteUrl) -> PageResult {
    let site = site.or_host(USUAL_HOST);
    let (customer, unit) = (&viewer.customer, &viewer.unit);
    let page = Layout::for_member(&app, &viewer, Section::Help, "Sending files").await?;
    let tokens = page.settings.iter().find(|link| link.label == "Access Tokens");
    html(&HelpPage {
        tokens: tokens.map(|link| link.href.clone()),
        page,
        url: format!(
            "{site}/customers/{customer}/units/{unit}/Uploads/upload/APT/invoices_20261123.csv"
        ),
        site,
        customer: customer.to_string(),
        unit: unit.to_string(),
        types: FileType::ALL.map(|known| (known, noun(known))),
        columns: FileType::ALL.map(columns_of),
        answers: answers(),
        uploads: viewer.path("uploads"),
        reference: viewer.path("help/api"),
        findings_help: viewer.path("help/findings"),
    })
}

/// The help for those who work through findings.
pub(crate) async fn get_findings_help(State(app): State<App>, viewer: Viewer) -> PageResult {
    let mut page =
        Layout::for_member(&app, &viewer, Section::Help, "Working through findings").await?;
    page.push_crumb("Help", viewer.path("help"));
    html(&FindingsHelpPage {
        page,
        findings: viewer.path("findings"),
        remembered: viewer.path("remembered"),
        checks: app.checks.iter().map(|check| (check.title.clone(), check.about.clone())).collect(),
    })
}

fn columns_of(file_type: FileType) -> TypeColumns {
    let spec = file_type.spec();
    let column = |column: &Column| FileColumn {
        title: column.title,
        must: spec.necessity(column),
        meaning: column.meaning,
        format: column.kind.format(),
    };
    TypeColumns {
        file_type,
        noun: noun(file_type),
        holds: spec.arrival.meaning(),
        columns: spec.columns.iter().map(column).collect(),
        either: spec.either(),
    }
}

/// The answers that somebody who sends a file may meet; the rest is in the reference.
fn answers() -> Vec<Answer> {
    const COMMON: [RefusalCode; 15] = [
        RefusalCode::FileTypeUnknown,
        RefusalCode::FileNameUnusable,
        RefusalCode::ContentUnexpected,
        RefusalCode::BodyIncomplete,
        RefusalCode::TokenMissing,
        RefusalCode::TokenInvalid,
        RefusalCode::TokenExpired,
        RefusalCode::ScopeInsufficient,
        RefusalCode::BodyTooLarge,
        RefusalCode::MediaTypeUnsupported,
        RefusalCode::UploadsTooMany,
        RefusalCode::UploadsTooFrequent,
        RefusalCode::Internal,
        RefusalCode::Busy,
        RefusalCode::StorageFull,
    ];
    let mut by_status = BTreeMap::<(u16, bool), Answer>::new();
    for code in COMMON {
        let status = code.status();
        let is_retried = code.is_retryable();
        let answer = by_status.entry((status, is_retried)).or_insert(Answer {
            status,
            is_retried,
            meanings: Vec::new(),
        });
        answer.meanings.push((code.title(), code.advice()));
    }
    by_status.into_values().collect()
}
