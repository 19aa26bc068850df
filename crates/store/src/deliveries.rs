//! Deliveries: each event on its way to a webhook or a person, with a job that brings it there.
//!
//! Not for: sending (`server`), or noting events (`notifications`).
//!
//! Invariant: an event is told once to each who is to know, in one transaction that marks it as told; of a
//! person nothing is sent who may not see its unit when it is sent.

mod ready;
mod tell;

use std::fmt;
use std::str::FromStr;

use domain::page::{Page, PageSize};
use domain::{
    AuditEntry, CustomerName, DeliveryId, JobId, NotificationEvent, UnitName, UserId, WebhookId,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::jobs::enqueue_delivery;
use crate::rows::{Fields, all};

pub use ready::{DeliveryRecipient, ReadyDelivery, ReceiverStanding};
pub use tell::Mailing;

/// The number listed of those that were sent to one person, on their page.
pub const DELIVERIES_LISTED_MAX: i64 = 20;

macro_rules! columns {
    () => {
        "id, customer, unit, webhook, person, event, state, attempts, made_at, tried_at, status, why"
    };
}
pub(super) use columns;

/// An event on its way, or that came there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub unit: UnitName,
    pub target: DeliveryTarget,
    /// None: a trial, or the letter of a day.
    pub event: Option<NotificationEvent>,
    pub state: DeliveryState,
    pub attempts: u32,
    pub made_at: Timestamp,
    pub tried_at: Option<Timestamp>,
    /// The status of the last answer, of a webhook.
    pub status: Option<u16>,
    /// The reason why the last attempt came to nothing.
    pub why: Option<String>,
}

/// Where a delivery goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryTarget {
    Webhook(WebhookId),
    Person(UserId),
}

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    /// For the letter of the day.
    Daily,
    Sent,
    /// Not tried again by itself.
    Failed,
}

/// Text that is no state of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a state of a delivery: waiting, daily, sent or failed")]
pub struct InvalidDeliveryState;

/// The ids of a delivery that comes to be, and of its job.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryIds {
    pub delivery: DeliveryId,
    pub job: JobId,
}

/// A delivery before it has a row.
struct NewDelivery<'a> {
    ids: DeliveryIds,
    unit: &'a UnitName,
    target: DeliveryTarget,
    event: Option<&'a NotificationEvent>,
    state: DeliveryState,
}

impl DeliveryState {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Daily, Self::Sent, Self::Failed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Daily => "daily",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DeliveryState {
    type Err = InvalidDeliveryState;
    fn from_str(text: &str) -> Result<Self, InvalidDeliveryState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(InvalidDeliveryState)
    }
}

impl CustomerStore {
    /// The deliveries to webhooks of a customer, or to one of them, newest first. `after` is the `next` of
    /// the page before.
    pub async fn deliveries(
        &self,
        webhook: Option<WebhookId>,
        size: PageSize,
        after: Option<DeliveryId>,
    ) -> Result<Page<Delivery, DeliveryId>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM deliveries WHERE customer = $1 AND webhook IS NOT NULL \
             AND ($2 = '' OR webhook = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4",
        ))
        .bind(self.customer.as_str())
        .bind(webhook.map(|id| id.to_string()).unwrap_or_default())
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(size.get()) + 1)
        .fetch_all(self.parts.db.reader())
        .await?;
        let wanted = size.get() as usize;
        let items = all(&rows[..rows.len().min(wanted)], delivery)?;
        let next = if rows.len() > wanted { items.last().map(|last| last.id) } else { None };
        Ok(Page { items, next })
    }

    /// The newest that were or will be sent to a person.
    pub async fn deliveries_to(&self, person: UserId) -> Result<Vec<Delivery>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM deliveries WHERE customer = $1 AND person = $2 AND event IS NOT NULL \
             ORDER BY id DESC LIMIT $3",
        ))
        .bind(self.customer.as_str())
        .bind(person.to_string())
        .bind(DELIVERIES_LISTED_MAX)
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, delivery)
    }

    /// Posts once more what was posted to a webhook, as a delivery of its own. [`Error::NotFound`] when there
    /// is no such one.
    pub async fn redeliver(
        &self,
        id: DeliveryId,
        ids: DeliveryIds,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let row = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM deliveries WHERE customer = $1 AND id = $2 AND webhook IS NOT NULL",
        ))
        .bind(self.customer.as_str())
        .bind(id.to_string())
        .fetch_optional(&mut *transaction)
        .await?;
        let before = delivery(&row.ok_or(Error::NotFound { what: "delivery" })?)?;
        let new = NewDelivery {
            ids,
            unit: &before.unit,
            target: before.target,
            event: before.event.as_ref(),
            state: DeliveryState::Waiting,
        };
        add(&mut transaction, &self.customer, &new, now).await?;
        self.audit_delivery(
            &mut transaction,
            "webhook.deliver_again",
            (&new, id.to_string()),
            by,
            now,
        )
        .await?;
        Ok(transaction.commit().await?)
    }

    /// Posts a trial to a webhook. [`Error::NotFound`] when there is no such one.
    pub async fn try_webhook(
        &self,
        (webhook, unit): (WebhookId, &UnitName),
        ids: DeliveryIds,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let known = self.webhooks().await?.into_iter().find(|known| known.id == webhook);
        let known = known.ok_or(Error::NotFound { what: "webhook" })?;
        let mut transaction = self.parts.db.begin().await?;
        let new = NewDelivery {
            ids,
            unit: known.unit.as_ref().unwrap_or(unit),
            target: DeliveryTarget::Webhook(webhook),
            event: None,
            state: DeliveryState::Waiting,
        };
        add(&mut transaction, &self.customer, &new, now).await?;
        self.audit_delivery(&mut transaction, "webhook.try", (&new, webhook.to_string()), by, now)
            .await?;
        Ok(transaction.commit().await?)
    }

    async fn audit_delivery(
        &self,
        transaction: &mut Transaction<'static, Any>,
        what: &str,
        (new, about): (&NewDelivery<'_>, String),
        by: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        let entry = AuditEntry {
            at,
            who: by.to_owned(),
            what: what.to_owned(),
            about,
            customer: Some(self.customer.clone()),
            details: json!({ "delivery": new.ids.delivery, "unit": new.unit }),
        };
        self.parts.db.audit(transaction, &entry).await
    }
}

/// Adds a delivery, and its job unless it waits for the letter of the day.
async fn add(
    transaction: &mut Transaction<'static, Any>,
    customer: &CustomerName,
    new: &NewDelivery<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let (webhook, person) = match new.target {
        DeliveryTarget::Webhook(webhook) => (Some(webhook.to_string()), None),
        DeliveryTarget::Person(person) => (None, Some(person.to_string())),
    };
    let queue = webhook.clone().or_else(|| person.clone()).unwrap_or_default();
    let event = new.event.map(serde_json::to_string).transpose().map_err(Error::internal)?;
    sqlx::query(
        "INSERT INTO deliveries (id, customer, unit, webhook, person, event, state, attempts, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)",
    )
    .bind(new.ids.delivery.to_string())
    .bind(customer.as_str())
    .bind(new.unit.as_str())
    .bind(webhook)
    .bind(person)
    .bind(event)
    .bind(new.state.as_str())
    .bind(now.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    if new.state == DeliveryState::Daily {
        return Ok(());
    }
    let place = (customer, new.unit);
    enqueue_delivery(transaction, new.ids.job, place, (new.ids.delivery, &queue), now).await
}

fn delivery(row: &AnyRow) -> Result<Delivery, Error> {
    let fields = Fields::new(row, "deliveries", "id");
    let target = match fields.optional_text("webhook")? {
        Some(_) => DeliveryTarget::Webhook(fields.parsed("webhook")?),
        None => DeliveryTarget::Person(fields.parsed("person")?),
    };
    let event = fields.optional_text("event")?.map(|text| serde_json::from_str(&text));
    let status = fields.optional_number("status")?.map(u16::try_from);
    Ok(Delivery {
        id: fields.parsed("id")?,
        unit: fields.parsed("unit")?,
        target,
        event: event.transpose().map_err(|_invalid| fields.corrupt())?,
        state: fields.parsed("state")?,
        attempts: fields.number("attempts")?,
        made_at: fields.time("made_at")?,
        tried_at: fields.optional_time("tried_at")?,
        status: status.transpose().map_err(|_invalid| fields.corrupt())?,
        why: fields.optional_text("why")?,
    })
}
