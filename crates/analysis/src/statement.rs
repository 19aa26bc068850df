//! A supplier's statement read and held against the unit's ledgers.
//!
//! Not for: keeping it (the store). Invariant: nothing is asked of a ledger but rows of this supplier.

mod matching;
mod open_items;
mod pdf;
mod table;

use std::io::Cursor;

use domain::finding::CheckedUnit;
use domain::statement::Reconciliation;
use domain::{FileFormat, FileType};
use extract::TableRecord;
use tokio::task::spawn_blocking;

use self::matching::reconcile;
use self::open_items::open_items;
use self::pdf::pdf_table;
pub use self::table::StatementFault;
use self::table::lines;
use crate::browse::Browser;
use crate::error::Error;
use crate::limits::STATEMENT_RECORDS_MAX;

/// The kind of file that a statement is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementFormat {
    Table(FileFormat),
    Pdf,
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
    /// library that reads it overflow or grow without end: read it in a process that may end.
    ///
    /// # Errors
    /// A sentence on why it cannot be read.
    pub fn table(self, bytes: &[u8]) -> Result<Vec<TableRecord>, StatementFault> {
        match self {
            Self::Pdf => pdf_table(bytes),
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
        records: Vec<TableRecord>,
    ) -> Result<Result<Reconciliation, StatementFault>, Error> {
        let mut ledgers = Vec::new();
        for file_type in [FileType::Transactions, FileType::UnpostedInvoices] {
            ledgers.extend(self.ledgers().open_of_unit(of, file_type).await?);
        }
        let supplier = supplier.to_owned();
        spawn_blocking(move || {
            let lines = match lines(&records) {
                Ok(lines) => lines,
                Err(fault) => return Ok(Err(fault)),
            };
            let mut items = Vec::new();
            for (_, ledger) in &ledgers {
                open_items(ledger, &supplier, &mut items)?;
            }
            Ok(Ok(reconcile(lines, items)))
        })
        .await?
    }
}
