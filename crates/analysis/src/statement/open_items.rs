//! The rows of suppliers that statements are held against: invoices and credit notes, posted and not.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array as _, RecordBatch};
use domain::invoice_status::says_taken_back;
use domain::{FileType, InvoiceWorkflow};
use evidence::invoice_number::InvoiceNumber;
use jiff::civil::Date;

use crate::error::Error;
use crate::ledger::Ledger;
use crate::other_invoices::day;

/// A row, its lines added up.
#[derive(Debug, Clone)]
pub(super) struct OpenItem {
    pub(super) ledger: FileType,
    pub(super) id: String,
    pub(super) written: String,
    pub(super) number: InvoiceNumber,
    /// In ten-thousandths; what is owed is positive.
    pub(super) amount: i128,
    /// None where the ledger does not say it.
    pub(super) currency: Option<String>,
    pub(super) date: Option<Date>,
    /// The day on which the last of it was paid; none while any of it is open.
    pub(super) paid: Option<Date>,
}

impl OpenItem {
    pub(super) const fn is_paid(&self) -> bool {
        self.paid.is_some()
    }
}

/// A Supplier Ref as suppliers are told apart by it.
pub(super) fn supplier_key(reference: &str) -> String {
    reference.trim().to_uppercase()
}

/// Adds the rows of some suppliers, each by its key. Those that were taken back or have left the workflow are
/// none.
pub(super) fn add_open_items(
    ledger: &Ledger,
    suppliers: &BTreeSet<String>,
    items: &mut BTreeMap<String, Vec<OpenItem>>,
) -> Result<(), Error> {
    let of_ledger = ledger.file_type() == FileType::Transactions;
    let mut columns = vec![
        "unique_id",
        "invoice_number",
        "invoice_amount",
        "invoice_amount_currency",
        "status",
        "invoice_date",
        "supplier_ref",
    ];
    columns.extend(if of_ledger {
        &["paid_date", "payment_cleared_date"][..]
    } else {
        &["posted_as"]
    });
    let mut found: BTreeMap<(String, String), OpenItem> = BTreeMap::new();
    for batch in ledger.rows(Some(columns.into_iter().map(str::to_owned).collect()))? {
        let batch = batch?;
        let amounts = column(&batch, "invoice_amount")?.as_primitive::<Decimal128Type>();
        let dates = column(&batch, "invoice_date")?.as_primitive::<Date32Type>();
        for row in 0..batch.num_rows() {
            let text = |name| text(&batch, name, row);
            let supplier = text("supplier_ref")?.map(supplier_key);
            let Some(supplier) = supplier.filter(|supplier| suppliers.contains(supplier)) else {
                continue;
            };
            let status = text("status")?;
            let is_gone = if of_ledger {
                status.is_some_and(says_taken_back)
            } else {
                InvoiceWorkflow::new(status, text("posted_as")?) != InvoiceWorkflow::Open
            };
            let (Some(id), false) = (text("unique_id")?, is_gone || amounts.is_null(row)) else {
                continue;
            };
            let paid = if of_ledger { paid_on(&batch, row)? } else { None };
            let written = text("invoice_number")?.unwrap_or_default();
            let item = found.entry((supplier, id.to_owned())).or_insert_with(|| OpenItem {
                ledger: ledger.file_type(),
                id: id.to_owned(),
                written: written.to_owned(),
                number: InvoiceNumber::new(written),
                amount: 0,
                currency: None,
                date: None,
                paid,
            });
            item.amount += amounts.value(row);
            if item.currency.is_none() {
                item.currency = text("invoice_amount_currency")?.map(str::to_owned);
            }
            // While a row of it is open, it is.
            item.paid = item.paid.zip(paid).map(|(one, other)| one.max(other));
            if dates.is_valid(row) {
                item.date = Some(day(dates.value(row))?);
            }
        }
    }
    for ((supplier, _), item) in found {
        items.entry(supplier).or_default().push(item);
    }
    Ok(())
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a arrow_array::ArrayRef, Error> {
    Ok(batch.column(batch.schema_ref().index_of(name)?))
}

fn text<'a>(batch: &'a RecordBatch, name: &str, row: usize) -> Result<Option<&'a str>, Error> {
    let texts = column(batch, name)?.as_string::<i32>();
    Ok(texts.is_valid(row).then(|| texts.value(row)))
}

/// The day on which a row was paid, or its payment cleared.
fn paid_on(batch: &RecordBatch, row: usize) -> Result<Option<Date>, Error> {
    for name in ["paid_date", "payment_cleared_date"] {
        let dates = column(batch, name)?.as_primitive::<Date32Type>();
        if dates.is_valid(row) {
            return day(dates.value(row)).map(Some);
        }
    }
    Ok(None)
}
