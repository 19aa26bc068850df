//! The work of a team: what each of them has to do, for how long it has been there, and what they decided.
//!
//! Not for: who they are (`members`). Invariant: the database counts; no finding is read for it.

use std::collections::BTreeMap;

use domain::UnitName;
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use crate::CustomerStore;
use crate::error::Error;
use crate::findings::UNFINISHED;
use crate::rows::Fields;

/// The work that somebody has to do and has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamWork {
    /// Assigned to them, and not done with.
    pub unfinished: u64,
    /// The moment at which the middle one of those was found: half of them are older.
    pub median_found: Option<Timestamp>,
    /// The findings on which they decided since the day that was asked about, and which are decided still.
    pub decided: u64,
}

impl CustomerStore {
    /// The number of findings that are assigned to each and not done with.
    pub async fn unfinished_by_assignee(
        &self,
        unit: &UnitName,
    ) -> Result<BTreeMap<String, u64>, Error> {
        let select = format!(
            "SELECT assignee, COUNT(*) AS findings FROM findings WHERE customer = $1 AND unit = $2 \
             AND gone_at IS NULL AND suppressed IS NULL AND assignee IS NOT NULL AND assignee <> '' \
             {UNFINISHED} GROUP BY assignee"
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        let mut unfinished = BTreeMap::new();
        for row in &rows {
            let fields = Fields::new(row, "findings", "assignee");
            unfinished.insert(fields.text("assignee")?, fields.number("findings")?);
        }
        Ok(unfinished)
    }

    /// The work of everybody who has something to do, or has decided since then.
    pub async fn team_work(
        &self,
        unit: &UnitName,
        since: Timestamp,
    ) -> Result<BTreeMap<String, TeamWork>, Error> {
        let select = format!(
            "SELECT assignee, findings, first_seen FROM (SELECT assignee, first_seen, \
             ROW_NUMBER() OVER (PARTITION BY assignee ORDER BY first_seen) AS place, \
             COUNT(*) OVER (PARTITION BY assignee) AS findings FROM findings \
             WHERE customer = $1 AND unit = $2 AND gone_at IS NULL AND suppressed IS NULL \
             AND assignee IS NOT NULL AND assignee <> '' {UNFINISHED}) AS assigned \
             WHERE place = (findings + 1) / 2"
        );
        let assigned = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        let mut team: BTreeMap<String, TeamWork> = BTreeMap::new();
        for row in &assigned {
            let fields = Fields::new(row, "findings", "assignee");
            let work = team.entry(fields.text("assignee")?).or_default();
            work.unfinished = fields.number("findings")?;
            work.median_found = Some(fields.time("first_seen")?);
        }
        let decided = sqlx::query(
            "SELECT finding_history.who AS who, COUNT(DISTINCT finding_history.key) AS findings \
             FROM finding_history JOIN findings ON findings.customer = finding_history.customer \
             AND findings.unit = finding_history.unit AND findings.key = finding_history.key \
             WHERE finding_history.customer = $1 AND finding_history.unit = $2 AND what = 'verdict' \
             AND at >= $3 AND finding_history.who IS NOT NULL \
             AND state IN ('duplicate', 'not_duplicate') GROUP BY finding_history.who",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(since.as_microsecond())
        .fetch_all(self.parts.db.reader())
        .await?;
        for row in &decided {
            let fields = Fields::new(row, "finding_history", "who");
            team.entry(fields.text("who")?).or_default().decided = fields.number("findings")?;
        }
        Ok(team)
    }
}
