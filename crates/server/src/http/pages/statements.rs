//! Suppliers' statements: taken in on the page of a supplier, and what each came to beside the ledger.
//!
//! Not for: reading them (`analysis`).
//!
//! Invariant: who only reads sees what a statement came to, and sends none.

use std::fmt::Write as _;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use domain::spreadsheet::csv_line;
use domain::statement::{LineState, ReconciledLine, StatementRow};
use domain::{FileType, Money, StatementId};
use http::header::{self, HeaderValue};
use store::{KeptStatement, NewStatement, StatementSummary};

use super::access::{Analyst, Member, Viewer};
use super::error::PageError;
use super::file_form::{self, why_broken};
use super::filters;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::Limits;
use crate::limits::STATEMENT_BYTES_MAX;

#[derive(Template)]
#[template(path = "statement.html")]
struct StatementPage {
    page: Layout,
    here: String,
    supplier: String,
    supplier_path: String,
    sent: String,
    groups: Vec<LineGroup>,
    missing_there: Vec<RowLine>,
    /// A text to send to the supplier; empty where there is nothing to ask.
    questions: String,
}

#[derive(Template)]
#[template(path = "statement_refused.html")]
struct RefusedPage {
    page: Layout,
    wrong: String,
    supplier: String,
    supplier_path: String,
}

/// The lines of one state.
struct LineGroup {
    title: &'static str,
    tone: &'static str,
    /// Folded where there is nothing to do about them.
    is_open: bool,
    count: String,
    lines: Vec<Line>,
}

struct Line {
    /// Where it stands in the file.
    place: u64,
    number: String,
    date: String,
    amount: String,
    kind: String,
    words: String,
    row: Option<RowLine>,
}

/// A row of the ledger and its page.
struct RowLine {
    href: String,
    number: String,
    date: String,
    amount: String,
}

/// A statement in the list on a supplier's page.
pub(crate) struct StatementLink {
    pub(crate) href: String,
    pub(crate) file_name: String,
    pub(crate) sent: String,
    pub(crate) lines: String,
    pub(crate) to_ask: u64,
}

type SupplierPath = Path<(String, String, String)>;

/// The statements of a supplier, for its page.
pub(crate) async fn statement_links(
    member: &Member,
    supplier: &str,
) -> Result<Vec<StatementLink>, PageError> {
    let listed = member.store.statements(&member.unit, supplier).await?;
    let link = |summary: StatementSummary| StatementLink {
        href: member.path(&format!("statements/{}", summary.id)),
        file_name: summary.file_name,
        sent: format::date(summary.sent_at),
        lines: format::counted(summary.lines, "line", "lines"),
        to_ask: summary.to_ask + summary.missing_there,
    };
    Ok(listed.into_iter().map(link).collect())
}

/// Reads a statement of a supplier, holds it against the ledger and keeps what it came to.
pub(crate) async fn send_statement(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, supplier)): SupplierPath,
    request: Request,
) -> PageResult {
    let (file_name, bytes) = match receive(&app, request).await {
        Ok(received) => received,
        Err(wrong) => return refused(&app, &analyst, &supplier, wrong).await,
    };
    let of = analyst.checked_unit();
    let reconciled = app.browser.reconcile(&of, &supplier, (&file_name, bytes)).await?;
    let reconciliation = match reconciled {
        Ok(reconciliation) => reconciliation,
        Err(wrong) => return refused(&app, &analyst, &supplier, wrong).await,
    };
    let id = StatementId::new(app.clock.now(), app.randomness.bytes());
    let new = NewStatement {
        id,
        supplier: &supplier,
        file_name: &file_name,
        reconciliation: &reconciliation,
    };
    analyst.store.keep_statement(&analyst.unit, new, &analyst.decider(&app)).await?;
    see_other(&analyst.path(&format!("statements/{id}")))
}

async fn refused(app: &App, analyst: &Analyst, supplier: &str, wrong: String) -> PageResult {
    html_again(&RefusedPage {
        page: Layout::for_member(app, analyst, Section::Suppliers, "Statement not read").await?,
        wrong: format::capital(&wrong),
        supplier: supplier.to_owned(),
        supplier_path: analyst.row_path(FileType::Suppliers, supplier),
    })
}

/// The file of the form; a sentence where there is none.
async fn receive(app: &App, request: Request) -> Result<(String, Vec<u8>), String> {
    let nothing = || "no file came with the form; choose one and send it again".to_owned();
    let longest = app.limits.body_bytes_max.min(STATEMENT_BYTES_MAX);
    let limits = Limits { body_bytes_max: longest, ..app.limits.clone() };
    let mut parts = file_form::parts(request, &limits).ok_or_else(nothing)?;
    let broken = |error: &multer::Error| why_broken(error, "send a shorter statement");
    while let Some(field) = parts.next_field().await.map_err(|error| broken(&error))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let bytes = field.bytes().await.map_err(|error| broken(&error))?;
        if name.is_empty() || bytes.is_empty() {
            return Err(nothing());
        }
        return Ok((name.chars().take(FILE_NAME_CHARS_MAX).collect(), bytes.to_vec()));
    }
    Err(nothing())
}

/// Letters of the name of a statement's file that are kept.
const FILE_NAME_CHARS_MAX: usize = 255;

pub(crate) async fn get_statement(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): SupplierPath,
) -> PageResult {
    let kept = find(&viewer, &id).await?;
    let summary = &kept.summary;
    let page = Layout::for_member(&app, &viewer, Section::Suppliers, &summary.file_name).await?;
    let outcome = &kept.reconciliation;
    html(&StatementPage {
        page,
        here: viewer.path(&format!("statements/{id}")),
        supplier: summary.supplier.clone(),
        supplier_path: viewer.row_path(FileType::Suppliers, &summary.supplier),
        sent: format!("{} by {}", format::moment(summary.sent_at), summary.sent_by),
        groups: groups(&viewer, &kept),
        missing_there: outcome.missing_there.iter().map(|row| row_line(&viewer, row)).collect(),
        questions: questions(&kept),
    })
}

/// All lines as a file.
pub(crate) async fn export_statement(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): SupplierPath,
) -> PageResult {
    let kept = find(&viewer, &id).await?;
    let entry = domain::AuditEntry {
        at: app.clock.now(),
        who: viewer.address().to_owned(),
        what: "statement.export".to_owned(),
        about: kept.summary.supplier.clone(),
        customer: None,
        details: serde_json::json!({ "unit": viewer.unit.as_str(), "statement": kept.summary.id }),
    };
    viewer.store.audit(entry).await?;
    let mut response = Response::new(Body::from(csv(&kept)));
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    headers.insert(header::CONTENT_TYPE, media);
    let name = format!("attachment; filename=\"{}.csv\"", kept.summary.id);
    let name = HeaderValue::from_str(&name).expect("ids are letters and digits");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

async fn find(viewer: &Viewer, id: &str) -> Result<KeptStatement, PageError> {
    let id: StatementId = id.parse().map_err(|_invalid| PageError::NotFound)?;
    viewer.store.statement(&viewer.unit, id).await?.ok_or(PageError::NotFound)
}

fn groups(viewer: &Viewer, kept: &KeptStatement) -> Vec<LineGroup> {
    let group = |state: LineState| {
        let lines: Vec<Line> =
            kept.reconciliation.of(state).map(|line| page_line(viewer, line)).collect();
        (!lines.is_empty()).then(|| LineGroup {
            title: state.title(),
            tone: match state {
                LineState::CreditNotTaken | LineState::Different | LineState::Duplicate => "risk",
                LineState::MissingHere | LineState::PaidHere => "caution",
                LineState::Agreed => "done",
                LineState::Unposted | LineState::Payment => "plain",
            },
            is_open: state.question().is_some(),
            count: format::counted(lines.len() as u64, "line", "lines"),
            lines,
        })
    };
    LineState::ALL.into_iter().filter_map(group).collect()
}

fn page_line(viewer: &Viewer, line: &ReconciledLine) -> Line {
    Line {
        place: line.line.line,
        number: line.line.number.clone(),
        date: line.line.date.map(format::day).unwrap_or_default(),
        amount: amount(line.line.amount),
        kind: line.line.kind.clone(),
        words: format::prose(&line.words),
        row: line.row.as_ref().map(|row| row_line(viewer, row)),
    }
}

fn row_line(viewer: &Viewer, row: &StatementRow) -> RowLine {
    RowLine {
        href: viewer.row_path(row.ledger, &row.id),
        number: row.number.clone(),
        date: row.date.map(format::day).unwrap_or_default(),
        amount: amount(row.amount),
    }
}

fn amount(amount: domain::Amount) -> String {
    format::money(&Money { amount, currency: None })
}

/// Questions to the supplier, line by line.
fn questions(kept: &KeptStatement) -> String {
    let mut text = String::new();
    for line in &kept.reconciliation.lines {
        let Some(question) = line.state.question() else { continue };
        let StatementWords { number, date, amount } = words(line);
        writeln!(text, "{number}{date}, {amount}: {question}").expect("a String takes everything");
    }
    for row in &kept.reconciliation.missing_there {
        let date = row.date.map(|date| format!(" of {}", format::day(date))).unwrap_or_default();
        writeln!(
            text,
            "{}{date}, {}: We have this and it is not on your statement. Please say whether it is settled.",
            row.number,
            amount_of(row)
        )
        .expect("a String takes everything");
    }
    text
}

struct StatementWords {
    number: String,
    date: String,
    amount: String,
}

fn words(line: &ReconciledLine) -> StatementWords {
    let of = &line.line;
    StatementWords {
        number: if of.number.is_empty() { format!("line {}", of.line) } else { of.number.clone() },
        date: of.date.map(|date| format!(" of {}", format::day(date))).unwrap_or_default(),
        amount: amount(of.amount),
    }
}

fn amount_of(row: &StatementRow) -> String {
    amount(row.amount)
}

/// Every line, then what the statement lacks.
fn csv(kept: &KeptStatement) -> String {
    const HEADER: [&str; 9] =
        ["line", "number", "date", "amount", "kind", "state", "words", "our_number", "our_amount"];
    let mut text = csv_line(HEADER);
    let day = |date: Option<jiff::civil::Date>| date.map(|day| day.to_string()).unwrap_or_default();
    for line in &kept.reconciliation.lines {
        let row = line.row.as_ref();
        text.push_str(&csv_line([
            line.line.line.to_string().as_str(),
            &line.line.number,
            &day(line.line.date),
            &line.line.amount.to_string(),
            &line.line.kind,
            line.state.title(),
            &line.words,
            row.map_or("", |row| row.number.as_str()),
            &row.map(|row| row.amount.to_string()).unwrap_or_default(),
        ]));
    }
    for row in &kept.reconciliation.missing_there {
        let (date, amount) = (day(row.date), row.amount.to_string());
        let words = "open with us and not on the statement";
        text.push_str(&csv_line([
            "",
            "",
            &date,
            "",
            "",
            "Not on the statement",
            words,
            &row.number,
            &amount,
        ]));
    }
    text
}
