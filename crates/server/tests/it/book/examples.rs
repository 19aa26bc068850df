//! What the ledgers of these tests say of a file, a hold and a check.

use domain::check::{ParameterKind, VerdictWords};
use domain::hold::{InvoiceRow, Replacement, ReusedIdentifiers};
use domain::problem::{Level, Reason};
use domain::{
    Check, CheckParameter, ColumnKind, DateOrder, FieldSource, HoldReason, LedgerField, Preview,
    PreviewedField, Problem, ProblemCount, ReadingReport, ReadingRules, RowCounts, Severity,
    TrialColumn, TrialReading, TrialRow,
};
use server::ledgers::LedgersError;

use super::Act;

/// The checks there are, with their titles.
pub(super) const CHECKS: [(&str, &str); 6] = [
    ("just_below_limit", "Just below a limit"),
    ("benford", "Digits that are not as they should be (Benford)"),
    ("bank_changed_then_paid", "Bank account changed, then paid"),
    ("duplicate_invoices", "Invoices that came twice"),
    ("employee_is_supplier", "Employee and supplier in one"),
    ("round_amounts", "Round amounts"),
];

/// One row that would take the place of another invoice.
pub(crate) fn reused_identifiers() -> HoldReason {
    let row = |line, supplier: &str, number: &str| InvoiceRow {
        line,
        supplier_name: Some(supplier.to_owned()),
        invoice_number: Some(number.to_owned()),
        invoice_amount: Some("5442.29".to_owned()),
        invoice_date: "2023-03-01".parse().ok(),
        ..InvoiceRow::default()
    };
    let (before, after) = (row(2, "<b>Harrow</b>", "RE23"), row(7, "Northgate", "RE24"));
    let reused_identifiers = ReusedIdentifiers {
        rows: 1_100,
        columns: vec!["BELNR".to_owned()],
        may_repeat_by: vec!["BUKRS".to_owned(), "GJAHR".to_owned()],
        examples: vec![Replacement { unique_id: "1900000000".to_owned(), before, after }],
    };
    HoldReason::ReusedIdentifiers { reused_identifiers }
}

pub(crate) fn reading_report() -> ReadingReport {
    let (reason, level) = (Reason::NotADate, Level::SetAside);
    let column = Some("Invoice Date".to_owned());
    let value = Some("<i>soon</i>".to_owned());
    ReadingReport {
        problems: vec![Problem { line: Some(2), column: column.clone(), value, reason, level }],
        counts: vec![ProblemCount { column, reason, level, count: 3 }],
        date_order: Some(DateOrder::MonthFirst),
        decimal_style: None,
    }
}

/// The rules, unless they name another field than these.
pub(super) fn known_fields(
    fields: &[LedgerField],
    rules: ReadingRules,
) -> Result<ReadingRules, String> {
    let mut mapped = rules.mapping.iter().flat_map(|mapping| mapping.fields.keys());
    match mapped.find(|name| fields.iter().all(|known| known.name != *name)) {
        Some(name) => Err(format!("the mapping names {name}, which is not one of our fields")),
        None => Ok(rules),
    }
}

/// The report of a file with which this is done.
pub(super) fn report(act: Option<&Act>) -> ReadingReport {
    match act {
        Some(Act::Doubt(reason)) => doubtful(*reason),
        _ => reading_report(),
    }
}

/// The report of a file of which there is only this to say.
fn doubtful(reason: Reason) -> ReadingReport {
    let column = Some("Invoice Amount".to_owned());
    ReadingReport {
        counts: vec![ProblemCount { column, reason, level: Level::Note, count: 1 }],
        ..ReadingReport::default()
    }
}

pub(super) fn known(name: &str, title: &str) -> Check {
    let parameter = |name: &str, kind, unit: &str, default: &str| CheckParameter {
        name: name.to_owned(),
        about: format!("What {name} is"),
        kind,
        unit: unit.to_owned(),
        default: default.parse().unwrap(),
        takes_more: name == "limit",
    };
    Check {
        name: name.to_owned(),
        title: title.to_owned(),
        about: "What it looks for.".to_owned(),
        severity: Severity::Medium,
        verdict: if name.starts_with("duplicate_") {
            VerdictWords::Duplicate
        } else {
            VerdictWords::Action
        },
        innocent_reasons: vec!["It is rent".to_owned()],
        parameters: vec![
            parameter("limit", ParameterKind::Amount, "base currency", "5000"),
            parameter("share", ParameterKind::Share, "share from 0 to 1", "0.3"),
        ],
    }
}

/// Every row of the preview, read by it; refused without a mandatory field.
pub(crate) fn trial(preview: &Preview) -> TrialReading {
    let read: Vec<&PreviewedField> =
        preview.fields.iter().filter(|field| field.source.is_some()).collect();
    let value = |field: &PreviewedField, row: &[String]| {
        let headers = field.source.as_ref().map(FieldSource::headers).unwrap_or_default();
        let place =
            |header: &String| preview.columns.iter().position(|column| column.name == *header);
        let cells = headers.iter().filter_map(place).filter_map(|place| row.get(place));
        cells.cloned().collect::<Vec<_>>().join("|")
    };
    let rows = preview.rows.iter().zip(2..).map(|(row, line)| TrialRow {
        line,
        values: read.iter().map(|field| value(field, row)).collect(),
    });
    let missing = preview.fields.iter().find(|field| {
        let is_read = field.source.is_some();
        field.field.is_mandatory && !is_read
    });
    TrialReading {
        columns: read
            .iter()
            .map(|field| TrialColumn { title: field.field.title, kind: ColumnKind::Text })
            .collect(),
        rows: rows.collect(),
        rows_read: preview.rows.len() as u64,
        is_whole: true,
        refusal: missing
            .map(|field| format!("the mandatory column {} is missing", field.field.title)),
        ..TrialReading::default()
    }
}

pub(super) fn rows(rows_read: u64) -> RowCounts {
    RowCounts { rows_read, rows_set_aside: 1, ..RowCounts::default() }
}

pub(super) fn broken() -> LedgersError {
    LedgersError::Unexpected("told to".into())
}

/// The fields of every file.
pub(super) fn fields() -> [LedgerField; 2] {
    let field = |name, title, is_mandatory| LedgerField {
        name,
        title,
        is_mandatory,
        is_identifier: is_mandatory,
        derived_from: None,
    };
    [field("supplier_id", "Supplier ID", true), field("invoice_number", "Invoice Number", false)]
}
