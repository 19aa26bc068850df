//! What a file was read as.
//!
//! Not for: its rows and problems, which go to whoever takes them on the way (`report`).

use domain::problem::{Level, ProblemCount};

use crate::encoding::Encoding;
use crate::error::Refusal;
use crate::fields::Field;
use crate::formats::ColumnFormat;
use crate::headers::Derivation;
use crate::identifiers::IdentifierColumns;
use crate::limits::{FAILED_PER_MILLE_MAX, FAILED_ROWS_FEW};
use crate::non_rows::NonRows;

/// The outcome of reading a file: its columns, formats and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub columns: Vec<ColumnUse>,
    /// Fields that the file lacks and that were taken from others.
    pub derived: Vec<Derivation>,
    /// The system whose headers these are, such as `Sage 200`, when that is recognised.
    pub system: Option<String>,
    /// Of transactions: what their identifier is read from.
    pub identifier: IdentifierColumns,
    /// None for a workbook, as are the delimiter's.
    pub encoding: Option<Encoding>,
    pub delimiter: Option<char>,
    /// Line of the header, from 1.
    pub header_line: u64,
    pub rows_read: u64,
    pub rows_set_aside: u64,
    pub non_rows: NonRows,
    /// Every problem counted, given out or not; the most frequent first.
    pub problems: Vec<ProblemCount>,
}

impl Reading {
    /// Records of the file, its header among them; lines without anything are none.
    pub const fn records(&self) -> u64 {
        self.rows_read + self.rows_set_aside + self.non_rows.all()
    }

    /// Refuses a file of which more than so many rows in 1,000 failed; a few failed rows never refuse one of
    /// which most was read, unless fewer than usual are allowed.
    pub fn check_failed(&self, per_mille_max: u32) -> Result<(), Refusal> {
        let set_aside = self.rows_set_aside;
        let rows = self.rows_read + set_aside;
        let are_few = set_aside <= FAILED_ROWS_FEW && set_aside < self.rows_read;
        if set_aside.saturating_mul(1_000) <= rows.saturating_mul(per_mille_max.into())
            || (are_few && per_mille_max >= FAILED_PER_MILLE_MAX)
        {
            return Ok(());
        }
        let most_often = self.problems.iter().find(|problem| problem.level == Level::SetAside);
        let most_often = most_often.map_or_else(String::new, |problem| match &problem.column {
            Some(column) => format!("{column}: {}", problem.reason),
            None => problem.reason.to_string(),
        });
        Err(Refusal::TooManyFailedRows { set_aside, rows, per_mille_max, most_often })
    }
}

/// The use that was made of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnUse {
    /// The header as it stands in the file; empty when the column has none.
    pub header: String,
    /// The field it is read as, the first of `fields` but for those that are text beside a date or an amount.
    /// None: kept as text in [`domain::columns::EXTRA`].
    pub field: Option<Field>,
    /// All fields that are read from it.
    pub fields: Vec<Field>,
    /// The part of the identifier that it is, from 0, when a mapping builds that of several columns.
    pub identifier_part: Option<usize>,
    pub format: ColumnFormat,
}
