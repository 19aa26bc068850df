//! Identities: by what identity providers know users, and the sessions that they began.
//!
//! Not for: proving that somebody is who a provider says (`server`), or passwords (`credentials`).
//!
//! Invariant: an identity is one user's and stays theirs until it is unlinked; a state signs somebody in
//! once; whatever is linked, unlinked or ended by a provider is in the audit log.

use domain::{AuditEntry, Formats, SessionId, Sha256Digest, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::SystemStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable, to_the_microsecond};
use crate::sessions::SessionLimits;
use crate::users::{NewUser, User, audit_entry, insert_user, user};

/// A state is refused for so long after it was used: longer than a sign-in may take.
const STATES_REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// The identity by which a provider knows somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// Their `sub`: never given to anybody else.
    pub subject: String,
}

/// The session at a provider that a session here follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderSession {
    /// The name of the provider in the settings.
    pub provider: String,
    pub identity: Identity,
    /// The provider's own name of its session, where it gives one.
    pub sid: Option<String>,
    /// The ID token it began with, which the provider wants to see at its end.
    pub id_token: Option<domain::Secret<String>>,
}

/// The sessions that a provider ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndedSessions {
    /// All of a subject.
    OfSubject(String),
    /// The one that the provider calls so.
    OfSid(String),
}

impl SystemStore {
    /// The user whose identity it is.
    pub async fn user_of_identity(&self, identity: &Identity) -> Result<Option<User>, Error> {
        let row = sqlx::query(
            "SELECT users.* FROM identities JOIN users ON users.id = identities.user_id \
             WHERE issuer = $1 AND subject = $2",
        )
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.map(|row| user(&Fields::new(&row, "users", "id"))).transpose()
    }

    /// The identities of a user, by their issuers.
    pub async fn identities(&self, user: UserId) -> Result<Vec<Identity>, Error> {
        let rows = sqlx::query(
            "SELECT issuer, subject FROM identities WHERE user_id = $1 ORDER BY issuer",
        )
        .bind(user.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "identities", "issuer");
            Ok(Identity { issuer: fields.text("issuer")?, subject: fields.text("subject")? })
        })
    }

    /// Makes an identity a user's from now on. [`Error::Conflict`] when it is somebody's already, or the
    /// user has another one of the issuer.
    pub async fn link_identity(
        &self,
        user: &User,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let linked = sqlx::query(
            "INSERT INTO identities (issuer, subject, user_id, linked_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .bind(user.id.to_string())
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        if linked.rows_affected() == 0 {
            return Err(Error::Conflict { what: "identity" });
        }
        let mut entry = audit_entry(user, "user.link_identity", now);
        entry.details = json!({ "issuer": identity.issuer, "subject": identity.subject });
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Lets no provider know a user any more, and signs them out; how many identities they had. `by` is a
    /// user's address, or `operator` for a command.
    pub async fn unlink_identities(
        &self,
        user: &User,
        by: &str,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let unlinked = sqlx::query("DELETE FROM identities WHERE user_id = $1")
            .bind(user.id.to_string())
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if unlinked == 0 {
            return Ok(0);
        }
        self.parts.db.end_sessions(&mut transaction, user.id, now).await?;
        let entry =
            AuditEntry { who: by.to_owned(), ..audit_entry(user, "user.unlink_identities", now) };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(unlinked)
    }

    /// Makes a user of somebody whom a provider vouches for, who is invited by nobody. `by` names the
    /// provider. [`Error::Conflict`] when the address is another user's.
    pub async fn add_user(&self, new: NewUser, by: &str, now: Timestamp) -> Result<User, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let user = User {
            id: new.id,
            email: new.email,
            name: new.name,
            is_operator: false,
            added_at: to_the_microsecond(now)?,
            disabled_at: None,
            formats: Formats::default(),
        };
        if !insert_user(&mut transaction, &user, new.password_hash.as_ref()).await? {
            return Err(Error::Conflict { what: "user" });
        }
        let entry = AuditEntry { who: by.to_owned(), ..audit_entry(&user, "user.add", now) };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(user)
    }

    /// Uses a state up; false when it was used before.
    pub async fn use_state(&self, state: Sha256Digest, now: Timestamp) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query("DELETE FROM used_states WHERE used_at < $1")
            .bind((now - STATES_REMEMBERED).as_microsecond())
            .execute(&mut *transaction)
            .await?;
        let used = sqlx::query(
            "INSERT INTO used_states (state_hash, used_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(state.to_string())
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(used.rows_affected() > 0)
    }

    /// Keeps from which session at a provider one follows; what sessions that are over followed from is
    /// forgotten.
    pub async fn note_provider_session(
        &self,
        session: SessionId,
        provider_session: &ProviderSession,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query(
            "DELETE FROM provider_sessions WHERE begun_at <= $1 OR session_id IN \
             (SELECT id FROM sessions WHERE ended_at IS NOT NULL)",
        )
        .bind((now - limits.age_max).as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let ProviderSession { provider, identity, sid, id_token } = provider_session;
        sqlx::query(
            "INSERT INTO provider_sessions \
             (session_id, provider, issuer, subject, sid, id_token, begun_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(session.to_string())
        .bind(provider)
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .bind(sid.as_deref().map(storable))
        .bind(id_token.as_ref().map(|token| token.expose().as_str()))
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        Ok(transaction.commit().await?)
    }

    /// The session at a provider that one here follows from, which is forgotten; none where a password
    /// began it.
    pub async fn take_provider_session(
        &self,
        session: SessionId,
    ) -> Result<Option<ProviderSession>, Error> {
        let row = sqlx::query("DELETE FROM provider_sessions WHERE session_id = $1 RETURNING *")
            .bind(session.to_string())
            .fetch_optional(self.parts.db.writer())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "provider_sessions", "session_id");
        Ok(Some(ProviderSession {
            provider: fields.text("provider")?,
            identity: Identity { issuer: fields.text("issuer")?, subject: fields.text("subject")? },
            sid: fields.optional_text("sid")?,
            id_token: fields.optional_text("id_token")?.map(domain::Secret::new),
        }))
    }

    /// Ends the sessions that a provider says are over; how many there were.
    pub async fn end_provider_sessions(
        &self,
        issuer: &str,
        ended: &EndedSessions,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let (column, value) = match ended {
            EndedSessions::OfSubject(subject) => ("subject", subject),
            EndedSessions::OfSid(sid) => ("sid", sid),
        };
        let select = format!(
            "SELECT sessions.id AS session_id, users.* FROM provider_sessions \
             JOIN sessions ON sessions.id = provider_sessions.session_id \
             JOIN users ON users.id = sessions.user_id \
             WHERE issuer = $1 AND {column} = $2 AND ended_at IS NULL ORDER BY sessions.id"
        );
        let mut transaction = self.parts.db.begin().await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(issuer)
            .bind(value)
            .fetch_all(&mut *transaction)
            .await?;
        for row in &rows {
            let fields = Fields::new(row, "sessions", "session_id");
            let (session, owner): (SessionId, User) =
                (fields.parsed("session_id")?, user(&fields)?);
            sqlx::query("UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL")
                .bind(session.to_string())
                .bind(now.as_microsecond())
                .execute(&mut *transaction)
                .await?;
            let mut entry = audit_entry(&owner, "user.end_session", now);
            "identity provider".clone_into(&mut entry.who);
            entry.details = json!({ "session": session, "issuer": issuer });
            self.parts.db.audit(&mut transaction, &entry).await?;
        }
        transaction.commit().await?;
        Ok(rows.len() as u64)
    }
}
