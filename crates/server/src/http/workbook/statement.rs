//! A statement beside the ledgers as a workbook: every line with its row, what the statement lacks, and what
//! to ask the supplier.

use api::StatementFinding;
use domain::statement::{ReconciledLine, Reconciliation, StatementQuestion, StatementRow};
use domain::{Amount, MinorDigits};
use jiff::civil::Date;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::{Header, SheetWriter, Value};
use crate::http::statement_file::finding_of;

const LINES: [Header; 14] = [
    ("Line", 8),
    ("Number", 24),
    ("Date", 12),
    ("Amount", 14),
    ("Currency", 9),
    ("Kind", 24),
    ("State", 22),
    ("Why", 50),
    ("Our number", 24),
    ("Our date", 12),
    ("Our amount", 14),
    ("Our currency", 9),
    ("Our ID", 24),
    ("Finding", 38),
];
const QUESTIONS: [Header; 6] =
    [("Line", 8), ("Number", 24), ("Date", 12), ("Amount", 14), ("Currency", 9), ("Question", 80)];

/// The lines on one sheet, the questions on another.
pub(in crate::http) fn statement_workbook(
    reconciliation: &Reconciliation,
    findings: &[StatementFinding],
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let writer = SheetWriter::new();
    let sheet = workbook.add_worksheet().set_name("Statement")?;
    let lines = reconciliation.lines.iter().map(|found| line(found, findings));
    writer.write(sheet, &LINES, lines.chain(reconciliation.missing_there.iter().map(missing)))?;
    let sheet = workbook.add_worksheet().set_name("What to ask")?;
    writer.write(sheet, &QUESTIONS, reconciliation.questions().iter().map(question))?;
    workbook.save_to_buffer()
}

fn line(found: &ReconciledLine, findings: &[StatementFinding]) -> Vec<Value> {
    let of = &found.line;
    let mut row = vec![
        Value::Count(of.line),
        Value::text(&of.number),
        day(of.date),
        amount(of.amount, of.currency.as_deref()),
        currency(of.currency.as_deref()),
        Value::text(&of.kind),
        Value::text(found.state.title()),
        Value::text(&found.words),
    ];
    row.extend(found.row.as_ref().map_or_else(|| (0..5).map(|_| Value::Empty).collect(), ours));
    row.push(Value::text(finding_of(findings, of.line)));
    row
}

fn missing(row: &StatementRow) -> Vec<Value> {
    let mut cells: Vec<Value> = (0..6).map(|_| Value::Empty).collect();
    cells.push(Value::text("Not on the statement"));
    cells.push(Value::text(row.words.as_deref().unwrap_or("open with us")));
    cells.extend(ours(row));
    cells
}

fn ours(row: &StatementRow) -> Vec<Value> {
    vec![
        Value::text(&row.number),
        day(row.date),
        amount(row.amount, row.currency.as_deref()),
        currency(row.currency.as_deref()),
        Value::text(&row.id),
    ]
}

fn question(of: &StatementQuestion) -> Vec<Value> {
    vec![
        of.line.map_or(Value::Empty, Value::Count),
        Value::text(&of.number),
        day(of.date),
        amount(of.amount, of.currency.as_deref()),
        currency(of.currency.as_deref()),
        Value::text(&of.question),
    ]
}

fn day(date: Option<Date>) -> Value {
    date.map_or(Value::Empty, Value::Day)
}

/// In the digits that its currency has.
fn amount(amount: Amount, currency: Option<&str>) -> Value {
    Value::Amount(amount, MinorDigits::of(currency))
}

fn currency(code: Option<&str>) -> Value {
    code.map_or(Value::Empty, Value::text)
}
