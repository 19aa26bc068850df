//! A delivery as it is sent, and what became of it: written by whoever holds its job.

use domain::{NotificationEvent, TitledUnit, UnitName};
use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{Delivery, DeliveryTarget, columns, delivery};
use crate::SystemStore;
use crate::error::Error;
use crate::jobs::{ClaimedJob, finish, put_back};
use crate::rows::{Fields, storable};
use crate::users::User;
use crate::webhooks::Webhook;

/// A delivery with all that its sending takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyDelivery {
    pub delivery: Delivery,
    /// None where they may not have it any more: a webhook that is switched off, somebody who left.
    pub to: Option<DeliveryRecipient>,
    /// The events it tells, each with the unit it is of; none of a trial.
    pub events: Vec<(TitledUnit, NotificationEvent)>,
}

/// The person or webhook a delivery is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryRecipient {
    Webhook(Box<Webhook>),
    Person(Box<User>),
}

/// The standing of a receiver after a delivery failed: are others worth a try?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiverStanding {
    /// Nothing: another may come there.
    Stays,
    /// It takes no more.
    Gone,
}

impl SystemStore {
    /// The delivery of a job, as it is to be sent now.
    pub async fn ready_delivery(&self, job: &ClaimedJob) -> Result<ReadyDelivery, Error> {
        let id = job.delivery()?;
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM deliveries WHERE customer = $1 AND (id = $2 OR taken_by = $2) ORDER BY id",
        ))
        .bind(job.customer.as_str())
        .bind(id.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        let mut own = None;
        let mut events = Vec::new();
        let customer = self.customer(&job.customer);
        let titled = customer.titled_units().await?;
        let mut told: Vec<(UnitName, NotificationEvent)> = Vec::new();
        for row in &rows {
            let found = delivery(row)?;
            told.extend(found.event.clone().map(|event| (found.unit.clone(), event)));
            if found.id == id {
                own = Some(found);
            }
        }
        let own = own.ok_or(Error::NotFound { what: "delivery" })?;
        let to = match own.target {
            DeliveryTarget::Webhook(id) => {
                let known = customer.webhooks().await?.into_iter().find(|known| known.id == id);
                let on = known.filter(|known| known.off_why.is_none());
                on.map(|webhook| DeliveryRecipient::Webhook(Box::new(webhook)))
            }
            DeliveryTarget::Person(id) => {
                let membership = customer.membership_of(id).await?;
                let may_see = |unit: &UnitName| membership.in_unit(unit).is_some();
                told.retain(|(unit, _)| may_see(unit));
                let person = self.person(id).await?.map(|person| person.user);
                let may_sign_in = person.filter(|user| user.disabled_at.is_none());
                let told_something = may_sign_in.filter(|_| !told.is_empty());
                told_something.map(|user| DeliveryRecipient::Person(Box::new(user)))
            }
        };
        for (unit, event) in told {
            let known = titled.iter().find(|known| known.name == unit).cloned();
            events.push((known.ok_or(Error::NotFound { what: "unit" })?, event));
        }
        Ok(ReadyDelivery { delivery: own, to, events })
    }

    /// It came there.
    pub async fn delivered(
        &self,
        job: &ClaimedJob,
        status: Option<u16>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        finish(&mut transaction, job, now).await?;
        self.write_attempt(&mut transaction, job, ("sent", status, None), now).await?;
        Ok(transaction.commit().await?)
    }

    /// It is given up; the webhook of a receiver that is gone is switched off.
    pub async fn delivery_failed(
        &self,
        job: &ClaimedJob,
        (status, why): (Option<u16>, &str),
        receiver: ReceiverStanding,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        finish(&mut transaction, job, now).await?;
        self.write_attempt(&mut transaction, job, ("failed", status, Some(why)), now).await?;
        let row = sqlx::query("SELECT id, webhook FROM deliveries WHERE customer = $1 AND id = $2")
            .bind(job.customer.as_str())
            .bind(job.delivery()?.to_string())
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(row) = row.filter(|_| receiver == ReceiverStanding::Gone) {
            let webhook = Fields::new(&row, "deliveries", "id").parsed("webhook")?;
            let customer = self.customer(&job.customer);
            let by = ("system", now);
            customer.switch_webhook_in(&mut transaction, webhook, Some(why), by).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// It did not come there and is tried again at a time.
    pub async fn delivery_put_back(
        &self,
        job: &ClaimedJob,
        (status, why): (Option<u16>, &str),
        again: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        put_back(&mut transaction, job, again, why).await?;
        self.write_attempt(&mut transaction, job, ("waiting", status, Some(why)), now).await?;
        Ok(transaction.commit().await?)
    }

    async fn write_attempt(
        &self,
        transaction: &mut Transaction<'static, Any>,
        job: &ClaimedJob,
        (state, status, why): (&str, Option<u16>, Option<&str>),
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query(
            "UPDATE deliveries SET state = $3, attempts = $4, tried_at = $5, status = $6, why = $7 \
             WHERE customer = $1 AND (id = $2 OR taken_by = $2)",
        )
        .bind(job.customer.as_str())
        .bind(job.delivery()?.to_string())
        .bind(state)
        .bind(i64::from(job.attempts))
        .bind(now.as_microsecond())
        .bind(status.map(i64::from))
        .bind(why.map(storable))
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}
