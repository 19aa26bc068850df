//! Which column of a supplier's statements holds what, as somebody settled it once.
//!
//! Not for: statements themselves (`statements`). Invariant: every change is in the audit log, with what was
//! settled before.

use domain::statement::StatementColumns;
use domain::{AuditEntry, UnitName};
use serde_json::json;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::rows::{Fields, storable};
use crate::{CustomerStore, Decider};

const SELECT: &str = "SELECT supplier, settled FROM statement_columns WHERE customer = $1 AND unit = $2 AND supplier = $3";

impl CustomerStore {
    /// The columns of a supplier's statements; none where nobody has settled them.
    pub async fn statement_columns(
        &self,
        unit: &UnitName,
        supplier: &str,
    ) -> Result<Option<StatementColumns>, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(storable(supplier))
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// For all statements of the supplier from now on; without any columns they are found by their names
    /// again. [`Error::NotFound`] when there is no such unit.
    pub async fn settle_statement_columns(
        &self,
        unit: &UnitName,
        supplier: &str,
        columns: &StatementColumns,
        decider: &Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let before = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(storable(supplier))
            .fetch_optional(&mut *transaction)
            .await?;
        let before = before.as_ref().map(read).transpose()?;
        if columns.are_none() {
            sqlx::query(
                "DELETE FROM statement_columns WHERE customer = $1 AND unit = $2 AND supplier = $3",
            )
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(storable(supplier))
            .execute(&mut *transaction)
            .await?;
        } else {
            sqlx::query(
                "INSERT INTO statement_columns (customer, unit, supplier, settled, set_at) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (customer, unit, supplier) \
                 DO UPDATE SET settled = excluded.settled, set_at = excluded.set_at",
            )
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(storable(supplier))
            .bind(storable(&serde_json::to_string(columns).map_err(Error::internal)?))
            .bind(decider.at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        }
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: "statement.columns".to_owned(),
            about: supplier.to_owned(),
            customer: Some(self.customer.clone()),
            details: json!({ "unit": unit.as_str(), "was": before, "is": columns }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }
}

fn read(row: &AnyRow) -> Result<StatementColumns, Error> {
    let fields = Fields::new(row, "statement_columns", "supplier");
    serde_json::from_str(&fields.text("settled")?).map_err(|_invalid| fields.corrupt())
}
