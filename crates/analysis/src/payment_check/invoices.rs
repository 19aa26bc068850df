//! The invoices of the suppliers that a run pays: what is open, what is paid, by number.

use std::collections::{HashMap, HashSet};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array as _, RecordBatch};
use domain::invoice_status::says_taken_back;
use evidence::invoice_number::InvoiceNumber;

use super::orders::{Order, text};
use crate::error::Error;
use crate::ledger::Ledger;
use crate::supplier_lookup::reference_key;

const COLUMNS: [&str; 9] = [
    "supplier_ref",
    "invoice_number",
    "invoice_amount",
    "invoice_amount_currency",
    "paid_date",
    "payment_cleared_date",
    "status",
    "entered_date",
    "invoice_date",
];

/// Credits that were entered within so many days before the newest row may wait for the next payment.
const RECENT_DAYS: i32 = 90;

/// An invoice, or a line of one.
#[derive(Debug, Clone)]
pub(super) struct LedgerInvoice {
    /// The number as it is compared; empty where it tells nothing.
    pub(super) number: String,
    /// The number as it stands on the paper.
    pub(super) written: String,
    /// In ten-thousandths.
    pub(super) amount: i128,
    pub(super) currency: Option<String>,
    /// Days since 1970; none while it is open.
    pub(super) paid: Option<i32>,
}

#[derive(Debug, Default)]
pub(super) struct LedgerInvoices {
    of_supplier: HashMap<String, Vec<LedgerInvoice>>,
    pub(super) has_ledger: bool,
    /// The ledger says of some invoice when it was paid, so that another is open.
    pub(super) knows_payments: bool,
    /// Unless most older credits of the ledger have no day of payment: then it says nothing of others either.
    pub(super) marks_credits: bool,
}

/// The credits of a ledger, of all its suppliers.
#[derive(Debug, Default)]
struct Credits {
    /// The day on which each was entered, and whether it was taken.
    entered: Vec<(i32, bool)>,
    /// The newest day of any row.
    newest: i32,
}

impl Credits {
    fn are_marked(&self) -> bool {
        let older = || self.entered.iter().filter(|(day, _)| *day < self.newest - RECENT_DAYS);
        older().filter(|(_, is_taken)| *is_taken).count() * 2 >= older().count()
    }
}

impl LedgerInvoice {
    /// An invoice without a currency is in that of the payment.
    pub(super) fn is_of_currency(&self, order: &Order) -> bool {
        match (&self.currency, &order.currency) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        }
    }
}

impl LedgerInvoices {
    /// Reads the invoices of these suppliers.
    pub(super) fn read(
        transactions: Option<&Ledger>,
        wanted: &HashSet<String>,
    ) -> Result<Self, Error> {
        let mut invoices = Self { has_ledger: transactions.is_some(), ..Self::default() };
        let Some(transactions) = transactions else { return Ok(invoices) };
        let mut credits = Credits::default();
        for batch in transactions.rows(Some(COLUMNS.map(str::to_owned).into()))? {
            invoices.add(&batch?, wanted, &mut credits)?;
        }
        invoices.marks_credits = credits.are_marked();
        Ok(invoices)
    }

    fn add(
        &mut self,
        batch: &RecordBatch,
        wanted: &HashSet<String>,
        credits: &mut Credits,
    ) -> Result<(), Error> {
        let at = |name: &str| Ok::<_, Error>(batch.column(batch.schema_ref().index_of(name)?));
        let references = at("supplier_ref")?.as_string::<i32>();
        let amounts = at("invoice_amount")?.as_primitive::<Decimal128Type>();
        let days = [
            at("paid_date")?,
            at("payment_cleared_date")?,
            at("entered_date")?,
            at("invoice_date")?,
        ]
        .map(AsArray::as_primitive::<Date32Type>);
        for row in 0..batch.num_rows() {
            let day = |at: usize| days[at].is_valid(row).then(|| days[at].value(row));
            let paid = day(0).or_else(|| day(1));
            self.knows_payments |= paid.is_some();
            if references.is_null(row) || amounts.is_null(row) {
                continue;
            }
            if let Some(entered) = day(2).or_else(|| day(3)) {
                credits.newest = credits.newest.max(entered);
                if amounts.value(row) < 0 {
                    credits.entered.push((entered, paid.is_some()));
                }
            }
            let key = reference_key(references.value(row));
            if !wanted.contains(&key) {
                continue;
            }
            if text(batch, "status", row)?.is_some_and(|status| says_taken_back(&status)) {
                continue;
            }
            let written = text(batch, "invoice_number", row)?.unwrap_or_default();
            self.of_supplier.entry(key).or_default().push(LedgerInvoice {
                number: InvoiceNumber::new(&written).plain,
                written,
                amount: amounts.value(row),
                currency: text(batch, "invoice_amount_currency", row)?,
                paid,
            });
        }
        Ok(())
    }

    pub(super) fn of(&self, reference: &str) -> &[LedgerInvoice] {
        self.of_supplier.get(reference).map_or(&[], Vec::as_slice)
    }
}
