//! The amount from which on a verdict takes two people, for all units of a customer or for one.
//!
//! Not for: which verdicts wait (`verdicts`).
//!
//! Invariant: each change is in the audit log.

use std::collections::BTreeMap;

use domain::finding::FourEyes;
use domain::{Amount, AuditEntry, UnitName};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

/// The amounts that a customer has set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FourEyesSettings {
    /// For each unit that has no amount of its own; none: one person decides.
    pub everywhere: Option<Amount>,
    pub units: BTreeMap<UnitName, Amount>,
}

impl CustomerStore {
    pub async fn four_eyes_settings(&self) -> Result<FourEyesSettings, Error> {
        let row = sqlx::query("SELECT name, four_eyes_above FROM customers WHERE name = $1")
            .bind(self.customer.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?
            .ok_or(Error::NotFound { what: "customer" })?;
        let everywhere = amount(&Fields::new(&row, "customers", "name"))?;
        let rows = sqlx::query(
            "SELECT name, four_eyes_above FROM units WHERE customer = $1 \
             AND four_eyes_above IS NOT NULL",
        )
        .bind(self.customer.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut units = BTreeMap::new();
        for row in &rows {
            let fields = Fields::new(row, "units", "name");
            if let Some(above) = amount(&fields)? {
                units.insert(fields.parsed("name")?, above);
            }
        }
        Ok(FourEyesSettings { everywhere, units })
    }

    /// Sets the amount for all units, or for one in the place of that; with none one person decides, or it
    /// is as for all units. Whether anything changed. [`Error::NotFound`] without the customer or the unit.
    pub async fn set_four_eyes(
        &self,
        unit: Option<&UnitName>,
        above: Option<Amount>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let (select, update, name) = match unit {
            Some(unit) => (
                "SELECT name, four_eyes_above FROM units WHERE customer = $1 AND name = $2",
                "UPDATE units SET four_eyes_above = $3 WHERE customer = $1 AND name = $2",
                unit.as_str(),
            ),
            None => (
                "SELECT name, four_eyes_above FROM customers WHERE name = $1 AND name = $2",
                "UPDATE customers SET four_eyes_above = $3 WHERE name = $1 AND name = $2",
                self.customer.as_str(),
            ),
        };
        let select = format!("{select} {}", self.parts.db.locked_against_writers());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(name)
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound { what: "unit" })?;
        let was = amount(&Fields::new(&row, "units", "name"))?;
        if was == above {
            return Ok(false);
        }
        sqlx::query(update)
            .bind(self.customer.as_str())
            .bind(name)
            .bind(above.map(Amount::ten_thousandths))
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: if unit.is_some() { "unit.set_four_eyes" } else { "customer.set_four_eyes" }
                .to_owned(),
            about: name.to_owned(),
            customer: Some(self.customer.clone()),
            details: json!({ "above": above, "was": was }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The amount that holds in a unit.
    pub(crate) async fn four_eyes_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
    ) -> Result<Option<FourEyes>, Error> {
        let row = sqlx::query(
            "SELECT units.name, COALESCE(units.four_eyes_above, customers.four_eyes_above) \
             AS four_eyes_above FROM units JOIN customers ON customers.name = units.customer \
             WHERE units.customer = $1 AND units.name = $2",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .fetch_optional(&mut **transaction)
        .await?
        .ok_or(Error::NotFound { what: "unit" })?;
        Ok(amount(&Fields::new(&row, "units", "name"))?.map(|above| FourEyes { above }))
    }
}

fn amount(fields: &Fields<'_>) -> Result<Option<Amount>, Error> {
    Ok(fields.optional_number("four_eyes_above")?.map(Amount::from_ten_thousandths))
}
