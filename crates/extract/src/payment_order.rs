//! Files that order payments, as records: ISO 20022 pain.001, Bacs Standard 18 and NACHA.
//!
//! Not for: lists of payments as text or workbooks, which are read as every extract is.
//!
//! Invariant: a file that is not well formed, or whose own counts and sums are not those of its payments, is
//! refused whole and with the line: half an order of payments must not be taken for all of it.

mod bacs;
mod cleaned;
mod fixed_width;
mod nacha;
mod order;
mod pain001;
#[cfg(test)]
mod tests;

use std::io::Read;

use domain::content::PaymentOrderKind;
use domain::problem::Problem;

pub(crate) use self::cleaned::cleaned_order;
pub use self::order::NotCleaned;
use self::order::{OrderFault, OrderedPayment};
use crate::encoding::Encoding;
use crate::error::{ReadError, Refusal};
use crate::limits::PAYMENT_ORDER_BYTES_MAX;
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
    number_where_lines_are_shared(&mut payments);
    for payment in &mut payments {
        if payment.id.is_empty() {
            payment.id = id_of_place(payment.line);
        }
    }
    Ok(payments)
}

/// Programs write the whole of a pain.001 on one line, and what people decide is kept by lines: then a
/// payment is known by its place among the payments.
fn number_where_lines_are_shared(payments: &mut [OrderedPayment]) {
    if payments.is_sorted_by(|one, next| one.line < next.line) {
        return;
    }
    for (place, payment) in (1..).zip(payments) {
        payment.line = place;
    }
}

/// The id of a payment that has none of its own.
fn id_of_place(line: u64) -> String {
    format!("line:{line}")
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
