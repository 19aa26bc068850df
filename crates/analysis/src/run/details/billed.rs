//! The money that goes through a supplier, for findings that are about suppliers and name no amount.
//!
//! Invariant: money of two currencies is never added up.

use arrow_array::Array as _;
use arrow_array::cast::AsArray as _;
use datafusion::prelude::SessionContext;
use domain::{Amount, Money};

use super::KnownRows;
use crate::engine::query_all;
use crate::error::Error;

/// Of what is looked up of a supplier's invoices, the columns that become fields of its row.
const BILLED_NAMED: usize = 4;

/// The sum of what two suppliers have billed; money of another currency is left out.
pub(super) fn more(sum: Option<Money>, billed: Option<&Money>) -> Option<Money> {
    let Some(mut sum) = sum else { return billed.cloned() };
    if let Some(billed) = billed.filter(|billed| billed.currency == sum.currency) {
        let both =
            i128::from(sum.amount.ten_thousandths()) + i128::from(billed.amount.ten_thousandths());
        sum.amount = Amount::nearest(both);
    }
    Some(sum)
}

/// Adds the money that goes through a supplier, for what is about suppliers and not about an amount, and in
/// how many invoices (`domain::document`). The suppliers looked up last are still in `wanted`.
pub(super) async fn add_billed(
    session: &SessionContext,
    known: &mut KnownRows,
) -> Result<(), Error> {
    let sql = "SELECT supplier_ref, CAST(count(DISTINCT CASE WHEN digits(invoice_number) IS NOT NULL \
        THEN concat(invoice_number, ' ', CAST(invoice_date AS VARCHAR)) ELSE unique_id END) AS VARCHAR) AS invoices, \
        money(sum(base_amount), min(base_amount_currency)) AS billed, \
        CAST(min(invoice_date) AS VARCHAR) AS first_invoice, CAST(max(invoice_date) AS VARCHAR) AS last_invoice, \
        CAST(sum(base_amount) AS VARCHAR), min(base_amount_currency) \
        FROM wanted JOIN transactions ON supplier_ref = wanted_id GROUP BY supplier_ref";
    for batch in query_all(session, sql).await? {
        let schema = batch.schema();
        for row in 0..batch.num_rows() {
            let text = |at: usize| {
                let column = batch.column(at).as_string::<i32>();
                column.is_valid(row).then(|| column.value(row).to_owned())
            };
            let rows = text(0).and_then(|id| known.rows.get_mut(&id));
            let Some((_, shown)) = rows.and_then(|rows| rows.first_mut()) else { continue };
            let named = schema.fields().iter().enumerate().skip(1).take(BILLED_NAMED);
            for (at, field) in named {
                shown.fields.extend(text(at).map(|value| (field.name().clone(), value)));
            }
            let amount = text(1 + BILLED_NAMED).and_then(|sum| sum.parse().ok());
            let currency = text(2 + BILLED_NAMED);
            shown.billed = amount.map(|amount| Money { amount, currency });
        }
    }
    for (_, shown) in known.rows.values_mut().flatten() {
        shown.fields.entry("invoices".into()).or_insert_with(|| "0".into());
    }
    Ok(())
}
