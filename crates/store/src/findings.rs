//! Findings: listing, reading back, and what happened to each.
//!
//! Not for: deciding about them (`verdicts`).
//!
//! Invariant: what a run writes (`keep`) and what people decide are other columns of the same row, so no
//! run touches a verdict.

mod counted;
mod filter;
mod hidden;
mod histories;
mod keep;
mod opened;
mod queue;
mod rows;
mod standing;
mod tallies;
mod truth_beside;

use domain::finding::{FindingSummary, FindingTimes, HistoryEntry, StoredFinding, Suppression};
use domain::page::{Page, PageSize};
use domain::{FileType, Finding, FindingKey, Money, UnitName};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::CustomerStore;
use crate::db::Database;
use crate::error::Error;
use crate::rows::share;
use crate::rows::{Fields, all, placeholders_from};

pub use filter::{
    FindingFilter, FindingOrder, GoneSince, Inclusion, InvalidFindingOrder, MoneyBack,
    PaymentStanding, SearchedColumn, ToDo,
};
pub(crate) use filter::{UNFINISHED, Value as FilterValue};
pub use hidden::HiddenFindings;
pub use histories::{FindingName, HISTORIES_AT_ONCE, HISTORY_READ_MAX, SNAPSHOTS_READ_MAX};
pub use keep::FINDINGS_KEPT_MAX;
pub(crate) use keep::keep;
pub use queue::{FoundKind, QueuePosition};
pub(crate) use standing::{standing, standing_columns};
pub(crate) use truth_beside::invoice_rows;

macro_rules! summary_columns {
    () => {
        concat!(
            "findings.key AS key, check_name, kind, title, lane, probability, at_risk, billed, currency, \
             suppressed, suppressed_words, first_run, last_run, first_seen, gone_at, last_entry, counted, ",
            crate::findings::standing_columns!()
        )
    };
}
pub(crate) use summary_columns;

/// The suppliers of a finding, to look for others about them: one that speaks of more suppliers is about a
/// file, not about somebody.
const SUPPLIERS_MAX: usize = 12;

/// The part of a list that is asked for.
struct ListRequest<'a> {
    order: FindingOrder,
    size: PageSize,
    after: Option<&'a FindingKey>,
}

impl CustomerStore {
    /// The findings in the order asked for. `after` is the `next` of the page before; [`Error::NotFound`]
    /// when the unit has no such finding.
    pub async fn findings(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
        order: FindingOrder,
        size: PageSize,
        after: Option<&FindingKey>,
    ) -> Result<Page<FindingSummary, FindingKey>, Error> {
        let columns = summary_columns!();
        let wanted = ListRequest { order, size, after };
        let rows = self.filtered(columns, unit, filter, wanted).await?;
        page(&rows, size, summary, |item| &item.key)
    }

    /// The findings of a list, each of them whole.
    pub async fn whole_findings(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
        order: FindingOrder,
        size: PageSize,
        after: Option<&FindingKey>,
    ) -> Result<Page<StoredFinding, FindingKey>, Error> {
        let columns = concat!(summary_columns!(), ", body");
        let wanted = ListRequest { order, size, after };
        let rows = self.filtered(columns, unit, filter, wanted).await?;
        page(&rows, size, whole, |item| &item.finding.key)
    }

    /// The number of findings in a list.
    pub async fn count_findings(
        &self,
        unit: &UnitName,
        filter: &FindingFilter,
    ) -> Result<u64, Error> {
        let mut count = 0;
        for part in filter.parts() {
            count += self.count_part(unit, &part).await?;
        }
        Ok(count)
    }

    async fn count_part(&self, unit: &UnitName, filter: &FindingFilter) -> Result<u64, Error> {
        let (condition, values) = filter.condition(3);
        let select =
            format!("SELECT COUNT(*) FROM findings WHERE customer = $1 AND unit = $2{condition}");
        let query = sqlx::query_scalar(AssertSqlSafe(select))
            .persistent(false)
            .bind(self.customer.as_str())
            .bind(unit.as_str());
        let count: i64 = values
            .into_iter()
            .fold(query, |query, value| match value {
                filter::Value::Text(text) => query.bind(text),
                filter::Value::Number(number) => query.bind(number),
            })
            .fetch_one(self.parts.db.reader())
            .await?;
        u64::try_from(count).map_err(Error::internal)
    }

    pub async fn finding(
        &self,
        unit: &UnitName,
        key: &FindingKey,
    ) -> Result<Option<StoredFinding>, Error> {
        let row = sqlx::query(concat!(
            "SELECT ",
            summary_columns!(),
            ", body FROM findings WHERE customer = $1 AND unit = $2 AND key = $3",
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(key.as_str())
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.as_ref().map(whole).transpose()
    }

    /// The others that speak of a supplier this one speaks of and are still found, by lane, the gravest
    /// first.
    pub async fn findings_beside(
        &self,
        unit: &UnitName,
        finding: &Finding,
        suppressed: Inclusion,
        size: PageSize,
    ) -> Result<Vec<FindingSummary>, Error> {
        let mut suppliers = rows::suppliers_of(finding);
        suppliers.truncate(SUPPLIERS_MAX);
        if suppliers.is_empty() {
            return Ok(Vec::new());
        }
        // Written so that no index of the whole queue looks better than the few keys.
        let select = format!(
            "SELECT {} FROM findings WHERE customer = $1 AND unit = $2 AND key <> $3 \
             AND COALESCE(gone_at, 0) = 0{} AND key IN (SELECT key FROM finding_rows WHERE customer = $1 \
             AND unit = $2 AND ledger = $4 AND id IN ({})) ORDER BY lane_rank + 0 DESC, score DESC, key LIMIT $5",
            summary_columns!(),
            suppressed.of_suppressed(),
            placeholders_from(6, suppliers.len()),
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(finding.key.as_str())
            .bind(FileType::Suppliers.as_str())
            .bind(i64::from(size.get()));
        let query = suppliers.iter().fold(query, |query, id| query.bind(id.as_str()));
        all(&query.fetch_all(self.parts.db.reader()).await?, summary)
    }

    async fn filtered(
        &self,
        columns: &'static str,
        unit: &UnitName,
        filter: &FindingFilter,
        ListRequest { order, size, after }: ListRequest<'_>,
    ) -> Result<Vec<AnyRow>, Error> {
        let last = match after {
            Some(key) => Some(self.place(unit, order, key).await?),
            None => None,
        };
        let (first_rank, then_rank) = order.ranks();
        let (condition, values) = filter.condition(7);
        // A page that begins the list has no place behind which it begins.
        let behind = match &last {
            Some(_) => format!(" AND ({first_rank}, {then_rank}, key) < ($3, $4, $5)"),
            None => " AND $3 = $4 AND $5 = ''".to_owned(),
        };
        let (first, then, key) = last.unwrap_or_default();
        // The index of the queue has lanes by their ranks: without one all above a lane are passed by.
        let of_lane = filter.lane.map(|lane| format!(" AND lane_rank = {}", lane.rank()));
        let of_lane = of_lane.unwrap_or_default();
        let select = format!(
            "SELECT {columns} FROM findings WHERE customer = $1 AND unit = $2{of_lane}{behind}{condition} \
             ORDER BY {first_rank} DESC, {then_rank} DESC, key DESC LIMIT $6"
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .persistent(false)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(first)
            .bind(then)
            .bind(key)
            .bind(i64::from(size.get()) + 1);
        Ok(filter::bind(query, values).fetch_all(self.parts.db.reader()).await?)
    }

    /// Where a finding stands in an order.
    async fn place(
        &self,
        unit: &UnitName,
        order: FindingOrder,
        key: &FindingKey,
    ) -> Result<(i64, i64, String), Error> {
        let (first_rank, then_rank) = order.ranks();
        let select = format!(
            "SELECT key, {first_rank} AS first_rank, {then_rank} AS then_rank FROM findings \
             WHERE customer = $1 AND unit = $2 AND key = $3"
        );
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(key.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?
            .ok_or(Error::NotFound { what: "finding" })?;
        let fields = Fields::new(&row, "findings", "key");
        Ok((fields.number("first_rank")?, fields.number("then_rank")?, key.to_string()))
    }
}

impl Database {
    /// Locks the row, so that what is decided by it still holds when it is written.
    pub(crate) async fn locked_finding(
        &self,
        transaction: &mut Transaction<'static, Any>,
        store: &CustomerStore,
        unit: &UnitName,
        key: &FindingKey,
    ) -> Result<StoredFinding, Error> {
        let select = format!(
            "SELECT {}, body FROM findings WHERE customer = $1 AND unit = $2 AND key = $3 {}",
            summary_columns!(),
            self.locked()
        );
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(store.customer.as_str())
            .bind(unit.as_str())
            .bind(key.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
        whole(&row.ok_or(Error::NotFound { what: "finding" })?)
    }

    /// Locks the row of a finding whose money is counted anew beside another's.
    pub(crate) async fn lock_finding(
        &self,
        transaction: &mut Transaction<'static, Any>,
        store: &CustomerStore,
        unit: &UnitName,
        key: &FindingKey,
    ) -> Result<(), Error> {
        let select = format!(
            "SELECT key FROM findings WHERE customer = $1 AND unit = $2 AND key = $3 {}",
            self.locked()
        );
        sqlx::query(AssertSqlSafe(select))
            .bind(store.customer.as_str())
            .bind(unit.as_str())
            .bind(key.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
        Ok(())
    }
}

fn page<T>(
    rows: &[AnyRow],
    size: PageSize,
    read: impl Fn(&AnyRow) -> Result<T, Error>,
    key: impl Fn(&T) -> &FindingKey,
) -> Result<Page<T, FindingKey>, Error> {
    let wanted = size.get() as usize;
    let items = all(&rows[..rows.len().min(wanted)], read)?;
    let next = if rows.len() > wanted { items.last().map(|last| key(last).clone()) } else { None };
    Ok(Page { items, next })
}

fn summary(row: &AnyRow) -> Result<FindingSummary, Error> {
    let fields = Fields::new(row, "findings", "key");
    let at_risk = fields.optional_number("at_risk")?;
    let billed = fields.optional_number("billed")?;
    let (currency, words) =
        (fields.optional_text("currency")?, fields.optional_text("suppressed_words")?);
    Ok(FindingSummary {
        key: fields.parsed("key")?,
        check: fields.text("check_name")?,
        kind: fields.text("kind")?,
        title: fields.text("title")?,
        lane: fields.parsed("lane")?,
        probability: fields.number("probability").map(measured)?,
        at_risk: at_risk.map(|value| Money { amount: amount(value), currency: currency.clone() }),
        billed: billed.map(|value| Money { amount: amount(value), currency }),
        suppressed: fields
            .optional_text("suppressed")?
            .map(|reason| {
                let words = words.ok_or_else(|| fields.corrupt())?;
                Ok::<_, Error>(Suppression { reason, words })
            })
            .transpose()?,
        standing: standing(&fields)?,
        seen: finding_times(&fields)?,
        last_entry: fields.number("last_entry")?,
        counted: fields.optional_number("counted")?.map(amount),
    })
}

/// A probability as it is kept, unless there is none.
fn measured(millionths: i64) -> Option<f64> {
    let is_measured = millionths != keep::NO_PROBABILITY;
    is_measured.then(|| share(u32::try_from(millionths).expect("a share is kept in millionths")))
}

fn whole(row: &AnyRow) -> Result<StoredFinding, Error> {
    let fields = Fields::new(row, "findings", "key");
    let finding: Finding =
        serde_json::from_str(&fields.text("body")?).map_err(|_invalid| fields.corrupt())?;
    let last_entry = fields.number("last_entry")?;
    Ok(StoredFinding {
        finding,
        standing: standing(&fields)?,
        seen: finding_times(&fields)?,
        last_entry,
        counted: fields.optional_number("counted")?.map(amount),
    })
}

fn finding_times(fields: &Fields<'_>) -> Result<FindingTimes, Error> {
    Ok(FindingTimes {
        first_seen: fields.time("first_seen")?,
        first_run: fields.parsed("first_run")?,
        last_run: fields.parsed("last_run")?,
        gone_at: fields.optional_time("gone_at")?,
    })
}

fn entry(row: &AnyRow) -> Result<HistoryEntry, Error> {
    let fields = Fields::new(row, "finding_history", "key");
    let corrupt = |_invalid: serde_json::Error| fields.corrupt();
    let undoes = fields.optional_number("undoes")?;
    let finding = fields.optional_text("finding")?;
    Ok(HistoryEntry {
        entry: fields.number("entry")?,
        at: fields.time("at")?,
        by: fields.text("by_whom")?,
        who: fields.optional_text("who")?,
        what: fields.parsed("what")?,
        from: serde_json::from_str(&fields.text("before")?).map_err(corrupt)?,
        to: serde_json::from_str(&fields.text("after")?).map_err(corrupt)?,
        words: fields.optional_text("words")?,
        undoes: undoes.map(u64::try_from).transpose().map_err(|_negative| fields.corrupt())?,
        finding: finding.map(|text| serde_json::from_str(&text)).transpose().map_err(corrupt)?,
    })
}

fn amount(value: i64) -> domain::Amount {
    domain::Amount::from_ten_thousandths(value)
}
