//! The cells of a small table as they stand, whatever file it is in: for lists that are no extract, such as a
//! supplier's statement.
//!
//! Not for: extracts, whose formats belong to whole columns (`read`). Invariant: memory is bounded by the
//! number of records that is asked for.

use std::io::{Read, Seek};

use domain::{FileFormat, FileType};
use serde::{Deserialize, Serialize};

use crate::error::{ReadError, Refusal};
use crate::headers::Matcher;
use crate::options::Options;
use crate::record::Record;

/// A record of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TableRecord {
    /// Line of a text or row of a sheet, from 1.
    pub line: u64,
    /// Without blanks round them.
    pub cells: Vec<String>,
}

/// The records of a file, so many at most.
///
/// # Errors
/// [`ReadError::Refused`] when the file cannot be read at all, or has more.
pub fn plain_table<R: Read + Seek>(
    source: R,
    format: FileFormat,
    most: usize,
) -> Result<Vec<TableRecord>, ReadError> {
    // Whose columns say which sheet is meant, and how text is split: invoices have most of a statement's.
    let options = Options::new(FileType::UnpostedInvoices, format);
    let matcher = Matcher::with_known_names(FileType::UnpostedInvoices);
    let mut records = crate::source::open(source, &options, &matcher)?;
    let (mut table, mut record) = (Vec::new(), Record::default());
    while records.next(&mut record)? {
        if table.len() == most {
            return Err(Refusal::TooManyRecords { most }.into());
        }
        let cells = record.cells().map(|cell| cell.trim().to_owned()).collect();
        table.push(TableRecord { line: record.line, cells });
    }
    Ok(table)
}
