//! From which probability on, and at which oddities, screenings of a unit say look or stop, as an
//! administrator has set it.
//!
//! Invariant: every change is in the audit log, with what was set before.

use domain::{AuditEntry, ScreeningSettings, UnitName};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

const SELECT: &str =
    "SELECT unit, settings FROM screening_settings WHERE customer = $1 AND unit = $2";

impl CustomerStore {
    /// The settings of a unit; as usual when nobody has set anything.
    pub async fn screening_settings(&self, unit: &UnitName) -> Result<ScreeningSettings, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        read(row.as_ref())
    }

    /// For all screenings from now on. [`Error::NotFound`] when there is no such unit.
    pub async fn set_screening_settings(
        &self,
        unit: &UnitName,
        settings: &ScreeningSettings,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let before = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let before = read(before.as_ref())?;
        sqlx::query(
            "INSERT INTO screening_settings (customer, unit, settings, set_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (customer, unit) \
             DO UPDATE SET settings = excluded.settings, set_at = excluded.set_at",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(serde_json::to_string(settings).map_err(Error::internal)?)
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "screening.set".to_owned(),
            about: unit.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "was": before, "is": settings }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }
}

fn read(row: Option<&AnyRow>) -> Result<ScreeningSettings, Error> {
    let Some(row) = row else { return Ok(ScreeningSettings::default()) };
    let fields = Fields::new(row, "screening_settings", "unit");
    serde_json::from_str(&fields.text("settings")?).map_err(|_invalid| fields.corrupt())
}
