//! The rows of roles, and what holds for all that write them.
//!
//! Not for: the audit log (`members`, `invitations`).
//!
//! Invariant: `write_membership` and `write_unit_role` are the only writers of roles; those of a customer are
//! written by one at a time, and the last admin of all units who may sign in stays one.

use domain::{MemberRole, Membership, UnitName, UserId};
use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{ROLES, membership};
use crate::CustomerStore;
use crate::db::Database;
use crate::error::Error;
use crate::rows::Fields;
use crate::users::{User, user};

impl CustomerStore {
    /// Waits until nobody else changes who is a member, and keeps others from it until the transaction ends.
    pub(crate) async fn claim_members(
        &self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<(), Error> {
        self.parts.db.claim_name(transaction, &format!("members of {}", self.customer)).await
    }

    /// Gives a user a role for all units or for one; the one they had there before.
    pub(crate) async fn write_role(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        unit: Option<&UnitName>,
        role: MemberRole,
        now: Timestamp,
    ) -> Result<Option<MemberRole>, Error> {
        match unit {
            Some(unit) => self.write_unit_role(transaction, (user, unit), Some(role), now).await,
            None => self.write_membership(transaction, user, Some(role), now).await,
        }
    }

    /// Gives a user a role for all units, another one, or none; the one they had before. [`Error::Illegal`]
    /// when the last admin would go.
    pub(super) async fn write_membership(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        role: Option<MemberRole>,
        now: Timestamp,
    ) -> Result<Option<MemberRole>, Error> {
        self.claim_members(transaction).await?;
        let before = self.membership_in(transaction, user).await?;
        let was = before.everywhere;
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
        self.welcome(transaction, user, &before).await?;
        if role == MemberRole::Admin {
            // An admin may do everything everywhere.
            self.forget_unit_roles(transaction, user).await?;
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

    /// Gives a user a role of their own in a unit, another one, or none; the one they had before.
    pub(super) async fn write_unit_role(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (user, unit): (UserId, &UnitName),
        role: Option<MemberRole>,
        now: Timestamp,
    ) -> Result<Option<MemberRole>, Error> {
        self.claim_members(transaction).await?;
        let before = self.membership_in(transaction, user).await?;
        let was = before.units.get(unit).copied();
        let Some(role) = role else {
            let removed = sqlx::query(
                "DELETE FROM unit_roles WHERE customer = $1 AND unit = $2 AND user_id = $3",
            )
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(user.to_string())
            .execute(&mut **transaction)
            .await?;
            return if removed.rows_affected() == 0 {
                Err(Error::NotFound { what: "role in the unit" })
            } else {
                Ok(was)
            };
        };
        if before.everywhere == Some(MemberRole::Admin) {
            let why =
                "an admin of all units has that role in each of them; give them another role first";
            return Err(Error::Illegal { why: why.to_owned() });
        }
        let units: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM units WHERE customer = $1 AND name = $2")
                .bind(self.customer.as_str())
                .bind(unit.as_str())
                .fetch_one(&mut **transaction)
                .await?;
        if units == 0 {
            return Err(Error::NotFound { what: "unit" });
        }
        self.welcome(transaction, user, &before).await?;
        sqlx::query(
            "INSERT INTO unit_roles (customer, unit, user_id, role, added_at) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (customer, unit, user_id) DO UPDATE SET role = $4",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(user.to_string())
        .bind(role.as_str())
        .bind(now.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        Ok(was)
    }

    /// Lets an account be a member's that was none's until now.
    async fn welcome(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        before: &Membership,
    ) -> Result<(), Error> {
        if before.is_empty() {
            // What an admin of one customer could do with an account must not reach into the next.
            self.parts.db.locked_user(transaction, user).await?;
            self.parts.db.forget_password_link(transaction, user).await?;
        }
        Ok(())
    }

    pub(super) async fn forget_unit_roles(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
    ) -> Result<(), Error> {
        sqlx::query("DELETE FROM unit_roles WHERE customer = $1 AND user_id = $2")
            .bind(self.customer.as_str())
            .bind(user.to_string())
            .execute(&mut **transaction)
            .await?;
        Ok(())
    }

    /// Ends the sessions of somebody who has no role left.
    pub(super) async fn sign_out_strangers(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
        now: Timestamp,
    ) -> Result<(), Error> {
        if self.membership_in(transaction, user).await?.is_empty() {
            self.parts.db.end_sessions(transaction, user, now).await?;
        }
        Ok(())
    }

    /// [`Error::NotFound`] for who is no member.
    pub(super) async fn check_member(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
    ) -> Result<(), Error> {
        if self.membership_in(transaction, user).await?.is_empty() {
            return Err(Error::NotFound { what: "member" });
        }
        Ok(())
    }

    /// The roles of a user, in a transaction that has claimed the members.
    pub(crate) async fn membership_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: UserId,
    ) -> Result<Membership, Error> {
        let rows = sqlx::query(ROLES)
            .bind(self.customer.as_str())
            .bind(user.to_string())
            .fetch_all(&mut **transaction)
            .await?;
        membership(&rows)
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
        self.check_member(transaction, member).await?;
        let elsewhere: i64 = sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM memberships WHERE user_id = $1 AND customer <> $2) + \
             (SELECT COUNT(*) FROM unit_roles WHERE user_id = $1 AND customer <> $2)",
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
