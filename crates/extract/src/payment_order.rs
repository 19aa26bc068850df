//! Files that order payments, as records: ISO 20022 pain.001, Bacs Standard 18 and NACHA.
//!
//! Not for: lists of payments as text or workbooks, which are read as every extract is.
//!
//! Invariant: a file that is not well formed, or whose own counts and sums are not those of its payments, is
//! refused whole and with the line: half an order of payments must not be taken for all of it.

mod bacs;
mod fixed_width;
mod nacha;
mod pain001;
#[cfg(test)]
mod tests;

use std::io::Read;

use domain::content::PaymentOrderKind;
use domain::problem::Problem;

use crate::encoding::Encoding;
use crate::error::{ReadError, Refusal};
use crate::limits::{PAYMENT_ORDER_BYTES_MAX, PAYMENTS_MAX};
use crate::record::{Doubt, Record, RecordSource};

/// The columns that a payment has in every format, by the names of the catalogue.
const HEADER: [&str; 11] = [
    "Payment ID",
    "Payee Name",
    "Payee Ref",
    "Payment Amount",
    "Payment Amount Currency",
    "Sort Code",
    "Account Number",
    "IBAN",
    "BIC",
    "Payment Date",
    "Reference",
];
/// The place of the amount, whose decimal sign is a point in all of them.
const AMOUNT: usize = 3;

/// One payment as it is ordered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OrderedPayment {
    /// The line at which it begins.
    line: u64,
    id: String,
    payee: String,
    payee_ref: String,
    /// With a point and without a sign.
    amount: String,
    currency: String,
    sort_code: String,
    account_number: String,
    iban: String,
    bic: String,
    /// The date as in ISO 8601.
    date: String,
    reference: String,
}

impl OrderedPayment {
    /// Its values in the order of [`HEADER`].
    fn values(&self) -> [&str; HEADER.len()] {
        [
            &self.id,
            &self.payee,
            &self.payee_ref,
            &self.amount,
            &self.currency,
            &self.sort_code,
            &self.account_number,
            &self.iban,
            &self.bic,
            &self.date,
            &self.reference,
        ]
    }
}

/// Why an order of payments cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OrderFault {
    line: u64,
    what: String,
}

impl OrderFault {
    fn new(line: u64, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

impl From<OrderFault> for ReadError {
    fn from(fault: OrderFault) -> Self {
        Self::Refused(Refusal::PaymentOrder { line: fault.line, what: fault.what })
    }
}

/// The payments of a file as records, behind a header.
#[derive(Debug)]
pub(crate) struct PaymentOrderRecords {
    payments: Vec<OrderedPayment>,
    /// Records given out, the header among them.
    given: usize,
}

impl PaymentOrderRecords {
    pub(crate) fn open<R: Read>(source: R, kind: PaymentOrderKind) -> Result<Self, ReadError> {
        let mut bytes = Vec::new();
        source.take(PAYMENT_ORDER_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > PAYMENT_ORDER_BYTES_MAX {
            let most = PAYMENT_ORDER_BYTES_MAX >> 20;
            return Err(OrderFault::new(
                1,
                format!(
                    "the file has more than {most} MiB; split the run and send its files one by one"
                ),
            )
            .into());
        }
        Ok(Self { payments: parse(&bytes, kind)?, given: 0 })
    }
}

fn parse(bytes: &[u8], kind: PaymentOrderKind) -> Result<Vec<OrderedPayment>, OrderFault> {
    let mut payments = match kind {
        PaymentOrderKind::Pain001 => pain001::parse(bytes)?,
        PaymentOrderKind::Bacs => bacs::parse(bytes)?,
        PaymentOrderKind::Nacha => nacha::parse(bytes)?,
    };
    if payments.is_empty() {
        return Err(OrderFault::new(1, "no payment is ordered; is it the right file?"));
    }
    for payment in &mut payments {
        if payment.id.is_empty() {
            payment.id = format!("line:{}", payment.line);
        }
    }
    Ok(payments)
}

/// Refuses a payment more than are read of one file.
fn check_room(payments: &[OrderedPayment], line: u64) -> Result<(), OrderFault> {
    if payments.len() < PAYMENTS_MAX {
        return Ok(());
    }
    let what = format!("the file orders more than {PAYMENTS_MAX} payments; split the run");
    Err(OrderFault::new(line, what))
}

/// `1234` pence or cents as `12.34`.
fn hundredths(amount: u64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

impl RecordSource for PaymentOrderRecords {
    fn next(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        record.clear();
        let at = self.given;
        self.given += 1;
        if at == 0 {
            record.line = 1;
            for name in HEADER {
                record.push_cell(name);
            }
            return Ok(true);
        }
        let Some(payment) = self.payments.get(at - 1) else { return Ok(false) };
        record.line = payment.line;
        for (place, value) in payment.values().into_iter().enumerate() {
            if place == AMOUNT {
                record.push_number(value);
            } else {
                record.push_cell(value);
            }
        }
        Ok(true)
    }

    fn rewind(&mut self) -> Result<(), ReadError> {
        self.given = 0;
        Ok(())
    }

    fn encoding(&self) -> Option<Encoding> {
        None
    }

    fn delimiter(&self) -> Option<u8> {
        None
    }

    fn reads_otherwise(&self) -> bool {
        false
    }

    fn doubts(&self) -> Vec<Doubt> {
        Vec::new()
    }

    fn notes(&self) -> Vec<Problem> {
        Vec::new()
    }
}

/// Reads any bytes as an order of a kind, for the fuzzer: the number of payments, or the sentence of the
/// refusal.
pub fn try_payment_order(bytes: &[u8], kind: PaymentOrderKind) -> Result<usize, String> {
    parse(bytes, kind)
        .map(|payments| payments.len())
        .map_err(|fault| Refusal::PaymentOrder { line: fault.line, what: fault.what }.to_string())
}
