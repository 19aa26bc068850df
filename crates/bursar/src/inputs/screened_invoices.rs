//! A file of invoices read here, to be held against the ledgers of a server.
//!
//! Not for: sending files. Invariant: what cannot be read of a file is said before anything is asked.

use std::io::Read as _;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{Array as _, RecordBatch};
use domain::screening::INVOICES_AT_ONCE_MAX;
use domain::{Amount, FileFormat, FileType, ReadingRules, ScreenedInvoice};
use extract::{Level, Options, Place, Problem, ReadError, Require, Sink, SinkError};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::Value;

use super::examination::explain_refusal;
use crate::explain::explain_source;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::problem_line::to_text;
use crate::source::Source;

/// A file of JSON is read whole: as long as a request may be.
const JSON_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// The columns that no extract of transactions has and an invoice may name, as a header writes them.
const ACCOUNT_COLUMNS: [&str; 3] = ["Sort Code", "Account Number", "IBAN"];

/// Reads invoices out of JSON, as a server takes them.
pub fn read_json(source: &Source) -> Result<Vec<ScreenedInvoice>, Failure> {
    let file = source.reopen().map_err(|fault| explain_source(&fault))?;
    let mut text = String::new();
    let read = file.take(JSON_BYTES_MAX + 1).read_to_string(&mut text);
    read.map_err(|fault| unreadable(format!("it cannot be read: {fault}")))?;
    if text.len() as u64 > JSON_BYTES_MAX {
        return Err(unreadable(format!("it has more than {JSON_BYTES_MAX} bytes")));
    }
    let sent: Result<api::ScreeningInvoices, _> = serde_json::from_str(&text);
    sent.map(|sent| sent.invoices).map_err(|why| unreadable(why.to_string()))
}

/// Reads invoices out of an extract, as a server reads one today; not yet posted ones have no Unique ID.
pub fn read_extract(
    source: &Source,
    format: FileFormat,
    rules: &ReadingRules,
    today: Date,
) -> Result<Vec<ScreenedInvoice>, Failure> {
    let file = source.reopen().map_err(|fault| explain_source(&fault))?;
    let by_rules = Options::by_rules(FileType::Transactions, format, rules).on(today);
    let options = Options { require: Require::WhatIsThere, failed_per_mille_max: 0, ..by_rules };
    let mut rows = InvoiceRows::default();
    match extract::read(file, &options, &mut rows) {
        Ok(_reading) => {}
        Err(ReadError::Refused(refusal)) => return Err(explain_refusal(&refusal)),
        Err(fault) => return Err(unreadable(format!("it cannot be read to its end: {fault}"))),
    }
    if let Some(why) = rows.wrong {
        return Err(unreadable(why));
    }
    let count = rows.invoices.len();
    if !(1..=INVOICES_AT_ONCE_MAX).contains(&count) {
        return Err(Failure::new(
            if count == 0 { ExitCode::NothingToSend } else { ExitCode::Usage },
            format!("it has {count} invoices; 1 to {INVOICES_AT_ONCE_MAX} are screened at once"),
            "Name a file of the invoices that are to be paid next; all that were posted belong into an upload.",
        ));
    }
    Ok(rows.invoices)
}

fn unreadable(why: String) -> Failure {
    Failure::new(
        ExitCode::WouldBeRefused,
        why,
        "Write what is missing or wrong as the columns of transactions are: number, amount, date and supplier.",
    )
}

/// Takes rows of transactions as invoices.
#[derive(Default)]
struct InvoiceRows {
    invoices: Vec<ScreenedInvoice>,
    /// Why the first row that cannot be used is none.
    wrong: Option<String>,
}

impl Sink for InvoiceRows {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        for row in 0..batch.num_rows() {
            match invoice(&batch, row) {
                Ok(invoice) => self.invoices.push(invoice),
                Err(lacking) => {
                    let number = self.invoices.len() + 1;
                    self.wrong.get_or_insert(format!("invoice {number} has no {lacking}"));
                }
            }
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        if problem.level == Level::SetAside {
            self.wrong.get_or_insert(to_text(&problem, "line"));
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        *self = Self::default();
        Ok(())
    }
}

/// The invoice that a row is, or the column that it lacks.
fn invoice(batch: &RecordBatch, row: usize) -> Result<ScreenedInvoice, &'static str> {
    let text = |name: &str| {
        let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let amount = |name: &str| {
        let column = batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>()?;
        column.is_valid(row).then(|| Amount::nearest(column.value(row)))
    };
    let day = |name: &str| -> Option<Date> {
        let column = batch.column_by_name(name)?.as_primitive_opt::<Date32Type>()?;
        let day = column.is_valid(row).then(|| i64::from(column.value(row)))?;
        Some(jiff::civil::date(1970, 1, 1).saturating_add(day.days()))
    };
    let [sort_code, account_number, iban] = accounts(text("extra").as_deref());
    Ok(ScreenedInvoice {
        unique_id: text("unique_id"),
        invoice_number: text("invoice_number").ok_or("Invoice Number")?,
        invoice_amount: amount("invoice_amount")
            .or_else(|| amount("base_amount"))
            .ok_or("Invoice Amount")?,
        invoice_amount_currency: text("invoice_amount_currency"),
        base_amount: amount("base_amount"),
        base_amount_currency: text("base_amount_currency"),
        description: text("description"),
        po_number: text("po_number"),
        invoice_date: day("invoice_date").ok_or("Invoice Date")?,
        entered_date: day("entered_date"),
        payment_type: text("payment_type"),
        supplier_name: text("supplier_name"),
        supplier_ref: text("supplier_ref"),
        user_id: text("user_id"),
        org_group_ref: text("org_group_ref"),
        sort_code,
        account_number,
        iban,
    })
}

/// The account that an invoice names in columns that are none of transactions.
fn accounts(extra: Option<&str>) -> [Option<String>; ACCOUNT_COLUMNS.len()] {
    let extra = extra.map_or(Value::Null, |extra| {
        serde_json::from_str(extra).expect("what reading keeps beside a row is JSON")
    });
    let plain = |name: &str| -> String {
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    ACCOUNT_COLUMNS.map(|wanted| {
        let columns = extra.as_object().into_iter().flatten();
        let mut found = columns.filter(|(name, _)| plain(name) == plain(wanted));
        found.find_map(|(_, value)| value.as_str().map(str::to_owned))
    })
}
