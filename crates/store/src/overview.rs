//! What a unit comes to, in sums: money at risk by check, what came back, how findings and verdicts went
//! over the weeks, when a ledger was last fed.
//!
//! Not for: listing findings (`findings`). Invariant: the database sums; no finding is read for it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::{Amount, FileType, Money, RunId, UnitName};
use jiff::Timestamp;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, SUMMED_MAX, all};

const WEEK_MICROS: i64 = 7 * 24 * 60 * 60 * 1_000_000;

/// The open findings of a check in one currency, as a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSum {
    pub check: String,
    pub findings: u64,
    /// Of them, first found by the run that was asked about.
    pub new_findings: u64,
    /// The money that can be stopped or recovered, each invoice once. None when money is not the point of
    /// any of them.
    pub at_risk: Option<Money>,
}

/// A week, from Monday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    pub begins: Timestamp,
    /// First found then, and not suppressed.
    pub found: u64,
    /// With a verdict of then.
    pub decided: u64,
}

impl CustomerStore {
    /// The sums by check and currency, the most money first; of what is found still and nobody has decided.
    pub async fn open_sums(
        &self,
        unit: &UnitName,
        newest: Option<RunId>,
    ) -> Result<Vec<OpenSum>, Error> {
        let rows = sqlx::query(
            "SELECT check_name, currency, COUNT(*) AS findings, \
             CAST(SUM(CASE WHEN first_run = $3 THEN 1 ELSE 0 END) AS BIGINT) AS new_findings, \
             CAST(SUM(CASE WHEN lane NOT IN ('stop_payment', 'recover') THEN NULL \
             WHEN counted > $4 THEN $4 ELSE counted END) AS BIGINT) AS at_risk \
             FROM findings WHERE customer = $1 AND unit = $2 AND gone_at IS NULL \
             AND suppressed IS NULL AND state = 'open' GROUP BY check_name, currency",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(newest.map(|run| run.to_string()).unwrap_or_default())
        .bind(SUMMED_MAX)
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut sums = all(&rows, |row| {
            let fields = Fields::new(row, "findings", "check_name");
            let currency = fields.optional_text("currency")?;
            let money = |value: Option<i64>| {
                value.map(|value| Money {
                    amount: Amount::from_ten_thousandths(value),
                    currency: currency.clone(),
                })
            };
            Ok(OpenSum {
                check: fields.text("check_name")?,
                findings: fields.number("findings")?,
                new_findings: fields.number("new_findings")?,
                at_risk: money(fields.optional_number("at_risk")?),
            })
        })?;
        // Where an absent amount stands is one of the few things the databases do not agree on.
        sums.sort_by_key(|sum| {
            (Reverse(sum.at_risk.as_ref().map(|money| money.amount)), sum.check.clone())
        });
        Ok(sums)
    }

    /// The money that came back so far, by currency; of findings that are gone as well.
    pub async fn recovered_sums(&self, unit: &UnitName) -> Result<Vec<Money>, Error> {
        let rows = sqlx::query(
            "SELECT currency, CAST(SUM(CASE WHEN recovered > $3 THEN $3 ELSE recovered END) AS BIGINT) \
             AS recovered FROM findings WHERE customer = $1 AND unit = $2 AND recovered IS NOT NULL \
             GROUP BY currency ORDER BY 2 DESC",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(SUMMED_MAX)
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "findings", "currency");
            let amount = Amount::from_ten_thousandths(fields.number("recovered")?);
            Ok(Money { amount, currency: fields.optional_text("currency")? })
        })
    }

    /// The money that came back since then, by currency; of findings that are gone as well.
    pub async fn recovered_since(
        &self,
        unit: &UnitName,
        since: Timestamp,
    ) -> Result<Vec<Money>, Error> {
        let rows = sqlx::query(
            "SELECT currency, CAST(SUM(CASE WHEN recovered > $3 THEN $3 ELSE recovered END) AS BIGINT) \
             AS recovered FROM findings WHERE customer = $1 AND unit = $2 AND recovered IS NOT NULL \
             AND EXISTS (SELECT 1 FROM finding_history WHERE finding_history.customer = findings.customer \
             AND finding_history.unit = findings.unit AND finding_history.key = findings.key \
             AND what NOT IN ('assign', 'comment') AND at >= $4) GROUP BY currency ORDER BY 2 DESC",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(SUMMED_MAX)
        .bind(since.as_microsecond())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "findings", "currency");
            let amount = Amount::from_ten_thousandths(fields.number("recovered")?);
            Ok(Money { amount, currency: fields.optional_text("currency")? })
        })
    }

    /// The weeks up to the one that begins at `last`, every one of them, the earliest first.
    pub async fn finding_weeks(
        &self,
        unit: &UnitName,
        weeks: u8,
        last: Timestamp,
    ) -> Result<Vec<Week>, Error> {
        let before = i64::from(weeks) - 1;
        let first = last.as_microsecond() - before * WEEK_MICROS;
        let rows = sqlx::query(
            "SELECT 'found' AS what, (first_seen - $3) / $4 AS week, COUNT(*) AS findings \
             FROM findings WHERE customer = $1 AND unit = $2 AND suppressed IS NULL \
             AND first_seen >= $3 GROUP BY (first_seen - $3) / $4 \
             UNION ALL \
             SELECT 'decided', (at - $3) / $4, COUNT(DISTINCT key) FROM finding_history \
             WHERE customer = $1 AND unit = $2 AND what = 'verdict' AND at >= $3 \
             GROUP BY (at - $3) / $4",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(first)
        .bind(WEEK_MICROS)
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut counts: BTreeMap<(i64, String), u64> = BTreeMap::new();
        for row in &rows {
            let fields = Fields::new(row, "findings", "what");
            let place = (fields.number("week")?, fields.text("what")?);
            counts.insert(place, fields.number("findings")?);
        }
        let of = |week, what: &str| counts.get(&(week, what.to_owned())).copied().unwrap_or(0);
        (0..=before)
            .map(|week| {
                let begins = Timestamp::from_microsecond(first + week * WEEK_MICROS);
                let begins = begins.map_err(Error::internal)?;
                Ok(Week { begins, found: of(week, "found"), decided: of(week, "decided") })
            })
            .collect()
    }

    /// When the newest upload that is in this ledger was received.
    pub async fn last_fed(
        &self,
        unit: &UnitName,
        ledger: FileType,
    ) -> Result<Option<Timestamp>, Error> {
        let row = sqlx::query(
            "SELECT MAX(received_at) AS received_at FROM uploads WHERE customer = $1 AND unit = $2 \
             AND file_type = $3 AND state = 'read'",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(ledger.as_str())
        .fetch_one(self.parts.db.reader())
        .await?;
        Fields::new(&row, "uploads", "received_at").optional_time("received_at")
    }

    /// The number of files of a ledger that came after the last that was read, and of which nothing is in it:
    /// they were refused, or are held.
    pub async fn unread_since_fed(&self, unit: &UnitName, ledger: FileType) -> Result<u64, Error> {
        let unread: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM uploads WHERE customer = $1 AND unit = $2 AND file_type = $3 \
             AND state IN ('refused', 'held') AND received_at > COALESCE((SELECT MAX(r.received_at) \
             FROM uploads r WHERE r.customer = $1 AND r.unit = $2 AND r.file_type = $3 \
             AND r.state = 'read'), 0)",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(ledger.as_str())
        .fetch_one(self.parts.db.reader())
        .await?;
        Ok(u64::try_from(unread).expect("a count is not negative"))
    }
}
