//! Links by which a user chooses a new password: for whoever forgot it.
//!
//! Not for: links by which somebody becomes a user (`invitations`).
//!
//! Invariant: a user has one such link at most; it works once and until it expires, and only its digest is
//! kept. Whoever changes the password otherwise, may sign in no more or joins another customer ends it.

use domain::{AuditEntry, CustomerName, Secret, Sha256Digest, UserId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::credentials::{forget_totp, write_password};
use crate::db::Database;
use crate::error::Error;
use crate::rows::Fields;
use crate::users::{User, audit_entry, user};
use crate::{CustomerStore, SystemStore};

/// A link that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordLink {
    pub user: User,
    pub scope: ResetScope,
    /// A user's address, or `operator` for a command.
    pub made_by: String,
    pub expires_at: Timestamp,
}

/// The extent of a link: how much of what proves who somebody is it sets anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetScope {
    /// The password; a code is asked for as before.
    Password,
    /// The password, and two-step sign-in is turned off.
    PasswordAndCodes,
}

impl ResetScope {
    pub const fn clears_totp(self) -> bool {
        matches!(self, Self::PasswordAndCodes)
    }
}

/// A link on its way.
#[derive(Debug, Clone, Copy)]
pub struct NewPasswordLink {
    /// Of what the link ends with.
    pub secret_hash: Sha256Digest,
    pub scope: ResetScope,
    pub expires_at: Timestamp,
}

/// The query for the user of a link that still works: `$1` is its digest and `$2` the time.
const OPEN: &str = "SELECT users.*, clears_totp, made_by, expires_at FROM password_links \
    JOIN users ON users.id = password_links.user_id WHERE secret_hash = $1 AND expires_at > $2 \
    AND users.disabled_at IS NULL";

impl SystemStore {
    /// Makes a link for whoever runs the server to pass on; one made before works no more. [`Error::Illegal`]
    /// when the user may not sign in.
    pub async fn make_password_link(
        &self,
        user: UserId,
        new: NewPasswordLink,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let user = self.parts.db.locked_user(&mut transaction, user).await?;
        self.parts.db.write_password_link(&mut transaction, &user, new, (None, by), now).await?;
        Ok(transaction.commit().await?)
    }

    /// The link behind what an address ends with; none when it was used, has expired or never was.
    pub async fn password_link(
        &self,
        secret_hash: Sha256Digest,
        now: Timestamp,
    ) -> Result<Option<PasswordLink>, Error> {
        let row = sqlx::query(OPEN)
            .bind(secret_hash.to_string())
            .bind(now.as_microsecond())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(password_link).transpose()
    }

    /// Sets the password of whose link it is, and signs them out everywhere; `hash` is Argon2id in PHC form.
    /// [`Error::NotFound`] when the link does not work any more.
    pub async fn use_password_link(
        &self,
        secret_hash: Sha256Digest,
        hash: &Secret<String>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let select = format!("{OPEN} {}", self.parts.db.locked());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(secret_hash.to_string())
            .bind(now.as_microsecond())
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound { what: "link" })?;
        let PasswordLink { user, scope, made_by, .. } = password_link(&row)?;
        self.parts.db.forget_password_link(&mut transaction, user.id).await?;
        write_password(&mut transaction, user.id, hash, now).await?;
        if scope.clears_totp() {
            forget_totp(&mut transaction, user.id).await?;
        }
        self.parts.db.end_sessions(&mut transaction, user.id, now).await?;
        let entry = AuditEntry {
            details: json!({ "linkMadeBy": made_by, "clearedTotp": scope.clears_totp() }),
            ..audit_entry(&user, "user.set_password", now)
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }
}

impl CustomerStore {
    /// Makes a link for an admin to pass on to a member; whose it is. [`Error::Illegal`] when the
    /// account is not this customer's alone.
    pub async fn make_password_link(
        &self,
        member: UserId,
        new: NewPasswordLink,
        by: &str,
        now: Timestamp,
    ) -> Result<User, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let user = self.locked_own_member(&mut transaction, member).await?;
        let maker = (Some(&self.customer), by);
        self.parts.db.write_password_link(&mut transaction, &user, new, maker, now).await?;
        transaction.commit().await?;
        Ok(user)
    }
}

impl Database {
    async fn write_password_link(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: &User,
        new: NewPasswordLink,
        (customer, by): (Option<&CustomerName>, &str),
        now: Timestamp,
    ) -> Result<(), Error> {
        if user.disabled_at.is_some() {
            let why = format!(
                "{0} may not sign in; let them first, with: bursard user enable {0}",
                user.email
            );
            return Err(Error::Illegal { why });
        }
        self.forget_password_link(transaction, user.id).await?;
        sqlx::query(
            "INSERT INTO password_links (user_id, secret_hash, clears_totp, made_by, made_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(user.id.to_string())
        .bind(new.secret_hash.to_string())
        .bind(i64::from(new.scope.clears_totp()))
        .bind(by)
        .bind(now.as_microsecond())
        .bind(new.expires_at.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        let entry = AuditEntry {
            who: by.to_owned(),
            customer: customer.cloned(),
            details: json!({ "of": user.email.as_str(), "clearsTotp": new.scope.clears_totp() }),
            ..audit_entry(user, "user.make_password_link", now)
        };
        self.audit(transaction, &entry).await
    }

    /// A link of a user works no more, where there is one.
    pub(crate) async fn forget_password_link(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
    ) -> Result<(), Error> {
        sqlx::query("DELETE FROM password_links WHERE user_id = $1")
            .bind(user.to_string())
            .execute(&mut **transaction)
            .await?;
        Ok(())
    }
}

fn password_link(row: &AnyRow) -> Result<PasswordLink, Error> {
    let fields = Fields::new(row, "password_links", "id");
    Ok(PasswordLink {
        user: user(&fields)?,
        scope: match fields.number::<u8>("clears_totp")? {
            1 => ResetScope::PasswordAndCodes,
            _ => ResetScope::Password,
        },
        made_by: fields.text("made_by")?,
        expires_at: fields.time("expires_at")?,
    })
}
