//! The beginning of a file read by rules that are tried and not yet kept: rows as they would stand in
//! the ledger.
//!
//! Not for: reading it (`extract`).

use crate::columns::ColumnKind;
use crate::problem::{Problem, ProblemCount};

/// The outcome of reading the first records of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrialReading {
    /// Fields that hold something in one of the rows, in the order of the ledger.
    pub columns: Vec<TrialColumn>,
    /// The first of the rows that were read.
    pub rows: Vec<TrialRow>,
    pub rows_read: u64,
    pub rows_set_aside: u64,
    /// Titles, headers, blank records, totals and footers.
    pub non_rows: u64,
    /// Set when the file has no more than was read.
    pub is_whole: bool,
    /// The first of them, capped; `counts` has all of the records that were read.
    pub problems: Vec<Problem>,
    pub counts: Vec<ProblemCount>,
    /// Why the file would be refused; what could be read all the same stands beside it.
    pub refusal: Option<String>,
}

/// A field as a column of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialColumn {
    pub title: &'static str,
    pub kind: ColumnKind,
}

/// A row as it would stand in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialRow {
    /// Line of a text or row of a sheet, from 1.
    pub line: u64,
    /// The values, as many as there are columns: days as 2024-03-05, amounts as 1234.50, nothing as
    /// empty text. Long ones are cut, and personal ones masked.
    pub values: Vec<String>,
}
