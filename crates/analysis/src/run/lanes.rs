//! Whether the money of a finding can still be stopped: its lane, once its rows are known.
//!
//! Not for: what each check's findings are about (its `check.toml`).
//!
//! Invariant: nothing counts as unpaid in a ledger that says of no invoice when it was paid.

use datafusion::prelude::SessionContext;
use domain::FileType;
use domain::finding::{Finding, FindingRow, Lane};

use crate::engine::query_all;
use crate::error::Error;

/// The columns of a transaction that say that it was paid.
const PAID: [&str; 2] = ["paid_date", "payment_cleared_date"];

/// Returns `true` when some invoice of the ledger has a day of payment.
pub(super) async fn knows_payments(session: &SessionContext) -> Result<bool, Error> {
    let [paid, cleared] = PAID;
    let sql = format!(
        "SELECT 1 FROM transactions WHERE {paid} IS NOT NULL OR {cleared} IS NOT NULL LIMIT 1"
    );
    let found = query_all(session, &sql).await?;
    Ok(found.iter().any(|batch| batch.num_rows() > 0))
}

/// Moves a finding of which something is not paid yet from what can be recovered to what can be stopped.
#[expect(clippy::fn_params_excessive_bools, reason = "a fact of the ledger")]
pub(super) fn assign(finding: &mut Finding, knows_payments: bool) {
    let is_unpaid = |row: &FindingRow| {
        row.ledger == FileType::Transactions
            && PAID.iter().all(|column| !row.fields.contains_key(*column))
    };
    if finding.lane == Lane::Recover && knows_payments && finding.rows.iter().any(is_unpaid) {
        finding.lane = Lane::StopPayment;
    }
}
