//! One upload: its life, what was found wrong with it, and what may be done about that.
//!
//! Not for: doing it (`decide`).

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::finding::InvoicesRead;
use domain::page::{PAGE_SIZE_MAX, PageSize};
use domain::{FileType, Run, RunState, Upload, UploadId, UploadState};
use futures_util::TryStreamExt as _;
use http::header::{self, HeaderValue};

use super::hold_card::{HoldCard, hold_card};
use super::other_settings::{FilesLeft, files_left, overtaken};
use super::problem_list::{ProblemPlace, Problems, Settling, problems};
use super::refusal_card::{RefusalCard, refusal_card};
use super::{is_final, senders, tone};
use crate::App;
use crate::http::api::problems::csv;
use crate::http::pages::access::{Analyst, Member, Viewer};
use crate::http::pages::error::PageError;
use crate::http::pages::filters;
use crate::http::pages::flash::Flash;
use crate::http::pages::format;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::mappings;
use crate::http::pages::query::Query;
use crate::http::pages::reading_setting::set_settings;
use crate::http::pages::respond::{PageResult, html, html_again};

/// The path of what is below one upload: customer, unit, upload.
pub(crate) type UploadPath = Path<(String, String, String)>;

#[derive(Template)]
#[template(path = "upload.html")]
#[expect(clippy::struct_excessive_bools, reason = "each shows or hides a part of the page")]
struct UploadPage {
    page: Layout,
    upload: Upload,
    here: String,
    /// The list of all.
    uploads: String,
    state: &'static str,
    tone: &'static str,
    is_moving: bool,
    is_being_checked: bool,
    size: String,
    rows: Vec<(String, &'static str)>,
    life: Vec<LifeEvent>,
    refusal: Option<RefusalCard>,
    /// The version of the ledger that has it as it was read before.
    read_before: Option<String>,
    held: Option<HoldCard>,
    may_decide: bool,
    may_map: bool,
    may_be_read_again: bool,
    /// Set where it was read and a newer one was read since, to whoever could have it read again otherwise.
    overtaken: Option<String>,
    /// Those that can be read again beside it.
    others_left: Option<FilesLeft>,
    /// The rules it was read by, where the unit has settled anything; the title and the value of each
    /// setting.
    settings: Vec<(&'static str, String)>,
    /// The page on which they are taken back.
    mappings: String,
    /// The day on which the file itself was removed.
    removed: Option<String>,
    problems: Problems,
    /// The notices of the newest run on the ledger's rows taken for invoices, as far as this upload
    /// is concerned.
    notices: Vec<String>,
    /// The fault of the form, and the reason that was typed.
    wrong: Option<&'static str>,
}

/// Something that happened to it.
struct LifeEvent {
    at: String,
    machine_at: String,
    what: String,
    /// Where that is seen, and in which words.
    link: Option<(String, &'static str)>,
    is_last: bool,
}

pub(crate) async fn get_upload(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): UploadPath,
    Query(place): Query<ProblemPlace>,
    flash: Option<Flash>,
) -> PageResult {
    let upload = find(&viewer, &id).await?;
    // Of a refused file there is more to say than that it came.
    let is_refused = matches!(upload.state, UploadState::Refused { .. });
    let flash = flash.filter(|flash| !is_refused || *flash != Flash::FileReceived);
    let page = upload_page(&app, &viewer, upload, &place, None).await?;
    let overtaken = if page.may_decide && !page.may_be_read_again {
        overtaken(&page.upload, flash)
    } else {
        None
    };
    html(&UploadPage { page: page.page.with_flash(flash), overtaken, ..page })
}

/// The page again, as what was sent from it was not accepted.
pub(super) async fn show_again(
    app: &App,
    member: &Member,
    upload: Upload,
    wrong: &'static str,
) -> PageResult {
    html_again(&upload_page(app, member, upload, &ProblemPlace::default(), Some(wrong)).await?)
}

async fn upload_page(
    app: &App,
    member: &Member,
    upload: Upload,
    place: &ProblemPlace,
    wrong: Option<&'static str>,
) -> Result<UploadPage, PageError> {
    let upload = upload.masked(member.role.visibility());
    let here = member.path(&format!("uploads/{}", upload.id));
    let name = upload.file_name.to_string();
    let layout = Layout::for_member(app, member, Section::Uploads, &name).await?;
    let may_map = member.role.may_set_up();
    let may_be_read_again = member.store.may_be_read_again(&upload).await?;
    let rules = member.store.reading_rules(&member.unit, upload.file_type).await?;
    let settling = Settling { rules: &rules, may_map, may_be_read_again };
    let settings = set_settings(&rules).into_iter().map(|set| (set.title, set.value));
    Ok(UploadPage {
        page: layout,
        uploads: member.path("uploads"),
        state: upload.state.word(),
        tone: tone(&upload.state),
        is_moving: !is_final(&upload.state),
        is_being_checked: is_being_checked(member, &upload).await?,
        size: format::bytes(upload.bytes),
        rows: rows(&upload),
        life: life(app, member, &upload).await?,
        refusal: refusal_card(&upload, (&here, may_map)),
        read_before: upload.read_before.map(format::count),
        held: hold_card(&upload),
        may_decide: member.role.may_decide(),
        may_map,
        may_be_read_again,
        overtaken: None,
        others_left: files_left(member, upload.file_type, Some(upload.id)).await?,
        settings: settings.collect(),
        mappings: member.fill(mappings::PATH),
        removed: upload.removed_at.map(format::date),
        notices: notices(member, &upload).await?,
        problems: problems(member, &upload, &here, place, &settling).await?,
        upload,
        here,
        wrong,
    })
}

/// All problems, for a spreadsheet.
pub(crate) async fn get_problems_csv(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): UploadPath,
) -> PageResult {
    let upload = find(&viewer, &id).await?;
    Ok(csv(&app, &viewer.store, &upload).await?)
}

/// The file as it was sent.
pub(crate) async fn get_file(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, id)): UploadPath,
) -> PageResult {
    let upload = find(&analyst, &id).await?;
    has_its_file(&upload)?;
    let bytes = analyst.store.hand_out_object(&upload, &analyst.decider(&app)).await?;
    let bytes = bytes.inspect_err(move |error| {
        let error = error as &dyn std::error::Error;
        tracing::warn!(upload = %upload.id, error, "a file that was handed out broke off");
    });
    let mut response = Response::new(Body::from_stream(bytes));
    let headers = response.headers_mut();
    // Never shown by the browser itself, whatever it holds.
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, upload.bytes.into());
    let name = percent_encoding::utf8_percent_encode(
        upload.file_name.as_str(),
        percent_encoding::NON_ALPHANUMERIC,
    );
    let name = HeaderValue::try_from(format!("attachment; filename*=UTF-8''{name}"));
    headers.insert(header::CONTENT_DISPOSITION, name.map_err(PageError::internal)?);
    Ok(response)
}

/// Refuses what needs the file when its time was over.
pub(crate) fn has_its_file(upload: &Upload) -> Result<(), PageError> {
    match upload.removed_at {
        None => Ok(()),
        Some(at) => Err(PageError::Impossible(format!(
            "The file was removed by retention on {}, as the organisation keeps files no longer. What became \
             of it stays on its page; ask whoever sent it for the file itself.",
            format::date(at)
        ))),
    }
}

/// Text that is no id is an upload that does not exist.
pub(crate) async fn find(member: &Member, id: &str) -> Result<Upload, PageError> {
    let id: UploadId = id.parse().map_err(|_invalid| PageError::NotFound)?;
    member.store.upload(&member.unit, id).await?.ok_or(PageError::NotFound)
}

/// Numbers and what they count.
fn rows(upload: &Upload) -> Vec<(String, &'static str)> {
    let (UploadState::Read { rows, .. } | UploadState::Held { rows, .. }) = &upload.state else {
        return Vec::new();
    };
    let is_snapshot = upload.file_type.is_snapshot();
    let always = [(rows.rows_read, "rows read"), (rows.rows_set_aside, "set aside")];
    let sometimes = [
        (rows.rows_replaced, "replaced earlier ones"),
        (if is_snapshot { rows.made_inactive } else { 0 }, "became inactive"),
        // The header is none of those that somebody wonders about.
        (rows.non_rows.saturating_sub(1), "titles, totals or blanks"),
    ];
    let met = sometimes.into_iter().filter(|(count, _)| *count > 0);
    always.into_iter().chain(met).map(|(count, what)| (format::count(count), what)).collect()
}

async fn life(app: &App, member: &Member, upload: &Upload) -> Result<Vec<LifeEvent>, PageError> {
    let names = senders(app, member, std::slice::from_ref(upload)).await?;
    let sender = names.get(&upload.sender).cloned().unwrap_or_default();
    let mut life = vec![(Some(upload.received_at), format!("received from {sender}"))];
    if let Some((at, why)) = member.store.earlier_refusal(&member.unit, upload.id).await? {
        life.push((Some(at), format!("refused, then to be read again. It was said: {why}")));
    }
    if let Some(at) = upload.released_at {
        life.push((Some(at), "released by hand".to_owned()));
    }
    if let Some(version) = upload.read_before {
        let what = format!(
            "read into the ledger as its version {}, then to be read again",
            format::count(version)
        );
        life.push((None, what));
    }
    let left = match upload.read_before {
        None => "nothing of it is in the ledger",
        Some(_) => "it is in the ledger as it was read before",
    };
    match &upload.state {
        UploadState::Received | UploadState::Reading { .. } => {
            life.push(waiting_event(
                upload,
                member.store.why_unread(&member.unit, upload.id).await?,
            ));
        }
        UploadState::Held { at, .. } => {
            life.push((Some(*at), format!("read and held: {left}")));
        }
        UploadState::Refused { at, .. } => {
            life.push((Some(*at), format!("refused: {left}")));
        }
        UploadState::Read { at, ledger_version, .. } => {
            life.push((
                Some(*at),
                format!("read into the ledger, as its version {ledger_version}"),
            ));
            life.push(match upload.file_type {
                FileType::Payments => (Some(*at), PAYMENTS_CHECKED.to_owned()),
                _ => checked_event(member, upload, *ledger_version).await?,
            });
        }
    }
    if let Some(at) = upload.removed_at {
        life.push((Some(at), "the file was removed by retention".to_owned()));
    }
    let last = life.len() - 1;
    let findings = member.path("findings?state=open&sort=first_seen");
    let run = member.path(&format!("payment_runs/{}", upload.id));
    let event = |(place, (at, what)): (usize, (Option<jiff::Timestamp>, String))| LifeEvent {
        link: if what == PAYMENTS_CHECKED {
            Some((run.clone(), "Release or hold them"))
        } else {
            what.starts_with(CHECKED).then(|| (findings.clone(), "See the findings"))
        },
        at: at.map(format::moment).unwrap_or_default(),
        machine_at: at.map(format::machine).unwrap_or_default(),
        what,
        is_last: place == last,
    };
    Ok(life.into_iter().enumerate().map(event).collect())
}

/// The event of waiting to be read, with what keeps it, if something does.
fn waiting_event(upload: &Upload, why: Option<String>) -> (Option<jiff::Timestamp>, String) {
    match (why, &upload.state) {
        (Some(why), _) => (
            None,
            format!("waits to be read: {why}. It is tried again by itself; do not send it again"),
        ),
        (None, UploadState::Reading { since }) => (Some(*since), "being read".to_owned()),
        (None, _) => (None, "waits for its turn to be read".to_owned()),
    }
}

/// The word for what a run did that saw the upload.
const CHECKED: &str = "checked";
/// The event by which the payments of a run were held against the ledgers.
const PAYMENTS_CHECKED: &str = "its payments were checked";

/// Returns `true` when a run of the unit is on its way that will see what was read.
async fn is_being_checked(member: &Member, upload: &Upload) -> Result<bool, PageError> {
    if !matches!(upload.state, UploadState::Read { .. }) {
        return Ok(false);
    }
    let newest = member.store.runs(&member.unit, PageSize::fixed(1), None).await?;
    let state = newest.items.first().map(|run| &run.state);
    Ok(matches!(state, Some(RunState::Waiting | RunState::Running { .. })))
}

/// The first run that looked at the version the upload made.
async fn checked_event(
    member: &Member,
    upload: &Upload,
    version: u64,
) -> Result<(Option<jiff::Timestamp>, String), PageError> {
    const SIZE: PageSize = PageSize::fixed(PAGE_SIZE_MAX);
    let runs = member.store.runs(&member.unit, SIZE, None).await?;
    let table = upload.ledger();
    let saw = |run: &&Run| match &run.state {
        RunState::Done { versions, .. } => {
            versions.get(table.table()).is_some_and(|seen| *seen >= version)
        }
        _ => false,
    };
    let is_whole = runs.next.is_none() || runs.items.iter().any(|run| !saw(&run));
    let first = runs.items.iter().rfind(saw);
    Ok(match first.map(|run| &run.state) {
        Some(RunState::Done { at, counts, .. }) if is_whole => {
            let new = format::counted(counts.new_findings, "new finding", "new findings");
            (Some(*at), format!("{CHECKED} with all that was read by then: {new} in the unit"))
        }
        Some(_) => (None, CHECKED.to_owned()),
        None => (None, "waits to be checked".to_owned()),
    })
}

/// Notes of the newest run that is done about the upload, when it saw it.
async fn notices(member: &Member, upload: &Upload) -> Result<Vec<String>, PageError> {
    let (FileType::Transactions, UploadState::Read { ledger_version, .. }) =
        (upload.file_type, &upload.state)
    else {
        return Ok(Vec::new());
    };
    let runs = member.store.runs(&member.unit, PageSize::default(), None).await?;
    let done = runs.items.iter().find_map(|run| match &run.state {
        RunState::Done { versions, .. } => Some((run.run_id, versions)),
        _ => None,
    });
    let table = upload.ledger();
    let Some((run, versions)) = done else { return Ok(Vec::new()) };
    if versions.get(table.table()).is_none_or(|seen| seen < ledger_version) {
        return Ok(Vec::new());
    }
    let read = InvoicesRead::from_reports(&member.store.run_reports(&member.unit, run).await?);
    Ok(read.map(|read| read.about(upload.id).notices()).unwrap_or_default())
}
