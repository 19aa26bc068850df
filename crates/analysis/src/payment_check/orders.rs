//! Payments as the ledger holds them, in the form in which they are compared.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array as _, RecordBatch};
use domain::{Amount, FileType, Sensitivity, UploadId, Visibility};
use evidence::bank::account_key;
use evidence::invoice_number::InvoiceNumber;
use extract::LINE_COLUMN;

use crate::error::Error;
use crate::ledger::Ledger;
use crate::schema::UPLOAD_COLUMN;

const COLUMNS: [&str; 13] = [
    "payment_id",
    "payee_name",
    "payee_ref",
    "payment_amount",
    "payment_amount_currency",
    "sort_code",
    "account_number",
    "iban",
    "payment_date",
    "invoice_number",
    "reference",
    LINE_COLUMN,
    UPLOAD_COLUMN,
];

/// Words of a reference that are looked at; nobody writes more numbers into one.
const WORDS_MAX: usize = 200;

/// A payment that is ordered.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) upload: UploadId,
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) payee: String,
    pub(super) payee_ref: String,
    /// In ten-thousandths.
    pub(super) amount: i128,
    pub(super) currency: Option<String>,
    /// One for one account, however it is written; none where the payment names none.
    pub(super) account: Option<String>,
    /// The end of the account, for people.
    pub(super) account_end: String,
    /// Days since 1970.
    pub(super) day: Option<i32>,
    /// The purpose as people read it: the invoice and the text that goes with the payment.
    pub(super) reference: String,
    /// Numbers that stand in the reference, as invoices are compared.
    pub(super) numbers: Vec<String>,
}

impl Order {
    /// An amount in ten-thousandths as sentences about this payment have it.
    pub(super) fn written(&self, amount: i128) -> String {
        Amount::nearest(amount).written(self.currency.as_deref())
    }

    /// Returns `true` when two payments are of the same money and for the same, as far as they say for what.
    pub(super) fn is_for_the_same(&self, other: &Self) -> bool {
        if self.amount != other.amount || self.currency != other.currency {
            return false;
        }
        match (self.numbers.is_empty(), other.numbers.is_empty()) {
            (false, false) => self.numbers.iter().any(|number| other.numbers.contains(number)),
            (true, true) => self.reference.eq_ignore_ascii_case(&other.reference),
            _ => false,
        }
    }
}

/// Every payment of the ledger.
pub(super) fn read_orders(payments: &Ledger) -> Result<Vec<Order>, Error> {
    let mut orders = Vec::new();
    for batch in payments.rows(Some(COLUMNS.map(str::to_owned).into()))? {
        let batch = batch?;
        for row in 0..batch.num_rows() {
            orders.push(order(&batch, row)?);
        }
    }
    orders.sort_by_key(|order| (order.upload, order.line));
    Ok(orders)
}

fn order(batch: &RecordBatch, row: usize) -> Result<Order, Error> {
    let text = |name| text(batch, name, row);
    let (sort_code, number, iban) = (text("sort_code")?, text("account_number")?, text("iban")?);
    let of = |text: &Option<String>| text.as_deref().map(str::to_owned);
    let account = account_key(iban.as_deref(), sort_code.as_deref(), number.as_deref());
    let shown = of(&iban).or_else(|| of(&number)).unwrap_or_default();
    let end = FileType::Payments.sensitivity("iban");
    debug_assert_eq!(end, Sensitivity::Account, "of accounts the end is shown");
    let account_end = end.masked(&shown, Visibility::AccountsMasked).into_owned();
    let amounts = column(batch, "payment_amount")?.as_primitive::<Decimal128Type>();
    let days = column(batch, "payment_date")?.as_primitive::<Date32Type>();
    let lines = column(batch, LINE_COLUMN)?.as_primitive::<Int64Type>();
    let upload = text(UPLOAD_COLUMN)?.ok_or_else(|| Error::storage("a payment has no upload"))?;
    let (invoice, words) = (text("invoice_number")?, text("reference")?);
    let numbers = numbers(invoice.as_deref(), words.as_deref());
    let said: Vec<String> = [invoice, words].into_iter().flatten().collect();
    Ok(Order {
        upload: upload.parse().map_err(Error::storage)?,
        line: u64::try_from(lines.value(row)).map_err(Error::storage)?,
        id: text("payment_id")?.unwrap_or_default(),
        payee: text("payee_name")?.unwrap_or_default(),
        payee_ref: text("payee_ref")?.unwrap_or_default(),
        amount: amounts.value(row).abs(),
        currency: text("payment_amount_currency")?,
        account,
        account_end: if shown.is_empty() { String::new() } else { account_end },
        day: days.is_valid(row).then(|| days.value(row)),
        reference: said.join(" ").trim().to_owned(),
        numbers,
    })
}

/// The numbers of a payment: of its invoice, of its whole reference, of each word and of each two that stand
/// beside one another.
fn numbers(invoice: Option<&str>, reference: Option<&str>) -> Vec<String> {
    let is_apart = |c: char| c.is_whitespace() || ",;|+&".contains(c);
    let words: Vec<&str> = reference
        .unwrap_or("")
        .split(is_apart)
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .collect();
    let pairs = words.windows(2).map(<[&str]>::concat);
    let whole = reference.map(str::to_owned);
    let mut numbers: Vec<String> = invoice
        .map(str::to_owned)
        .into_iter()
        .chain(whole)
        .chain(words.iter().map(|word| (*word).to_owned()))
        .chain(pairs)
        .filter(|text| text.bytes().any(|byte| byte.is_ascii_digit()))
        .map(|text| InvoiceNumber::new(&text))
        .filter(InvoiceNumber::is_usable)
        .map(|number| number.plain)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a arrow_array::ArrayRef, Error> {
    Ok(batch.column(batch.schema_ref().index_of(name)?))
}

/// The text of a row; none where it is empty.
pub(super) fn text(batch: &RecordBatch, name: &str, row: usize) -> Result<Option<String>, Error> {
    let texts = column(batch, name)?.as_string::<i32>();
    let value = texts.is_valid(row).then(|| texts.value(row).trim());
    Ok(value.filter(|value| !value.is_empty()).map(str::to_owned))
}
