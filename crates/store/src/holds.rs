//! Invoices that are not to be paid, as an ERP asks for them.
//!
//! Not for: putting them on the list or lifting them, which goes with verdicts (`verdicts`).
//!
//! Invariant: every change has a number greater than all before it in its unit, so that whoever asks from a
//! number on misses none.

use domain::UnitName;
use domain::finding::{HoldableInvoice, PaymentHold, PaymentHoldState};
use domain::page::{Page, PageSize};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable};

/// The columns of a [`PaymentHold`].
pub(crate) const COLUMNS: &str = "invoice, change, state, findings, title, fields, because, changed_at, \
    changed_by, acknowledged_at";

impl CustomerStore {
    /// The changes behind one, in their order; `state` leaves out the others. `after` of nothing: from the
    /// beginning.
    pub async fn holds(
        &self,
        unit: &UnitName,
        state: Option<PaymentHoldState>,
        size: PageSize,
        after: Option<u64>,
    ) -> Result<Page<PaymentHold, u64>, Error> {
        let select = format!(
            "SELECT {COLUMNS} FROM holds WHERE customer = $1 AND unit = $2 AND change > $3 \
             AND ($4 = '' OR state = $4) ORDER BY change LIMIT $5"
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(i64::try_from(after.unwrap_or(0)).map_err(Error::internal)?)
            .bind(state.map_or("", PaymentHoldState::as_str))
            .bind(i64::from(size.get()) + 1)
            .fetch_all(self.parts.db.reader())
            .await?;
        let wanted = size.get() as usize;
        let items = all(&rows[..rows.len().min(wanted)], hold)?;
        let next = if rows.len() > wanted { items.last().map(|last| last.change) } else { None };
        Ok(Page { items, next })
    }

    /// The holds of some invoices, as far as there are any.
    pub async fn holds_of(
        &self,
        unit: &UnitName,
        invoices: impl IntoIterator<Item = &HoldableInvoice> + Send,
    ) -> Result<Vec<PaymentHold>, Error> {
        let invoices: Vec<&HoldableInvoice> = invoices.into_iter().collect();
        let mut holds = Vec::new();
        for invoice in invoices {
            let rows = sqlx::query(AssertSqlSafe(of_unique_id()))
                .bind(self.customer.as_str())
                .bind(unit.as_str())
                .bind(storable(&invoice.id))
                .fetch_all(self.parts.db.reader())
                .await?;
            let found = all(&rows, hold)?.into_iter();
            holds.extend(found.filter(|hold| hold.supplier() == invoice.supplier.as_deref()));
        }
        Ok(holds)
    }
}

/// The holds of all invoices of one Unique ID, `$3`, in the order of their changes: one a supplier.
pub(crate) fn of_unique_id() -> String {
    format!(
        "SELECT {COLUMNS} FROM holds WHERE customer = $1 AND unit = $2 AND invoice = $3 ORDER BY change"
    )
}

pub(crate) fn hold(row: &AnyRow) -> Result<PaymentHold, Error> {
    let fields = Fields::new(row, "holds", "invoice");
    let json = |column| -> Result<String, Error> { fields.text(column) };
    Ok(PaymentHold {
        change: fields.number("change")?,
        state: fields.parsed("state")?,
        invoice: fields.text("invoice")?,
        fields: serde_json::from_str(&json("fields")?).map_err(|_invalid| fields.corrupt())?,
        title: fields.text("title")?,
        findings: serde_json::from_str(&json("findings")?).map_err(|_invalid| fields.corrupt())?,
        because: fields.text("because")?,
        changed_at: fields.time("changed_at")?,
        changed_by: fields.text("changed_by")?,
        acknowledged_at: fields.optional_time("acknowledged_at")?,
    })
}
