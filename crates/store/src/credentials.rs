//! What proves who a user is: a password, an authenticator app, and the codes that stand in for it.
//!
//! Not for: checking a password, or making a code; the store keeps what it is handed. Nor for links by which
//! a password is chosen (`password_links`).
//!
//! Invariant: whatever changes how somebody proves who they are is in the audit log, and a code works once.

use domain::{AuditEntry, Secret, SessionId, Sha256Digest, UserId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Any, Transaction};

use crate::error::Error;
use crate::users::{User, audit_entry};
use crate::{CustomerStore, SystemStore};

/// An authenticator app that has shown a code.
#[derive(Debug)]
pub struct NewTotp {
    /// In base 32.
    pub secret: Secret<String>,
    /// The step of the code it has shown, which works no more.
    pub step: i64,
    /// The digests of the codes that stand in for it.
    pub recovery_codes: Vec<Sha256Digest>,
}

impl SystemStore {
    /// `hash` is Argon2id in PHC form. A link by which another could be chosen works no more.
    pub async fn set_password(
        &self,
        user: &User,
        hash: &Secret<String>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        write_password(&mut transaction, user.id, hash, now).await?;
        self.parts.db.forget_password_link(&mut transaction, user.id).await?;
        self.parts.db.audit(&mut transaction, &audit_entry(user, "user.set_password", now)).await?;
        Ok(transaction.commit().await?)
    }

    /// Makes signing in take a code as well. All sessions but `kept` end: they were begun without.
    pub async fn set_totp(
        &self,
        user: &User,
        new: &NewTotp,
        kept: SessionId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query("UPDATE users SET totp_secret = $2, totp_step = $3 WHERE id = $1")
            .bind(user.id.to_string())
            .bind(new.secret.expose().as_str())
            .bind(new.step)
            .execute(&mut *transaction)
            .await?;
        write_recovery_codes(&mut transaction, user.id, &new.recovery_codes).await?;
        self.parts.db.end_sessions_but(&mut transaction, user.id, Some(kept), now).await?;
        self.parts.db.audit(&mut transaction, &audit_entry(user, "user.set_totp", now)).await?;
        Ok(transaction.commit().await?)
    }

    /// A password is all it takes to sign in from now on.
    pub async fn clear_totp(&self, user: &User, now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        forget_totp(&mut transaction, user.id).await?;
        self.parts.db.audit(&mut transaction, &audit_entry(user, "user.clear_totp", now)).await?;
        Ok(transaction.commit().await?)
    }

    /// Uses up the code of this step; false when it or that of a later step was used before: a code works
    /// once.
    pub async fn use_totp_step(&self, user: UserId, step: i64) -> Result<bool, Error> {
        let used = sqlx::query(
            "UPDATE users SET totp_step = $2 WHERE id = $1 AND (totp_step IS NULL OR totp_step < $2)",
        )
        .bind(user.to_string())
        .bind(step)
        .execute(self.parts.db.writer())
        .await?;
        Ok(used.rows_affected() > 0)
    }

    /// Gives a user other recovery codes; those of before work no more.
    pub async fn set_recovery_codes(
        &self,
        user: &User,
        codes: &[Sha256Digest],
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        write_recovery_codes(&mut transaction, user.id, codes).await?;
        let entry = audit_entry(user, "user.set_recovery_codes", now);
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Uses up a recovery code; false when it is none of theirs, or was used before.
    pub async fn use_recovery_code(
        &self,
        user: &User,
        code: Sha256Digest,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let used = sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2")
            .bind(user.id.to_string())
            .bind(code.to_string())
            .execute(&mut *transaction)
            .await?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        let entry = audit_entry(user, "user.use_recovery_code", now);
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Counts the recovery codes that still work.
    pub async fn recovery_codes_left(&self, user: UserId) -> Result<u64, Error> {
        let left: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1")
                .bind(user.to_string())
                .fetch_one(self.parts.db.reader())
                .await?;
        u64::try_from(left).map_err(Error::internal)
    }
}

impl CustomerStore {
    /// Takes a member's authenticator app away, as when the telephone is lost, and signs them out.
    /// [`Error::Illegal`] when the account is not this customer's alone.
    pub async fn clear_totp(&self, member: UserId, by: &str, now: Timestamp) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let user = self.locked_own_member(&mut transaction, member).await?;
        forget_totp(&mut transaction, member).await?;
        self.parts.db.end_sessions(&mut transaction, member, now).await?;
        let entry = AuditEntry {
            who: by.to_owned(),
            customer: Some(self.customer.clone()),
            details: json!({ "of": user.email.as_str() }),
            ..audit_entry(&user, "user.clear_totp", now)
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }
}

pub(crate) async fn write_password(
    transaction: &mut Transaction<'static, Any>,
    user: UserId,
    hash: &Secret<String>,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query("UPDATE users SET password_hash = $2, password_set_at = $3 WHERE id = $1")
        .bind(user.to_string())
        .bind(hash.expose().as_str())
        .bind(now.as_microsecond())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// Takes the authenticator app and all that stands in for it away.
pub(crate) async fn forget_totp(
    transaction: &mut Transaction<'static, Any>,
    user: UserId,
) -> Result<(), Error> {
    sqlx::query("UPDATE users SET totp_secret = NULL, totp_step = NULL WHERE id = $1")
        .bind(user.to_string())
        .execute(&mut **transaction)
        .await?;
    write_recovery_codes(transaction, user, &[]).await
}

async fn write_recovery_codes(
    transaction: &mut Transaction<'static, Any>,
    user: UserId,
    codes: &[Sha256Digest],
) -> Result<(), Error> {
    sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
        .bind(user.to_string())
        .execute(&mut **transaction)
        .await?;
    for code in codes {
        sqlx::query("INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)")
            .bind(user.to_string())
            .bind(code.to_string())
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}
