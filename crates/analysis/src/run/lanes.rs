//! Whether the money of a finding can still be stopped: its lane, once its rows are known.
//!
//! Not for: what each check's findings are about (its `check.toml`).
//!
//! Invariant: nothing counts as unpaid in a ledger that says of no invoice when it was paid, and a credit
//! never does: there is no payment of it to stop.

use datafusion::prelude::SessionContext;
use domain::FileType;
use domain::columns::transactions::PAID;
use domain::finding::{Finding, FindingRow, Lane};

use crate::engine::query_all;
use crate::error::Error;

/// The days of payment of a ledger's invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PaymentDays {
    /// Of one at least: an invoice without one is not paid.
    Known,
    /// Of none: nothing follows from a day that is missing.
    Unknown,
}

pub(super) async fn payment_days(session: &SessionContext) -> Result<PaymentDays, Error> {
    let [paid, cleared] = PAID;
    let sql = format!(
        "SELECT 1 FROM transactions WHERE {paid} IS NOT NULL OR {cleared} IS NOT NULL LIMIT 1"
    );
    let found = query_all(session, &sql).await?;
    let is_any = found.iter().any(|batch| batch.num_rows() > 0);
    Ok(if is_any { PaymentDays::Known } else { PaymentDays::Unknown })
}

/// Moves a finding of which something is not paid yet from what can be recovered to what can be stopped.
pub(super) fn assign(finding: &mut Finding, payment_days: PaymentDays) {
    // Nobody pays what is not posted.
    let is_unposted = |row: &FindingRow| row.ledger == FileType::UnpostedInvoices;
    let is_unpaid = |row: &FindingRow| {
        payment_days == PaymentDays::Known
            && row.ledger == FileType::Transactions
            && !row.is_paid()
            && !row.is_credit()
    };
    let rows = &finding.rows;
    if finding.lane == Lane::Recover && rows.iter().any(|row| is_unposted(row) || is_unpaid(row)) {
        finding.lane = Lane::StopPayment;
    }
}
