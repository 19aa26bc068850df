//! One line of an upload's file, with the cell that a problem speaks of marked.
//!
//! Not for: finding the line; the ledgers know how files are read.
//!
//! Invariant: what is masked in a ledger is masked here; and where cells stand in the wrong columns, or could
//! not be read as what they should be, nothing says what they are, so they are masked as the worst.

use askama::Template;
use axum::extract::{Path, State};
use domain::personal::HIDDEN;
use domain::{FileType, Sensitivity, ShownCell, ShownRecord, Upload, Visibility};
use serde::Deserialize;

use super::detail::{find, has_its_file};
use crate::App;
use crate::http::pages::access::Viewer;
use crate::http::pages::error::PageError;
use crate::http::pages::field::Text;
use crate::http::pages::format;
use crate::http::pages::layout::{Layout, Section};
use crate::http::pages::query::Query;
use crate::http::pages::respond::{PageResult, html};
use crate::limits::LINE_BYTES_MAX;

/// A wide extract has fifty columns; a line of very many is one whose delimiters are broken.
const CELLS_MAX: usize = 200;
/// The name in a ledger for what no field is known for.
const EXTRA: &str = "extra";
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
    /// What is wrong with the number of cells.
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
    let title = format!("Line {}", format::count(line));
    let back = viewer.path(&format!("uploads/{}", upload.id));
    let mut layout = Layout::for_member(&app, &viewer, Section::Uploads, &title).await?;
    layout.push_crumb(upload.file_name.as_str(), back.clone());
    html(&LinePage {
        page: layout,
        back,
        line: format::count(line),
        shape: record.as_ref().and_then(shape),
        cells: record.map(|record| cells(&record, upload.file_type, visibility, marked)),
        is_masked: visibility == Visibility::Masked && upload.file_type.is_snapshot(),
        bytes_max: format::bytes(LINE_BYTES_MAX),
    })
}

/// Reads one record by the rules that files are read by now.
async fn record(
    app: &App,
    viewer: &Viewer,
    upload: &Upload,
    line: u64,
) -> Result<Option<ShownRecord>, PageError> {
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
    file_type: FileType,
    visibility: Visibility,
    marked: &str,
) -> Vec<Cell> {
    let is_shifted = record.cells.len() != record.columns;
    let cell = |cell: &ShownCell| {
        let is_marked = !marked.is_empty() && cell.header == marked;
        let is_anything = file_type.is_snapshot() && (is_shifted || is_marked);
        let text = match (is_anything, visibility) {
            (true, Visibility::Masked) if !cell.text.is_empty() => HIDDEN.to_owned(),
            (true, _) if has_an_account(&cell.text) => {
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
        cells(record, file_type, visibility, "Start").into_iter().map(|cell| cell.text).collect()
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
        let shown = cells(&record, FileType::Transactions, Visibility::Masked, "B");
        let shown: Vec<_> = shown.iter().map(|cell| (&*cell.header, cell.is_marked)).collect();
        assert_eq!(shown, [("B", true), ("C", false)]);
        let none = cells(&record, FileType::Transactions, Visibility::Masked, "");
        assert_eq!(none.len(), 1);
    }
}
