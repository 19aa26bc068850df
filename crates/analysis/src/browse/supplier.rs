//! One supplier: every variation that snapshots have shown, and what it billed and was paid each month.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array as _, RecordBatch};
use arrow_schema::DataType;
use datafusion::functions_aggregate::expr_fn::{count, max, min, sum};
use datafusion::prelude::{Expr, SessionContext, cast, coalesce, col, date_trunc, lit};
use domain::columns::transactions::PAID;
use domain::finding::CheckedUnit;
use domain::ledger_view::{BilledMonth, PaidMonth, SupplierHistory, Variation};
use domain::{Amount, FileType};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::{Browser, read};
use crate::engine::Joins;
use crate::error::Error;
use crate::ledger::Version;
use crate::schema::{ACTIVE_COLUMN, ENDED_COLUMN, SINCE_COLUMN};

/// The sums that a supplier billed and was paid.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct SupplierSums {
    pub(super) months: Vec<BilledMonth>,
    pub(super) paid: Vec<PaidMonth>,
    pub(super) last_paid: Option<Date>,
    /// That of the first month that names one.
    pub(super) currency: Option<String>,
}

/// The invoices of a month.
struct MonthSum {
    month: Date,
    invoices: u64,
    amount: Amount,
    currency: Option<String>,
    /// The last day of them.
    last: Date,
}

impl Browser {
    /// A supplier over time; none when neither a snapshot nor an invoice names it.
    pub async fn supplier(
        &self,
        of: &CheckedUnit,
        reference: &str,
    ) -> Result<Option<SupplierHistory>, Error> {
        let suppliers = self.ledgers.look_at(of, FileType::Suppliers).await?;
        let transactions = self.ledgers.look_at(of, FileType::Transactions).await?;
        let versions = [&suppliers, &transactions]
            .map(|opened| opened.as_ref().map(|(_, ledger)| ledger.version()));
        let key = (of.clone(), reference.to_owned(), versions);
        if let Some(history) = self.suppliers.get(&key) {
            return Ok(history);
        }
        let mut history =
            SupplierHistory { reference: reference.to_owned(), ..SupplierHistory::default() };
        if let Some(opened) = suppliers {
            let (versions, reference) = (opened.1.history().await?, reference.to_owned());
            let session = self.session_over(&opened, Joins::Few)?;
            history.variations = self
                .engine
                .execute(move |_| async move { variations(&session, &reference, &versions).await })
                .await?;
        }
        if let Some(opened) = transactions {
            let index = self.lists.get(of, opened.1.version());
            let reference = reference.to_owned();
            let sums = if let Some(index) = index {
                tokio::task::spawn_blocking(move || index.supplier_sums(&reference)).await?
            } else {
                let session = self.session_over(&opened, Joins::Few)?;
                self.warm_later(of, opened.1);
                let found = async move { sums(&session, &reference).await };
                self.engine.execute(move |_| found).await?
            };
            (history.months, history.currency) = (sums.months, sums.currency);
            (history.paid, history.last_paid) = (sums.paid, sums.last_paid);
        }
        let is_known = !history.variations.is_empty() || !history.months.is_empty();
        let history = is_known.then_some(history);
        self.suppliers.put(key, history.clone());
        Ok(history)
    }
}

/// Newest first.
async fn variations(
    session: &SessionContext,
    reference: &str,
    versions: &[Version],
) -> Result<Vec<Variation>, Error> {
    let batches = session
        .table(FileType::Suppliers.spec().table)
        .await?
        .filter(col("supplier_ref").eq(lit(reference)))?
        .sort(vec![col(ACTIVE_COLUMN).sort(false, false), col(SINCE_COLUMN).sort(false, false)])?
        .collect()
        .await?;
    let at = |version: Option<i64>| -> Option<Timestamp> {
        let version = version?.unsigned_abs();
        versions.iter().find(|known| known.version == version).map(|known| known.at)
    };
    let mut variations = Vec::new();
    for batch in &batches {
        let (since, ended) = (number(batch, SINCE_COLUMN), number(batch, ENDED_COLUMN));
        let rows = read(batch, FileType::Suppliers.spec().key)?;
        for (row, shown) in rows.into_iter().enumerate() {
            variations.push(Variation {
                is_active: shown.is_active == Some(true),
                since: at(since(row)),
                ended: at(ended(row)),
                fields: shown.fields,
            });
        }
    }
    Ok(variations)
}

fn number<'a>(batch: &'a RecordBatch, name: &str) -> impl Fn(usize) -> Option<i64> + 'a {
    let column =
        batch.column_by_name(name).map(arrow_array::cast::AsArray::as_primitive::<Int64Type>);
    move |row| column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

/// Sums what a supplier billed and was paid, in the order of months.
async fn sums(session: &SessionContext, reference: &str) -> Result<SupplierSums, Error> {
    let mut sums = SupplierSums::default();
    for month in months(session, reference, col("invoice_date")).await? {
        sums.currency = sums.currency.or(month.currency);
        sums.months.push(BilledMonth {
            month: month.month,
            invoices: month.invoices,
            billed: month.amount,
        });
    }
    let paid_on = coalesce(PAID.map(col).into());
    for month in months(session, reference, paid_on).await? {
        sums.last_paid = Some(month.last);
        sums.paid.push(PaidMonth {
            month: month.month,
            invoices: month.invoices,
            paid: month.amount,
        });
    }
    Ok(sums)
}

/// The invoices of a supplier by the month of one of their days.
async fn months(
    session: &SessionContext,
    reference: &str,
    day: Expr,
) -> Result<Vec<MonthSum>, Error> {
    let month = cast(date_trunc(lit("month"), day.clone()), DataType::Date32);
    let batches = session
        .table(FileType::Transactions.spec().table)
        .await?
        .filter(col("supplier_ref").eq(lit(reference)).and(day.clone().is_not_null()))?
        .aggregate(
            vec![month.alias("month")],
            vec![
                count(lit(1_i64)).alias("invoices"),
                sum(col("base_amount")).alias("amount"),
                min(col("base_amount_currency")).alias("currency"),
                max(day).alias("last"),
            ],
        )?
        .sort(vec![col("month").sort(true, false)])?
        .collect()
        .await?;
    let mut months = Vec::new();
    for batch in &batches {
        let [firsts, lasts] = [0, 4].map(|at| batch.column(at).as_primitive::<Date32Type>());
        let counts = batch.column(1).as_primitive::<Int64Type>();
        let amounts = batch.column(2).as_primitive::<Decimal128Type>();
        let currencies = batch.column(3).as_string::<i32>();
        for row in 0..batch.num_rows() {
            let amount = if amounts.is_valid(row) { amounts.value(row) } else { 0 };
            months.push(MonthSum {
                month: date(firsts.value(row)),
                invoices: counts.value(row).unsigned_abs(),
                amount: Amount::nearest(amount),
                currency: currencies.is_valid(row).then(|| currencies.value(row).to_owned()),
                last: date(lasts.value(row)),
            });
        }
    }
    Ok(months)
}

fn date(days: i32) -> Date {
    jiff::civil::date(1970, 1, 1).saturating_add(i64::from(days).days())
}
