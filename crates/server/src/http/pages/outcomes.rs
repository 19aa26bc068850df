//! Reports: what findings came to, by supplier, buyer, user, kind and month, and how often each check was
//! right; as a page, a workbook and PDF.
//!
//! Not for: the report of a tryout (`report`).
//!
//! Invariant: all three say the same figures, masked for whoever reads them, and who took a file out is in
//! the audit log.

mod by_reason;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use domain::finding::{OutcomeGroup, OutcomeLine, OutcomeTally, Outcomes, ReasonCatalogue};
use domain::{Amount, AuditEntry, Money};
use http::HeaderValue;
use http::header;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::Deserialize;
use serde_json::json;

use super::access::{Member, Viewer};
use super::error::PageError;
use super::field::valid;
use super::filters;
use super::format;
use super::known_checks::KnownChecks;
use super::layout::{Layout, Section};
use super::query::Query;
use super::respond::{PageResult, html};
use crate::App;
use crate::http::workbook::{outcomes_workbook, total_name};
use crate::limits::{OUTCOME_FINDINGS_MAX, OUTCOME_LINES_MAX};
use crate::pdf::{Block, Column, Table, TextDocument};
use by_reason::{ReasonRow, reason_rows, reason_table};

const XLSX: HeaderValue =
    HeaderValue::from_static("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
const XLSX_FILE: HeaderValue = HeaderValue::from_static("attachment; filename=\"outcomes.xlsx\"");
const PDF: HeaderValue = HeaderValue::from_static("application/pdf");
const PDF_FILE: HeaderValue = HeaderValue::from_static("attachment; filename=\"outcomes.pdf\"");
/// The figures here are of a time and of what was done about it, those of the overview of what is to do.
const WHAT_IS_COUNTED: &str = "Open is what nobody has decided or what waits for an answer; what the last run did \
    not find any more and nobody has decided is neither open nor at risk. At risk is the money of what can be \
    stopped or recovered and is open or was confirmed, what came back among it; the overview counts what is \
    open. Money of one invoice counts once, and a finding that was dismissed beside a confirmed one of the \
    same money is not counted as dismissed.";
/// A year, unless somebody says otherwise.
const MONTHS: i32 = 12;

#[derive(Template)]
#[template(path = "outcomes.html")]
struct OutcomesPage {
    page: Layout,
    here: String,
    query: String,
    by: OutcomeGroup,
    groups: Vec<GroupChoice>,
    from: String,
    to: String,
    heading: &'static str,
    lines: Vec<LineRow>,
    /// All of them together, a row for each currency.
    totals: Vec<LineRow>,
    /// The lines left out here, which stand in the files.
    more: usize,
    checks: Vec<CheckRow>,
    /// By the codes of the reasons that were given; empty where none was given by a code.
    reasons: Vec<ReasonRow>,
    /// Set where there were more findings than are added up.
    is_cut: bool,
    findings: String,
    what_is_counted: &'static str,
}

struct GroupChoice {
    title: &'static str,
    href: String,
    is_current: bool,
}

/// A line, as the page and the PDF write it.
struct LineRow {
    name: String,
    findings: String,
    open: String,
    confirmed: String,
    dismissed: String,
    at_risk: String,
    recovered: String,
}

struct CheckRow {
    title: String,
    findings: String,
    confirmed: String,
    dismissed: String,
    precision: String,
}

/// The days of a report, by what it tells apart.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OutcomesQuery {
    #[serde(deserialize_with = "valid")]
    by: Option<OutcomeGroup>,
    #[serde(deserialize_with = "valid")]
    from: Option<Date>,
    #[serde(deserialize_with = "valid")]
    to: Option<Date>,
}

/// A report with the days that it is of.
struct Report {
    by: OutcomeGroup,
    from: Date,
    /// The last of them.
    to: Date,
    outcomes: Outcomes,
    /// The reasons that verdicts may name, or might once.
    catalogue: ReasonCatalogue,
    is_cut: bool,
}

pub(crate) async fn get_outcomes(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<OutcomesQuery>,
) -> PageResult {
    let report = report(&app, &viewer, &query).await?;
    let here = viewer.path("outcomes");
    let days = format!("from={}&to={}", report.from, report.to);
    let groups = OutcomeGroup::ALL.map(|group| GroupChoice {
        title: group.title(),
        href: format!("{here}?by={group}&{days}"),
        is_current: group == report.by,
    });
    let known = KnownChecks::new(&app);
    let lines = lines(&report, known);
    let more = lines.len().saturating_sub(OUTCOME_LINES_MAX);
    let findings: u64 = report.outcomes.checks.iter().map(|check| check.findings).sum();
    html(&OutcomesPage {
        page: Layout::for_member(&app, &viewer, Section::Recovery, "Reports").await?,
        query: format!("by={}&{days}", report.by),
        by: report.by,
        groups: groups.into(),
        from: report.from.to_string(),
        to: report.to.to_string(),
        heading: report.by.title(),
        lines: lines.into_iter().take(OUTCOME_LINES_MAX).collect(),
        totals: totals(&report),
        more,
        checks: checks(&app, &report),
        reasons: reason_rows(&report.outcomes, &report.catalogue),
        is_cut: report.is_cut,
        what_is_counted: WHAT_IS_COUNTED,
        findings: format::counted(findings, "finding", "findings"),
        here,
    })
}

pub(crate) async fn export_outcomes_xlsx(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<OutcomesQuery>,
) -> PageResult {
    let report = report(&app, &viewer, &query).await?;
    let file = outcomes_workbook(
        report.by,
        (&report.outcomes, &report.catalogue),
        (&app.checks, |kind: &str| KnownChecks::new(&app).kind(kind)),
    );
    let file = file.map_err(PageError::internal)?;
    taken_out(&app, &viewer, &report, file, (XLSX, XLSX_FILE)).await
}

pub(crate) async fn export_outcomes_pdf(
    State(app): State<App>,
    viewer: Viewer,
    Query(query): Query<OutcomesQuery>,
) -> PageResult {
    let report = report(&app, &viewer, &query).await?;
    let file = pdf(&app, &viewer, &report).write(app.clock.now()).map_err(PageError::internal)?;
    taken_out(&app, &viewer, &report, file, (PDF, PDF_FILE)).await
}

/// A file of a report, once the audit log knows.
async fn taken_out(
    app: &App,
    viewer: &Viewer,
    report: &Report,
    file: Vec<u8>,
    (media, name): (HeaderValue, HeaderValue),
) -> PageResult {
    let entry = AuditEntry {
        at: app.clock.now(),
        who: viewer.address().to_owned(),
        what: "outcomes.export".to_owned(),
        about: viewer.unit.to_string(),
        customer: Some(viewer.customer.clone()),
        details: json!({
            "by": report.by, "from": report.from, "to": report.to,
            "file": media.to_str().expect("media types are ASCII"),
        }),
    };
    viewer.store.audit(entry).await?;
    let mut response = Response::new(Body::from(file));
    response.headers_mut().insert(header::CONTENT_TYPE, media);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// Adds up the findings of the days asked for.
async fn report(app: &App, member: &Member, query: &OutcomesQuery) -> Result<Report, PageError> {
    let today = format::today(app.clock.now());
    let to = query.to.unwrap_or(today);
    let from = query.from.unwrap_or_else(|| today.saturating_sub(MONTHS.months()));
    if from > to {
        let why = "The last day of a report lies before its first: choose them again.";
        return Err(PageError::Impossible(why.to_owned()));
    }
    let begins = |day: Date| {
        // Beyond the calendar nothing is found.
        format::reader::begin_of(day).unwrap_or(Timestamp::MAX)
    };
    let time = (begins(from), begins(to.saturating_add(1.day())));
    let by = query.by.unwrap_or_default();
    let visibility = member.role.visibility();
    let (mut tally, mut after, mut count) =
        (OutcomeTally::new(by, format::reader::zone()), None, 0);
    let is_cut = loop {
        let part = member.store.decided_findings(&member.unit, time, after.as_ref()).await?;
        let Some(last) = part.last() else { break false };
        after = Some(last.finding.key.clone());
        count += part.len();
        for mut found in part {
            found.finding.mask(visibility);
            tally.add(&found);
        }
        if count >= OUTCOME_FINDINGS_MAX {
            break true;
        }
    };
    let catalogue = member.store.reason_codes().await?;
    Ok(Report { by, from, to, outcomes: tally.finish(), catalogue, is_cut })
}

fn lines(report: &Report, known: KnownChecks<'_>) -> Vec<LineRow> {
    let row = |line: &OutcomeLine| {
        let name = match report.by {
            _ if line.name.is_empty() => "not named".to_owned(),
            OutcomeGroup::Kind => known.kind(&line.name),
            OutcomeGroup::Month => line.month().map_or_else(|| line.name.clone(), format::month),
            _ => line.name.clone(),
        };
        line_row(line, name)
    };
    report.outcomes.lines.iter().map(row).collect()
}

fn totals(report: &Report) -> Vec<LineRow> {
    let totals = report.outcomes.totals();
    totals.iter().map(|line| line_row(line, total_name(line, &totals))).collect()
}

fn line_row(line: &OutcomeLine, name: String) -> LineRow {
    let money = |amount: Amount| match amount.ten_thousandths() {
        0 => "none".to_owned(),
        _ => format::money(&Money { amount, currency: line.currency.clone() }),
    };
    LineRow {
        name,
        findings: format::count(line.findings),
        open: format::count(line.open),
        confirmed: format::count(line.confirmed),
        dismissed: format::count(line.dismissed),
        at_risk: money(line.at_risk),
        recovered: money(line.recovered),
    }
}

fn checks(app: &App, report: &Report) -> Vec<CheckRow> {
    let known = KnownChecks::new(app);
    let row = |line: &domain::finding::CheckOutcome| CheckRow {
        title: known.title(&line.check),
        findings: format::count(line.findings),
        confirmed: format::count(line.confirmed),
        dismissed: format::count(line.dismissed),
        precision: line
            .right_per_mille()
            .map(|share| format!("{}%", (share + 5) / 10))
            .unwrap_or_default(),
    };
    report.outcomes.checks.iter().map(row).collect()
}

fn pdf(app: &App, member: &Member, report: &Report) -> TextDocument {
    let title = format!(
        "Findings by {} of {}, {} to {}",
        report.by.title().to_lowercase(),
        member.unit,
        format::day(report.from),
        format::day(report.to)
    );
    let of_lines = Table {
        columns: vec![
            text_column(report.by.title(), 30),
            number_column("Findings", 9),
            number_column("Open", 8),
            number_column("Confirmed", 11),
            number_column("Dismissed", 11),
            number_column("At risk", 18),
            number_column("Recovered", 18),
        ],
        rows: lines(report, KnownChecks::new(app))
            .into_iter()
            .take(OUTCOME_LINES_MAX)
            .chain(totals(report))
            .map(|line| {
                vec![
                    line.name,
                    line.findings,
                    line.open,
                    line.confirmed,
                    line.dismissed,
                    line.at_risk,
                    line.recovered,
                ]
            })
            .collect(),
    };
    let mut blocks =
        vec![Block::Heading(title.clone()), Block::Paragraph(WHAT_IS_COUNTED.to_owned())];
    if report.is_cut {
        blocks.push(Block::Paragraph(cut_words()));
    }
    blocks.extend([
        Block::Table(of_lines),
        Block::Heading("How often each check was right".to_owned()),
        Block::Table(check_table(checks(app, report))),
    ]);
    let reasons = reason_rows(&report.outcomes, &report.catalogue);
    if !reasons.is_empty() {
        let heading = Block::Heading("By reason".to_owned());
        blocks.extend([heading, Block::Table(reason_table(reasons))]);
    }
    TextDocument { title, blocks }
}

fn check_table(rows: Vec<CheckRow>) -> Table {
    let cells =
        |row: CheckRow| vec![row.title, row.findings, row.confirmed, row.dismissed, row.precision];
    Table {
        columns: vec![
            text_column("Check", 40),
            number_column("Findings", 12),
            number_column("Confirmed", 12),
            number_column("Dismissed", 12),
            number_column("Of those decided, confirmed", 18),
        ],
        rows: rows.into_iter().map(cells).collect(),
    }
}

fn text_column(heading: &str, width: u16) -> Column {
    Column { heading: heading.to_owned(), width, is_number: false }
}

fn number_column(heading: &str, width: u16) -> Column {
    Column { is_number: true, ..text_column(heading, width) }
}

fn cut_words() -> String {
    format!(
        "There are more than {} findings in these days; only so many are added up. Choose fewer days.",
        format::count(OUTCOME_FINDINGS_MAX)
    )
}
