//! Whether this store is a copy that was put in the place of the original, and whether somebody has seen to
//! what came back with it.
//!
//! Not for: making a copy (`backup`).
//!
//! Invariant: who was signed in when a copy was made, and whoever had a link, is not let in by it. What was
//! revoked since nobody can know from the copy alone, so a person settles it.

use domain::AuditEntry;
use jiff::Timestamp;
use sqlx::{Any, Transaction};

use crate::SystemStore;
use crate::error::Error;
use crate::rows::Fields;

/// The one row of the table.
const ROW: i64 = 1;
const END_OPEN_ACCESS: [&str; 4] = [
    "UPDATE sessions SET ended_at = seen_at WHERE ended_at IS NULL",
    "DELETE FROM provider_sessions",
    "DELETE FROM invitations WHERE used_at IS NULL",
    "DELETE FROM password_links",
];

/// A store that was copied from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyOrigin {
    /// None where the database's own tools made it.
    pub made_at: Option<Timestamp>,
    /// When somebody had seen to what came back with it.
    pub settled_at: Option<Timestamp>,
}

impl SystemStore {
    /// This store as a copy; none where it is an original, as far as it knows.
    pub async fn copy(&self) -> Result<Option<CopyOrigin>, Error> {
        let row = sqlx::query("SELECT made_at, settled_at FROM copies")
            .fetch_optional(self.parts.db.reader())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "copies", "made_at");
        Ok(Some(CopyOrigin {
            made_at: fields.optional_time("made_at")?,
            settled_at: fields.optional_time("settled_at")?,
        }))
    }

    /// Makes a copy of this store, just written, know that it is one, and ends every session and every link
    /// that works: somebody may serve it in years, and who was signed in is not to be by that.
    pub(crate) async fn begin_as_copy(&self, now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        end_open_access(&mut transaction).await?;
        // Of the copy that this one was made of, if it was one.
        sqlx::query("DELETE FROM copies").execute(&mut *transaction).await?;
        sqlx::query("INSERT INTO copies (id, made_at, settled_at) VALUES ($1, $2, NULL)")
            .bind(ROW)
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Notes that somebody has seen to what came back. Where the database's own tools have made the copy,
    /// it has not known it until now: sessions and links end by this.
    pub async fn settle_copy(&self, by: &str, now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let settled = sqlx::query("UPDATE copies SET settled_at = $1")
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        if settled.rows_affected() == 0 {
            end_open_access(&mut transaction).await?;
            sqlx::query("INSERT INTO copies (id, made_at, settled_at) VALUES ($1, NULL, $2)")
                .bind(ROW)
                .bind(now.as_microsecond())
                .execute(&mut *transaction)
                .await?;
        }
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "backup.settle".to_owned(),
            about: "this store".to_owned(),
            customer: None,
            details: serde_json::Value::Null,
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }
}

async fn end_open_access(transaction: &mut Transaction<'static, Any>) -> Result<(), Error> {
    for statement in END_OPEN_ACCESS {
        sqlx::query(statement).execute(&mut **transaction).await?;
    }
    Ok(())
}
