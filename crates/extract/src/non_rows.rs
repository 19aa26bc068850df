//! Records that were never meant as rows: blanks, totals, footers, the header once more.
//!
//! Not for: rows that fail. Only records that fail, or are mostly empty, are looked at here, so that a
//! supplier named Total stays one.
//!
//! Invariant: a record that is a full row is none of these.

use domain::DecimalStyle;
use serde::Serialize;

use crate::amounts;
use crate::headers::{Column, normal};
use crate::record::{Record, trimmed};
use crate::rows::Rows;
use domain::problem::Reason;

/// Records of a file that are no rows, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct NonRows {
    /// Titles above the header.
    pub titles: u64,
    /// The header, and the same again further down.
    pub headers: u64,
    pub blank: u64,
    pub totals: u64,
    pub footers: u64,
}

impl NonRows {
    pub const fn all(&self) -> u64 {
        self.titles + self.headers + self.blank + self.totals + self.footers
    }

    pub(crate) fn count(&mut self, kind: NonRow) {
        match kind {
            NonRow::Blank => self.blank += 1,
            NonRow::Total => self.totals += 1,
            NonRow::Footer => self.footers += 1,
            NonRow::Header => self.headers += 1,
        }
    }
}

/// The kind of a record that is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NonRow {
    Blank,
    Total,
    Footer,
    Header,
}

impl NonRow {
    pub(crate) const fn reason(self) -> Reason {
        match self {
            Self::Blank => Reason::BlankRows,
            Self::Total => Reason::TotalRow,
            Self::Footer => Reason::FooterRow,
            Self::Header => Reason::RepeatedHeader,
        }
    }

    /// Of a record that `rows` has just looked at.
    pub(crate) fn recognise(record: &Record, rows: &Rows, columns: &[Column]) -> Option<Self> {
        let is_sparse = rows.filled * 2 <= rows.mapped();
        if rows.faults.is_empty() && !is_sparse {
            return None;
        }
        let mut filled = record.cells().map(trimmed).filter(|cell| !cell.is_empty());
        let Some(first) = filled.next() else { return Some(Self::Blank) };
        if filled.next().is_none() && columns.len() > LONE_CELL_COLUMNS {
            return Some(lone_cell(first, rows));
        }
        if record.cells().any(is_total_word) {
            return Some(Self::Total);
        }
        let is_header = record.len() >= columns.len()
            && record.cells().zip(columns).all(|(cell, c)| normal(cell) == normal(&c.header));
        (!rows.faults.is_empty() && is_header).then_some(Self::Header)
    }
}

/// In a file of so few columns a record with one cell may be a row.
const LONE_CELL_COLUMNS: usize = 2;

/// Spreadsheets number rows they leave empty; reports put a sum or a sentence below.
fn lone_cell(cell: &str, rows: &Rows) -> NonRow {
    let is_amount = [DecimalStyle::Point, DecimalStyle::Comma]
        .into_iter()
        .any(|style| amounts::parse(cell, style).0.is_ok());
    match is_amount {
        true if rows.filled == 0 && cell.bytes().all(|byte| byte.is_ascii_digit()) => NonRow::Blank,
        true => NonRow::Total,
        false => NonRow::Footer,
    }
}

fn is_total_word(cell: &str) -> bool {
    const WORDS: [&str; 8] = [
        "total",
        "totals",
        "totalamount",
        "sum",
        "grandtotals",
        "reporttotal",
        "overalltotal",
        "balance",
    ];
    const BEGINNINGS: [&str; 3] = ["grandtotal", "subtotal", "totalfor"];
    // A name that is longer than any of these with a supplier's name behind is a text.
    const BYTES_MAX: usize = 80;
    let cell = trimmed(cell);
    // Files of many columns are sparse in every row: most cells are told apart by their first letter.
    let Some(initial) = cell.bytes().next().map(|byte| byte.to_ascii_lowercase()) else {
        return false;
    };
    let mut known = WORDS.iter().chain(&BEGINNINGS);
    if cell.len() > BYTES_MAX || !known.any(|word| word.as_bytes()[0] == initial) {
        return false;
    }
    let word = normal(cell);
    WORDS.contains(&word.as_str()) || BEGINNINGS.iter().any(|start| word.starts_with(start))
}
