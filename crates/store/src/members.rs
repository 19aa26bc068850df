//! The members of a customer: listed, given a role for all of its units or for one, removed.
//!
//! Not for: the links by which people become members (`invitations`), or the rows of roles (`roles`).
//!
//! Invariant: each change of a role is in the audit log, and who has none left is signed out everywhere.

mod roles;

use std::collections::{BTreeMap, BTreeSet};

use domain::{AuditEntry, MemberRole, Membership, OfferedRole, UnitName, UserId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all};
use crate::users::{User, add_role, user};

/// The roles of one user, that for all units without the name of one.
const ROLES: &str = "SELECT customer, CAST(NULL AS TEXT) AS unit, role FROM memberships \
    WHERE customer = $1 AND user_id = $2 UNION ALL \
    SELECT customer, unit, role FROM unit_roles WHERE customer = $1 AND user_id = $2";

/// A user as the customer sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub user: User,
    pub membership: Membership,
    /// When they joined.
    pub since: Timestamp,
    /// Anywhere, not only here; none who never was.
    pub signed_in_at: Option<Timestamp>,
    /// Set when signing in takes a code as well.
    pub has_totp: bool,
}

impl CustomerStore {
    /// The roles of a user for this customer; an empty one: they may do nothing.
    pub async fn membership_of(&self, user: UserId) -> Result<Membership, Error> {
        let rows = sqlx::query(ROLES)
            .bind(self.customer.as_str())
            .bind(user.to_string())
            .fetch_all(self.parts.db.reader())
            .await?;
        membership(&rows)
    }

    /// The members by their names.
    pub async fn members(&self) -> Result<Vec<Member>, Error> {
        let rows = sqlx::query(
            "SELECT users.*, memberships.role, COALESCE(memberships.added_at, \
             (SELECT MIN(added_at) FROM unit_roles WHERE unit_roles.customer = $1 \
             AND unit_roles.user_id = users.id)) AS joined_at, \
             (SELECT MAX(begun_at) FROM sessions WHERE sessions.user_id = users.id) AS signed_in_at \
             FROM users LEFT JOIN memberships \
             ON memberships.user_id = users.id AND memberships.customer = $1 WHERE users.id IN \
             (SELECT user_id FROM memberships WHERE customer = $1 \
             UNION SELECT user_id FROM unit_roles WHERE customer = $1) \
             ORDER BY users.name, users.id",
        )
        .bind(self.customer.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut of_units = self.unit_roles().await?;
        let mut members = all(&rows, |row| {
            let fields = Fields::new(row, "users", "id");
            Ok(Member {
                user: user(&fields)?,
                membership: Membership {
                    everywhere: optional_role(&fields)?,
                    units: BTreeMap::new(),
                },
                since: fields.time("joined_at")?,
                signed_in_at: fields.optional_time("signed_in_at")?,
                has_totp: fields.optional_text("totp_secret")?.is_some(),
            })
        })?;
        for member in &mut members {
            member.membership.units = of_units.remove(&member.user.id).unwrap_or_default();
        }
        Ok(members)
    }

    /// The roles in single units, by whose they are.
    async fn unit_roles(&self) -> Result<BTreeMap<UserId, BTreeMap<UnitName, MemberRole>>, Error> {
        let rows = sqlx::query("SELECT user_id, unit, role FROM unit_roles WHERE customer = $1")
            .bind(self.customer.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        let mut roles: BTreeMap<UserId, BTreeMap<UnitName, MemberRole>> = BTreeMap::new();
        for row in &rows {
            let fields = Fields::new(row, "unit_roles", "unit");
            let units = roles.entry(fields.parsed("user_id")?).or_default();
            units.insert(fields.parsed("unit")?, fields.parsed("role")?);
        }
        Ok(roles)
    }

    /// Gives a member another role for all units, or none: those they have in single units stay, and who has
    /// none is a member no more and signed out everywhere. `by` is a user's address, or `operator` for a
    /// command. [`Error::NotFound`] when they are no member; [`Error::Illegal`] when nobody would be left to
    /// set up the customer.
    pub async fn set_role(
        &self,
        member: UserId,
        role: Option<MemberRole>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.claim_members(&mut transaction).await?;
        self.check_member(&mut transaction, member).await?;
        let was = self.write_membership(&mut transaction, member, role, now).await?;
        self.sign_out_strangers(&mut transaction, member, now).await?;
        let entry = self.role_entry(member, None, (was, role), by, now);
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Gives a member a role of their own in a unit, or takes it away, so that the one for all units speaks
    /// for it again; who has none either is no member any more and signed out everywhere.
    /// [`Error::NotFound`] when they are no member or the unit is not there, [`Error::Illegal`] for who is an
    /// admin of all units.
    pub async fn set_unit_role(
        &self,
        member: UserId,
        unit: &UnitName,
        role: Option<MemberRole>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.claim_members(&mut transaction).await?;
        self.check_member(&mut transaction, member).await?;
        let was = self.write_unit_role(&mut transaction, (member, unit), role, now).await?;
        self.sign_out_strangers(&mut transaction, member, now).await?;
        let entry = self.role_entry(member, Some(unit), (was, role), by, now);
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes all roles from a member, who is signed out everywhere. [`Error::NotFound`] when they are no
    /// member; [`Error::Illegal`] when nobody would be left to set up the customer.
    pub async fn remove_member(
        &self,
        member: UserId,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.claim_members(&mut transaction).await?;
        self.check_member(&mut transaction, member).await?;
        let was = self.write_membership(&mut transaction, member, None, now).await?;
        self.forget_unit_roles(&mut transaction, member).await?;
        self.parts.db.end_sessions(&mut transaction, member, now).await?;
        let entry = self.role_entry(member, None, (was, None), by, now);
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Gives a user a role for all units or for one, a member or not: for whoever runs the server.
    /// [`Error::Illegal`] when nobody would be left to set up the customer, [`Error::NotFound`] without the
    /// customer or the unit.
    pub async fn make_member(
        &self,
        user: UserId,
        offered: impl Into<OfferedRole> + Send,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let OfferedRole { role, unit } = offered.into();
        let mut transaction = self.parts.db.begin().await?;
        self.claim_members(&mut transaction).await?;
        let was = self.write_role(&mut transaction, user, unit.as_ref(), role, now).await?;
        let entry = self.role_entry(user, unit.as_ref(), (was, Some(role)), by, now);
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Makes the roles of a user for this customer just these: for all units, and in single ones. Whether
    /// anything changed; whoever is left with none is a member no more and signed out everywhere.
    /// [`Error::Illegal`], and nothing is changed, when nobody would be left to set up the customer;
    /// [`Error::NotFound`] without one of the units.
    pub async fn set_membership(
        &self,
        user: UserId,
        wanted: &Membership,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.claim_members(&mut transaction).await?;
        let mut entries = Vec::new();
        let before = self.membership_in(&mut transaction, user).await?;
        if before.everywhere != wanted.everywhere {
            let role = wanted.everywhere;
            let was = self.write_membership(&mut transaction, user, role, now).await?;
            entries.push(self.role_entry(user, None, (was, role), by, now));
        }
        // Who has become an admin of all units has none of these left.
        let between = self.membership_in(&mut transaction, user).await?;
        let wanted_units = match wanted.everywhere {
            Some(MemberRole::Admin) => BTreeMap::new(),
            _ => wanted.units.clone(),
        };
        let units: BTreeSet<&UnitName> = between.units.keys().chain(wanted_units.keys()).collect();
        for unit in units {
            let role = wanted_units.get(unit).copied();
            if between.units.get(unit).copied() != role {
                let was = self.write_unit_role(&mut transaction, (user, unit), role, now).await?;
                entries.push(self.role_entry(user, Some(unit), (was, role), by, now));
            }
        }
        if entries.is_empty() {
            return Ok(false);
        }
        self.sign_out_strangers(&mut transaction, user, now).await?;
        self.parts.db.audit_all(&mut transaction, &entries).await?;
        transaction.commit().await?;
        Ok(true)
    }

    fn role_entry(
        &self,
        user: UserId,
        unit: Option<&UnitName>,
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
            details: match unit {
                Some(unit) => json!({ "role": role, "was": was, "unit": unit }),
                None => json!({ "role": role, "was": was }),
            },
        }
    }
}

fn membership(rows: &[AnyRow]) -> Result<Membership, Error> {
    let mut membership = Membership::default();
    for row in rows {
        add_role(&mut membership, &Fields::new(row, "memberships", "customer"))?;
    }
    Ok(membership)
}

/// The role for all units, of a row that may have none.
fn optional_role(fields: &Fields<'_>) -> Result<Option<MemberRole>, Error> {
    let role = fields.optional_text("role")?;
    role.map(|role| role.parse().map_err(|_invalid| fields.corrupt())).transpose()
}
