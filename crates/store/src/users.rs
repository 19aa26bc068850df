//! Users, what proves who they are, and what they may do for which customer.
//!
//! Not for: how a user comes to be (`invitations`), or checking passwords.
//!
//! Invariant: whatever changes what somebody may do, or how they prove who they are, is in the audit log.

use domain::{
    AuditEntry, CustomerName, EmailAddress, MemberRole, Secret, TitledUnit, UserId, UserName,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::customers::titled;
use crate::error::Error;
use crate::rows::{Fields, all};
use crate::{CustomerStore, SystemStore};

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: UserName,
    /// Runs the server, and sees no customer's data by that.
    pub is_operator: bool,
    pub added_at: Timestamp,
}

/// A user with what proves who they are.
#[derive(Debug, Clone)]
pub struct Person {
    pub user: User,
    /// Argon2id in PHC form.
    pub password_hash: Secret<String>,
    pub password_set_at: Timestamp,
    /// In base 32; none where the password is all there is.
    pub totp_secret: Option<Secret<String>>,
}

/// A unit that a user may open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachableUnit {
    pub customer: CustomerName,
    pub unit: TitledUnit,
    pub role: MemberRole,
}

/// A user as the customer sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub user: User,
    pub role: MemberRole,
    /// When they joined.
    pub since: Timestamp,
    /// Anywhere, not only here; none who never was.
    pub signed_in_at: Option<Timestamp>,
}

impl SystemStore {
    pub async fn has_users(&self) -> Result<bool, Error> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM users")
            .fetch_one(self.parts.db.reader())
            .await?;
        Ok(count > 0)
    }

    pub async fn person_by_email(&self, email: &EmailAddress) -> Result<Option<Person>, Error> {
        let row = sqlx::query("SELECT * FROM users WHERE email = $1")
            .bind(email.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(person).transpose()
    }

    pub async fn person(&self, id: UserId) -> Result<Option<Person>, Error> {
        let row = sqlx::query("SELECT * FROM users WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(person).transpose()
    }

    /// By the names of customer and unit.
    pub async fn reachable_units(&self, user: UserId) -> Result<Vec<ReachableUnit>, Error> {
        let rows = sqlx::query(
            "SELECT units.customer, units.name, units.title, memberships.role FROM memberships \
             JOIN units ON units.customer = memberships.customer WHERE memberships.user_id = $1 \
             ORDER BY units.customer, units.name",
        )
        .bind(user.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "memberships", "customer");
            Ok(ReachableUnit {
                customer: fields.parsed("customer")?,
                unit: titled(row)?,
                role: fields.parsed("role")?,
            })
        })
    }

    /// `hash` is Argon2id in PHC form.
    pub async fn set_password(
        &self,
        user: &User,
        hash: &Secret<String>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query("UPDATE users SET password_hash = $2, password_set_at = $3 WHERE id = $1")
            .bind(user.id.to_string())
            .bind(hash.expose().as_str())
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        self.parts.db.audit(&mut transaction, &audit_entry(user, "user.set_password", now)).await?;
        Ok(transaction.commit().await?)
    }

    /// `secret` is in base 32; none takes the second factor away.
    pub async fn set_totp(
        &self,
        user: &User,
        secret: Option<&Secret<String>>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let what = if secret.is_some() { "user.set_totp" } else { "user.clear_totp" };
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query("UPDATE users SET totp_secret = $2, totp_step = NULL WHERE id = $1")
            .bind(user.id.to_string())
            .bind(secret.map(|secret| secret.expose().clone()))
            .execute(&mut *transaction)
            .await?;
        self.parts.db.audit(&mut transaction, &audit_entry(user, what, now)).await?;
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
}

impl CustomerStore {
    /// The role of a user for this customer; none: they may do nothing.
    pub async fn role_of(&self, user: UserId) -> Result<Option<MemberRole>, Error> {
        let row = sqlx::query(
            "SELECT customer, role FROM memberships WHERE customer = $1 AND user_id = $2",
        )
        .bind(self.customer.as_str())
        .bind(user.to_string())
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.map(|row| Fields::new(&row, "memberships", "customer").parsed("role")).transpose()
    }

    /// By their names.
    pub async fn members(&self) -> Result<Vec<Member>, Error> {
        let rows = sqlx::query(
            "SELECT users.*, memberships.role, memberships.added_at AS joined_at, \
             (SELECT MAX(begun_at) FROM sessions WHERE sessions.user_id = users.id) AS signed_in_at \
             FROM memberships \
             JOIN users ON users.id = memberships.user_id WHERE memberships.customer = $1 \
             ORDER BY users.name, users.id",
        )
        .bind(self.customer.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "users", "id");
            Ok(Member {
                user: user(&fields)?,
                role: fields.parsed("role")?,
                since: fields.time("joined_at")?,
                signed_in_at: fields.optional_time("signed_in_at")?,
            })
        })
    }

    /// Gives a user a role, or another one.
    pub(crate) async fn write_membership(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        role: MemberRole,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO memberships (user_id, customer, role, added_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (customer, user_id) DO UPDATE SET role = $3",
        )
        .bind(user.to_string())
        .bind(self.customer.as_str())
        .bind(role.as_str())
        .bind(now.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    /// Gives a member another role, or none: they are a member no more. [`Error::NotFound`] when they are
    /// none; [`Error::Illegal`] when nobody would be left to set up the customer.
    pub async fn set_role(
        &self,
        member: UserId,
        role: Option<MemberRole>,
        by: &User,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let changed = match role {
            Some(role) => {
                sqlx::query("UPDATE memberships SET role = $3 WHERE customer = $1 AND user_id = $2")
                    .bind(self.customer.as_str())
                    .bind(member.to_string())
                    .bind(role.as_str())
                    .execute(&mut *transaction)
                    .await?
            }
            None => {
                sqlx::query("DELETE FROM memberships WHERE customer = $1 AND user_id = $2")
                    .bind(self.customer.as_str())
                    .bind(member.to_string())
                    .execute(&mut *transaction)
                    .await?
            }
        };
        if changed.rows_affected() == 0 {
            return Err(Error::NotFound { what: "member" });
        }
        let admins: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM memberships WHERE customer = $1 AND role = 'admin'",
        )
        .bind(self.customer.as_str())
        .fetch_one(&mut *transaction)
        .await?;
        if admins == 0 {
            let why =
                "somebody has to be left who sets up the organisation; make another admin first";
            return Err(Error::Illegal { why: why.to_owned() });
        }
        let entry = AuditEntry {
            about: member.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "role": role }),
            ..audit_entry(by, "member.set_role", now)
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }
}

/// An entry about what a user did to themselves.
pub(crate) fn audit_entry(user: &User, what: &str, at: Timestamp) -> AuditEntry {
    AuditEntry {
        at,
        who: user.email.to_string(),
        what: what.to_owned(),
        about: user.id.to_string(),
        customer: None,
        details: serde_json::Value::Null,
    }
}

pub(crate) fn user(fields: &Fields<'_>) -> Result<User, Error> {
    Ok(User {
        id: fields.parsed("id")?,
        email: fields.parsed("email")?,
        name: fields.parsed("name")?,
        is_operator: fields.number::<u8>("is_operator")? == 1,
        added_at: fields.time("added_at")?,
    })
}

fn person(row: &AnyRow) -> Result<Person, Error> {
    let fields = Fields::new(row, "users", "id");
    Ok(Person {
        user: user(&fields)?,
        password_hash: Secret::new(fields.text("password_hash")?),
        password_set_at: fields.time("password_set_at")?,
        totp_secret: fields.optional_text("totp_secret")?.map(Secret::new),
    })
}
