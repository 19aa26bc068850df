//! One payment as it is ordered, and why an order cannot be read or written without some of its payments.
//!
//! Not for: what a format says where. Invariant: what speaks of a line counts it from 1.

use crate::error::{ReadError, Refusal};
use crate::limits::PAYMENTS_MAX;

/// One payment as it is ordered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OrderedPayment {
    /// The line at which it begins; its place among the payments where several begin on one line.
    pub(super) line: u64,
    pub(super) id: String,
    pub(super) payee: String,
    pub(super) payee_ref: String,
    /// With a point and without a sign.
    pub(super) amount: String,
    pub(super) currency: String,
    pub(super) sort_code: String,
    pub(super) account_number: String,
    pub(super) iban: String,
    pub(super) bic: String,
    /// The date as in ISO 8601.
    pub(super) date: String,
    pub(super) reference: String,
}

/// Why an order of payments cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderFault {
    pub(super) line: u64,
    pub(super) what: String,
}

impl OrderFault {
    pub(super) fn new(line: u64, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

/// Why there is no file without the held payments: a clause, for whoever says what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotCleaned(String);

impl NotCleaned {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl From<OrderFault> for ReadError {
    fn from(fault: OrderFault) -> Self {
        Self::Refused(Refusal::PaymentOrder { line: fault.line, what: fault.what })
    }
}

/// Refuses a payment more than are read of one file.
pub(super) fn check_room(payments: &[OrderedPayment], line: u64) -> Result<(), OrderFault> {
    if payments.len() < PAYMENTS_MAX {
        return Ok(());
    }
    let what = format!("the file orders more than {PAYMENTS_MAX} payments; split the run");
    Err(OrderFault::new(line, what))
}

/// `1234` pence or cents as `12.34`.
pub(super) fn hundredths(amount: u64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}
