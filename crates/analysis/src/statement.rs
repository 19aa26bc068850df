//! A supplier's statement read and held against the unit's ledgers.
//!
//! Not for: keeping it (the store). Invariant: nothing is asked of a ledger but rows of this supplier.

mod affixes;
mod credits;
mod currency;
mod days;
mod headers;
mod likeness;
mod matching;
mod open_items;
mod outcome;
mod pdf;
mod table;
mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use domain::finding::CheckedUnit;
use domain::statement::{Reconciliation, StatementColumns};
use domain::{FileFormat, FileType};
use extract::TableRecord;
use jiff::civil::Date;
use tokio::task::spawn_blocking;

use self::matching::matched;
use self::open_items::{add_open_items, supplier_key};
use self::outcome::reconciliation;
use self::pdf::pdf_table;
pub use self::table::StatementFault;
use self::table::statement_table;
use crate::browse::Browser;
use crate::error::Error;
use crate::limits::STATEMENT_RECORDS_MAX;

/// The kind of file that a statement is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementFormat {
    Table(FileFormat),
    Pdf,
}

/// The rows of a statement, and what is known of their columns.
#[derive(Debug, Clone)]
pub struct StatementRecords {
    pub records: Vec<TableRecord>,
    /// The columns that were settled for the supplier; found by their usual names where none were.
    pub columns: Option<StatementColumns>,
    /// The day on which it is read, as years may have two digits.
    pub today: Date,
}

impl StatementFormat {
    /// The format by a file's name; none for one that is not read.
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        if extension.eq_ignore_ascii_case("pdf") {
            return Some(Self::Pdf);
        }
        let mut formats = FileFormat::ALL.into_iter();
        let known = formats.find(|known| known.extension().eq_ignore_ascii_case(extension));
        known.map(Self::Table)
    }

    /// The rows of a statement. Blocking; and a PDF is made by nobody knows whom, and can make the
    /// library that reads it overflow or grow without end: read it in a process that may end. The columns of
    /// a PDF stand below its headers, which may have been settled.
    ///
    /// # Errors
    /// A sentence on why it cannot be read.
    pub fn table(
        self,
        bytes: &[u8],
        columns: Option<&StatementColumns>,
    ) -> Result<Vec<TableRecord>, StatementFault> {
        match self {
            Self::Pdf => pdf_table(bytes, columns),
            Self::Table(format) => {
                extract::plain_table(Cursor::new(bytes), format, STATEMENT_RECORDS_MAX)
                    .map_err(|error| StatementFault::Unreadable(error.to_string()))
            }
        }
    }
}

impl Browser {
    /// Holds the table of a statement against the ledgers; or says why it is none.
    pub async fn reconcile(
        &self,
        of: &CheckedUnit,
        supplier: &str,
        statement: StatementRecords,
    ) -> Result<Result<Reconciliation, StatementFault>, Error> {
        let mut ledgers = Vec::new();
        for file_type in [FileType::Transactions, FileType::UnpostedInvoices] {
            ledgers.extend(self.ledgers().open_of_unit(of, file_type).await?);
        }
        let supplier = supplier_key(supplier);
        spawn_blocking(move || {
            let StatementRecords { records, columns, today } = statement;
            let table = match statement_table(&records, columns.as_ref(), today) {
                Ok(table) => table,
                Err(fault) => return Ok(Err(fault)),
            };
            let (suppliers, mut items) = (BTreeSet::from([supplier.clone()]), BTreeMap::new());
            for (_, ledger) in &ledgers {
                add_open_items(ledger, &suppliers, &mut items)?;
            }
            let items = items.remove(&supplier).unwrap_or_default();
            Ok(Ok(reconciliation(&matched(table.lines, items), table.opening)))
        })
        .await?
    }
}
