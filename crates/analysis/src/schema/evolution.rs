//! How a table's columns differ from those of this program, and what they become by its next commit.
//!
//! Not for: reading parts that lack a column (`part`). Invariant: a column that is there is never taken
//! away, renamed or given another type, and stands where it stood; new ones come behind.

use arrow_schema::Schema;
use deltalake_core::kernel::{StructField, StructType};
use domain::columns::FIRST_SCHEMA;
use domain::{Column, FileType, LedgerName};
use extract::LINE_COLUMN;

use super::{
    ACTIVE_COLUMN, ENDED_COLUMN, SINCE_COLUMN, UPLOAD_COLUMN, VERSION_COLUMN, table_columns,
};
use crate::error::{Error, SchemaMismatch};

/// Where each row came from and how it lives: no ledger was ever without them.
const BOOKKEEPING: [&str; 6] =
    [LINE_COLUMN, UPLOAD_COLUMN, VERSION_COLUMN, ACTIVE_COLUMN, SINCE_COLUMN, ENDED_COLUMN];

/// A table's columns held against those of this program; each can be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableColumns {
    /// Of this program, not in the table yet.
    missing: Vec<StructField>,
    /// Of the table, not in this program.
    unknown: Vec<String>,
}

impl TableColumns {
    /// [`Error::Schema`] where a column that is there cannot be read, or one has been lost.
    pub(crate) fn of_table(
        ledger: &LedgerName,
        schema: &Schema,
        table: &StructType,
    ) -> Result<Self, Error> {
        let known = table_columns(schema)?;
        let mut missing = Vec::new();
        for column in &known {
            let mismatch = match table.field(column.name()) {
                Some(found) => other_type(column, found),
                None if is_mandatory(ledger.file_type, column.name()) => {
                    Some(SchemaMismatch::LostColumn { column: column.name().clone() })
                }
                None => {
                    missing.push(column.clone());
                    None
                }
            };
            if let Some(mismatch) = mismatch {
                return Err(Error::Schema { ledger: Box::new(ledger.clone()), mismatch });
            }
        }
        let is_known = |name: &String| known.iter().any(|column| column.name() == name);
        let names = table.fields().map(|field| field.name().clone());
        Ok(Self { missing, unknown: names.filter(|name| !is_known(name)).collect() })
    }

    /// Why the table is not to be written: what is in columns that are not ours would be lost.
    pub(crate) fn unwritable(&self) -> Option<SchemaMismatch> {
        let columns = self.unknown.clone();
        (!columns.is_empty()).then_some(SchemaMismatch::UnknownColumns { columns })
    }

    /// The table's columns and, behind them, those that it lacks; none where it lacks nothing.
    pub(crate) fn evolved(&self, table: &StructType) -> Result<Option<StructType>, Error> {
        if self.missing.is_empty() {
            return Ok(None);
        }
        let columns = table.fields().chain(&self.missing).cloned();
        Ok(Some(StructType::try_new(columns).map_err(Error::storage)?))
    }
}

/// All columns are ours to fill or to leave empty, so one that must hold a value is another column.
fn other_type(expected: &StructField, found: &StructField) -> Option<SchemaMismatch> {
    if expected.data_type() == found.data_type() && found.is_nullable() {
        return None;
    }
    let always = if found.is_nullable() { "" } else { " and never nothing" };
    Some(SchemaMismatch::ChangedType {
        column: expected.name().clone(),
        expected: expected.data_type().to_string(),
        found: format!("{}{always}", found.data_type()),
    })
}

/// Returns `true` when a ledger without a column has lost it, as every ledger had it from the first.
/// A later one that files must have may be missing in ledgers of before.
fn is_mandatory(file_type: FileType, column: &str) -> bool {
    let is_first = |column: &Column| {
        let is_known_by = file_type.spec().variation.contains(&column.name);
        column.since == FIRST_SCHEMA && (column.is_mandatory || is_known_by)
    };
    BOOKKEEPING.contains(&column) || file_type.column(column).is_some_and(is_first)
}
