//! Erasing a person: the account, how they signed in, and what was theirs alone.
//!
//! Not for: what they decided. Verdicts, comments and settings are records of their organisations, which the
//! law asks for, and their digests prove them; they go with the unit or the customer.
//!
//! Invariant: whoever belongs to an organisation still, or runs the server, is not erased. The row
//! of the user stays under a made-up address, so that what refers to it stays whole.

use domain::{AuditEntry, CustomerName, EmailAddress, UserId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{audited, count};
use crate::SystemStore;
use crate::db::Database;
use crate::error::Error;
use crate::rows::Fields;
use crate::tables::{Owner, TABLES, Table};
use crate::users::NO_PASSWORD;

/// The text in the place of a name.
const ERASED_NAME: &str = "Erased person";

/// The counts of a person's erasure, done or only looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonErasureReport {
    /// Rows by table, those without any left out.
    pub rows: Vec<(&'static str, u64)>,
    /// Entries of the audit log about their account, whose text goes.
    pub audit_entries: u64,
    /// Entries of histories with their name, which stay.
    pub decisions: u64,
}

impl SystemStore {
    /// The counts of what would go, also of who may not be erased yet. [`Error::NotFound`] without the user.
    pub async fn look_at_person_erasure(&self, user: UserId) -> Result<PersonErasureReport, Error> {
        let person = self.person(user).await?.ok_or(Error::NotFound { what: "user" })?;
        let mut transaction = self.parts.db.begin().await?;
        self.parts.db.count_person(&mut transaction, user, &person.user.email).await
    }

    /// Erases a person who belongs to no organisation any more; [`Error::Illegal`] where they do, or run the
    /// server. `by` is a user's address, or `operator` for a
    /// command; `customer` is whose admin asks for it, and none where whoever runs the server does.
    pub async fn erase_person(
        &self,
        user: UserId,
        customer: Option<&CustomerName>,
        by: &str,
        now: Timestamp,
    ) -> Result<PersonErasureReport, Error> {
        let db = &self.parts.db;
        let mut transaction = db.begin().await?;
        let email = db.erasable_person(&mut transaction, user).await?;
        let report = db.count_person(&mut transaction, user, &email).await?;
        let erased = audited::blank_account(&mut transaction, user, &email).await?;
        for table in TABLES.iter().rev() {
            let Some((condition, value)) = of_person(*table, user, &email) else { continue };
            let delete = format!("DELETE FROM {} WHERE {condition}", table.name);
            sqlx::query(AssertSqlSafe(delete)).bind(value).execute(&mut *transaction).await?;
        }
        sqlx::query(
            "UPDATE users SET email = $2, name = $3, password_hash = $5, totp_secret = NULL, \
             totp_step = NULL, formats = NULL, disabled_at = COALESCE(disabled_at, $4) WHERE id = $1",
        )
        .bind(user.to_string())
        .bind(format!("{user}@erased.invalid"))
        .bind(ERASED_NAME)
        .bind(now.as_microsecond())
        .bind(NO_PASSWORD)
        .execute(&mut *transaction)
        .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "user.erase".to_owned(),
            about: user.to_string(),
            customer: customer.cloned(),
            details: json!({ "entries": erased.to_string(), "decisions": report.decisions }),
        };
        db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        db.scrub().await?;
        Ok(report)
    }
}

impl Database {
    /// The address of somebody who may be erased, locked.
    async fn erasable_person(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
    ) -> Result<EmailAddress, Error> {
        let select =
            format!("SELECT id, email, is_operator FROM users WHERE id = $1 {}", self.locked());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(user.to_string())
            .fetch_optional(&mut **transaction)
            .await?
            .ok_or(Error::NotFound { what: "user" })?;
        let fields = Fields::new(&row, "users", "id");
        if fields.number::<i64>("is_operator")? != 0 {
            let why = "they run the server; let them be an operator no more first";
            return Err(Error::Illegal { why: why.to_owned() });
        }
        let belongs: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM memberships WHERE user_id = $1) \
             + (SELECT COUNT(*) FROM unit_roles WHERE user_id = $1)",
        )
        .bind(user.to_string())
        .fetch_one(&mut **transaction)
        .await?;
        if belongs > 0 {
            let why = "they belong to an organisation still; remove them there first";
            return Err(Error::Illegal { why: why.to_owned() });
        }
        fields.parsed("email")
    }

    async fn count_person(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        email: &EmailAddress,
    ) -> Result<PersonErasureReport, Error> {
        let mut report = PersonErasureReport::default();
        for &table in TABLES {
            let Some((condition, value)) = of_person(table, user, email) else { continue };
            let select = format!("SELECT COUNT(*) FROM {} WHERE {condition}", table.name);
            let rows = count(transaction, select, &[value.as_str()]).await?;
            report.rows.extend((rows > 0).then_some((table.name, rows)));
        }
        report.audit_entries = audited::count_of_account(transaction, user, email).await?;
        let select = "SELECT COUNT(*) FROM finding_history WHERE who = $1".to_owned();
        report.decisions = count(transaction, select, &[email.as_str()]).await?;
        Ok(report)
    }
}

/// The condition by which a row of a table goes with a person, and its value; none where none does.
fn of_person(table: Table, user: UserId, email: &EmailAddress) -> Option<(String, String)> {
    match (table.owner, table.name) {
        (Owner::User(_), "users") => None,
        (Owner::User(column), _) => Some((format!("{column} = $1"), user.to_string())),
        (Owner::Session, _) => {
            let of = "session_id IN (SELECT id FROM sessions WHERE user_id = $1)".to_owned();
            Some((of, user.to_string()))
        }
        (_, "saved_views") => Some(("user_id = $1".to_owned(), user.to_string())),
        (_, "invitations") => Some(("email = $1".to_owned(), email.to_string())),
        _ => None,
    }
}
