//! Findings as a workbook for people: headers and states in the words of the pages, days as days, amounts
//! that add up, who decided what and when.
//!
//! Not for: programs, which take CSV and Parquet, nor for what is selected (`api::export`).
//!
//! Invariant: no cell is a formula, whatever a supplier's name is; money that belongs to a finding stands
//! once, in the first of its rows.

mod claim;
mod outcomes;
mod sheet;
mod statement;

use std::collections::BTreeMap;

use domain::check::VerdictWords;
use domain::columns::{ColumnKind, currency_column};
use domain::finding::{
    EXPORTED_INVOICES, Evidence, ExportedCell, FindingState, HistoryEntry, HistoryWord, ReasonCode,
    Receipts, RecoveryStage, StandingVerdict, StoredFinding, WeighedReason,
};
use domain::{Amount, Check, FileType, FindingKey, MinorDigits, Money};
use rust_xlsxwriter::{Workbook, XlsxError};

pub(super) use self::sheet::SheetZone;
use self::sheet::{Header, SheetWriter, Value};
use crate::http::code_words::in_words;
pub(super) use claim::{Claim, claim_workbook};
pub(super) use outcomes::{outcomes_workbook, total_name};
pub(super) use statement::statement_workbook;

/// The money at risk that adds up to what the pages say: nothing where another finding of the same invoices
/// has it.
const COUNTED: Header = ("Counted here", 14);

const FINDINGS: [Header; 37] = [
    ("Finding", 60),
    ("Supplier", 28),
    ("Check", 26),
    ("Kind", 20),
    ("What can be done", 20),
    ("Payment due", 12),
    ("Probability", 11),
    ("At risk", 14),
    COUNTED,
    ("Billed", 14),
    ("Currency", 9),
    ("State", 17),
    ("Reason", 36),
    ("Reason code", 14),
    ("Decided by", 20),
    ("Decided on ({zone})", 17),
    ("Recovered", 14),
    ("Recovery", 22),
    ("Step on", 12),
    ("Asked for on", 12),
    ("Reference", 20),
    ("Received on", 12),
    ("Receipts", 20),
    ("Answer by", 12),
    ("Assigned to", 26),
    ("Comments", 40),
    ("Suppressed because", 30),
    ("Answer", 40),
    ("What to do next", 40),
    ("For it", 60),
    ("Against it", 40),
    ("Legitimate if", 40),
    ("How it was worked out", 60),
    ("Found on ({zone})", 17),
    ("No longer found since ({zone})", 17),
    ("Page", 20),
    ("ID", 38),
];

/// The findings of a workbook, and what is known of them.
#[derive(Debug)]
pub(super) struct WorkbookParts<'a> {
    pub(super) checks: &'a [Check],
    pub(super) findings: &'a [StoredFinding],
    /// The histories of the findings, each from its first entry.
    pub(super) histories: &'a BTreeMap<FindingKey, Vec<HistoryEntry>>,
    pub(super) place: &'a WorkbookPlace,
}

/// The place where a workbook is read: by default a program's, anywhere.
#[derive(Debug, Default)]
pub(super) struct WorkbookPlace {
    /// The address below which each finding has its page; none for programs, or where there is no server.
    pub(super) findings_url: Option<String>,
    pub(super) zone: SheetZone,
}

/// The findings as a workbook, and the invoices they speak of on a sheet of their own.
///
/// # Errors
/// When there are more than a sheet holds; [`FILE_FINDINGS_MAX`](crate::limits::FILE_FINDINGS_MAX) are far
/// fewer.
pub(super) fn workbook(parts: &WorkbookParts<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let writer = SheetWriter::in_zone(&parts.place.zone);
    let sheet = workbook.add_worksheet().set_name("Findings")?;
    let rows = parts.findings.iter().map(|found| finding_row(found, parts));
    writer.write(sheet, &FINDINGS, rows)?;
    let sheet = workbook.add_worksheet().set_name("Invoices")?;
    let rows = parts.findings.iter().flat_map(|found| invoice_rows(found, parts));
    writer.write(sheet, &invoice_headers(), rows)?;
    workbook.save_to_buffer()
}

/// The findings of files that nobody has worked on, and that have no pages.
///
/// # Errors
/// Those of `workbook`.
pub fn findings_workbook(
    checks: &[Check],
    findings: &[StoredFinding],
) -> Result<Vec<u8>, XlsxError> {
    let (histories, place) = (BTreeMap::new(), WorkbookPlace::default());
    workbook(&WorkbookParts { checks, findings, histories: &histories, place: &place })
}

fn finding_row(found: &StoredFinding, parts: &WorkbookParts<'_>) -> Vec<Value> {
    let StoredFinding { finding, standing, seen, last_entry: _, counted: _ } = found;
    let check = parts.checks.iter().find(|check| check.name == finding.check);
    let history = parts.histories.get(&finding.key).map_or(&[][..], Vec::as_slice);
    let decided =
        StandingVerdict::of(history).filter(|_verdict| standing.state != FindingState::Open);
    let (step, receipts) = (standing.recovery.as_ref(), Receipts::of(history));
    let (money, billed) = (finding.at_risk.as_ref(), finding.billed.as_ref());
    let digits = MinorDigits::of(money.and_then(|money| money.currency.as_deref()));
    let kind = if finding.kind == finding.check { String::new() } else { in_words(&finding.kind) };
    let weighed = |of: &Evidence| format!("{} ({:+.1})", of.with_rates(), of.bits);
    let evidence: Vec<_> = finding.evidence.iter().map(weighed).collect();
    let explained = found.explain();
    let reasons = |of: &[WeighedReason]| {
        Value::Text(of.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    };
    vec![
        Value::text(&finding.title),
        Value::Text(found.suppliers()),
        Value::text(check.map_or("Another check", |check| &check.title)),
        Value::Text(kind),
        Value::text(finding.lane.title()),
        finding.payment_due().map_or(Value::Empty, Value::Day),
        finding.probability.map_or(Value::Empty, Value::Share),
        Value::money(money),
        Value::amount(found.counted_here(), digits),
        Value::money(billed),
        Value::text(currency(money.or(billed))),
        Value::text(state_words(standing.state, check)),
        Value::text(standing.because.as_deref().unwrap_or_default()),
        Value::text(standing.reason_code.as_ref().map_or("", ReasonCode::as_str)),
        Value::text(decided.as_ref().map_or("", |verdict| &verdict.by)),
        decided.map_or(Value::Empty, |verdict| Value::Moment(verdict.at)),
        Value::amount(standing.recovered, digits),
        Value::text(found.recovery_stage().map_or("", RecoveryStage::title)),
        step.map_or(Value::Empty, |step| Value::Day(step.on)),
        step.and_then(|step| step.asked_on).map_or(Value::Empty, Value::Day),
        Value::text(step.and_then(|step| step.reference.as_deref()).unwrap_or_default()),
        receipts.last_on().map_or(Value::Empty, Value::Day),
        Value::Text(receipts.references()),
        standing.due.map_or(Value::Empty, Value::Day),
        Value::text(standing.assignee.as_deref().unwrap_or_default()),
        Value::Text(comments(history, &parts.place.zone)),
        Value::text(finding.suppressed.as_ref().map_or("", |why| &why.words)),
        Value::text(&explained.answer),
        Value::text(&explained.next_step),
        reasons(&explained.reasons_for),
        reasons(&explained.against),
        Value::text(&finding.innocent_if),
        Value::Text(evidence.join("; ")),
        Value::Moment(seen.first_seen),
        seen.gone_at.map_or(Value::Empty, Value::Moment),
        page_link(&finding.key, parts),
        Value::text(finding.key.as_str()),
    ]
}

fn page_link(key: &FindingKey, parts: &WorkbookParts<'_>) -> Value {
    let url = parts.place.findings_url.as_ref();
    url.map_or(Value::Empty, |url| Value::Link(format!("{url}/{key}")))
}

fn comments(history: &[HistoryEntry], zone: &SheetZone) -> String {
    let comments = history.iter().filter(|entry| entry.what == HistoryWord::Comment);
    let lines: Vec<String> = comments
        .map(|entry| {
            let words = entry.words.as_deref().unwrap_or_default();
            format!("{}, {}: {words}", entry.by, zone.day(entry.at).strftime("%-d %b %Y"))
        })
        .collect();
    lines.join("\n")
}

fn state_words(state: FindingState, check: Option<&Check>) -> &'static str {
    state.words(check.map_or_else(VerdictWords::default, |check| check.verdict))
}

fn currency(money: Option<&Money>) -> &str {
    money.and_then(|money| money.currency.as_deref()).unwrap_or_default()
}

/// The headers of an invoice: in front the finding it is of, behind them the finding's own.
fn invoice_headers() -> Vec<Header> {
    let column = |name: &&'static str| match *name {
        "finding" => ("Finding", 40),
        "state" => ("State", 17),
        "recovered" => ("Recovered", 14),
        name => match FileType::Transactions.column(name) {
            Some(column) if column.kind == ColumnKind::Text => (column.label, 28),
            Some(column) => (column.label, 15),
            None => (FileType::label_of(name).unwrap_or(name), 15),
        },
    };
    let own = [("At risk", 14), COUNTED, ("Page", 20), ("Finding ID", 38)];
    EXPORTED_INVOICES.iter().map(column).chain(own).collect()
}

fn invoice_rows(found: &StoredFinding, parts: &WorkbookParts<'_>) -> Vec<Vec<Value>> {
    let StoredFinding { finding, standing, .. } = found;
    let check = parts.checks.iter().find(|check| check.name == finding.check);
    let of_finding = finding.at_risk.as_ref().and_then(|money| money.currency.as_deref());
    let of_finding = MinorDigits::of(of_finding);
    let invoices = found.exported_invoices().enumerate().map(|(place, cells)| {
        let once =
            |amount: Option<Amount>| Value::amount(amount.filter(|_| place == 0), of_finding);
        let named: BTreeMap<&str, &ExportedCell> =
            EXPORTED_INVOICES.into_iter().zip(&cells).collect();
        let digits = EXPORTED_INVOICES.map(|name| digits_of(name, &named));
        let mut row: Vec<Value> = EXPORTED_INVOICES
            .iter()
            .zip(cells.iter().zip(digits))
            .map(|(name, (cell, digits))| match *name {
                "finding" => Value::text(&finding.title),
                "state" => Value::text(state_words(standing.state, check)),
                "recovered" => once(standing.recovered),
                name => ledger_value(name, cell.clone(), digits),
            })
            .collect();
        row.push(once(finding.at_risk.as_ref().map(|money| money.amount)));
        row.push(once(found.counted_here()));
        row.push(page_link(&finding.key, parts));
        row.push(Value::text(finding.key.as_str()));
        row
    });
    invoices.collect()
}

/// The digits of an amount of an invoice by the currency beside it.
fn digits_of(column: &str, cells: &BTreeMap<&str, &ExportedCell>) -> MinorDigits {
    let currency = currency_column(column).and_then(|column| cells.get(column));
    MinorDigits::of(currency.and_then(|cell| match cell {
        ExportedCell::Text(code) => Some(code.as_str()),
        ExportedCell::Empty
        | ExportedCell::Share(_)
        | ExportedCell::Amount(_)
        | ExportedCell::Time(_) => None,
    }))
}

/// A day is a day where the ledger's column holds days; text that is none stays what it is.
fn ledger_value(column: &str, cell: ExportedCell, digits: MinorDigits) -> Value {
    match cell {
        ExportedCell::Empty => Value::Empty,
        ExportedCell::Amount(amount) => Value::Amount(amount, digits),
        ExportedCell::Share(share) => Value::Share(share),
        ExportedCell::Time(at) => Value::Moment(at),
        ExportedCell::Text(text) => {
            let kind = FileType::Transactions.column(column).map(|column| column.kind);
            let day = (kind == Some(ColumnKind::Date)).then(|| text.parse().ok()).flatten();
            day.map_or(Value::Text(text), Value::Day)
        }
    }
}

#[cfg(test)]
mod tests;
