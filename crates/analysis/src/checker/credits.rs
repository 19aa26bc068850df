//! Credits of some suppliers in a unit's transactions: invoices below nothing, from a day on.
//!
//! Not for: which claim one may be the answer to (`domain`).

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;
use datafusion::arrow::compute::cast;
use domain::finding::{CheckedUnit, Credit};
use domain::{Amount, FileType, Money};
use jiff::civil::Date;

use super::Checker;
use crate::engine::{Joins, Tables, query_all};
use crate::error::Error;
use crate::limits::{CREDITS_MAX, QUERY_THREADS};

impl Checker {
    /// The credits of the unit's newest version, the newest first.
    pub async fn credits(
        &self,
        of: &CheckedUnit,
        suppliers: &[String],
        since: Date,
    ) -> Result<Vec<Credit>, Error> {
        let opened = self.ledgers.open_of_unit(of, FileType::Transactions).await?;
        let Some(opened) = opened.filter(|_| !suppliers.is_empty()) else {
            return Ok(Vec::new());
        };
        let tables = Tables::from_ledgers(self.ledgers.files(), &[opened])?;
        let statement = statement(suppliers, since);
        let engine = Arc::clone(&self.engine);
        let work = self.engine.execute(move |_stop| async move {
            let session = engine.session(Joins::Few, QUERY_THREADS);
            tables.register(&session)?;
            query_all(&session, &statement).await
        });
        let batches = work.await?;
        let mut credits = Vec::new();
        for batch in &batches {
            let texts = Texts::of(batch)?;
            credits.extend((0..batch.num_rows()).filter_map(|row| texts.credit(row)));
        }
        Ok(credits)
    }
}

fn statement(suppliers: &[String], since: Date) -> String {
    let quoted: Vec<String> = suppliers
        .iter()
        .map(|supplier| format!("'{}'", supplier.trim().to_lowercase().replace('\'', "''")))
        .collect();
    format!(
        "SELECT unique_id, supplier_ref, coalesce(invoice_number, '') AS number, \
         coalesce(invoice_date, entered_date) AS day, -base_amount AS amount, \
         base_amount_currency AS currency, coalesce(description, '') AS words FROM transactions \
         WHERE base_amount < 0 AND lower(trim(supplier_ref)) IN ({}) \
         AND (coalesce(invoice_date, entered_date) IS NULL \
         OR coalesce(invoice_date, entered_date) >= DATE '{since}') \
         ORDER BY day DESC, unique_id LIMIT {CREDITS_MAX}",
        quoted.join(", ")
    )
}

/// The columns of a batch as texts, in the order of the statement.
struct Texts(Vec<StringArray>);

impl Texts {
    fn of(batch: &RecordBatch) -> Result<Self, Error> {
        let text = |column: &ArrayRef| -> Result<StringArray, Error> {
            let texts = cast(column, &DataType::Utf8)?;
            Ok(texts.as_string::<i32>().clone())
        };
        Ok(Self(batch.columns().iter().map(text).collect::<Result<_, _>>()?))
    }

    /// The credit of a row; none of one without an id or an amount.
    fn credit(&self, row: usize) -> Option<Credit> {
        let text = |place: usize| {
            let column = &self.0[place];
            column.is_valid(row).then(|| column.value(row).to_owned())
        };
        let amount: Amount = text(4)?.parse().ok()?;
        Some(Credit {
            id: text(0)?,
            supplier: text(1)?,
            number: text(2).unwrap_or_default(),
            on: text(3).and_then(|day| day.parse().ok()),
            money: Money { amount, currency: text(5) },
            words: text(6).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_text_whatever_it_holds() {
        let sql = statement(&["S'1".to_owned(), " s2 ".to_owned()], jiff::civil::date(2026, 3, 1));
        assert!(sql.contains("IN ('s''1', 's2')") && sql.contains(">= DATE '2026-03-01'"), "{sql}");
    }
}
