//! Links by which somebody becomes a user or a member; the first administrator's among them.
//!
//! Invariant: a link works once and until it expires, for the address it was made for where it was made for
//! one, and only its digest is kept. It never takes from anybody what they may do already.

use domain::{
    AuditEntry, CustomerName, EmailAddress, Formats, InvitationId, MemberRole, OfferedRole,
    Sha256Digest, UnitName, UserId,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::error::Error;
use crate::rows::{Fields, all, to_the_microsecond};
use crate::users::{NewUser, User, audit_entry, insert_user};
use crate::{CustomerStore, SystemStore};

/// The invitation behind a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub customer: CustomerName,
    pub role: MemberRole,
    /// The unit that the role is for; none: for all of them.
    pub unit: Option<UnitName>,
    /// Whom it is for; none: for whoever holds the link.
    pub email: Option<EmailAddress>,
    pub makes_operator: bool,
    /// The address of whoever invites, or `operator` for a command; none for the first administrator's.
    pub invited_by: Option<String>,
    pub made_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A link on its way.
#[derive(Debug, Clone, Copy)]
pub struct NewInvitation {
    pub id: InvitationId,
    /// Of what the link ends with.
    pub secret_hash: Sha256Digest,
    pub expires_at: Timestamp,
}

/// Links of a customer that work at once: as many as a large department invites in a week.
pub const INVITATIONS_OPEN_MAX: i64 = 500;

const INSERT: &str = "INSERT INTO invitations (id, secret_hash, customer, role, makes_operator, \
    invited_by, made_at, expires_at, email, unit) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

impl SystemStore {
    /// The link for the first administrator of a customer, who runs the server as well. One made before
    /// works no more. False, and nothing made, when there is a user already.
    pub async fn make_welcome(
        &self,
        customer: &CustomerName,
        new: NewInvitation,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let users: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM users").fetch_one(&mut *transaction).await?;
        if users > 0 {
            return Ok(false);
        }
        sqlx::query("DELETE FROM invitations WHERE invited_by IS NULL AND used_at IS NULL")
            .execute(&mut *transaction)
            .await?;
        sqlx::query(INSERT)
            .bind(new.id.to_string())
            .bind(new.secret_hash.to_string())
            .bind(customer.as_str())
            .bind(MemberRole::Admin.as_str())
            .bind(1_i64)
            .bind(None::<String>)
            .bind(now.as_microsecond())
            .bind(new.expires_at.as_microsecond())
            .bind(None::<String>)
            .bind(None::<String>)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The invitation behind a link; none when it was never made, was used or is expired.
    pub async fn invitation(
        &self,
        secret_hash: Sha256Digest,
        now: Timestamp,
    ) -> Result<Option<Invitation>, Error> {
        let row = sqlx::query(
            "SELECT * FROM invitations WHERE secret_hash = $1 AND used_at IS NULL AND expires_at > $2",
        )
        .bind(secret_hash.to_string())
        .bind(now.as_microsecond())
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.as_ref().map(invitation).transpose()
    }

    /// Makes a user of whoever holds the link. [`Error::NotFound`] when it does not work any more, or for
    /// another address, [`Error::Conflict`] when the address is another user's.
    pub async fn accept_invitation(
        &self,
        secret_hash: Sha256Digest,
        new: NewUser,
        now: Timestamp,
    ) -> Result<User, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let invitation =
            self.take(&mut transaction, secret_hash, (new.id, &new.email), now).await?;
        let user = User {
            id: new.id,
            email: new.email,
            name: new.name,
            is_operator: invitation.makes_operator,
            added_at: to_the_microsecond(now)?,
            disabled_at: None,
            formats: Formats::default(),
        };
        if !insert_user(&mut transaction, &user, new.password_hash.as_ref()).await? {
            return Err(Error::Conflict { what: "user" });
        }
        self.join(&mut transaction, &user, &invitation, now).await?;
        transaction.commit().await?;
        Ok(user)
    }

    /// Makes a member of a user who holds the link, or gives them a higher role. [`Error::NotFound`] when
    /// it does not work any more, or for another address; [`Error::Illegal`], and the link still works,
    /// when they may do as much already.
    pub async fn join_by_invitation(
        &self,
        secret_hash: Sha256Digest,
        user: &User,
        now: Timestamp,
    ) -> Result<Invitation, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let invitation =
            self.take(&mut transaction, secret_hash, (user.id, &user.email), now).await?;
        self.join(&mut transaction, user, &invitation, now).await?;
        transaction.commit().await?;
        Ok(invitation)
    }

    /// Uses the link up; of two at once one is too late.
    async fn take(
        &self,
        transaction: &mut Transaction<'static, Any>,
        secret_hash: Sha256Digest,
        (user, email): (UserId, &EmailAddress),
        now: Timestamp,
    ) -> Result<Invitation, Error> {
        let locked = self.parts.db.locked();
        let select = format!(
            "SELECT * FROM invitations WHERE secret_hash = $1 AND used_at IS NULL \
             AND expires_at > $2 {locked}"
        );
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(secret_hash.to_string())
            .bind(now.as_microsecond())
            .fetch_optional(&mut **transaction)
            .await?
            .ok_or(Error::NotFound { what: "invitation" })?;
        let invitation = invitation(&row)?;
        if invitation.email.as_ref().is_some_and(|guest| guest != email) {
            return Err(Error::NotFound { what: "invitation" });
        }
        sqlx::query("UPDATE invitations SET used_at = $2, used_by = $3 WHERE id = $1")
            .bind(invitation.id.to_string())
            .bind(now.as_microsecond())
            .bind(user.to_string())
            .execute(&mut **transaction)
            .await?;
        Ok(invitation)
    }

    async fn join(
        &self,
        transaction: &mut Transaction<'static, Any>,
        user: &User,
        invitation: &Invitation,
        now: Timestamp,
    ) -> Result<(), Error> {
        let store = self.customer(&invitation.customer);
        store.claim_members(transaction).await?;
        let (unit, role) = (invitation.unit.as_ref(), invitation.role);
        let has = store.membership_in(transaction, user.id).await?;
        if let Some(has) = has.role_against(unit, role) {
            let why = format!(
                "you belong to {} with the role {has} already, so the link was not used",
                invitation.customer
            );
            return Err(Error::Illegal { why });
        }
        store.write_role(transaction, user.id, unit, role, now).await?;
        let entry = AuditEntry {
            customer: Some(invitation.customer.clone()),
            details: match unit {
                Some(unit) => json!({ "invitation": invitation.id, "role": role, "unit": unit }),
                None => json!({ "invitation": invitation.id, "role": role }),
            },
            ..audit_entry(user, "member.join", now)
        };
        self.parts.db.audit(transaction, &entry).await
    }
}

impl CustomerStore {
    /// Makes a link for an address, or with none for whoever holds it. `by` is a user's address, or
    /// `operator` for a command. [`Error::NotFound`] without the unit, [`Error::Illegal`] when as many links
    /// work as there may be.
    pub async fn invite(
        &self,
        new: NewInvitation,
        email: Option<&EmailAddress>,
        offered: impl Into<OfferedRole> + Send,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let offered = offered.into();
        if let Some(unit) = &offered.unit
            && !self.unit_exists(unit).await?
        {
            return Err(Error::NotFound { what: "unit" });
        }
        let mut transaction = self.parts.db.begin().await?;
        self.claim_members(&mut transaction).await?;
        self.write_invitation(&mut transaction, (new, email, &offered), by, now).await?;
        Ok(transaction.commit().await?)
    }

    /// Makes a link for an address by which somebody becomes the admin of a customer that has none.
    /// [`Error::NotFound`] without the customer; [`Error::Illegal`] where somebody sets it up already: who
    /// may look into it, they decide.
    pub async fn invite_first_admin(
        &self,
        new: NewInvitation,
        email: &EmailAddress,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        if !self.exists().await? {
            return Err(Error::NotFound { what: "customer" });
        }
        let mut transaction = self.parts.db.begin().await?;
        self.claim_members(&mut transaction).await?;
        let admins: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM memberships JOIN users ON users.id = memberships.user_id \
             WHERE memberships.customer = $1 AND memberships.role = 'admin' \
             AND users.disabled_at IS NULL",
        )
        .bind(self.customer.as_str())
        .fetch_one(&mut *transaction)
        .await?;
        if admins > 0 {
            let why = format!("{} has an admin, who invites whoever else is needed", self.customer);
            return Err(Error::Illegal { why });
        }
        let offered = OfferedRole::from(MemberRole::Admin);
        self.write_invitation(&mut transaction, (new, Some(email), &offered), by, now).await?;
        Ok(transaction.commit().await?)
    }

    async fn write_invitation(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (new, email, offered): (NewInvitation, Option<&EmailAddress>, &OfferedRole),
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let open: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM invitations WHERE customer = $1 AND used_at IS NULL AND expires_at > $2",
        )
        .bind(self.customer.as_str())
        .bind(now.as_microsecond())
        .fetch_one(&mut **transaction)
        .await?;
        if open >= INVITATIONS_OPEN_MAX {
            let why = format!(
                "{INVITATIONS_OPEN_MAX} invitations wait for an answer already; withdraw those that nobody \
                 needs"
            );
            return Err(Error::Illegal { why });
        }
        sqlx::query(INSERT)
            .bind(new.id.to_string())
            .bind(new.secret_hash.to_string())
            .bind(self.customer.as_str())
            .bind(offered.role.as_str())
            .bind(0_i64)
            .bind(by)
            .bind(now.as_microsecond())
            .bind(new.expires_at.as_microsecond())
            .bind(email.map(EmailAddress::as_str))
            .bind(offered.unit.as_ref().map(UnitName::as_str))
            .execute(&mut **transaction)
            .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "member.invite".to_owned(),
            about: new.id.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({
                "role": offered.role, "email": email.map(EmailAddress::as_str), "unit": offered.unit,
            }),
        };
        self.parts.db.audit(transaction, &entry).await
    }

    /// The link works no more. [`Error::NotFound`] when it did not before.
    pub async fn withdraw_invitation(
        &self,
        id: InvitationId,
        by: &User,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let removed = sqlx::query(
            "DELETE FROM invitations WHERE id = $1 AND customer = $2 AND used_at IS NULL \
             AND expires_at > $3",
        )
        .bind(id.to_string())
        .bind(self.customer.as_str())
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        if removed.rows_affected() == 0 {
            return Err(Error::NotFound { what: "invitation" });
        }
        let entry = AuditEntry {
            about: id.to_string(),
            customer: Some(self.customer.clone()),
            ..audit_entry(by, "member.withdraw_invitation", now)
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// The invitations that still work, the newest first.
    pub async fn open_invitations(&self, now: Timestamp) -> Result<Vec<Invitation>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM invitations WHERE customer = $1 AND used_at IS NULL AND expires_at > $2 \
             ORDER BY made_at DESC, id DESC",
        )
        .bind(self.customer.as_str())
        .bind(now.as_microsecond())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, invitation)
    }
}

fn invitation(row: &AnyRow) -> Result<Invitation, Error> {
    let fields = Fields::new(row, "invitations", "id");
    let email = fields.optional_text("email")?;
    let email = email.map(|email| email.parse().map_err(|_invalid| fields.corrupt()));
    let unit = fields.optional_text("unit")?;
    let unit = unit.map(|unit| unit.parse().map_err(|_invalid| fields.corrupt()));
    Ok(Invitation {
        email: email.transpose()?,
        unit: unit.transpose()?,
        id: fields.parsed("id")?,
        customer: fields.parsed("customer")?,
        role: fields.parsed("role")?,
        makes_operator: fields.number::<u8>("makes_operator")? == 1,
        invited_by: fields.optional_text("invited_by")?,
        made_at: fields.time("made_at")?,
        expires_at: fields.time("expires_at")?,
    })
}
