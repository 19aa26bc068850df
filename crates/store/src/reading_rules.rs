//! How a unit wants its extracts read, as an administrator has set it.

use domain::{AuditEntry, FileType, ReadingRules, UnitName};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Any, Transaction};

use crate::error::Error;
use crate::rows::Fields;
use crate::{CustomerStore, Decider};

impl CustomerStore {
    /// The reading rules of a unit and type; the usual ones when nobody has set anything.
    pub async fn reading_rules(
        &self,
        unit: &UnitName,
        file_type: FileType,
    ) -> Result<ReadingRules, Error> {
        let row = sqlx::query(
            "SELECT unit, rules FROM reading_rules \
             WHERE customer = $1 AND unit = $2 AND file_type = $3",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(file_type.as_str())
        .fetch_optional(self.parts.db.reader())
        .await?;
        let Some(row) = row else {
            return Ok(ReadingRules::default());
        };
        let fields = Fields::new(&row, "reading_rules", "unit");
        serde_json::from_str(&fields.text("rules")?).map_err(|_invalid| fields.corrupt())
    }

    /// Sets what a file told of itself, for all that is read from now on. [`Error::NotFound`] when
    /// there is no such unit.
    pub async fn set_reading_rules(
        &self,
        unit: &UnitName,
        file_type: FileType,
        rules: &ReadingRules,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.write_rules(&mut transaction, (unit, file_type), rules, now).await?;
        Ok(transaction.commit().await?)
    }

    /// Sets the reading rules as a person decides.
    pub async fn decide_reading_rules(
        &self,
        unit: &UnitName,
        file_type: FileType,
        rules: &ReadingRules,
        decider: &Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.write_rules(&mut transaction, (unit, file_type), rules, decider.at).await?;
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: "reading_rules.set".to_owned(),
            about: format!("{unit}/{file_type}"),
            customer: Some(self.customer.clone()),
            details: json!({ "rules": rules }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    async fn write_rules(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (unit, file_type): (&UnitName, FileType),
        rules: &ReadingRules,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO reading_rules (customer, unit, file_type, rules, set_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (customer, unit, file_type) \
             DO UPDATE SET rules = excluded.rules, set_at = excluded.set_at",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(file_type.as_str())
        .bind(serde_json::to_string(rules).map_err(Error::internal)?)
        .bind(now.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}
