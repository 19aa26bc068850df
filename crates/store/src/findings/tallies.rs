//! How people decided on the findings of a unit, by sort: what probabilities are learnt from, and what pages
//! say of each check.
//!
//! Invariant: what a run writes never counts, only what people decided.

use domain::UnitName;
use domain::finding::VerdictTally;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, MILLIONTHS, all};

impl CustomerStore {
    /// By check, kind and pattern, of all findings that are confirmed or dismissed, gone or not.
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
        all(&rows, |row| {
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
        })
    }
}
