//! One supplier: every variation that snapshots have shown, and what it billed and was paid each day.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array as _, RecordBatch};
use datafusion::functions_aggregate::expr_fn::max;
use datafusion::prelude::{Expr, SessionContext, coalesce, col, lit};
use domain::FileType;
use domain::columns::transactions::PAID;
use domain::finding::CheckedUnit;
use domain::ledger_view::{SupplierHistory, Variation};
use jiff::Timestamp;

use super::supplier_sums::{SummedRow, SupplierSums};
use super::{Browser, read};
use crate::engine::Joins;
use crate::error::Error;
use crate::ledger::Version;
use crate::schema::{ACTIVE_COLUMN, ENDED_COLUMN, SINCE_COLUMN};

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
            (history.billed, history.paid) = (sums.billed, sums.paid);
            (history.last_paid, history.newest_day) = (sums.last_paid, sums.newest_day);
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

/// The columns of a [`SummedRow`], and the day of payment behind them.
const SUMMED: [&str; 4] = ["invoice_number", "invoice_date", "base_amount", "base_amount_currency"];

/// Sums what a supplier billed and was paid.
async fn sums(session: &SessionContext, reference: &str) -> Result<SupplierSums, Error> {
    let transactions = session.table(FileType::Transactions.spec().table).await?;
    let paid_on = coalesce(PAID.map(col).into());
    let columns = SUMMED.map(col).into_iter().chain([paid_on.clone().alias("paid")]);
    let batches = transactions
        .clone()
        .filter(col("supplier_ref").eq(lit(reference)))?
        .select(columns.collect::<Vec<Expr>>())?
        .collect()
        .await?;
    let newest = transactions
        .aggregate(Vec::new(), vec![max(col("invoice_date")), max(paid_on)])?
        .collect()
        .await?;
    let newest = newest.iter().flat_map(|batch| [0, 1].map(|at| days(batch, at)(0))).max();
    Ok(SupplierSums::new(batches.iter().flat_map(summed_rows).collect(), newest.flatten()))
}

fn summed_rows(batch: &RecordBatch) -> impl Iterator<Item = SummedRow<'_>> {
    let texts = |at: usize| {
        let texts = batch.column(at).as_string::<i32>();
        move |row: usize| texts.is_valid(row).then(|| texts.value(row))
    };
    let (numbers, currencies) = (texts(0), texts(3));
    let (dated, paid) = (days(batch, 1), days(batch, 4));
    let amounts = batch.column(2).as_primitive::<Decimal128Type>();
    (0..batch.num_rows()).map(move |row| SummedRow {
        number: numbers(row),
        dated: dated(row),
        paid: paid(row),
        amount: if amounts.is_valid(row) { amounts.value(row) } else { 0 },
        currency: currencies(row),
    })
}

fn days(batch: &RecordBatch, at: usize) -> impl Fn(usize) -> Option<i32> + '_ {
    let days = batch.column(at).as_primitive::<Date32Type>();
    move |row| days.is_valid(row).then(|| days.value(row))
}
