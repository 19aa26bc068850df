//! Users: who has an account, where they may go, and whether they may sign in.
//!
//! Not for: how a user comes to be (`invitations`), what proves who they are (`credentials`), or what they
//! may do for a customer (`members`).
//!
//! Invariant: whatever changes whether somebody may sign in is in the audit log.

use std::collections::BTreeMap;

use domain::{
    AuditEntry, CustomerName, EmailAddress, Formats, MemberRole, Membership, Secret, TitledUnit,
    UserId, UserName,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::SystemStore;
use crate::customers::titled;
use crate::error::Error;
use crate::rows::{Fields, all};

/// The text in the place of a hash where there is no password; no hash in PHC form reads so.
pub(crate) const NO_PASSWORD: &str = "none";

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: UserName,
    /// Runs the server, and sees no customer's data by that.
    pub is_operator: bool,
    pub added_at: Timestamp,
    /// Since when they may not sign in; none: they may.
    pub disabled_at: Option<Timestamp>,
    /// The formats in which they read days, times and numbers.
    pub formats: Formats,
}

/// Somebody who becomes a user.
#[derive(Debug, Clone)]
pub struct NewUser {
    pub id: UserId,
    pub email: EmailAddress,
    pub name: UserName,
    /// Argon2id in PHC form; none for somebody whom an identity provider signs in.
    pub password_hash: Option<Secret<String>>,
}

/// A change of who runs the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorChange {
    Promote,
    Demote,
}

/// A user with what proves who they are.
#[derive(Debug, Clone)]
pub struct Person {
    pub user: User,
    /// Argon2id in PHC form; none where only an identity provider signs them in.
    pub password_hash: Option<Secret<String>>,
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

/// A user as whoever runs the server sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub user: User,
    /// Set when signing in takes a code as well.
    pub has_totp: bool,
    /// None who never was.
    pub signed_in_at: Option<Timestamp>,
    /// By the names of the customers.
    pub memberships: BTreeMap<CustomerName, Membership>,
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

    /// Keeps how somebody reads days, times and numbers.
    pub async fn set_formats(
        &self,
        user: &User,
        formats: &Formats,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query("UPDATE users SET formats = $2 WHERE id = $1")
            .bind(user.id.to_string())
            .bind(serde_json::to_string(formats).map_err(Error::internal)?)
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: now,
            who: user.email.to_string(),
            what: "user.set_formats".to_owned(),
            about: user.id.to_string(),
            customer: None,
            details: json!({ "formats": formats }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    pub async fn person(&self, id: UserId) -> Result<Option<Person>, Error> {
        let row = sqlx::query("SELECT * FROM users WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(person).transpose()
    }

    /// The units by the names of customer and unit.
    pub async fn reachable_units(&self, user: UserId) -> Result<Vec<ReachableUnit>, Error> {
        let rows = sqlx::query(
            "SELECT units.customer, units.name, units.title, \
             COALESCE(unit_roles.role, memberships.role) AS role FROM units \
             LEFT JOIN memberships ON memberships.customer = units.customer \
             AND memberships.user_id = $1 \
             LEFT JOIN unit_roles ON unit_roles.customer = units.customer \
             AND unit_roles.unit = units.name AND unit_roles.user_id = $1 \
             WHERE COALESCE(unit_roles.role, memberships.role) IS NOT NULL \
             ORDER BY units.customer, units.name",
        )
        .bind(user.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "units", "name");
            Ok(ReachableUnit {
                customer: fields.parsed("customer")?,
                unit: titled(row)?,
                role: fields.parsed("role")?,
            })
        })
    }

    /// Everybody who has an account, by their addresses.
    pub async fn accounts(&self) -> Result<Vec<Account>, Error> {
        let rows = sqlx::query(
            "SELECT users.*, \
             (SELECT MAX(begun_at) FROM sessions WHERE sessions.user_id = users.id) AS signed_in_at \
             FROM users ORDER BY email",
        )
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut memberships = self.memberships().await?;
        let account = |row: &AnyRow| -> Result<Account, Error> {
            let fields = Fields::new(row, "users", "id");
            let user = user(&fields)?;
            Ok(Account {
                memberships: memberships.remove(&user.id).unwrap_or_default(),
                has_totp: fields.optional_text("totp_secret")?.is_some(),
                signed_in_at: fields.optional_time("signed_in_at")?,
                user,
            })
        };
        rows.iter().map(account).collect()
    }

    /// The roles of everybody, by whose they are.
    async fn memberships(
        &self,
    ) -> Result<BTreeMap<UserId, BTreeMap<CustomerName, Membership>>, Error> {
        let rows = sqlx::query(
            "SELECT user_id, customer, CAST(NULL AS TEXT) AS unit, role FROM memberships \
             UNION ALL SELECT user_id, customer, unit, role FROM unit_roles",
        )
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut roles: BTreeMap<UserId, BTreeMap<CustomerName, Membership>> = BTreeMap::new();
        for row in &rows {
            let fields = Fields::new(row, "memberships", "customer");
            let of_user = roles.entry(fields.parsed("user_id")?).or_default();
            add_role(of_user.entry(fields.parsed("customer")?).or_default(), &fields)?;
        }
        Ok(roles)
    }

    /// Lets somebody sign in no more, and signs them out; whether they could until now. `by` is a user's
    /// address, or `operator` for a command. [`Error::Illegal`] when nobody would be left to set up a
    /// customer.
    pub async fn disable_user(&self, user: &User, by: &str, now: Timestamp) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let rows =
            sqlx::query("SELECT customer FROM memberships WHERE user_id = $1 ORDER BY customer")
                .bind(user.id.to_string())
                .fetch_all(&mut *transaction)
                .await?;
        let customers: Vec<CustomerName> =
            all(&rows, |row| Fields::new(row, "memberships", "customer").parsed("customer"))?;
        for customer in &customers {
            let store = self.customer(customer);
            store.claim_members(&mut transaction).await?;
            let membership = store.membership_in(&mut transaction, user.id).await?;
            if membership.everywhere == Some(MemberRole::Admin) {
                store.check_other_admin(&mut transaction, user.id).await?;
            }
        }
        let disabled =
            sqlx::query("UPDATE users SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL")
                .bind(user.id.to_string())
                .bind(now.as_microsecond())
                .execute(&mut *transaction)
                .await?;
        if disabled.rows_affected() == 0 {
            return Ok(false);
        }
        self.parts.db.end_sessions(&mut transaction, user.id, now).await?;
        self.parts.db.forget_password_link(&mut transaction, user.id).await?;
        let entry = AuditEntry { who: by.to_owned(), ..audit_entry(user, "user.disable", now) };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Lets somebody run the server, or no more; returns `true` when that changed anything. It gives no role
    /// for any customer. Whoever is to run it is signed out, and a link for a new password works no more:
    /// what an admin of a customer made, or an identity provider vouched for, must not reach so far.
    /// [`Error::Illegal`] for who has no password, as nothing else signs in whoever runs the server.
    pub async fn set_operator(
        &self,
        user: &User,
        change: OperatorChange,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let is_operator = change == OperatorChange::Promote;
        let mut transaction = self.parts.db.begin().await?;
        let changed =
            sqlx::query("UPDATE users SET is_operator = $2 WHERE id = $1 AND is_operator <> $2")
                .bind(user.id.to_string())
                .bind(i64::from(is_operator))
                .execute(&mut *transaction)
                .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        if is_operator {
            check_password(&mut transaction, user).await?;
            self.parts.db.forget_password_link(&mut transaction, user.id).await?;
            self.parts.db.end_sessions(&mut transaction, user.id, now).await?;
        }
        let entry = AuditEntry {
            who: by.to_owned(),
            details: json!({ "isOperator": is_operator }),
            ..audit_entry(user, "user.set_operator", now)
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Lets somebody sign in again; whether they could not until now.
    pub async fn enable_user(&self, user: &User, by: &str, now: Timestamp) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let enabled = sqlx::query(
            "UPDATE users SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL",
        )
        .bind(user.id.to_string())
        .execute(&mut *transaction)
        .await?;
        if enabled.rows_affected() == 0 {
            return Ok(false);
        }
        let entry = AuditEntry { who: by.to_owned(), ..audit_entry(user, "user.enable", now) };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Adds the role of a row to a membership: in its unit, or without one in all.
pub(crate) fn add_role(membership: &mut Membership, fields: &Fields<'_>) -> Result<(), Error> {
    let role = fields.parsed("role")?;
    match fields.optional_text("unit")? {
        Some(unit) => {
            let unit = unit.parse().map_err(|_invalid| fields.corrupt())?;
            membership.units.insert(unit, role);
        }
        None => membership.everywhere = Some(role),
    }
    Ok(())
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
        disabled_at: fields.optional_time("disabled_at")?,
        formats: match fields.optional_text("formats")? {
            Some(text) => serde_json::from_str(&text).map_err(|_invalid| fields.corrupt())?,
            None => Formats::default(),
        },
    })
}

/// Adds a user, with a password where there is one. Returns `false`, and adds nothing, when the address is
/// another user's.
pub(crate) async fn insert_user(
    transaction: &mut Transaction<'static, Any>,
    user: &User,
    password_hash: Option<&Secret<String>>,
) -> Result<bool, Error> {
    let hash = password_hash.map_or(NO_PASSWORD, |hash| hash.expose().as_str());
    let added = sqlx::query(
        "INSERT INTO users (id, email, name, password_hash, password_set_at, is_operator, added_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $5) ON CONFLICT (email) DO NOTHING",
    )
    .bind(user.id.to_string())
    .bind(user.email.as_str())
    .bind(user.name.as_str())
    .bind(hash)
    .bind(user.added_at.as_microsecond())
    .bind(i64::from(user.is_operator))
    .execute(&mut **transaction)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// [`Error::Illegal`] for who has no password.
async fn check_password(
    transaction: &mut Transaction<'static, Any>,
    user: &User,
) -> Result<(), Error> {
    let hash: String = sqlx::query_scalar("SELECT password_hash FROM users WHERE id = $1")
        .bind(user.id.to_string())
        .fetch_one(&mut **transaction)
        .await?;
    if hash != NO_PASSWORD {
        return Ok(());
    }
    let why = format!(
        "{0} has no password, and whoever runs the server signs in by nothing else; let them choose one \
         first, with: bursard user reset {0}",
        user.email
    );
    Err(Error::Illegal { why })
}

fn person(row: &AnyRow) -> Result<Person, Error> {
    let fields = Fields::new(row, "users", "id");
    Ok(Person {
        user: user(&fields)?,
        password_hash: Some(fields.text("password_hash")?)
            .filter(|hash| hash != NO_PASSWORD)
            .map(Secret::new),
        password_set_at: fields.time("password_set_at")?,
        totp_secret: fields.optional_text("totp_secret")?.map(Secret::new),
    })
}
