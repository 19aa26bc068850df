//! What a page shows of a queue of findings besides the findings: how much it is, what there is to choose
//! from, what stands before one.

use domain::finding::{Lane, LaneTotal};
use domain::page::PageSize;
use domain::{FindingKey, Money, UnitName};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::AssertSqlSafe;

use super::{FindingFilter, FindingOrder, amount, filter};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, SUMMED_MAX, all};

/// The place of a finding in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePosition {
    /// Its own, counted from 1; that of the one before it, where it is not in the queue any more.
    pub place: u64,
    /// Set where the queue has it.
    pub is_listed: bool,
}

/// A sort of findings that the unit has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundKind {
    pub check: String,
    pub kind: String,
}

impl CustomerStore {
    /// Every lane, in their order, with what a filter leaves of it; the lane that the filter names does not
    /// matter.
    pub async fn lane_totals(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
    ) -> Result<Vec<LaneTotal>, Error> {
        let empty = |lane| LaneTotal { lane, findings: 0, at_risk: Vec::new() };
        let mut totals = Lane::ALL.map(empty);
        for part in (FindingFilter { lane: None, ..filter.clone() }).parts() {
            self.add_lane_totals(unit, &part, &mut totals).await?;
        }
        for total in &mut totals {
            total.at_risk.sort_by_key(|money| std::cmp::Reverse(money.amount));
        }
        Ok(totals.into())
    }

    async fn add_lane_totals(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
        totals: &mut [LaneTotal],
    ) -> Result<(), Error> {
        let (condition, values) = filter.condition(4);
        let select = format!(
            "SELECT lane, COALESCE(currency, '') AS currency, COUNT(*) AS findings, \
             CAST(SUM(CASE WHEN counted > $3 THEN $3 ELSE counted END) AS BIGINT) AS at_risk FROM findings \
             WHERE customer = $1 AND unit = $2{condition} GROUP BY lane, COALESCE(currency, '')"
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .persistent(false)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(SUMMED_MAX);
        let rows = filter::bind(query, values).fetch_all(self.parts.db.reader()).await?;
        for row in &rows {
            let fields = Fields::new(row, "findings", "lane");
            let lane: Lane = fields.parsed("lane")?;
            let of_lane = totals.iter_mut().find(|total| total.lane == lane);
            let total = of_lane.expect("there is a total of every lane");
            total.findings += fields.number::<u64>("findings")?;
            if let Some(sum) = fields.optional_number("at_risk")? {
                let currency = Some(fields.text("currency")?).filter(|code| !code.is_empty());
                match total.at_risk.iter_mut().find(|money| money.currency == currency) {
                    Some(money) => money.amount = money.amount.saturating_add(amount(sum)),
                    None => total.at_risk.push(Money { amount: amount(sum), currency }),
                }
            }
        }
        Ok(())
    }

    /// The earliest day on which something is due that can still be stopped, of what a filter leaves.
    pub async fn earliest_payment_due(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
    ) -> Result<Option<Date>, Error> {
        let mut earliest: Option<Date> = None;
        for part in filter.parts() {
            let (condition, values) = part.condition(3);
            let select = format!(
                "SELECT MIN(payment_due) AS payment_due FROM findings \
                 WHERE customer = $1 AND unit = $2{condition}"
            );
            let query = sqlx::query(AssertSqlSafe(select))
                .persistent(false)
                .bind(self.customer.as_str())
                .bind(unit.as_str());
            let row = filter::bind(query, values).fetch_one(self.parts.db.reader()).await?;
            let day = Fields::new(&row, "findings", "payment_due").optional_day("payment_due")?;
            earliest = earliest.into_iter().chain(day).min();
        }
        Ok(earliest)
    }

    /// The checks and kinds of which a unit has findings, by their names.
    pub async fn found_kinds(&self, unit: &UnitName) -> Result<Vec<FoundKind>, Error> {
        let rows = sqlx::query(
            "SELECT DISTINCT check_name, kind FROM findings WHERE customer = $1 AND unit = $2 \
             ORDER BY check_name, kind",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "findings", "check_name");
            Ok(FoundKind { check: fields.text("check_name")?, kind: fields.text("kind")? })
        })
    }

    /// The number of findings that were decided since then, by whomever, and are decided still; what waits
    /// for an answer is not.
    pub async fn decided_since(&self, unit: &UnitName, since: Timestamp) -> Result<u64, Error> {
        let decided: i64 = sqlx::query_scalar(
            "SELECT COUNT(DISTINCT finding_history.key) FROM finding_history JOIN findings \
             ON findings.customer = finding_history.customer AND findings.unit = finding_history.unit \
             AND findings.key = finding_history.key WHERE finding_history.customer = $1 \
             AND finding_history.unit = $2 AND what = 'verdict' AND at >= $3 \
             AND state IN ('duplicate', 'not_duplicate')",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(since.as_microsecond())
        .fetch_one(self.parts.db.reader())
        .await?;
        u64::try_from(decided).map_err(Error::internal)
    }

    /// The finding that stands before another in a queue, whether that is in it or not.
    pub async fn finding_before(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
        order: FindingOrder,
        key: &FindingKey,
    ) -> Result<Option<FindingKey>, Error> {
        self.finding_steps_before(unit, filter, order, (key, PageSize::fixed(1))).await
    }

    /// The finding that stands so many before another in a queue, whether that is in it or not.
    pub async fn finding_steps_before(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
        order: FindingOrder,
        (key, steps): (&FindingKey, PageSize),
    ) -> Result<Option<FindingKey>, Error> {
        let (first, then, key) = self.place(unit, order, key).await?;
        let (first_rank, then_rank) = order.ranks();
        let (condition, values) = filter.condition(7);
        let select = format!(
            "SELECT key FROM findings WHERE customer = $1 AND unit = $2 \
             AND ({first_rank}, {then_rank}, key) > ($3, $4, $5){condition} \
             ORDER BY {first_rank}, {then_rank}, key LIMIT 1 OFFSET $6"
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .persistent(false)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(first)
            .bind(then)
            .bind(key)
            .bind(i64::from(steps.get()) - 1);
        let row = filter::bind(query, values).fetch_optional(self.parts.db.reader()).await?;
        row.map(|row| Fields::new(&row, "findings", "key").parsed("key")).transpose()
    }

    /// The place of a finding in a queue, counted from 1.
    pub async fn finding_position(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
        order: FindingOrder,
        key: &FindingKey,
    ) -> Result<QueuePosition, Error> {
        let (first, then, key) = self.place(unit, order, key).await?;
        let (first_rank, then_rank) = order.ranks();
        let (condition, values) = filter.condition(6);
        let select = format!(
            "SELECT COUNT(*) AS findings, COUNT(CASE WHEN key = $5 THEN 1 END) AS own \
             FROM findings WHERE customer = $1 AND unit = $2 \
             AND ({first_rank}, {then_rank}, key) >= ($3, $4, $5){condition}"
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .persistent(false)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(first)
            .bind(then)
            .bind(key);
        let row = filter::bind(query, values).fetch_one(self.parts.db.reader()).await?;
        let fields = Fields::new(&row, "findings", "findings");
        let (place, own): (u64, u64) = (fields.number("findings")?, fields.number("own")?);
        Ok(QueuePosition { place, is_listed: own > 0 })
    }
}
