//! From an event to those who are to know: a delivery for each.
//!
//! Not for: sending them (`ready`).

use std::collections::HashMap;

use domain::{
    CustomerName, NotificationEvent, NotificationKind, NotificationSettings, Timing, UnitName,
    UserId,
};
use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::{DeliveryIds, DeliveryState, DeliveryTarget, NewDelivery, add};
use crate::error::Error;
use crate::members::Member;
use crate::notifications::count_new;
use crate::rows::Fields;
use crate::webhooks::Webhook;
use crate::{CustomerStore, SystemStore};

/// The mailing of this server: on or off by its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailing {
    On,
    Off,
}

/// An event that nobody has been told of yet.
struct Untold {
    customer: CustomerName,
    unit: UnitName,
    once: String,
    event: NotificationEvent,
    person: Option<UserId>,
}

/// The people and webhooks of one customer that may want to know.
struct Audience {
    members: Vec<Member>,
    settings: HashMap<UserId, NotificationSettings>,
    webhooks: Vec<Webhook>,
}

impl SystemStore {
    /// Tells the oldest event that nobody was told of, of several at once the one whose words are first, with
    /// 9 before 10; returns `true` when there was one. People are told by e-mail only.
    pub async fn tell_next(
        &self,
        mailing: Mailing,
        ids: &(dyn Fn() -> DeliveryIds + Send + Sync),
        now: Timestamp,
    ) -> Result<bool, Error> {
        let Some(untold) = self.untold().await? else { return Ok(false) };
        let customer = self.customer(&untold.customer);
        let audience = customer.audience().await?;
        let mut transaction = self.parts.db.begin().await?;
        let told = sqlx::query(
            "UPDATE notifications SET told_at = $4 WHERE customer = $1 AND unit = $2 AND once = $3 \
             AND told_at IS NULL",
        )
        .bind(untold.customer.as_str())
        .bind(untold.unit.as_str())
        .bind(untold.once.as_str())
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        if told.rows_affected() == 0 {
            // Another process was quicker.
            return Ok(true);
        }
        for webhook in &audience.webhooks {
            let Some(event) = for_webhook(&mut transaction, &untold, webhook).await? else {
                continue;
            };
            let target = DeliveryTarget::Webhook(webhook.id);
            let new = NewDelivery {
                ids: ids(),
                unit: &untold.unit,
                target,
                event: Some(&event),
                state: DeliveryState::Waiting,
            };
            add(&mut transaction, &untold.customer, &new, now).await?;
        }
        for member in audience.members.iter().filter(|_| mailing == Mailing::On) {
            let settings = audience.settings.get(&member.user.id);
            let chosen = for_person(&mut transaction, &untold, member, settings).await?;
            let Some((event, state)) = chosen else { continue };
            let target = DeliveryTarget::Person(member.user.id);
            let new =
                NewDelivery { ids: ids(), unit: &untold.unit, target, event: Some(&event), state };
            add(&mut transaction, &untold.customer, &new, now).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn untold(&self) -> Result<Option<Untold>, Error> {
        let row = sqlx::query(
            "SELECT customer, unit, once, event, person FROM notifications \
             WHERE told_at IS NULL ORDER BY happened_at, customer, unit, LENGTH(once), once LIMIT 1",
        )
        .fetch_optional(self.parts.db.reader())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "notifications", "once");
        let person = fields.optional_text("person")?;
        Ok(Some(Untold {
            customer: fields.parsed("customer")?,
            unit: fields.parsed("unit")?,
            once: fields.text("once")?,
            event: serde_json::from_str(&fields.text("event")?)
                .map_err(|_invalid| fields.corrupt())?,
            person: person.map(|id| id.parse().map_err(|_invalid| fields.corrupt())).transpose()?,
        }))
    }

    /// Puts what waited since before `before` for the letter of the day into one for each person.
    pub async fn collect_daily(
        &self,
        before: Timestamp,
        ids: &(dyn Fn() -> DeliveryIds + Send + Sync),
        now: Timestamp,
    ) -> Result<(), Error> {
        let rows = sqlx::query(
            "SELECT customer, person, MIN(unit) AS unit FROM deliveries WHERE state = 'daily' \
             AND made_at < $1 GROUP BY customer, person",
        )
        .bind(before.as_microsecond())
        .fetch_all(self.parts.db.reader())
        .await?;
        for row in &rows {
            let fields = Fields::new(row, "deliveries", "person");
            let (customer, unit): (CustomerName, UnitName) =
                (fields.parsed("customer")?, fields.parsed("unit")?);
            let person: UserId = fields.parsed("person")?;
            let mut transaction = self.parts.db.begin().await?;
            let new = NewDelivery {
                ids: ids(),
                unit: &unit,
                target: DeliveryTarget::Person(person),
                event: None,
                state: DeliveryState::Waiting,
            };
            add(&mut transaction, &customer, &new, now).await?;
            let taken = sqlx::query(
                "UPDATE deliveries SET state = 'waiting', taken_by = $4 WHERE customer = $1 \
                 AND person = $2 AND state = 'daily' AND made_at < $3",
            )
            .bind(customer.as_str())
            .bind(person.to_string())
            .bind(before.as_microsecond())
            .bind(new.ids.delivery.to_string())
            .execute(&mut *transaction)
            .await?;
            // Another process was quicker: the empty letter is taken back.
            if taken.rows_affected() > 0 {
                transaction.commit().await?;
            }
        }
        Ok(())
    }
}

impl CustomerStore {
    async fn audience(&self) -> Result<Audience, Error> {
        Ok(Audience {
            members: self.members().await?,
            settings: self.all_notification_settings().await?.into_iter().collect(),
            webhooks: self.webhooks().await?,
        })
    }
}

/// The event as a webhook is to have it; none where it is not to.
async fn for_webhook(
    transaction: &mut Transaction<'static, Any>,
    untold: &Untold,
    webhook: &Webhook,
) -> Result<Option<NotificationEvent>, Error> {
    let is_of_unit = webhook.unit.as_ref().is_none_or(|unit| *unit == untold.unit);
    let is_wanted = webhook.kinds.contains(&untold.event.kind());
    if !is_of_unit || !is_wanted || webhook.off_why.is_some() {
        return Ok(None);
    }
    from_amount(transaction, untold, webhook.above).await
}

/// The event as a member is to have it, and when; none where they are not to.
async fn for_person(
    transaction: &mut Transaction<'static, Any>,
    untold: &Untold,
    member: &Member,
    settings: Option<&NotificationSettings>,
) -> Result<Option<(NotificationEvent, DeliveryState)>, Error> {
    let is_for_them = untold.person.is_none_or(|person| person == member.user.id);
    let Some(role) = member.membership.in_unit(&untold.unit) else { return Ok(None) };
    if !is_for_them || member.user.disabled_at.is_some() {
        return Ok(None);
    }
    let usual = NotificationSettings::default();
    let settings = settings.unwrap_or(&usual);
    let kind = untold.event.kind();
    let state = match settings.timing(kind, role) {
        Timing::Off => return Ok(None),
        Timing::AtOnce => DeliveryState::Waiting,
        Timing::Daily => DeliveryState::Daily,
    };
    let above = settings.above.filter(|_| kind == NotificationKind::NewFindings);
    let event = from_amount(transaction, untold, above).await?;
    Ok(event.map(|event| (event, state)))
}

/// The event, of new findings with those only that reach an amount; none where none does.
async fn from_amount(
    transaction: &mut Transaction<'static, Any>,
    untold: &Untold,
    above: Option<domain::Amount>,
) -> Result<Option<NotificationEvent>, Error> {
    match (&untold.event, above) {
        (NotificationEvent::NewFindings { run, .. }, Some(_)) => {
            count_new(transaction, (&untold.customer, &untold.unit), *run, above).await
        }
        (event, _) => Ok(Some(event.clone())),
    }
}
