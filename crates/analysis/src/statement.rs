//! A supplier's statement read and held against the unit's ledgers.
//!
//! Not for: keeping it (the store). Invariant: nothing is asked of a ledger but rows of this supplier.

mod matching;
mod open_items;
mod pdf;
mod table;

use std::io::Cursor;

use domain::FileFormat;
use domain::FileType;
use domain::finding::CheckedUnit;
use domain::statement::Reconciliation;
use tokio::task::spawn_blocking;

use self::matching::reconcile;
use self::open_items::open_items;
pub use self::pdf::pdf_table;
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
}

impl Browser {
    /// Holds a statement against the ledgers; or says in a sentence why it cannot be read.
    pub async fn reconcile(
        &self,
        of: &CheckedUnit,
        supplier: &str,
        (format, bytes): (StatementFormat, Vec<u8>),
    ) -> Result<Result<Reconciliation, String>, Error> {
        let mut ledgers = Vec::new();
        for file_type in [FileType::Transactions, FileType::UnpostedInvoices] {
            ledgers.extend(self.ledgers().open_of_unit(of, file_type).await?);
        }
        let supplier = supplier.to_owned();
        spawn_blocking(move || {
            let read = read(format, &bytes);
            let lines = match read {
                Ok(lines) => lines,
                Err(fault) => return Ok(Err(fault.to_string())),
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

/// The lines of a statement. Blocking.
fn read(
    format: StatementFormat,
    bytes: &[u8],
) -> Result<Vec<domain::statement::StatementLine>, StatementFault> {
    let records = match format {
        StatementFormat::Pdf => pdf_table(bytes)?,
        StatementFormat::Table(format) => {
            extract::plain_table(Cursor::new(bytes), format, STATEMENT_RECORDS_MAX)
                .map_err(|error| StatementFault::Unreadable(error.to_string()))?
        }
    };
    lines(&records)
}
