//! A statement beside the ledgers as a CSV: every line, then what the statement lacks.
//!
//! Not for: the workbook for people (`workbook`). Invariant: no cell is a formula, whatever a supplier wrote.

use api::StatementFinding;
use domain::spreadsheet::csv_line;
use domain::statement::{Reconciliation, StatementRow};
use http::HeaderValue;
use jiff::civil::Date;

/// The columns.
pub(super) const LISTED: [&str; 12] = [
    "line",
    "number",
    "date",
    "amount",
    "currency",
    "kind",
    "state",
    "words",
    "our_number",
    "our_amount",
    "our_currency",
    "finding",
];
/// The state of a row of ours, on pages and in files.
pub(super) const MISSING_THERE: &str = "Not on the statement";

/// The kinds of files that a statement is written out as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatementFileKind {
    Csv,
    Xlsx,
}

impl StatementFileKind {
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    pub(super) const fn content_type(self) -> HeaderValue {
        match self {
            Self::Csv => HeaderValue::from_static("text/csv; charset=utf-8; header=present"),
            Self::Xlsx => HeaderValue::from_static(Self::Xlsx.media_type()),
        }
    }
}

/// In the order of [`LISTED`].
pub(super) fn statement_csv(
    reconciliation: &Reconciliation,
    findings: &[StatementFinding],
) -> String {
    let mut text = csv_line(LISTED);
    for line in &reconciliation.lines {
        let row = line.row.as_ref();
        text.push_str(&csv_line([
            line.line.line.to_string().as_str(),
            &line.line.number,
            &day(line.line.date),
            &line.line.amount.to_string(),
            line.line.currency.as_deref().unwrap_or_default(),
            &line.line.kind,
            line.state.title(),
            &line.words,
            row.map_or("", |row| row.number.as_str()),
            &row.map(|row| row.amount.to_string()).unwrap_or_default(),
            row.and_then(|row| row.currency.as_deref()).unwrap_or_default(),
            finding_of(findings, line.line.line),
        ]));
    }
    for row in &reconciliation.missing_there {
        let (date, amount) = (day(row.date), row.amount.to_string());
        let words = missing_words(row);
        text.push_str(&csv_line([
            "",
            "",
            &date,
            "",
            "",
            "",
            MISSING_THERE,
            words,
            &row.number,
            &amount,
            row.currency.as_deref().unwrap_or_default(),
            "",
        ]));
    }
    text
}

/// The key of the finding about a line; empty where there is none.
pub(super) fn finding_of(findings: &[StatementFinding], line: u64) -> &str {
    let found = findings.iter().find(|found| found.line == line);
    found.map_or("", |found| found.finding.as_str())
}

/// The words on a row that the statement lacks.
pub(super) fn missing_words(row: &StatementRow) -> &str {
    row.words.as_deref().unwrap_or("open with us and not on the statement")
}

fn day(date: Option<Date>) -> String {
    date.map(|day| day.to_string()).unwrap_or_default()
}
