//! How people decided on the findings of a unit, by sort: what probabilities are learnt from, and what pages
//! say of each check.
//!
//! Invariant: what a run writes never counts, only what people decided; what was dismissed beside one that is
//! true of the same invoices was not wrong.

use std::collections::BTreeMap;

use domain::finding::{FindingState, VerdictTally};
use domain::{FindingKey, UnitName};

use super::truth_beside::{DismissedBeside, without_dismissed_beside};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, MILLIONTHS, all, share};

impl CustomerStore {
    /// The verdicts by check, kind and pattern, of all findings that are confirmed or dismissed, gone or not.
    pub async fn verdict_tallies(&self, unit: &UnitName) -> Result<Vec<VerdictTally>, Error> {
        let beside = self.dismissed_beside(unit).await?;
        self.tallies_without(unit, &beside).await
    }

    /// The verdict on each finding, as its part of the tallies.
    pub async fn own_verdicts(
        &self,
        unit: &UnitName,
    ) -> Result<BTreeMap<FindingKey, VerdictTally>, Error> {
        let beside = self.dismissed_beside(unit).await?;
        self.own_without(unit, &beside).await
    }

    /// The verdicts by sort and those on each finding, as a run learns from them: what was dismissed beside
    /// one that is true is looked for once.
    pub async fn tallies_and_own_verdicts(
        &self,
        unit: &UnitName,
    ) -> Result<(Vec<VerdictTally>, BTreeMap<FindingKey, VerdictTally>), Error> {
        let beside = self.dismissed_beside(unit).await?;
        let tallies = self.tallies_without(unit, &beside).await?;
        Ok((tallies, self.own_without(unit, &beside).await?))
    }

    async fn tallies_without(
        &self,
        unit: &UnitName,
        beside: &[DismissedBeside],
    ) -> Result<Vec<VerdictTally>, Error> {
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
        Ok(without_dismissed_beside(tallies, beside))
    }

    async fn own_without(
        &self,
        unit: &UnitName,
        beside: &[DismissedBeside],
    ) -> Result<BTreeMap<FindingKey, VerdictTally>, Error> {
        let rows = sqlx::query(
            "SELECT key, check_name, kind, pattern, state, by_evidence FROM findings \
             WHERE customer = $1 AND unit = $2 AND state IN ('duplicate', 'not_duplicate')",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        let own = all(&rows, |row| {
            let fields = Fields::new(row, "findings", "key");
            let state: FindingState = fields.parsed("state")?;
            let is_confirmed = state == FindingState::Confirmed;
            let claimed = fields.optional_number("by_evidence")?;
            let claimed = claimed.map(|millionths| u32::try_from(millionths).map(share));
            let claimed = claimed.transpose().map_err(|_no_share| fields.corrupt())?;
            let tally = VerdictTally {
                check: fields.text("check_name")?,
                kind: fields.text("kind")?,
                pattern: fields.optional_text("pattern")?,
                confirmed: u64::from(is_confirmed),
                dismissed: u64::from(!is_confirmed),
                claimed,
            };
            Ok((fields.parsed("key")?, tally))
        })?;
        let mut own: BTreeMap<FindingKey, VerdictTally> = own.into_iter().collect();
        for one in beside {
            own.remove(&one.finding.key);
        }
        Ok(own)
    }

    /// Counts of the other findings of the check and kind of one, gone or not, how many were confirmed, and
    /// how many decided.
    pub async fn decided_of_kind(
        &self,
        unit: &UnitName,
        (check, kind): (&str, &str),
        but: &FindingKey,
    ) -> Result<(u64, u64), Error> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(SUM(CASE WHEN state = 'duplicate' THEN 1 ELSE 0 END), 0) AS BIGINT) \
             AS confirmed, COUNT(*) AS decided FROM findings WHERE customer = $1 AND unit = $2 \
             AND check_name = $3 AND kind = $4 AND key <> $5 AND state IN ('duplicate', 'not_duplicate')",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(check)
        .bind(kind)
        .bind(but.as_str())
        .fetch_one(self.parts.db.reader())
        .await?;
        let fields = Fields::new(&row, "findings", "confirmed");
        let (confirmed, decided): (u64, u64) =
            (fields.number("confirmed")?, fields.number("decided")?);
        let beside = self.dismissed_beside_of_kind(unit, (check, kind), but).await?;
        Ok((confirmed, decided.saturating_sub(beside).max(confirmed)))
    }
}
