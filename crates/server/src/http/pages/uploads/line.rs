//! One line of an upload's file, with the cell that a problem speaks of marked.
//!
//! Not for: finding the line; the ledgers know how files are read.
//!
//! Invariant: what is masked in a ledger is masked here; and where cells stand in the wrong columns, or
//! could not be read as what they should be, nothing says what they are, so they are masked as the worst.
//! The address, which says what is marked, hides more and never less.

use askama::Template;
use axum::extract::{Path, State};
use domain::personal::HIDDEN;
use domain::{ColumnKind, FileType, Sensitivity, ShownCell, ShownRecord, Upload, Visibility};
use serde::Deserialize;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::detail::{find, has_its_file};
use crate::App;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::field::Text;
use crate::http::pages::filters;
use crate::http::pages::format;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::query::Query;
use crate::http::pages::respond::{PageResult, html};
use crate::limits::{FILE_LOOKS_AT_ONCE, LINE_BYTES_MAX};

/// A wide extract has fifty columns; a line of very many is one whose delimiters are broken.
const CELLS_MAX: usize = 200;
/// The name in a ledger for what no field is known for.
const EXTRA: &str = "extra";
/// The digits of a day, as in 2026-11-23, and of a time to the microsecond.
const DAY_DIGITS: usize = 8;
const TIMESTAMP_DIGITS: usize = 20;
/// The longest name of a month, in any of the languages of Europe.
const MONTH_LETTERS_MAX: usize = 11;
const CURRENCY_LETTERS: usize = 3;
/// An account has at least so many; short numbers are counts and codes.
const ACCOUNT_DIGITS_MIN: usize = 6;

#[derive(Template)]
#[template(path = "line.html")]
struct LinePage {
    page: Layout,
    back: String,
    line: String,
    /// None: there is nothing to show.
    cells: Option<Vec<Cell>>,
    /// The fault in the number of cells.
    shape: Option<String>,
    is_masked: bool,
    bytes_max: String,
}

/// A cell that holds something, or is the one that is marked.
#[derive(Debug, PartialEq, Eq)]
struct Cell {
    header: String,
    text: String,
    is_marked: bool,
}

/// The column whose cell is marked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LineQuery {
    column: Text,
}

pub(crate) async fn get_line(
    State(app): State<App>,
    viewer: Viewer,
    Path((_, _, id, line)): Path<(String, String, String, String)>,
    Query(query): Query<LineQuery>,
) -> PageResult {
    let upload = find(&viewer, &id).await?;
    has_its_file(&upload)?;
    let line: u64 = line.parse().map_err(|_no_number| PageError::NotFound)?;
    let record = record(&app, &viewer, &upload, line).await?;
    let visibility = viewer.role.visibility();
    let marked = &*query.column;
    let has_problem = viewer.store.has_problem_at(&viewer.unit, upload.id, line).await?;
    let title = format!("Line {}", format::count(line));
    let back = viewer.path(&format!("uploads/{}", upload.id));
    let mut layout = Layout::for_member(&app, &viewer, Section::Uploads, &title).await?;
    layout.push_crumb(upload.file_name.as_str(), back.clone());
    html(&LinePage {
        page: layout,
        back,
        line: format::count(line),
        shape: record.as_ref().and_then(shape),
        cells: record
            .map(|record| cells(&record, (upload.file_type, has_problem), visibility, marked)),
        is_masked: visibility == Visibility::Masked && upload.file_type.is_snapshot(),
        bytes_max: format::bytes(LINE_BYTES_MAX),
    })
}

/// Waits for a place among those who look into received files.
pub(crate) async fn begin_look() -> Result<SemaphorePermit<'static>, PageError> {
    static LOOKS: Semaphore = Semaphore::const_new(FILE_LOOKS_AT_ONCE);
    LOOKS.acquire().await.map_err(PageError::internal)
}

/// Reads one record by the rules that files are read by now.
async fn record(
    app: &App,
    viewer: &Viewer,
    upload: &Upload,
    line: u64,
) -> Result<Option<ShownRecord>, PageError> {
    let _look = begin_look().await?;
    // Without its end a workbook cannot be opened.
    if upload.file_name.format().is_spreadsheet() && upload.bytes > LINE_BYTES_MAX {
        return Ok(None);
    }
    let rules = viewer.store.reading_rules(&viewer.unit, upload.file_type).await?;
    let file = viewer.store.open_object_start(upload, LINE_BYTES_MAX).await?;
    Ok(app.reader.record_at(upload, file, &rules, line).await?)
}

fn shape(record: &ShownRecord) -> Option<String> {
    let (cells, columns) = (record.cells.len(), record.columns);
    (cells != columns).then(|| {
        format!(
            "It has {}, and the header has {}: from some cell on, each stands in the wrong column.",
            format::counted(cells, "cell", "cells"),
            format::counted(columns, "column", "columns")
        )
    })
}

fn cells(
    record: &ShownRecord,
    (file_type, has_problem): (FileType, bool),
    visibility: Visibility,
    marked: &str,
) -> Vec<Cell> {
    let is_shifted = record.cells.len() != record.columns;
    let is_odd = |cell: &ShownCell| is_out_of_place(file_type, cell);
    let is_doubtful = has_problem || is_shifted || record.cells.iter().any(is_odd);
    let cell = |cell: &ShownCell| {
        let is_marked = !marked.is_empty() && cell.header == marked;
        let is_anything = is_shifted || is_marked || is_odd(cell);
        let text = match (file_type.is_snapshot(), visibility) {
            (true, Visibility::Masked) if (is_doubtful || is_marked) && !cell.text.is_empty() => {
                HIDDEN.to_owned()
            }
            (true, _) if is_anything && has_an_account(&cell.text) => {
                Sensitivity::Account.masked(&cell.text, visibility).into_owned()
            }
            _ => {
                let column = cell.field.as_deref().unwrap_or(EXTRA);
                file_type.sensitivity(column).masked(&cell.text, visibility).into_owned()
            }
        };
        Cell { header: cell.header.clone(), text, is_marked }
    };
    let cells = record.cells.iter().map(cell);
    cells.filter(|cell| cell.is_marked || !cell.text.is_empty()).take(CELLS_MAX).collect()
}

/// Returns `true` when a cell surely is not what its column holds, such as a name or an account where
/// a day should be.
fn is_out_of_place(file_type: FileType, cell: &ShownCell) -> bool {
    let column = cell.field.as_deref().and_then(|name| file_type.column(name));
    let Some(column) = column.filter(|_| !cell.text.trim().is_empty()) else { return false };
    let digits = cell.text.chars().filter(char::is_ascii_digit).count();
    let letters = cell.text.chars().filter(|c| c.is_alphabetic()).count();
    match column.kind {
        ColumnKind::Date => {
            let has_name_of_month = letters > 0;
            digits == 0
                || digits > TIMESTAMP_DIGITS
                || letters > MONTH_LETTERS_MAX
                || (has_name_of_month && digits > DAY_DIGITS)
        }
        ColumnKind::Amount => digits == 0 || letters > CURRENCY_LETTERS,
        ColumnKind::Currency => digits > 0,
        ColumnKind::Text | ColumnKind::Reference | ColumnKind::Identifier => false,
    }
}

fn has_an_account(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= ACCOUNT_DIGITS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(columns: usize, cells: &[(&str, &str, &str)]) -> ShownRecord {
        let cell = |(header, field, text): &(&str, &str, &str)| ShownCell {
            header: (*header).to_owned(),
            field: Some((*field).to_owned()).filter(|field| !field.is_empty()),
            text: (*text).to_owned(),
        };
        ShownRecord { line: 7, columns, cells: cells.iter().map(cell).collect() }
    }

    fn texts(record: &ShownRecord, file_type: FileType, visibility: Visibility) -> Vec<String> {
        shown(record, (file_type, false), visibility, "Start")
    }

    fn shown(
        record: &ShownRecord,
        of: (FileType, bool),
        visibility: Visibility,
        marked: &str,
    ) -> Vec<String> {
        cells(record, of, visibility, marked).into_iter().map(|cell| cell.text).collect()
    }

    #[test]
    fn the_address_unmasks_nothing() {
        let slipped = |day: &str| {
            record(
                4,
                &[
                    ("ID", "employee_id", "7"),
                    ("Surname", "last_name", "Doe"),
                    ("Leave", "leave_date", day),
                    ("Team", "department", "Zebedee Quillfeather"),
                ],
            )
        };
        for (day, has_problem) in [
            ("GB33BUKB20201555555555", false),
            ("Zebedee Quillfeather", false),
            ("31/02/2019", true),
        ] {
            for marked in ["", "ID", "Leave"] {
                let record = slipped(day);
                let of = (FileType::Employees, has_problem);
                assert_eq!(shown(&record, of, Visibility::Masked, marked), [HIDDEN; 4], "{day}");
                let whole = shown(&record, of, Visibility::AccountsMasked, marked).concat();
                assert!(!whole.contains("GB33BUKB20201555555555"), "{marked} {whole}");
            }
        }
        let sound = slipped("31 December 2019");
        let of = (FileType::Employees, false);
        assert_eq!(shown(&sound, of, Visibility::Masked, "")[0], "7");
    }

    #[test]
    fn a_line_shows_no_more_than_a_ledger_does() {
        let employee = record(
            6,
            &[
                ("ID", "employee_id", "7"),
                ("Surname", "last_name", "Doe"),
                ("Start", "start_date", "31/02/2019 Zoe"),
                ("Colour", "", "red herring"),
                ("Bank", "account_number", "31415926"),
                ("Note", "", ""),
            ],
        );
        let of = |visibility| texts(&employee, FileType::Employees, visibility);
        assert_eq!(of(Visibility::Masked), ["7", "D.", HIDDEN, "…ring", "…5926"]);
        assert_eq!(of(Visibility::AccountsMasked), ["7", "Doe", "…9Zoe", "…ring", "…5926"]);
        let shifted = ShownRecord { columns: 5, ..employee };
        let of = |visibility| texts(&shifted, FileType::Employees, visibility);
        assert_eq!(of(Visibility::Masked), [HIDDEN; 5]);
        assert_eq!(of(Visibility::AccountsMasked)[4], "…5926");
        let invoice = record(
            2,
            &[("Start", "base_amount", "34405..40"), ("Supplier", "supplier_name", "ACME LTD")],
        );
        let of = texts(&invoice, FileType::Transactions, Visibility::Masked);
        assert_eq!(of, ["34405..40", "ACME LTD"]);
    }

    #[test]
    fn the_cell_in_question_is_marked_even_when_it_is_empty() {
        let record = record(3, &[("A", "x", ""), ("B", "y", ""), ("C", "z", "1")]);
        let of = (FileType::Transactions, false);
        let shown = cells(&record, of, Visibility::Masked, "B");
        let shown: Vec<_> = shown.iter().map(|cell| (&*cell.header, cell.is_marked)).collect();
        assert_eq!(shown, [("B", true), ("C", false)]);
        let none = cells(&record, of, Visibility::Masked, "");
        assert_eq!(none.len(), 1);
    }
}
