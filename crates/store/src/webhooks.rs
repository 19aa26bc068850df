//! The addresses of a customer to which events are posted, as an administrator has named them.
//!
//! Not for: what is posted (`deliveries`).
//!
//! Invariant: each change is in the audit log, with the host of the address and neither the rest of
//! it nor the secret: whoever knows those can post there too.

use std::collections::BTreeSet;

use domain::{
    Amount, AuditEntry, NotificationKind, Secret, UnitName, WebhookBody, WebhookId, WebhookUrl,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable};

/// The webhooks of one customer at most: a chat and a program for each of some units, and each event is
/// posted to every one.
pub const WEBHOOKS_MAX: usize = 20;

const SELECT: &str = "SELECT id, unit, url, secret, body, kinds, above, off_why, made_by, made_at \
    FROM webhooks WHERE customer = $1";

/// An address to which events are posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    /// None: events of all units.
    pub unit: Option<UnitName>,
    pub url: WebhookUrl,
    /// The key of its signatures, as `whsec_` and base64.
    pub secret: Secret<String>,
    pub body: WebhookBody,
    pub kinds: BTreeSet<NotificationKind>,
    /// New findings are posted from this amount on.
    pub above: Option<Amount>,
    /// Set while nothing is posted: why.
    pub off_why: Option<String>,
    pub made_by: String,
    pub made_at: Timestamp,
}

impl CustomerStore {
    /// The webhooks in the order in which they were made.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, Error> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} ORDER BY id")))
            .bind(self.customer.as_str())
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, webhook)
    }

    /// [`Error::Illegal`] when there are as many as there may be, [`Error::NotFound`] without the unit.
    pub async fn add_webhook(&self, new: &Webhook) -> Result<(), Error> {
        if let Some(unit) = &new.unit
            && !self.unit_exists(unit).await?
        {
            return Err(Error::NotFound { what: "unit" });
        }
        let mut transaction = self.parts.db.begin().await?;
        let claimed = format!("webhooks of {}", self.customer);
        self.parts.db.claim_name(&mut transaction, &claimed).await?;
        let others: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM webhooks WHERE customer = $1")
            .bind(self.customer.as_str())
            .fetch_one(&mut *transaction)
            .await?;
        if usize::try_from(others).map_err(Error::internal)? >= WEBHOOKS_MAX {
            let why = format!("there are {WEBHOOKS_MAX} webhooks already; remove one first");
            return Err(Error::Illegal { why });
        }
        sqlx::query(
            "INSERT INTO webhooks (id, customer, unit, url, secret, body, kinds, above, made_by, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(new.id.to_string())
        .bind(self.customer.as_str())
        .bind(new.unit.as_ref().map(UnitName::as_str))
        .bind(new.url.expose())
        .bind(new.secret.expose())
        .bind(serde_json::to_string(&new.body).map_err(Error::internal)?)
        .bind(serde_json::to_string(&new.kinds).map_err(Error::internal)?)
        .bind(new.above.map(Amount::ten_thousandths))
        .bind(&new.made_by)
        .bind(new.made_at.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        self.audit_webhook(&mut transaction, "webhook.add", new, (&new.made_by, new.made_at))
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Removes it with all that was posted to it. [`Error::NotFound`] when there is none.
    pub async fn remove_webhook(
        &self,
        id: WebhookId,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let removed = self.webhook_in(&mut transaction, id).await?;
        for delete in [
            "DELETE FROM jobs WHERE customer = $1 AND delivery IN \
             (SELECT id FROM deliveries WHERE customer = $1 AND webhook = $2)",
            "DELETE FROM deliveries WHERE customer = $1 AND webhook = $2",
            "DELETE FROM webhooks WHERE customer = $1 AND id = $2",
        ] {
            sqlx::query(delete)
                .bind(self.customer.as_str())
                .bind(id.to_string())
                .execute(&mut *transaction)
                .await?;
        }
        self.audit_webhook(&mut transaction, "webhook.remove", &removed, (by, now)).await?;
        Ok(transaction.commit().await?)
    }

    /// Posts nothing more there, for this reason, or posts again. Returns `true` when that is a change.
    /// [`Error::NotFound`] when there is no such webhook.
    pub async fn switch_webhook(
        &self,
        id: WebhookId,
        off_why: Option<&str>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let is_changed = self.switch_webhook_in(&mut transaction, id, off_why, (by, now)).await?;
        transaction.commit().await?;
        Ok(is_changed)
    }

    pub(crate) async fn switch_webhook_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
        id: WebhookId,
        off_why: Option<&str>,
        (by, now): (&str, Timestamp),
    ) -> Result<bool, Error> {
        let was = self.webhook_in(transaction, id).await?;
        if was.off_why.is_some() == off_why.is_some() {
            return Ok(false);
        }
        sqlx::query("UPDATE webhooks SET off_why = $3 WHERE customer = $1 AND id = $2")
            .bind(self.customer.as_str())
            .bind(id.to_string())
            .bind(off_why.map(storable))
            .execute(&mut **transaction)
            .await?;
        let what = if off_why.is_some() { "webhook.switch_off" } else { "webhook.switch_on" };
        self.audit_webhook(transaction, what, &was, (by, now)).await?;
        Ok(true)
    }

    /// Signs with another secret from now on. [`Error::NotFound`] when there is no such webhook.
    pub async fn renew_webhook_secret(
        &self,
        id: WebhookId,
        secret: &Secret<String>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let webhook = self.webhook_in(&mut transaction, id).await?;
        sqlx::query("UPDATE webhooks SET secret = $3 WHERE customer = $1 AND id = $2")
            .bind(self.customer.as_str())
            .bind(id.to_string())
            .bind(secret.expose())
            .execute(&mut *transaction)
            .await?;
        self.audit_webhook(&mut transaction, "webhook.new_secret", &webhook, (by, now)).await?;
        Ok(transaction.commit().await?)
    }

    async fn webhook_in(
        &self,
        transaction: &mut Transaction<'static, Any>,
        id: WebhookId,
    ) -> Result<Webhook, Error> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} AND id = $2")))
            .bind(self.customer.as_str())
            .bind(id.to_string())
            .fetch_optional(&mut **transaction)
            .await?;
        webhook(&row.ok_or(Error::NotFound { what: "webhook" })?)
    }

    async fn audit_webhook(
        &self,
        transaction: &mut Transaction<'static, Any>,
        what: &str,
        webhook: &Webhook,
        (by, at): (&str, Timestamp),
    ) -> Result<(), Error> {
        let entry = AuditEntry {
            at,
            who: by.to_owned(),
            what: what.to_owned(),
            about: webhook.id.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({
                "unit": webhook.unit, "host": webhook.url.host(), "kinds": webhook.kinds,
                "body": webhook.body.as_str(),
            }),
        };
        self.parts.db.audit(transaction, &entry).await
    }
}

fn webhook(row: &AnyRow) -> Result<Webhook, Error> {
    let fields = Fields::new(row, "webhooks", "id");
    let unit = fields.optional_text("unit")?;
    let json = |column: &'static str| fields.text(column);
    Ok(Webhook {
        id: fields.parsed("id")?,
        unit: unit.map(|unit| unit.parse().map_err(|_invalid| fields.corrupt())).transpose()?,
        url: fields.parsed("url")?,
        secret: Secret::new(fields.text("secret")?),
        body: serde_json::from_str(&json("body")?).map_err(|_invalid| fields.corrupt())?,
        kinds: serde_json::from_str(&json("kinds")?).map_err(|_invalid| fields.corrupt())?,
        above: fields.optional_number("above")?.map(Amount::from_ten_thousandths),
        off_why: fields.optional_text("off_why")?,
        made_by: fields.text("made_by")?,
        made_at: fields.time("made_at")?,
    })
}
