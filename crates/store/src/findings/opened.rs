//! Which findings somebody has opened: what nobody has is new to everybody, whenever it was found.
//!
//! Invariant: it is written once, by whoever is the first.

use domain::{FindingKey, UnitName};
use jiff::Timestamp;

use crate::CustomerStore;
use crate::error::Error;
use crate::finding_versions::note_change;

impl CustomerStore {
    /// Keeps that somebody opened a finding, unless somebody had.
    pub async fn note_opened(
        &self,
        unit: &UnitName,
        key: &FindingKey,
        now: Timestamp,
    ) -> Result<(), Error> {
        // Nearly always somebody has: then nobody waits for those who write.
        let unopened: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM findings WHERE customer = $1 AND unit = $2 AND key = $3 \
             AND opened_at IS NULL",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(key.as_str())
        .fetch_optional(self.parts.db.reader())
        .await?;
        if unopened.is_none() {
            return Ok(());
        }
        let mut transaction = self.parts.db.begin().await?;
        let opened = sqlx::query(
            "UPDATE findings SET opened_at = $4 WHERE customer = $1 AND unit = $2 AND key = $3 \
             AND opened_at IS NULL",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(key.as_str())
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        if opened.rows_affected() > 0 {
            note_change(&mut transaction, &self.customer, unit).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}
