//! How often the findings of a unit have changed: by it a sum that is kept is known to hold still.
//!
//! Not for: the sums (`finding_sums`).
//!
//! Invariant: whatever writes a row that a sum is made of counts it in the same transaction, so that nobody
//! sees the one without the other. It counts behind all findings that it locks and before the audit log and
//! the numbers of holds, so that of two who write at once one waits and neither for ever.

use domain::{CustomerName, UnitName};
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;

/// Counts that findings of a unit, what was decided about them or what is held for them changes.
pub(crate) async fn note_change(
    transaction: &mut Transaction<'static, Any>,
    customer: &CustomerName,
    unit: &UnitName,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO finding_versions (customer, unit, version) VALUES ($1, $2, 1) \
         ON CONFLICT (customer, unit) DO UPDATE SET version = finding_versions.version + 1",
    )
    .bind(customer.as_str())
    .bind(unit.as_str())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl CustomerStore {
    /// The version of the findings of a unit; it grows with every change of them, and never falls.
    pub(crate) async fn finding_version(&self, unit: &UnitName) -> Result<i64, Error> {
        let version: Option<i64> = sqlx::query_scalar(
            "SELECT version FROM finding_versions WHERE customer = $1 AND unit = $2",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .fetch_optional(self.parts.db.reader())
        .await?;
        Ok(version.unwrap_or_default())
    }
}
