//! Events to be told, noted in the transaction of what they speak of, and when each person wants to be told.
//!
//! Not for: who is told of one, and the telling (`deliveries`).
//!
//! Invariant: an event is noted once, however often somebody looks; and only together with what it speaks of.

mod due;

use domain::finding::{PaymentHold, PaymentHoldState, StoredFinding};
use domain::{
    Amount, CustomerName, FileType, Money, NotificationEvent, NotificationSettings, Run, RunId,
    UnitName, UserId,
};
use jiff::Timestamp;
use sqlx::{Any, Transaction};

use crate::error::Error;
use crate::rows::{Fields, all};
use crate::{CustomerStore, SystemStore};

/// The number listed of the events for one person, on the page of their work.
const LISTED_FOR_PERSON: i64 = 20;

/// An event on its way into its table.
pub(crate) struct NewNotification<'a> {
    pub(crate) customer: &'a CustomerName,
    pub(crate) unit: &'a UnitName,
    /// The words that tell it from every other of the unit.
    pub(crate) once: String,
    pub(crate) event: NotificationEvent,
    /// Whom it is for; none: all who want to know of its kind.
    pub(crate) person: Option<UserId>,
    pub(crate) at: Timestamp,
}

/// Notes an event, unless it is noted already.
pub(crate) async fn note(
    transaction: &mut Transaction<'static, Any>,
    new: &NewNotification<'_>,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO notifications (customer, unit, once, event, person, happened_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (customer, unit, once) DO NOTHING",
    )
    .bind(new.customer.as_str())
    .bind(new.unit.as_str())
    .bind(new.once.as_str())
    .bind(serde_json::to_string(&new.event).map_err(Error::internal)?)
    .bind(new.person.map(|person| person.to_string()))
    .bind(new.at.as_microsecond())
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Notes that a run failed.
pub(crate) async fn note_failed_run(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    at: Timestamp,
) -> Result<(), Error> {
    let new = NewNotification {
        customer: &run.customer,
        unit: &run.unit,
        once: format!("run_failed {}", run.run_id),
        event: NotificationEvent::RunFailed { run: run.run_id },
        person: None,
        at,
    };
    note(transaction, &new).await
}

/// Notes that a run found something new, when there is money among it.
pub(crate) async fn note_new_findings(
    transaction: &mut Transaction<'static, Any>,
    run: &Run,
    at: Timestamp,
) -> Result<(), Error> {
    let place = (&run.customer, &run.unit);
    let Some(event) = count_new(transaction, place, run.run_id, None).await? else {
        return Ok(());
    };
    let new = NewNotification {
        customer: &run.customer,
        unit: &run.unit,
        once: format!("new_findings {}", run.run_id),
        event,
        person: None,
        at,
    };
    note(transaction, &new).await
}

/// Counts the new findings of a run whose money reaches an amount.
pub(crate) async fn count_new(
    transaction: &mut Transaction<'static, Any>,
    (customer, unit): (&CustomerName, &UnitName),
    run: RunId,
    above: Option<Amount>,
) -> Result<Option<NotificationEvent>, Error> {
    let row = sqlx::query(
        "SELECT key, at_risk, currency, COUNT(*) OVER () AS findings FROM findings \
         WHERE customer = $1 AND unit = $2 AND first_run = $3 AND suppressed IS NULL \
         AND at_risk IS NOT NULL AND at_risk >= $4 ORDER BY at_risk DESC, key LIMIT 1",
    )
    .bind(customer.as_str())
    .bind(unit.as_str())
    .bind(run.to_string())
    .bind(above.map_or(0, Amount::ten_thousandths))
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let fields = Fields::new(&row, "findings", "key");
    let most = Money {
        amount: Amount::from_ten_thousandths(fields.number("at_risk")?),
        currency: fields.optional_text("currency")?,
    };
    let findings = fields.number("findings")?;
    Ok(Some(NotificationEvent::NewFindings { run, findings, most: Some(most), above }))
}

impl SystemStore {
    /// Notes the file types of units that were sent something once, and nothing since `before`.
    pub async fn note_silent_feeds(&self, before: Timestamp, now: Timestamp) -> Result<(), Error> {
        let rows = sqlx::query(
            "SELECT customer, unit, file_type, received_at FROM (SELECT customer, unit, file_type, \
             MAX(received_at) AS received_at FROM uploads GROUP BY customer, unit, file_type) AS newest \
             WHERE received_at < $1 AND NOT EXISTS (SELECT 1 FROM notifications AS n \
             WHERE n.customer = newest.customer AND n.unit = newest.unit \
             AND n.once = 'feed_silent ' || newest.file_type || ' ' || CAST(newest.received_at AS TEXT)) \
             ORDER BY customer, unit, file_type",
        )
        .bind(before.as_microsecond())
        .fetch_all(self.parts.db.reader())
        .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let mut transaction = self.parts.db.begin().await?;
        for row in &rows {
            let fields = Fields::new(row, "uploads", "unit");
            let (customer, unit) = (fields.parsed("customer")?, fields.parsed("unit")?);
            let file_type: FileType = fields.parsed("file_type")?;
            let since = fields.time("received_at")?;
            let new = NewNotification {
                customer: &customer,
                unit: &unit,
                once: format!("feed_silent {file_type} {}", since.as_microsecond()),
                event: NotificationEvent::FeedSilent { file_type, since },
                person: None,
                at: now,
            };
            note(&mut transaction, &new).await?;
        }
        Ok(transaction.commit().await?)
    }
}

impl CustomerStore {
    /// Notes that a finding was given to somebody, unless they took it themselves.
    pub(crate) async fn note_assigned(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (unit, found): (&UnitName, &StoredFinding),
        (person, entry): (UserId, i64),
        (by, at): (&str, Timestamp),
    ) -> Result<(), Error> {
        let finding = found.finding.key.clone();
        let new = NewNotification {
            customer: &self.customer,
            unit,
            once: format!("assigned {finding} {entry}"),
            event: NotificationEvent::Assigned {
                finding,
                money: found.finding.at_risk.clone(),
                by: by.to_owned(),
            },
            person: Some(person),
            at,
        };
        note(transaction, &new).await
    }

    /// Notes that somebody was named in a comment or in the reason of a decision.
    pub(crate) async fn note_mentioned(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (unit, found): (&UnitName, &StoredFinding),
        (person, entry): (UserId, i64),
        (by, at): (&str, Timestamp),
    ) -> Result<(), Error> {
        let finding = found.finding.key.clone();
        let new = NewNotification {
            customer: &self.customer,
            unit,
            once: format!("mentioned {finding} {entry} {person}"),
            event: NotificationEvent::Mentioned {
                finding,
                money: found.finding.at_risk.clone(),
                by: by.to_owned(),
            },
            person: Some(person),
            at,
        };
        note(transaction, &new).await
    }

    /// Notes that changes of the list of holds have put invoices on it, or taken them off: `to` is what they
    /// are now. An invoice that other findings hold before or afterwards is no news.
    pub(crate) async fn note_holds(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (unit, to): (&UnitName, PaymentHoldState),
        changed: &[PaymentHold],
        (by, at): (&str, Timestamp),
    ) -> Result<(), Error> {
        let is_news = |hold: &&PaymentHold| {
            hold.state == to && (to == PaymentHoldState::Lifted || hold.findings.len() == 1)
        };
        let invoices = changed.iter().filter(is_news).count() as u64;
        let (Some(first), Some(last)) = (changed.first(), changed.last()) else { return Ok(()) };
        if invoices == 0 {
            return Ok(());
        }
        let (since, upto, by) = (first.change.saturating_sub(1), last.change, by.to_owned());
        let event = match to {
            PaymentHoldState::Held => NotificationEvent::HoldAdded { invoices, since, upto, by },
            PaymentHoldState::Lifted => NotificationEvent::HoldLifted { invoices, since, upto, by },
        };
        let once = format!("{} {upto}", event.kind());
        let new = NewNotification { customer: &self.customer, unit, once, event, person: None, at };
        note(transaction, &new).await
    }

    /// The newest events that are for a person alone: what was given to them, and where they were named.
    pub async fn notifications_for(
        &self,
        person: UserId,
    ) -> Result<Vec<(UnitName, NotificationEvent, Timestamp)>, Error> {
        let rows = sqlx::query(
            "SELECT once, unit, event, happened_at FROM notifications WHERE customer = $1 \
             AND person = $2 ORDER BY happened_at DESC, once LIMIT $3",
        )
        .bind(self.customer.as_str())
        .bind(person.to_string())
        .bind(LISTED_FOR_PERSON)
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "notifications", "once");
            let event = serde_json::from_str(&fields.text("event")?);
            let event = event.map_err(|_invalid| fields.corrupt())?;
            Ok((fields.parsed("unit")?, event, fields.time("happened_at")?))
        })
    }

    /// When a person is told of what, as far as they have chosen.
    pub async fn notification_settings(
        &self,
        person: UserId,
    ) -> Result<NotificationSettings, Error> {
        let all = self.all_notification_settings().await?;
        let own = all.into_iter().find(|(known, _)| *known == person);
        Ok(own.map(|(_, settings)| settings).unwrap_or_default())
    }

    pub(crate) async fn all_notification_settings(
        &self,
    ) -> Result<Vec<(UserId, NotificationSettings)>, Error> {
        let rows = sqlx::query(
            "SELECT customer, person, settings FROM notification_settings WHERE customer = $1",
        )
        .bind(self.customer.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "notification_settings", "customer");
            let settings = serde_json::from_str(&fields.text("settings")?);
            Ok((fields.parsed("person")?, settings.map_err(|_invalid| fields.corrupt())?))
        })
    }

    /// Each person's own, of nobody else's concern: it is not in the audit log.
    pub async fn set_notification_settings(
        &self,
        person: UserId,
        settings: &NotificationSettings,
        now: Timestamp,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO notification_settings (customer, person, settings, set_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT (customer, person) DO UPDATE SET \
             settings = excluded.settings, set_at = excluded.set_at",
        )
        .bind(self.customer.as_str())
        .bind(person.to_string())
        .bind(serde_json::to_string(settings).map_err(Error::internal)?)
        .bind(now.as_microsecond())
        .execute(self.parts.db.writer())
        .await?;
        Ok(())
    }
}
