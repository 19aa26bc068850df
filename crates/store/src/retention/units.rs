//! How long files of single units are kept, where that is not as for their customer.
//!
//! Not for: removing them (`retention`).
//!
//! Invariant: each change is in the audit log.

use std::collections::BTreeMap;

use domain::{AuditEntry, KeptDays, UnitName, UnitRetention};
use jiff::Timestamp;
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

const SELECT: &str = "SELECT name, files_kept_days FROM units WHERE customer = $1 AND name = $2";

impl CustomerStore {
    /// The units that have a time of their own, each with it.
    pub async fn unit_retention(&self) -> Result<BTreeMap<UnitName, UnitRetention>, Error> {
        let rows = sqlx::query(
            "SELECT name, files_kept_days FROM units WHERE customer = $1 \
             AND files_kept_days IS NOT NULL",
        )
        .bind(self.customer.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut units = BTreeMap::new();
        for row in &rows {
            if let Some(own) = own(row)? {
                units.insert(Fields::new(row, "units", "name").parsed("name")?, own);
            }
        }
        Ok(units)
    }

    /// The time of a unit's own; none where its files are kept as the customer's.
    pub(super) async fn files_kept_in(
        &self,
        unit: &UnitName,
    ) -> Result<Option<UnitRetention>, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        // A unit that is erased meanwhile has no files.
        row.as_ref().map_or(Ok(None), own)
    }

    /// Sets the time for which files of a unit are kept, or with none has them kept as the customer's.
    /// Whether anything changed. [`Error::NotFound`] without the unit.
    pub async fn set_files_kept_in(
        &self,
        unit: &UnitName,
        wanted: Option<UnitRetention>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let select = format!("{SELECT} {}", self.parts.db.locked_against_writers());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound { what: "unit" })?;
        let was = own(&row)?;
        if was == wanted {
            return Ok(false);
        }
        sqlx::query("UPDATE units SET files_kept_days = $3 WHERE customer = $1 AND name = $2")
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(wanted.map(number))
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "retention.set_unit".to_owned(),
            about: unit.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "was_days": was.map(number), "is_days": wanted.map(number) }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// The time as it is kept: in days, and 0 for ever.
fn number(kept: UnitRetention) -> i64 {
    kept.days().map_or(0, |days| i64::from(days.get()))
}

fn own(row: &AnyRow) -> Result<Option<UnitRetention>, Error> {
    let fields = Fields::new(row, "units", "name");
    let Some(days) = fields.optional_number("files_kept_days")? else { return Ok(None) };
    if days == 0 {
        return Ok(Some(UnitRetention::ForEver));
    }
    let days = u32::try_from(days).map_err(|_out_of_range| fields.corrupt())?;
    let days = KeptDays::try_from(days).map_err(|_out_of_range| fields.corrupt())?;
    Ok(Some(UnitRetention::Days(days)))
}
