//! Suppliers' statements: taken in on the page of a supplier, and what each came to beside the ledger.
//!
//! Not for: reading them (`analysis`).
//!
//! Invariant: who only reads sees what a statement came to, and sends none.

use api::StatementFinding;
use askama::Template;
use axum::extract::{Path, Request, State};
use domain::statement::{
    LineState, ReconciledLine, StatementColumn, StatementColumns, StatementQuestion,
    StatementRefusal, StatementRow,
};
use domain::{FileType, Money, StatementId};
use serde::Deserialize;
use store::{KeptStatement, StatementSummary};

use super::access::{Analyst, Member, Viewer};
use super::error::PageError;
use super::file_form::{self, why_broken};
use super::filters;
use super::form::Form;
use super::format;
use super::layout::{Layout, Section};
use super::respond::{PageResult, html, html_again, see_other};
use crate::App;
use crate::Limits;
use crate::http::api::statements::{Failure, export_entry, file, findings_about, hold};
use crate::http::statement_file::{StatementFileKind, finding_of, missing_words};
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
    /// The first rows of the file.
    head: Vec<Vec<String>>,
    statement_columns: Vec<ColumnField>,
    columns_path: String,
}

/// A column of a supplier's statements in the form that settles them.
pub(crate) struct ColumnField {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) header: String,
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
    place: u64,
    number: String,
    date: String,
    amount: String,
    kind: String,
    words: String,
    row: Option<RowLine>,
    /// The page of the finding about it.
    finding: Option<String>,
}

/// A row of the ledger and its page.
struct RowLine {
    href: String,
    number: String,
    date: String,
    amount: String,
    /// More on a row that the statement lacks.
    words: String,
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
        Err(words) => {
            let refusal = StatementRefusal { words, head: Vec::new() };
            return refused(&app, &analyst, &supplier, refusal).await;
        }
    };
    let sent = (supplier.as_str(), (file_name.as_str(), bytes));
    let (of, decider) = (analyst.checked_unit(), analyst.decider(&app));
    match hold(&app, &analyst.store, of, sent, &decider).await? {
        Ok(id) => see_other(&analyst.path(&format!("statements/{id}"))),
        Err(refusal) => refused(&app, &analyst, &supplier, refusal).await,
    }
}

impl From<Failure> for PageError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error.into(),
            Failure::Ledgers(error) => error.into(),
        }
    }
}

async fn refused(
    app: &App,
    analyst: &Analyst,
    supplier: &str,
    refusal: StatementRefusal,
) -> PageResult {
    html_again(&RefusedPage {
        page: Layout::for_member(app, analyst, Section::Suppliers, "Statement not read").await?,
        wrong: format::capital(&refusal.words),
        supplier: supplier.to_owned(),
        supplier_path: analyst.row_path(FileType::Suppliers, supplier),
        head: refusal.head,
        statement_columns: column_fields(analyst, supplier).await?,
        columns_path: columns_path(analyst, supplier),
    })
}

/// Where the form of a supplier's columns is sent.
pub(crate) fn columns_path(member: &Member, supplier: &str) -> String {
    format!("{}/statement-columns", member.row_path(FileType::Suppliers, supplier))
}

/// The columns that are settled for a supplier, for the form that settles them.
pub(crate) async fn column_fields(
    member: &Member,
    supplier: &str,
) -> Result<Vec<ColumnField>, PageError> {
    let settled = member.store.statement_columns(&member.unit, supplier).await?;
    let settled = settled.unwrap_or_default();
    let field = |role: StatementColumn| ColumnField {
        name: role.as_str(),
        label: role.title(),
        header: settled.header(role).unwrap_or_default().to_owned(),
    };
    Ok(StatementColumn::ALL.map(field).into())
}

/// The headers of a supplier's statements as they were typed; empty where a column is not settled.
#[derive(Debug, Deserialize)]
pub(crate) struct StatementColumnsForm {
    number: Option<String>,
    date: Option<String>,
    kind: Option<String>,
    amount: Option<String>,
    open: Option<String>,
    debit: Option<String>,
    credit: Option<String>,
    currency: Option<String>,
}

/// Settles which column of a supplier's statements holds what, or that they are found by their names.
pub(crate) async fn set_statement_columns(
    State(app): State<App>,
    analyst: Analyst,
    Path((_, _, supplier)): SupplierPath,
    Form(form): Form<StatementColumnsForm>,
) -> PageResult {
    let StatementColumnsForm { number, date, kind, amount, open, debit, credit, currency } = form;
    let typed = StatementColumns { number, date, kind, amount, open, debit, credit, currency };
    let columns = match typed.checked() {
        Ok(columns) => columns,
        Err(why) => {
            let words = format!("nothing was settled: {why}");
            let refusal = StatementRefusal { words, head: Vec::new() };
            return refused(&app, &analyst, &supplier, refusal).await;
        }
    };
    let decider = analyst.decider(&app);
    let (store, unit) = (&analyst.store, &analyst.unit);
    store.settle_statement_columns(unit, &supplier, &columns, &decider).await?;
    see_other(&format!("{}#statements", analyst.row_path(FileType::Suppliers, &supplier)))
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
    let findings = findings_about(&viewer.store, &viewer.unit, &kept).await?;
    html(&StatementPage {
        page,
        here: viewer.path(&format!("statements/{id}")),
        supplier: summary.supplier.clone(),
        supplier_path: viewer.row_path(FileType::Suppliers, &summary.supplier),
        sent: format!("{} by {}", format::moment(summary.sent_at), summary.sent_by),
        groups: groups(&viewer, &kept, &findings),
        missing_there: (outcome.missing_there.iter())
            .map(|row| row_line(&viewer, row, &summary.supplier))
            .collect(),
        questions: questions(&kept),
    })
}

/// All lines as a CSV.
pub(crate) async fn export_statement(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): SupplierPath,
) -> PageResult {
    exported(&app, &viewer, &id, StatementFileKind::Csv).await
}

/// All lines as a workbook, with what to ask.
pub(crate) async fn export_statement_workbook(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id)): SupplierPath,
) -> PageResult {
    exported(&app, &viewer, &id, StatementFileKind::Xlsx).await
}

async fn exported(app: &App, viewer: &Viewer, id: &str, kind: StatementFileKind) -> PageResult {
    let kept = find(viewer, id).await?;
    let who = viewer.address().to_owned();
    viewer.store.audit(export_entry(who, &viewer.unit, &kept, (kind, app.clock.now()))).await?;
    let findings = findings_about(&viewer.store, &viewer.unit, &kept).await?;
    Ok(file(&kept, &findings, kind)?)
}

async fn find(viewer: &Viewer, id: &str) -> Result<KeptStatement, PageError> {
    let id: StatementId = id.parse().map_err(|_invalid| PageError::NotFound)?;
    viewer.store.statement(&viewer.unit, id).await?.ok_or(PageError::NotFound)
}

fn groups(viewer: &Viewer, kept: &KeptStatement, findings: &[StatementFinding]) -> Vec<LineGroup> {
    let supplier = kept.summary.supplier.as_str();
    let group = |state: LineState| {
        let of = (supplier, findings);
        let lines = kept.reconciliation.of(state).map(|line| page_line(viewer, line, of));
        let lines: Vec<Line> = lines.collect();
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

fn page_line(
    viewer: &Viewer,
    line: &ReconciledLine,
    (supplier, findings): (&str, &[StatementFinding]),
) -> Line {
    let finding = finding_of(findings, line.line.line);
    Line {
        finding: (!finding.is_empty()).then(|| viewer.path(&format!("findings/{finding}"))),
        place: line.line.line,
        number: line.line.number.clone(),
        date: line.line.date.map(format::day).unwrap_or_default(),
        amount: amount(line.line.amount, line.line.currency.clone()),
        kind: line.line.kind.clone(),
        words: format::prose(&line.words),
        row: line.row.as_ref().map(|row| row_line(viewer, row, supplier)),
    }
}

fn row_line(viewer: &Viewer, row: &StatementRow, supplier: &str) -> RowLine {
    RowLine {
        href: viewer.invoice_path(row.ledger, &row.id, supplier),
        number: row.number.clone(),
        date: row.date.map(format::day).unwrap_or_default(),
        amount: amount(row.amount, row.currency.clone()),
        words: missing_words(row).to_owned(),
    }
}

fn amount(amount: domain::Amount, currency: Option<String>) -> String {
    format::money(&Money { amount, currency })
}

/// The questions to the supplier, a line each.
fn questions(kept: &KeptStatement) -> String {
    let line = |asked: StatementQuestion| {
        let number = match asked.line {
            Some(line) if asked.number.is_empty() => format!("line {line}"),
            _ => asked.number,
        };
        let date = asked.date.map(|date| format!(" of {}", format::day(date))).unwrap_or_default();
        format!("{number}{date}, {}: {}\n", amount(asked.amount, asked.currency), asked.question)
    };
    kept.reconciliation.questions().into_iter().map(line).collect()
}
