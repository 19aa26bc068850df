//! Sessions: the browsers in which a user is signed in.
//!
//! Not for: cookies; what the browser presents is known here by its digest only.
//!
//! Invariant: a session that was ended, has been idle for too long, is too old or is of somebody who may not
//! sign in is not found any more.

use domain::{EmailAddress, SessionId, Sha256Digest, UserId};
use jiff::{SignedDuration, Timestamp};
use sqlx::{Any, Transaction};

use crate::SystemStore;
use crate::db::Database;
use crate::error::Error;
use crate::rows::{Fields, all, storable};
use crate::users::{User, audit_entry, user};

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub begun_at: Timestamp,
    pub seen_at: Timestamp,
    pub address: String,
    /// The name that the browser gives itself.
    pub agent: String,
}

/// A session on its way.
#[derive(Debug, Clone)]
pub struct NewSession {
    pub id: SessionId,
    /// Of what the cookie holds.
    pub secret_hash: Sha256Digest,
    pub address: String,
    pub agent: String,
}

/// The time for which a session lasts, idle and in all.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    pub idle_max: SignedDuration,
    pub age_max: SignedDuration,
}

/// Browsers that one user is signed in with at once: their list is read whole, and a program that
/// signs in again and again makes it no longer.
pub const SESSIONS_MAX: usize = 50;

const COLUMNS: &str = "sessions.id AS session_id, begun_at, seen_at, address, agent";

impl SystemStore {
    /// Signs a user in. The oldest of more than [`SESSIONS_MAX`] sessions end.
    pub async fn begin_session(
        &self,
        user: &User,
        new: NewSession,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query(
            "INSERT INTO sessions (id, user_id, secret_hash, begun_at, seen_at, address, agent) \
             VALUES ($1, $2, $3, $4, $4, $5, $6)",
        )
        .bind(new.id.to_string())
        .bind(user.id.to_string())
        .bind(new.secret_hash.to_string())
        .bind(now.as_microsecond())
        .bind(storable(&new.address))
        .bind(storable(&new.agent))
        .execute(&mut *transaction)
        .await?;
        let too_many = format!(
            "UPDATE sessions SET ended_at = $2 WHERE user_id = $1 AND ended_at IS NULL AND id <> $3 \
             AND id NOT IN (SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL \
             ORDER BY begun_at DESC, id DESC LIMIT {SESSIONS_MAX})"
        );
        sqlx::query(sqlx::AssertSqlSafe(too_many))
            .bind(user.id.to_string())
            .bind(now.as_microsecond())
            .bind(new.id.to_string())
            .execute(&mut *transaction)
            .await?;
        let mut entry = audit_entry(user, "user.sign_in", now);
        entry.details = serde_json::json!({ "address": new.address, "session": new.id });
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Returns `true` when a session with this secret was one of somebody's, over or not: their
    /// browser is known.
    pub async fn was_session_of(
        &self,
        secret_hash: Sha256Digest,
        email: &EmailAddress,
    ) -> Result<bool, Error> {
        let sessions: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM sessions JOIN users ON users.id = sessions.user_id \
             WHERE secret_hash = $1 AND users.email = $2",
        )
        .bind(secret_hash.to_string())
        .bind(email.as_str())
        .fetch_one(self.parts.db.reader())
        .await?;
        Ok(sessions > 0)
    }

    /// The user whose session this secret is or was; none of what never was one.
    pub async fn session_owner(&self, secret_hash: Sha256Digest) -> Result<Option<UserId>, Error> {
        let row = sqlx::query("SELECT id, user_id FROM sessions WHERE secret_hash = $1")
            .bind(secret_hash.to_string())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.map(|row| Fields::new(&row, "sessions", "id").parsed("user_id")).transpose()
    }

    /// The session of who presents what this is the digest of.
    pub async fn session(
        &self,
        secret_hash: Sha256Digest,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<Option<(Session, User)>, Error> {
        let row = sqlx::query(
            "SELECT sessions.id AS session_id, begun_at, seen_at, address, agent, users.* FROM sessions \
             JOIN users ON users.id = sessions.user_id WHERE secret_hash = $1 AND ended_at IS NULL \
             AND seen_at > $2 AND begun_at > $3 AND users.disabled_at IS NULL",
        )
        .bind(secret_hash.to_string())
        .bind((now - limits.idle_max).as_microsecond())
        .bind((now - limits.age_max).as_microsecond())
        .fetch_optional(self.parts.db.reader())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "sessions", "session_id");
        Ok(Some((session(&fields)?, user(&fields)?)))
    }

    /// It was used just now.
    pub async fn note_session_seen(&self, id: SessionId, now: Timestamp) -> Result<(), Error> {
        sqlx::query("UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at < $2")
            .bind(id.to_string())
            .bind(now.as_microsecond())
            .execute(self.parts.db.writer())
            .await?;
        Ok(())
    }

    /// The sessions a user is signed in with now, the newest first.
    pub async fn sessions(
        &self,
        user: UserId,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<Vec<Session>, Error> {
        let select = format!(
            "SELECT {COLUMNS} FROM sessions WHERE user_id = $1 AND ended_at IS NULL AND seen_at > $2 \
             AND begun_at > $3 ORDER BY begun_at DESC, id DESC"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(user.to_string())
            .bind((now - limits.idle_max).as_microsecond())
            .bind((now - limits.age_max).as_microsecond())
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, |row| session(&Fields::new(row, "sessions", "session_id")))
    }

    /// Ends one session of a user; [`Error::NotFound`] when it is not theirs or over.
    pub async fn end_session(
        &self,
        user: &User,
        id: SessionId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let ended = sqlx::query(
            "UPDATE sessions SET ended_at = $3 WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
        )
        .bind(id.to_string())
        .bind(user.id.to_string())
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        if ended.rows_affected() == 0 {
            return Err(Error::NotFound { what: "session" });
        }
        let mut entry = audit_entry(user, "user.end_session", now);
        entry.details = serde_json::json!({ "session": id });
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Ends all of a user but one.
    pub async fn end_other_sessions(
        &self,
        user: &User,
        kept: SessionId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        if self.parts.db.end_sessions_but(&mut transaction, user.id, Some(kept), now).await? {
            let entry = audit_entry(user, "user.end_other_sessions", now);
            self.parts.db.audit(&mut transaction, &entry).await?;
        }
        Ok(transaction.commit().await?)
    }
}

impl Database {
    /// Ends all sessions of a user.
    pub(crate) async fn end_sessions(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.end_sessions_but(transaction, user, None, now).await?;
        Ok(())
    }

    /// Ends the sessions of a user, but for one where it is named; whether there was one to end.
    pub(crate) async fn end_sessions_but(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        kept: Option<SessionId>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let ended = sqlx::query(
            "UPDATE sessions SET ended_at = $3 WHERE user_id = $2 AND id <> $1 AND ended_at IS NULL",
        )
        .bind(kept.map(|kept| kept.to_string()).unwrap_or_default())
        .bind(user.to_string())
        .bind(now.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        Ok(ended.rows_affected() > 0)
    }
}

fn session(fields: &Fields<'_>) -> Result<Session, Error> {
    Ok(Session {
        id: fields.parsed("session_id")?,
        begun_at: fields.time("begun_at")?,
        seen_at: fields.time("seen_at")?,
        address: fields.text("address")?,
        agent: fields.text("agent")?,
    })
}
