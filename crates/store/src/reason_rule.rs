//! The amount at risk from which on a customer's verdicts take a reason, whatever they are.
//!
//! Not for: verdicts that take one always (`domain::finding::NewVerdict`).
//!
//! Invariant: each change is in the audit log.

use domain::finding::ReasonRule;
use domain::{Amount, AuditEntry};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

const SELECT: &str = "SELECT name, reason_from FROM customers WHERE name = $1";

impl CustomerStore {
    /// The rule; none where a reason may be left out.
    pub async fn reason_rule(&self) -> Result<Option<ReasonRule>, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        rule(&row.ok_or(Error::NotFound { what: "customer" })?)
    }

    /// Sets the amount, or with none lets reasons be left out. Whether anything changed.
    pub async fn set_reason_rule(
        &self,
        wanted: Option<ReasonRule>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let select = format!("{SELECT} {}", self.parts.db.locked_against_writers());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let was = rule(&row.ok_or(Error::NotFound { what: "customer" })?)?;
        if was == wanted {
            return Ok(false);
        }
        sqlx::query("UPDATE customers SET reason_from = $2 WHERE name = $1")
            .bind(self.customer.as_str())
            .bind(wanted.map(|rule| rule.from.ten_thousandths()))
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "customer.set_reasons".to_owned(),
            about: self.customer.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({
                "from": wanted.map(|rule| rule.from), "was": was.map(|rule| rule.from),
            }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub(crate) async fn reason_rule_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<Option<ReasonRule>, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
        rule(&row.ok_or(Error::NotFound { what: "customer" })?)
    }
}

fn rule(row: &AnyRow) -> Result<Option<ReasonRule>, Error> {
    let from = Fields::new(row, "customers", "name").optional_number("reason_from")?;
    Ok(from.map(|from| ReasonRule { from: Amount::from_ten_thousandths(from) }))
}
