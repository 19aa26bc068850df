//! The members of a customer: listed, given a role, removed.
//!
//! Not for: the links by which people become members (`invitations`).
//!
//! Invariant: `write_membership` is the one writer of memberships; those of a customer are written by one
//! at a time, and the last admin who may sign in stays one.

use domain::{AuditEntry, MemberRole, UserId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::CustomerStore;
use crate::db::Database;
use crate::error::Error;
use crate::rows::{Fields, all};
use crate::users::{User, user};

const ROLE: &str = "SELECT customer, role FROM memberships WHERE customer = $1 AND user_id = $2";

/// A user as the customer sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub user: User,
    pub role: MemberRole,
    /// When they joined.
    pub since: Timestamp,
    /// Anywhere, not only here; none who never was.
    pub signed_in_at: Option<Timestamp>,
    /// Whether signing in takes a code as well.
    pub has_totp: bool,
}

impl CustomerStore {
    /// The role of a user for this customer; none: they may do nothing.
    pub async fn role_of(&self, user: UserId) -> Result<Option<MemberRole>, Error> {
        let row = sqlx::query(ROLE)
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
                has_totp: fields.optional_text("totp_secret")?.is_some(),
            })
        })
    }

    /// Gives a member another role, or none: they are a member no more and signed out everywhere. `by` is a
    /// user's address, or `operator` for a command. [`Error::NotFound`] when they are no member;
    /// [`Error::Illegal`] when nobody would be left to set up the customer.
    pub async fn set_role(
        &self,
        member: UserId,
        role: Option<MemberRole>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.claim_members(&mut transaction).await?;
        let was = self.role_in(&mut transaction, member).await?;
        let was = was.ok_or(Error::NotFound { what: "member" })?;
        self.write_membership(&mut transaction, member, role, now).await?;
        if role.is_none() {
            self.parts.db.end_sessions(&mut transaction, member, now).await?;
        }
        let entry = self.role_entry(member, (Some(was), role), by, now);
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Gives a user a role, a member or not: for whoever runs the server. [`Error::Illegal`] when nobody
    /// would be left to set up the customer, [`Error::NotFound`] without the customer.
    pub async fn make_member(
        &self,
        user: UserId,
        role: MemberRole,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let was = self.write_membership(&mut transaction, user, Some(role), now).await?;
        let entry = self.role_entry(user, (was, Some(role)), by, now);
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Waits until nobody else changes who is a member, and keeps others from it until the transaction ends.
    pub(crate) async fn claim_members(
        &self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<(), Error> {
        self.parts.db.claim_name(transaction, &format!("members of {}", self.customer)).await
    }

    /// Gives a user a role, another one, or none; the role they had before. [`Error::Illegal`] when the last
    /// admin would go.
    pub(crate) async fn write_membership(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        role: Option<MemberRole>,
        now: Timestamp,
    ) -> Result<Option<MemberRole>, Error> {
        self.claim_members(transaction).await?;
        let was = self.role_in(transaction, user).await?;
        if was == Some(MemberRole::Admin) && role != was {
            self.check_other_admin(transaction, user).await?;
        }
        let Some(role) = role else {
            sqlx::query("DELETE FROM memberships WHERE customer = $1 AND user_id = $2")
                .bind(self.customer.as_str())
                .bind(user.to_string())
                .execute(&mut **transaction)
                .await?;
            return Ok(was);
        };
        if was.is_none() {
            // What an admin of one customer could do with an account must not reach into the next.
            self.parts.db.locked_user(transaction, user).await?;
            self.parts.db.forget_password_link(transaction, user).await?;
        }
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
        Ok(was)
    }

    /// The role of a user, in a transaction that has claimed the members.
    pub(crate) async fn role_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
    ) -> Result<Option<MemberRole>, Error> {
        let row = sqlx::query(ROLE)
            .bind(self.customer.as_str())
            .bind(user.to_string())
            .fetch_optional(&mut **transaction)
            .await?;
        row.map(|row| Fields::new(&row, "memberships", "customer").parsed("role")).transpose()
    }

    /// [`Error::Illegal`] when there is no admin who may sign in but this one.
    pub(crate) async fn check_other_admin(
        &self,
        transaction: &mut Transaction<'static, Any>,
        admin: UserId,
    ) -> Result<(), Error> {
        let others: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM memberships JOIN users ON users.id = memberships.user_id \
             WHERE memberships.customer = $1 AND memberships.role = 'admin' \
             AND memberships.user_id <> $2 AND users.disabled_at IS NULL",
        )
        .bind(self.customer.as_str())
        .bind(admin.to_string())
        .fetch_one(&mut **transaction)
        .await?;
        if others > 0 {
            return Ok(());
        }
        let why = format!(
            "somebody has to be left who sets up {}; make another admin first",
            self.customer
        );
        Err(Error::Illegal { why })
    }

    /// A member whose account is this customer's alone, locked. [`Error::NotFound`] when they are no member,
    /// [`Error::Illegal`] when they belong to another customer as well or run the server: an admin of one
    /// customer must not become whoever may look into another.
    pub(crate) async fn locked_own_member(
        &self,
        transaction: &mut Transaction<'static, Any>,
        member: UserId,
    ) -> Result<User, Error> {
        let user = self.parts.db.locked_user(transaction, member).await?;
        if self.role_in(transaction, member).await?.is_none() {
            return Err(Error::NotFound { what: "member" });
        }
        let elsewhere: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM memberships WHERE user_id = $1 AND customer <> $2",
        )
        .bind(member.to_string())
        .bind(self.customer.as_str())
        .fetch_one(&mut **transaction)
        .await?;
        if elsewhere == 0 && !user.is_operator {
            return Ok(user);
        }
        let why = format!(
            "the account {0} is not this organisation's alone, so only whoever runs the server may do that, \
             with: bursard user reset {0}",
            user.email
        );
        Err(Error::Illegal { why })
    }

    fn role_entry(
        &self,
        user: UserId,
        (was, role): (Option<MemberRole>, Option<MemberRole>),
        by: &str,
        at: Timestamp,
    ) -> AuditEntry {
        AuditEntry {
            at,
            who: by.to_owned(),
            what: "member.set_role".to_owned(),
            about: user.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "role": role, "was": was }),
        }
    }
}

impl Database {
    /// A user whose row nobody else changes until the transaction ends.
    pub(crate) async fn locked_user(
        &self,
        transaction: &mut Transaction<'static, Any>,
        id: UserId,
    ) -> Result<User, Error> {
        let select = format!("SELECT * FROM users WHERE id = $1 {}", self.locked_against_writers());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(id.to_string())
            .fetch_optional(&mut **transaction)
            .await?
            .ok_or(Error::NotFound { what: "user" })?;
        user(&Fields::new(&row, "users", "id"))
    }
}
