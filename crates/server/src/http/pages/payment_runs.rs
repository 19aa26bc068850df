//! Runs of payments about to go out: the list, and one with what speaks against its payments, to release or
//! to hold them.
//!
//! Not for: checking them (`work`).
//!
//! Invariant: whoever decides is an [`Analyst`], whose name is written beside what was decided.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use domain::page::{PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, PageSize};
use domain::payment_run::PaymentDecision;
use domain::{FileName, RefusalCode, UploadId};
use serde::Deserialize;
use store::{DecidedLines, DecidedPayment, NewPaymentDecision, PaymentFilter, PaymentRun};

use super::access::{Analyst, Viewer};
use super::error::PageError;
use super::field::{Text, valid};
use super::filters;
use super::flash::Flash;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html, see_other};
use crate::App;
use crate::http::api::payment_runs::{csv, export_entry, payment_file};

/// Letters of the reason of a decision.
const BECAUSE_CHARS_MAX: usize = api::BECAUSE_CHARS_MAX;

#[derive(Template)]
#[template(path = "payment_runs.html")]
struct PaymentRunsPage {
    page: Layout,
    send: String,
    runs: Vec<RunLine>,
}

/// A run in the list.
struct RunLine {
    href: String,
    file_name: String,
    received: String,
    payments: String,
    money: String,
    doubtful: String,
    undecided: u64,
}

#[derive(Template)]
#[template(path = "payment_run.html")]
struct PaymentRunPage {
    page: Layout,
    here: String,
    run: RunLine,
    upload: String,
    notes: Vec<String>,
    tabs: Vec<Tab>,
    only: &'static str,
    payments: Vec<PaymentLine>,
    next: Option<String>,
    clear: String,
    file: Result<String, &'static str>,
    may_decide: bool,
    because_max: usize,
}

/// A part of the run to be listed.
struct Tab {
    title: &'static str,
    href: String,
    count: String,
    money: String,
    is_current: bool,
}

struct PaymentLine {
    line: u64,
    payee: String,
    /// The page of the supplier; empty where nobody is known.
    supplier: String,
    amount: String,
    account: String,
    reference: String,
    doubts: Vec<DoubtLine>,
    /// `held by Ada, 3 Mar 2026: wrong account`
    decided: String,
    tone: &'static str,
}

struct DoubtLine {
    title: &'static str,
    tone: &'static str,
    words: String,
}

/// The part of the run that is listed, and the place in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RunQuery {
    only: Text,
    #[serde(deserialize_with = "valid")]
    after: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DecisionForm {
    /// Lines that are ticked; with none and `clear`, all that nothing speaks against.
    line: Vec<String>,
    clear: Text,
    decision: Text,
    because: Text,
    only: Text,
}

type RunPath = Path<(String, String, String)>;

/// The words of the parts in an address, with their titles.
const PARTS: [(&str, &str, PaymentFilter); 5] = [
    ("", "To look at", PaymentFilter::Doubtful),
    ("undecided", "Undecided", PaymentFilter::Undecided),
    ("released", "Released", PaymentFilter::Released),
    ("held", "Held", PaymentFilter::Held),
    ("all", "All", PaymentFilter::All),
];

pub(crate) async fn list_payment_runs(State(app): State<App>, viewer: Viewer) -> PageResult {
    let runs = viewer.store.payment_runs(&viewer.unit).await?;
    let page = Layout::for_member(&app, &viewer, Section::PaymentRuns, "Payment runs").await?;
    html(&PaymentRunsPage {
        page,
        send: viewer.path("uploads/send"),
        runs: runs.iter().map(|run| run_line(&viewer, run)).collect(),
    })
}

pub(crate) async fn get_payment_run(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, upload)): RunPath,
    Query(query): Query<RunQuery>,
    flash: Option<Flash>,
) -> PageResult {
    let (store, unit) = (&viewer.store, &viewer.unit);
    let upload = parse(&upload)?;
    let run = store.payment_run(unit, upload).await?.ok_or(PageError::NotFound)?;
    let (word, _, filter) =
        *PARTS.iter().find(|(word, ..)| *word == &*query.only).unwrap_or(&PARTS[0]);
    let here = viewer.path(&format!("payment_runs/{upload}"));
    let (payments, next) = if filter == PaymentFilter::Doubtful {
        (store.doubtful_payments(unit, upload, PageSize::fixed(PAGE_SIZE_MAX)).await?, None)
    } else {
        let place = (PageSize::fixed(PAGE_SIZE_DEFAULT), query.after);
        let page = store.payments(unit, upload, filter, place).await?;
        (page.items, page.next)
    };
    let mut layout =
        Layout::for_member(&app, &viewer, Section::PaymentRuns, &run.file_name).await?;
    layout = layout.with_flash(flash);
    let sums = &run.sums;
    html(&PaymentRunPage {
        page: layout,
        upload: viewer.path(&format!("uploads/{upload}")),
        tabs: tabs(&run, word, &here),
        only: word,
        next: next.map(|after| format!("{here}?only={word}&after={after}")),
        clear: format::count(sums.payments - sums.doubtful),
        payments: payments.iter().map(|payment| payment_line(&viewer, payment)).collect(),
        file: file_offer(&run, &here),
        may_decide: viewer.role.may_decide(),
        because_max: BECAUSE_CHARS_MAX,
        notes: run.notes.clone(),
        run: run_line(&viewer, &run),
        here,
    })
}

pub(crate) async fn decide_payments(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, upload)): RunPath,
    Form(form): Form<DecisionForm>,
) -> PageResult {
    let upload = parse(&upload)?;
    let part = PARTS.iter().find(|(word, ..)| *word == &*form.only).map_or("", |(word, ..)| word);
    let back = analyst.path(&format!("payment_runs/{upload}?only={part}"));
    let decision: PaymentDecision =
        form.decision.parse().map_err(|_unknown| PageError::NotFound)?;
    let lines: Vec<u64> = form.line.iter().filter_map(|line| line.parse().ok()).collect();
    let lines = match (lines.is_empty(), &*form.clear == "1") {
        (_, true) => DecidedLines::Clear,
        (true, false) => return see_other(&Flash::NothingTicked.on(&back)),
        (false, false) => DecidedLines::Lines(lines),
    };
    let because: String = form.because.trim().chars().take(BECAUSE_CHARS_MAX).collect();
    let because = (!because.is_empty()).then_some(because);
    let decision = NewPaymentDecision { decision, because };
    let decided = analyst
        .store
        .decide_payments(&analyst.unit, upload, (&lines, &decision), &analyst.decider(&app))
        .await;
    match decided {
        Ok(_) => see_other(&Flash::PaymentsDecided.on(&back)),
        Err(store::Error::NotFound { .. }) => Err(PageError::NotFound),
        Err(other) => Err(other.into()),
    }
}

/// The list to give back to whoever made the run.
pub(crate) async fn export_payments(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, upload)): RunPath,
    Query(query): Query<RunQuery>,
) -> PageResult {
    let upload = parse(&upload)?;
    let (store, unit) = (&viewer.store, &viewer.unit);
    store.payment_run(unit, upload).await?.ok_or(PageError::NotFound)?;
    let part = PARTS.iter().find(|(word, ..)| *word == &*query.only);
    let filter = part.map_or(PaymentFilter::All, |(_, _, filter)| *filter);
    let file = csv(store, unit, (upload, filter)).await?;
    store.audit(export_entry(viewer.address().to_owned(), (unit, upload), app.clock.now())).await?;
    Ok(file)
}

/// The file for the bank.
pub(crate) async fn get_payment_file(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, upload)): RunPath,
) -> PageResult {
    let upload = parse(&upload)?;
    let who = analyst.address().to_owned();
    match payment_file(&app, &analyst.store, (&analyst.unit, upload), who).await {
        Ok(file) => Ok(file.into_response()),
        Err(refused) => Err(match refused.into_words() {
            (RefusalCode::PaymentFileImpossible, why) => PageError::Impossible(why),
            (RefusalCode::UploadNotFound, _) => PageError::NotFound,
            (RefusalCode::Busy, _) => PageError::Busy,
            _ => PageError::Internal,
        }),
    }
}

/// Where the file for the bank is, or why there is none.
fn file_offer(run: &PaymentRun, here: &str) -> Result<String, &'static str> {
    let is_workbook =
        run.file_name.parse::<FileName>().is_ok_and(|name| name.format().is_spreadsheet());
    if is_workbook {
        Err(
            "A workbook is not written anew: give the list of the held payments back to whoever made it.",
        )
    } else if run.sums.undecided > 0 {
        Err(
            "The file without the held payments is here once all that something speaks against is decided.",
        )
    } else {
        Ok(format!("{here}/file"))
    }
}

fn parse(upload: &str) -> Result<UploadId, PageError> {
    upload.parse().map_err(|_invalid| PageError::NotFound)
}

fn run_line(viewer: &Viewer, run: &PaymentRun) -> RunLine {
    RunLine {
        href: viewer.path(&format!("payment_runs/{}", run.upload)),
        file_name: run.file_name.clone(),
        received: format::moment(run.received_at),
        payments: format::count(run.sums.payments),
        money: format::sums(&run.sums.money),
        doubtful: format::count(run.sums.doubtful),
        undecided: run.sums.undecided,
    }
}

fn tabs(run: &PaymentRun, current: &str, here: &str) -> Vec<Tab> {
    let sums = &run.sums;
    let tab = |(word, title, filter): (&'static str, &'static str, PaymentFilter)| {
        let (count, money) = match filter {
            PaymentFilter::Doubtful => (sums.doubtful, sums.doubtful_money.as_slice()),
            PaymentFilter::Undecided => (sums.undecided, &[][..]),
            PaymentFilter::Released => (sums.released, sums.released_money.as_slice()),
            PaymentFilter::Held => (sums.held, sums.held_money.as_slice()),
            PaymentFilter::All => (sums.payments, sums.money.as_slice()),
        };
        Tab {
            title,
            href: if word.is_empty() { here.to_owned() } else { format!("{here}?only={word}") },
            count: format::count(count),
            money: format::sums(money),
            is_current: word == current,
        }
    };
    PARTS.into_iter().map(tab).collect()
}

fn payment_line(viewer: &Viewer, decided: &DecidedPayment) -> PaymentLine {
    let payment = &decided.payment;
    let doubt = |doubt: &domain::payment_run::PaymentDoubt| DoubtLine {
        title: doubt.kind.title(),
        tone: if doubt.kind.is_grave() { "risk" } else { "caution" },
        words: format::prose(&doubt.words),
    };
    let (verb, tone) = match decided.decision {
        Some(PaymentDecision::Release) => ("released", "done"),
        Some(PaymentDecision::Hold) => ("held", "risk"),
        None => ("", ""),
    };
    let by = decided.decided_by.as_deref().unwrap_or_default();
    let at = decided.decided_at.map(format::date).unwrap_or_default();
    let why = decided.because.as_ref().map(|words| format!(": {words}")).unwrap_or_default();
    let supplier = payment.supplier_ref.as_deref();
    PaymentLine {
        line: payment.line,
        payee: payment.payee.clone(),
        supplier: supplier
            .map(|reference| viewer.row_path(domain::FileType::Suppliers, reference))
            .unwrap_or_default(),
        amount: format::money(&payment.money),
        account: payment.account_end.clone(),
        reference: payment.reference.clone(),
        doubts: payment.doubts.iter().map(doubt).collect(),
        decided: if verb.is_empty() { String::new() } else { format!("{verb} by {by}, {at}{why}") },
        tone,
    }
}
