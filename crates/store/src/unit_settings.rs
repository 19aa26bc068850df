//! Settings that an administrator has made for a unit, as one JSON in a table of their kind.
//!
//! Not for: which settings there are.
//!
//! Invariant: every change is in the audit log, with what was set before.

use domain::{AuditEntry, UnitName};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

/// A table of the settings of one kind, a row for each unit that has some.
#[derive(Debug)]
pub(crate) struct SettingsTable {
    pub(crate) name: &'static str,
    pub(crate) select: &'static str,
    pub(crate) upsert: &'static str,
    /// The name of a change in the audit log.
    pub(crate) change: &'static str,
}

/// The table of this name, whose changes the audit log calls so.
macro_rules! settings_table {
    ($name:literal, $change:literal) => {
        $crate::unit_settings::SettingsTable {
            name: $name,
            select: concat!(
                "SELECT unit, settings FROM ",
                $name,
                " WHERE customer = $1 AND unit = $2"
            ),
            upsert: concat!(
                "INSERT INTO ",
                $name,
                " (customer, unit, settings, set_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (customer, unit) \
                 DO UPDATE SET settings = excluded.settings, set_at = excluded.set_at"
            ),
            change: $change,
        }
    };
}
pub(crate) use settings_table;

impl CustomerStore {
    /// The settings of a unit; the usual ones when nobody has set anything.
    pub(crate) async fn unit_settings<Settings: DeserializeOwned + Default>(
        &self,
        table: &'static SettingsTable,
        unit: &UnitName,
    ) -> Result<Settings, Error> {
        let row = sqlx::query(table.select)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        read(table, row.as_ref())
    }

    /// Sets all settings of a unit, by somebody at a time. [`Error::NotFound`] when there is no such unit.
    pub(crate) async fn set_unit_settings<Settings: DeserializeOwned + Default + Serialize>(
        &self,
        table: &'static SettingsTable,
        unit: &UnitName,
        settings: &Settings,
        (by, now): (&str, Timestamp),
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let before = sqlx::query(table.select)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let before: Settings = read(table, before.as_ref())?;
        sqlx::query(table.upsert)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(serde_json::to_string(settings).map_err(Error::internal)?)
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: table.change.to_owned(),
            about: unit.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "was": before, "is": settings }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }
}

fn read<Settings: DeserializeOwned + Default>(
    table: &SettingsTable,
    row: Option<&AnyRow>,
) -> Result<Settings, Error> {
    let Some(row) = row else { return Ok(Settings::default()) };
    Fields::new(row, table.name, "unit").json("settings")
}
