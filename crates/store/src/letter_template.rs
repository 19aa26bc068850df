//! The letters by which a customer asks suppliers for money, as administrators have written them: the one for
//! all letters, and those with names (`named`).
//!
//! Invariant: each change is in the audit log, with the text that was there before.

mod named;

use domain::{AuditEntry, LetterTemplate};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, storable};

const SELECT: &str = "SELECT customer, subject, body FROM letter_templates WHERE customer = $1";

impl CustomerStore {
    /// The letter of all units; the usual one where nobody has written another.
    pub async fn letter_template(&self) -> Result<LetterTemplate, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        read(row.as_ref())
    }

    /// Sets the letter for all units, or with none makes it as usual again. Whether anything changed.
    pub async fn set_letter_template(
        &self,
        wanted: Option<&LetterTemplate>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let was = read(row.as_ref())?;
        if wanted.map_or(row.is_none(), |wanted| row.is_some() && *wanted == was) {
            return Ok(false);
        }
        match wanted {
            Some(template) => {
                sqlx::query(
                    "INSERT INTO letter_templates (customer, subject, body, set_by, set_at) \
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (customer) DO UPDATE SET \
                     subject = excluded.subject, body = excluded.body, set_by = excluded.set_by, \
                     set_at = excluded.set_at",
                )
                .bind(self.customer.as_str())
                .bind(storable(template.subject()))
                .bind(storable(template.body()))
                .bind(by)
                .bind(now.as_microsecond())
                .execute(&mut *transaction)
                .await?;
            }
            None => {
                sqlx::query("DELETE FROM letter_templates WHERE customer = $1")
                    .bind(self.customer.as_str())
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "customer.set_letter".to_owned(),
            about: self.customer.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "is": wanted, "was": row.is_some().then_some(was) }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn read(row: Option<&AnyRow>) -> Result<LetterTemplate, Error> {
    let Some(row) = row else { return Ok(LetterTemplate::default()) };
    let fields = Fields::new(row, "letter_templates", "customer");
    LetterTemplate::new(&fields.text("subject")?, &fields.text("body")?)
        .map_err(|_invalid| fields.corrupt())
}
