//! Records that were never meant as rows: blanks, totals, footers, the header once more.
//!
//! Not for: rows that fail. A record that has all a row must have is a row, whatever words stand in it, so
//! that a supplier named Total stays one; only where nothing is mandatory do mostly empty records count.
//!
//! Invariant: a record without faults is none of these where a row must have anything.

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
            NonRow::Footer | NonRow::ErrorMessage => self.footers += 1,
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
    /// Of the program that made the file, which may have broken off there.
    ErrorMessage,
    Header,
}

impl NonRow {
    pub(crate) const fn reason(self) -> Reason {
        match self {
            Self::Blank => Reason::BlankRows,
            Self::Total => Reason::TotalRow,
            Self::Footer => Reason::FooterRow,
            Self::ErrorMessage => Reason::ErrorMessage,
            Self::Header => Reason::RepeatedHeader,
        }
    }

    /// Recognises a record that `rows` has just looked at.
    pub(crate) fn recognise(record: &Record, rows: &Rows, columns: &[Column]) -> Option<Self> {
        let is_whole =
            rows.faults.is_empty() && (rows.must() > 0 || rows.filled * 2 > rows.mapped());
        if is_whole { None } else { Self::of_fragment(record, rows, columns) }
    }

    #[cold]
    fn of_fragment(record: &Record, rows: &Rows, columns: &[Column]) -> Option<Self> {
        let mut filled = record.cells().map(trimmed).filter(|cell| !cell.is_empty());
        let Some(first) = filled.next() else { return Some(Self::Blank) };
        let is_alone = filled.next().is_none();
        if is_ruled(record) {
            return Some(Self::Footer);
        }
        let is_sentence = first.len() <= LONE_CELL_BYTES_MAX;
        if is_alone && is_sentence && columns.len() > LONE_CELL_COLUMNS {
            return Some(lone_cell(first, rows));
        }
        // Whatever words it holds, a record with most of what a row must have is a row that failed.
        if rows.is_mostly_empty(record) {
            if is_footer_word(first) {
                return Some(Self::Footer);
            }
            if !rows.keeps_totals && (is_stars(first) || record.cells().any(is_total_word)) {
                return Some(Self::Total);
            }
        }
        let is_header = record.len() >= columns.len()
            && record.cells().zip(columns).all(|(cell, c)| normal(cell) == normal(&c.header));
        (!rows.faults.is_empty() && is_header).then_some(Self::Header)
    }
}

/// In a file of so few columns a record with one cell may be a row.
const LONE_CELL_COLUMNS: usize = 2;

/// Disclaimers below a report are shorter; more is rows whose delimiters were not understood.
const LONE_CELL_BYTES_MAX: usize = 1_000;

/// Spreadsheets number rows they leave empty; reports put a sum or a sentence below.
fn lone_cell(cell: &str, rows: &Rows) -> NonRow {
    match amounts::is_amount(cell) {
        true if rows.filled == 0 && cell.bytes().all(|byte| byte.is_ascii_digit()) => NonRow::Blank,
        true => NonRow::Total,
        false if is_stars(cell) || is_total_word(cell) => NonRow::Total,
        false if is_error_message(cell) => NonRow::ErrorMessage,
        false => NonRow::Footer,
    }
}

/// Returns `true` when a cell is the message of a database or its client where a query ended in an
/// error.
fn is_error_message(cell: &str) -> bool {
    const BEGINNINGS: [&str; 14] = [
        "ora-",
        "sp2-",
        "pls-",
        "error",
        "*** error",
        "fatal error",
        "sqlstate",
        "sqlcode",
        "[microsoft]",
        "[odbc",
        "traceback",
        "timeout expired",
        "query execution failed",
        "connection reset",
    ];
    let cell = cell.to_ascii_lowercase();
    BEGINNINGS.iter().any(|start| cell.starts_with(start)) || cell.contains("exception:")
}

/// The line that database clients draw below a header and reports above a sum.
fn is_ruled(record: &Record) -> bool {
    /// A dash alone stands for nothing, and two may.
    const DASHES_MIN: usize = 3;
    let mut dashes = 0;
    let is_ruled = record.cells().all(|cell| {
        let cell = cell.trim();
        dashes += cell.len();
        cell.bytes().all(|byte| matches!(byte, b'-' | b'=' | b'+' | b'_' | b'|' | b' '))
            && cell.len() != 1
    });
    is_ruled && dashes >= DASHES_MIN
}

/// Returns `true` for the stars by which one ERP marks its subtotals and totals.
fn is_stars(cell: &str) -> bool {
    cell.bytes().all(|byte| byte == b'*')
}

/// The first cell of what interfaces and reports write behind the last row.
fn is_footer_word(cell: &str) -> bool {
    const WORDS: [&str; 18] = [
        "trl",
        "tlr",
        "trailer",
        "trailerrecord",
        "ftr",
        "footer",
        "eof",
        "end",
        "hdr",
        "recordcount",
        "recordscount",
        "rowcount",
        "rows",
        "records",
        "numberofrecords",
        "numberofrows",
        "page",
        "printed",
    ];
    const BEGINNINGS: [&str; 6] =
        ["endofreport", "endoffile", "endofdata", "endoflist", "endofextract", "totalrecords"];
    is_one_of(cell, &WORDS, &BEGINNINGS)
}

fn is_total_word(cell: &str) -> bool {
    const WORDS: [&str; 54] = [
        "total",
        "totals",
        "totalamount",
        "sum",
        "grandtotals",
        "reporttotal",
        "overalltotal",
        "balance",
        "gesamt",
        "gesamtsumme",
        "gesamtbetrag",
        "summe",
        "endsumme",
        "zwischensumme",
        "saldo",
        "somme",
        "soustotal",
        "totaux",
        "totale",
        "totali",
        "subtotale",
        "totaal",
        "subtotaal",
        "totaalbedrag",
        "suma",
        "sumaczęściowa",
        "razem",
        "ogółem",
        "łącznie",
        "celkem",
        "součet",
        "spolu",
        "összesen",
        "toplam",
        "итого",
        "всего",
        "合計",
        "小計",
        "合计",
        "小计",
        "carriedforward",
        "broughtforward",
        "balancecarriedforward",
        "balancebroughtforward",
        "cf",
        "bf",
        "pagetotal",
        "openingbalance",
        "closingbalance",
        "ubertrag",
        "saldovortrag",
        "anfangssaldo",
        "endsaldo",
        "areporter",
    ];
    const BEGINNINGS: [&str; 6] =
        ["grandtotal", "subtotal", "totalfor", "totalgénéral", "totalgeneral", "summevon"];
    is_one_of(cell, &WORDS, &BEGINNINGS) || is_total_of(cell)
}

/// `Acme Ltd Total` and `Total Acme Ltd`, as spreadsheets call subtotals.
fn is_total_of(cell: &str) -> bool {
    const TOTALS: [&str; 6] = ["total", "totals", "totaal", "totale", "ergebnis", "summe"];
    let mut words = cell.split_whitespace();
    let (first, last) = (words.next(), words.next_back());
    let is_total = |word: &str| TOTALS.contains(&normal(word).as_str());
    cell.len() <= TOTAL_BYTES_MAX
        && first.zip(last).is_some_and(|(first, last)| is_total(first) || is_total(last))
}

/// A name that is longer than any of these words with a supplier's name behind is a text.
const TOTAL_BYTES_MAX: usize = 80;

/// Returns `true` when a cell, as names are compared, is one of these words or begins like these.
fn is_one_of(cell: &str, words: &[&str], beginnings: &[&str]) -> bool {
    let cell = trimmed(cell);
    if cell.is_empty() || cell.len() > TOTAL_BYTES_MAX {
        return false;
    }
    let word = normal(cell);
    words.contains(&word.as_str()) || beginnings.iter().any(|start| word.starts_with(start))
}
