//! The form of *Try a file*: its files are received into a folder of their own, and read.
//!
//! Invariant: what is refused leaves nothing; the folder goes with the refusal.

use askama::Template;
use axum::extract::{Request, State};
use domain::{FileType, TryoutId};
use multer::Field;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use super::{TITLE, TRY, WORKBOOK_NAME, lasts, owner, path, tryouts};
use crate::App;
use crate::http::pages::access::{Analyst, Member};
use crate::http::pages::error::{PageError, sentence};
use crate::http::pages::file_form::{self, why_broken};
use crate::http::pages::filters;
use crate::http::pages::flash::Flash;
use crate::http::pages::format;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::report::{
    NextStep, ReportParts, findings_workbook, render, steps_to_more_files,
};
use crate::http::pages::respond::{PageResult, html, html_again, see_other};
use crate::http::pages::uploads::feed::noun;
use crate::http::pages::uploads::send::refusal_words;
use crate::intake;
use crate::limits::{Limits, TRYOUT_BYTES_MAX, TRYOUT_DISK_BYTES_MAX, TRYOUT_FILES_MAX};
use crate::tryout::{
    GivenFile, NewTryout, ReadFiles, RulesByType, TryoutError, TryoutFindings, TryoutFolder,
    TryoutReport,
};

/// Where a report was made, and what became of the files.
const MADE_WHERE: &str = "Made by Bursar out of files that were tried; nothing of them is kept here unless \
    somebody keeps it.";

#[derive(Template)]
#[template(path = "try.html")]
struct TryPage {
    page: Layout,
    here: String,
    send: String,
    /// Each, in words, and whether it is chosen.
    types: [(FileType, String, bool); FileType::ALL.len()],
    wanted: Option<FileType>,
    longest: String,
    files_max: usize,
    lasts: String,
    wrong: Option<String>,
}

/// Why no tryout began.
enum BeginError {
    /// Shown beside the form.
    Form(String),
    Page(PageError),
}

impl From<PageError> for BeginError {
    fn from(error: PageError) -> Self {
        Self::Page(error)
    }
}

pub(crate) async fn get_try(
    State(app): State<App>,
    analyst: Analyst,
    flash: Option<Flash>,
) -> PageResult {
    let page = try_page(&app, &analyst, None, None).await?;
    html(&TryPage { page: page.page.with_flash(flash), ..page })
}

/// Receives the files and begins to read them.
pub(crate) async fn begin_tryout(
    State(app): State<App>,
    analyst: Analyst,
    request: Request,
) -> PageResult {
    let mut wanted = None;
    match begin(&app, &analyst, request, &mut wanted).await {
        Ok(id) => see_other(&path(&analyst, id)),
        Err(BeginError::Form(wrong)) => {
            html_again(&try_page(&app, &analyst, wanted, Some(wrong)).await?)
        }
        Err(BeginError::Page(error)) => Err(error),
    }
}

async fn try_page(
    app: &App,
    member: &Member,
    wanted: Option<FileType>,
    wrong: Option<String>,
) -> Result<TryPage, PageError> {
    Ok(TryPage {
        page: Layout::for_member(app, member, Section::Uploads, TITLE).await?,
        here: member.fill(TRY),
        send: member.path("uploads/send"),
        types: FileType::ALL
            .map(|known| (known, format::capital(noun(known)), wanted == Some(known))),
        wanted,
        longest: format::bytes(limits(app).body_bytes_max),
        files_max: TRYOUT_FILES_MAX,
        lasts: lasts(),
        wrong,
    })
}

/// The limits of uploads, but that all files together are no longer than one tryout may be.
fn limits(app: &App) -> Limits {
    let body_bytes_max = app.limits.body_bytes_max.min(TRYOUT_BYTES_MAX);
    Limits { body_bytes_max, ..app.limits.clone() }
}

async fn begin(
    app: &App,
    analyst: &Analyst,
    request: Request,
    wanted: &mut Option<FileType>,
) -> Result<TryoutId, BeginError> {
    let Some(mut parts) = file_form::parts(request, &limits(app)) else {
        return Err(form_error("no file came with the form; choose one and try it again"));
    };
    let permit = intake::admit(app, &analyst.customer, Some(TRYOUT_DISK_BYTES_MAX));
    let permit = permit.map_err(|why| form_error(refusal_words(why)))?;
    let folder = tryouts(app)?.make_folder().map_err(PageError::internal)?;
    let mut files = Vec::new();
    while let Some(field) = parts.next_field().await.map_err(|error| form_broken(&error))? {
        match field.name() {
            // Nothing, where the files shall tell it.
            Some("file_type") => {
                let text = field.text().await.map_err(|error| form_broken(&error))?;
                *wanted = text.trim().parse().ok();
            }
            Some("file") if files.len() == TRYOUT_FILES_MAX => {
                return Err(form_error(format_args!(
                    "these are more than {TRYOUT_FILES_MAX} files, the most that are tried at once; choose \
                     fewer"
                )));
            }
            Some("file") => files.extend(receive_file(&folder, files.len(), *wanted, field).await?),
            _ => {}
        }
    }
    drop(permit);
    if files.is_empty() {
        return Err(form_error("no file was chosen; choose one, or drop it on the page"));
    }
    let mut rules = Vec::new();
    for file_type in FileType::ALL {
        let known = analyst.store.reading_rules(&analyst.unit, file_type).await;
        rules.push((file_type, known.map_err(PageError::from)?));
    }
    let new = NewTryout {
        owner: owner(analyst),
        folder,
        files,
        rules: RulesByType::new(rules),
        write: write_report,
    };
    let begun = tryouts(app)?.begin(app, new).await;
    begun.map_err(|full| form_error(format_args!("{full}; wait some minutes and try it again")))
}

/// Writes a file into the folder, under a name of ours; none where the field holds no file.
async fn receive_file(
    folder: &TryoutFolder,
    number: usize,
    file_type: Option<FileType>,
    mut field: Field<'static>,
) -> Result<Option<GivenFile>, BeginError> {
    // Some browsers send a path.
    let name = field.file_name().and_then(|name| name.rsplit(['/', '\\']).next());
    let Some(name) = name.filter(|name| !name.is_empty()).map(str::to_owned) else {
        return Ok(None);
    };
    let path = folder.path().join(format!("given-{number}"));
    let mut to = File::create_new(&path).await.map_err(PageError::internal)?;
    while let Some(piece) = field.chunk().await.map_err(|error| form_broken(&error))? {
        to.write_all(&piece).await.map_err(PageError::internal)?;
    }
    to.flush().await.map_err(PageError::internal)?;
    Ok(Some(GivenFile { path, name, file_type }))
}

fn form_error(what: impl std::fmt::Display) -> BeginError {
    BeginError::Form(sentence(&what.to_string()))
}

fn form_broken(error: &multer::Error) -> BeginError {
    form_error(why_broken(
        error,
        "send the files one by one instead, and they are checked together",
    ))
}

fn write_report(
    app: &App,
    read: &ReadFiles,
    found: &TryoutFindings,
) -> Result<TryoutReport, TryoutError> {
    let mut next_steps = steps_to_more_files(&found.reports);
    next_steps.push(NextStep {
        words: "Keep the files to work through the findings together: they are then received, read and \
            checked like any other, and what people decide is remembered."
            .to_owned(),
        command: None,
    });
    let report = render(&ReportParts {
        title: &read.title(),
        made_at: app.clock.now(),
        files: &read.files,
        left_out: &read.left_out,
        checks: &app.checks,
        reports: &found.reports,
        findings: &found.findings,
        more: found.more,
        suppressed: found.suppressed,
        workbook: Some(WORKBOOK_NAME),
        next_steps: &next_steps,
        made_where: MADE_WHERE,
    });
    let report = report.map_err(|error| TryoutError::Report(error.into()))?;
    let workbook = findings_workbook(&app.checks, &found.findings);
    let workbook = workbook.map_err(|error| TryoutError::Report(error.into()))?;
    Ok(TryoutReport { part: report.part, document: report.document, workbook })
}
