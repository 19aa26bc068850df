//! How people decided on the findings of a unit, by sort: what probabilities are learnt from, and what pages
//! say of each check.
//!
//! Invariant: what a run writes never counts, only what people decided; what was dismissed beside one that is
//! true of the same invoices was not wrong.

use domain::UnitName;
use domain::finding::VerdictTally;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, MILLIONTHS, all};

impl CustomerStore {
    /// The verdicts by check, kind and pattern, of all findings that are confirmed or dismissed, gone or not.
    pub async fn verdict_tallies(&self, unit: &UnitName) -> Result<Vec<VerdictTally>, Error> {
        let rows = sqlx::query(
            "SELECT check_name, kind, pattern, \
             CAST(SUM(CASE WHEN state = 'duplicate' THEN 1 ELSE 0 END) AS BIGINT) AS confirmed, \
             CAST(SUM(CASE WHEN state = 'duplicate' THEN 0 ELSE 1 END) AS BIGINT) AS dismissed, \
             CAST(CASE WHEN COUNT(by_evidence) = COUNT(*) THEN SUM(by_evidence) END AS BIGINT) AS claimed \
             FROM findings WHERE customer = $1 AND unit = $2 AND state IN ('duplicate', 'not_duplicate') \
             GROUP BY check_name, kind, pattern ORDER BY check_name, kind, pattern",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        let tallies = all(&rows, |row| {
            let fields = Fields::new(row, "findings", "check_name");
            let claimed: Option<i64> = fields.optional_number("claimed")?;
            #[expect(clippy::cast_precision_loss, reason = "millionths of a few thousand")]
            let claimed = claimed.map(|millionths| millionths as f64 / MILLIONTHS);
            Ok(VerdictTally {
                check: fields.text("check_name")?,
                kind: fields.text("kind")?,
                pattern: fields.optional_text("pattern")?,
                confirmed: fields.number("confirmed")?,
                dismissed: fields.number("dismissed")?,
                claimed,
            })
        })?;
        self.without_dismissed_beside(unit, tallies).await
    }

    /// Counts of the findings of one check and kind, gone or not, how many were confirmed, and how many
    /// decided.
    pub async fn decided_of_kind(
        &self,
        unit: &UnitName,
        check: &str,
        kind: &str,
    ) -> Result<(u64, u64), Error> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'duplicate' THEN 1 ELSE 0 END), 0) AS BIGINT) \
             AS confirmed, COUNT(*) AS decided FROM findings WHERE customer = $1 AND unit = $2 \
             AND check_name = $3 AND kind = $4 AND state IN ('duplicate', 'not_duplicate')",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(check)
        .bind(kind)
        .fetch_one(self.parts.db.reader())
        .await?;
        let fields = Fields::new(&row, "findings", "confirmed");
        let (confirmed, decided): (u64, u64) =
            (fields.number("confirmed")?, fields.number("decided")?);
        let beside = self.dismissed_beside_of_kind(unit, check, kind).await?;
        Ok((confirmed, decided.saturating_sub(beside).max(confirmed)))
    }
}
