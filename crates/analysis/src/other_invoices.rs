//! Rows of a file with the Unique ID of another invoice: supplier, number and amount all differ from the
//! earlier row, so they are no later state of it.
//!
//! Not for: which of them are replaced (`odd_replacements`), or what follows from how many they are
//! (`reading`).
//!
//! Invariant: of the earlier rows no more than [`OTHER_INVOICES_LISTED_MAX`] are held.

use std::collections::HashMap;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array as _, RecordBatch, StringArray};
use domain::hold::{InvoiceRow, Replacement};
use domain::{FileType, HoldReason};
use extract::{IdentifierColumns, LINE_COLUMN};
use jiff::civil::Date;

use crate::error::Error;
use crate::identity::{Identifier, Identity};
use crate::limits::{
    OTHER_INVOICES_HELD_MIN, OTHER_INVOICES_LISTED_MAX, OTHER_INVOICES_PER_MILLE_MAX,
};
use crate::part::{Part, PartStore};

/// Columns by which an invoice is told from another, in the order of the table.
const COLUMNS: [&str; 7] = [
    "unique_id",
    "invoice_number",
    "invoice_amount",
    "invoice_date",
    "supplier_name",
    "supplier_ref",
    LINE_COLUMN,
];

/// Earlier rows of other invoices.
#[derive(Debug, Default)]
pub(crate) struct OtherInvoices {
    pub(crate) rows: u64,
    /// The first of them.
    listed: Vec<(Identity, InvoiceRow)>,
}

impl OtherInvoices {
    /// Adds an earlier row, by its place in a batch.
    pub(crate) fn add(
        &mut self,
        identity: Identity,
        (batch, row): (&RecordBatch, usize),
    ) -> Result<(), Error> {
        self.rows += 1;
        if self.listed.len() < OTHER_INVOICES_LISTED_MAX {
            self.listed.push((identity, invoice_row(batch, row)?));
        }
        Ok(())
    }

    pub(crate) fn append(&mut self, other: Self) {
        self.rows += other.rows;
        self.listed.extend(other.listed);
        self.listed.truncate(OTHER_INVOICES_LISTED_MAX);
    }

    /// Returns `true` when so many of what a file replaces are these that its Unique ID is no key.
    pub(crate) const fn are_unusual(&self, rows_replaced: u64) -> bool {
        self.rows >= OTHER_INVOICES_HELD_MIN
            && self.rows * 1_000 > rows_replaced * OTHER_INVOICES_PER_MILLE_MAX
    }

    /// Beside each earlier row that is listed the row of the file that takes its place, in the order of the
    /// file. `staged` are the parts the file became.
    pub(crate) fn replacements(
        self,
        store: &PartStore,
        staged: &[Part],
    ) -> Result<Vec<Replacement>, Error> {
        let mut before: HashMap<Identity, Vec<InvoiceRow>> = HashMap::new();
        for (identity, row) in self.listed {
            before.entry(identity).or_default().push(row);
        }
        let mut found: HashMap<Identity, (String, InvoiceRow)> = HashMap::new();
        for part in staged.iter().filter(|_| !before.is_empty()) {
            for batch in store.open(part)?.rows(Some(&COLUMNS))? {
                let batch = batch?;
                let ids: &StringArray =
                    batch.column(batch.schema().index_of(COLUMNS[0])?).as_string();
                let mut identities = Vec::with_capacity(batch.num_rows());
                identifier(&batch)?.of_rows(&batch, &mut identities);
                for (row, identity) in identities.into_iter().enumerate() {
                    if before.contains_key(&identity) {
                        let one = (ids.value(row).to_owned(), invoice_row(&batch, row)?);
                        // Of several with one Unique ID the first of the file.
                        let known = found.entry(identity).or_insert_with(|| one.clone());
                        if one.1.line < known.1.line {
                            *known = one;
                        }
                    }
                }
            }
        }
        let mut replacements = Vec::new();
        for (identity, (unique_id, after)) in found {
            let rows = before.remove(&identity).into_iter().flatten();
            replacements.extend(rows.map(|before| Replacement {
                unique_id: unique_id.clone(),
                before,
                after: after.clone(),
            }));
        }
        replacements.sort_by_key(|one| (one.after.line, one.before.line));
        Ok(replacements)
    }
}

/// The reason for holding the upload, for people; `replacements` are those of
/// [`OtherInvoices::replacements`].
pub(crate) fn hold_reason(
    rows: u64,
    columns: &IdentifierColumns,
    mut replacements: Vec<Replacement>,
) -> HoldReason {
    replacements.truncate(domain::hold::REPLACEMENT_EXAMPLES_MAX);
    HoldReason::ReusedIdentifiers {
        reused_identifiers: domain::hold::ReusedIdentifiers {
            rows,
            columns: columns.headers.clone(),
            may_repeat_by: columns.may_repeat_by.clone(),
            examples: replacements,
        },
    }
}

pub(crate) fn identifier(batch: &RecordBatch) -> Result<Identifier, Error> {
    Identifier::new(&batch.schema(), &[FileType::Transactions.spec().key])
}

fn invoice_row(batch: &RecordBatch, row: usize) -> Result<InvoiceRow, Error> {
    let schema = batch.schema();
    let column = |name: &str| Ok::<_, Error>(batch.column(schema.index_of(name)?));
    let text = |name: &str| {
        let texts: &StringArray = column(name)?.as_string();
        Ok::<_, Error>(texts.is_valid(row).then(|| texts.value(row).to_owned()))
    };
    let amounts = column("invoice_amount")?.as_primitive::<Decimal128Type>();
    let dates = column("invoice_date")?.as_primitive::<Date32Type>();
    let lines = column(LINE_COLUMN)?.as_primitive::<Int64Type>();
    Ok(InvoiceRow {
        line: u64::try_from(lines.value(row)).map_err(Error::storage)?,
        supplier_ref: text("supplier_ref")?,
        supplier_name: text("supplier_name")?,
        invoice_number: text("invoice_number")?,
        invoice_amount: amounts.is_valid(row).then(|| money(&amounts.value_as_string(row))),
        invoice_date: dates.is_valid(row).then(|| day(dates.value(row))).transpose()?,
    })
}

/// The amount with two decimals at least and no further zeros: `1234.5000` is `1234.50`.
fn money(decimal: &str) -> String {
    let Some((whole, decimals)) = decimal.split_once('.') else { return decimal.to_owned() };
    let kept = decimals.trim_end_matches('0').len().max(2).min(decimals.len());
    format!("{whole}.{}", &decimals[..kept])
}

pub(crate) fn day(since_1970: i32) -> Result<Date, Error> {
    let days = jiff::Span::new().try_days(since_1970).map_err(Error::storage)?;
    Date::constant(1970, 1, 1).checked_add(days).map_err(Error::storage)
}

#[cfg(test)]
mod tests;
