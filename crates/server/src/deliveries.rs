//! Deliveries on their way: events are told to those who are to know, by e-mail and by webhooks.
//!
//! Not for: who is to know (`store`), or how either way is spoken (`mail`, `outbound`).
//!
//! Invariant: what is sent is sent at least once, under one id however often it is tried; nothing that works
//! on ledgers waits for a receiver.

mod letter;
mod posted;

use std::error::Error as StdError;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use domain::{DeliveryId, JobId};
use futures_util::FutureExt as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::{
    ClaimedJob, DeliveryIds, DeliveryRecipient, JobKind, Mailing, ReceiverStanding, Store,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::limits::{
    DAILY_LETTER_HOUR, DELIVERIES_AT_ONCE, DELIVERY_LEASE, DELIVERY_WAITS, FEED_SILENT_MAX,
    NOTICE_LOOK_EVERY, WORK_LOOK_EVERY,
};
use crate::mail::Mailer;
use crate::outbound::OutboundClient;
use crate::panics::Panic;
use crate::{Clock, Randomness, Site};

pub(crate) use posted::new_secret;

/// Brings deliveries there; cheap to clone.
#[derive(Debug, Clone)]
pub struct Courier(Arc<CourierParts>);

/// The parts a [`Courier`] is made of.
#[derive(Debug)]
pub struct CourierParts {
    pub store: Store,
    /// None where the operator has named no mail server.
    pub mailer: Option<Mailer>,
    pub client: OutboundClient,
    pub site: Site,
    pub clock: Clock,
    pub randomness: Randomness,
}

/// The end of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
enum AttemptEnd {
    Sent {
        status: Option<u16>,
    },
    /// Another attempt may end otherwise.
    NotYet {
        status: Option<u16>,
        why: String,
    },
    /// None will.
    Never {
        status: Option<u16>,
        why: String,
        receiver: ReceiverStanding,
    },
}

impl Courier {
    pub fn new(parts: CourierParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Tells and delivers until `stop` is cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let tasks = TaskTracker::new();
        let courier = self.clone();
        tasks.spawn(keep_up(stop.clone(), WORK_LOOK_EVERY, async move || courier.tell().await));
        let courier = self.clone();
        let look = async move || courier.look().await.map(|()| false);
        tasks.spawn(keep_up(stop.clone(), NOTICE_LOOK_EVERY, look));
        for _ in 0..DELIVERIES_AT_ONCE {
            let courier = self.clone();
            let deliver = async move || courier.deliver_next().await;
            tasks.spawn(keep_up(stop.clone(), WORK_LOOK_EVERY, deliver));
        }
        tasks.close();
        tasks.wait().await;
    }

    /// All that is due now: looks, tells and delivers.
    pub async fn work(&self) -> Result<(), store::Error> {
        self.look().await?;
        while self.tell().await? {}
        while self.deliver_next().await? {}
        Ok(())
    }

    /// Notes what nobody does: what is due or overdue and who has fallen silent; and puts together the
    /// letters of the day.
    async fn look(&self) -> Result<(), store::Error> {
        let (system, now) = (self.0.store.system(), self.0.clock.now());
        system.note_due(&|zone| day_in(zone, now), now).await?;
        system.note_silent_feeds(now - FEED_SILENT_MAX, now).await?;
        if let Some(before) = daily_before(now) {
            system.collect_daily(before, &|| self.new_ids(), now).await?;
        }
        Ok(())
    }

    /// Makes the deliveries of one event; returns `true` when there was one.
    async fn tell(&self) -> Result<bool, store::Error> {
        let mailing = if self.0.mailer.is_some() { Mailing::On } else { Mailing::Off };
        let now = self.0.clock.now();
        self.0.store.system().tell_next(mailing, &|| self.new_ids(), now).await
    }

    /// Tries one delivery; returns `true` when one was due.
    async fn deliver_next(&self) -> Result<bool, store::Error> {
        let system = self.0.store.system();
        let fence = i64::from_ne_bytes(self.0.randomness.bytes());
        let (kinds, now) = ([JobKind::Deliver], self.0.clock.now());
        let Some(job) = system.claim_job(&kinds, now, DELIVERY_LEASE, fence).await? else {
            return Ok(false);
        };
        match self.deliver(&job).await {
            // The webhook was removed meanwhile, or somebody else has it.
            Err(store::Error::LeaseLost | store::Error::NotFound { .. }) => Ok(true),
            other => other.map(|()| true),
        }
    }

    async fn deliver(&self, job: &ClaimedJob) -> Result<(), store::Error> {
        let system = self.0.store.system();
        let ready = system.ready_delivery(job).await?;
        let end = match &ready.to {
            None => AttemptEnd::Never {
                status: None,
                why: "it is for nobody who may have it any more".to_owned(),
                receiver: ReceiverStanding::Stays,
            },
            Some(DeliveryRecipient::Webhook(webhook)) => {
                self.post(&job.customer, webhook, &ready).await
            }
            Some(DeliveryRecipient::Person(user)) => self.mail(&job.customer, user, &ready).await,
        };
        let now = self.0.clock.now();
        match end {
            AttemptEnd::Sent { status } => system.delivered(job, status, now).await,
            AttemptEnd::Never { status, why, receiver } => {
                system.delivery_failed(job, (status, &why), receiver, now).await
            }
            AttemptEnd::NotYet { status, why } => {
                if let Some(wait) = wait_after(job.attempts) {
                    let again = now + SignedDuration::try_from(wait).expect("waits are short");
                    system.delivery_put_back(job, (status, &why), again, now).await
                } else {
                    let stays = ReceiverStanding::Stays;
                    system.delivery_failed(job, (status, &why), stays, now).await
                }
            }
        }
    }

    fn new_ids(&self) -> DeliveryIds {
        let (now, randomness) = (self.0.clock.now(), &self.0.randomness);
        DeliveryIds {
            delivery: DeliveryId::new(now, randomness.bytes()),
            job: JobId::new(now, randomness.bytes()),
        }
    }

    /// The address of a page, where the public URL of this server is known.
    fn url(&self, path: &str) -> Option<String> {
        self.0.site.public_url().map(|url| format!("{url}{path}"))
    }
}

/// The day that it is in a time zone; in UTC without one, or where nobody knows it any more.
fn day_in(zone: Option<&str>, now: Timestamp) -> Date {
    let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    zone.to_datetime(now).date()
}

/// The moment before which all goes into the letters of a day; none before the hour at which they are sent.
fn daily_before(now: Timestamp) -> Option<Timestamp> {
    let today = TimeZone::UTC.to_datetime(now).date();
    let hour = TimeZone::UTC.to_timestamp(today.at(DAILY_LETTER_HOUR, 0, 0, 0));
    let hour = hour.expect("every day of a clock has this hour in UTC");
    (now >= hour).then_some(hour)
}

/// The wait after so many attempts; none after the last.
fn wait_after(attempts: u32) -> Option<Duration> {
    let place = usize::try_from(attempts.saturating_sub(1)).expect("32 bits fit");
    DELIVERY_WAITS.get(place).copied()
}

/// Does something again and again, at once while there is more of it; a fault or a panic is logged, and it
/// goes on.
async fn keep_up(
    stop: CancellationToken,
    pause: Duration,
    step: impl AsyncFn() -> Result<bool, store::Error>,
) {
    while !stop.is_cancelled() {
        match AssertUnwindSafe(step()).catch_unwind().await {
            Ok(Ok(true)) => continue,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn StdError, "a delivery was not settled");
            }
            Err(panic) => {
                let error = Panic::from(panic);
                tracing::error!(error = &error as &dyn StdError, "a courier panicked; it goes on");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_end_after_three_days() {
        assert_eq!(wait_after(1), Some(Duration::from_secs(5)));
        let waits: Vec<Duration> = (1..).map_while(wait_after).collect();
        let all: Duration = waits.iter().sum();
        assert_eq!((waits.len(), all.as_secs() / 3_600), (9, 75));
    }

    #[test]
    fn a_day_is_that_of_a_time_zone() {
        let now = "2026-11-23T23:30:00Z".parse().unwrap();
        for (zone, day) in [
            (None, "2026-11-23"),
            (Some("Europe/Berlin"), "2026-11-24"),
            (Some("America/New_York"), "2026-11-23"),
            (Some("Nowhere/At_all"), "2026-11-23"),
        ] {
            assert_eq!(day_in(zone, now).to_string(), day, "{zone:?}");
        }
    }

    #[test]
    fn the_letters_of_a_day_begin_at_its_hour() {
        for (now, before) in [
            ("2026-11-23T04:59:59Z", None),
            ("2026-11-23T05:00:00Z", Some("2026-11-23T05:00:00Z")),
            ("2026-11-23T23:59:59Z", Some("2026-11-23T05:00:00Z")),
        ] {
            let now: Timestamp = now.parse().unwrap();
            let before: Option<Timestamp> = before.map(|text| text.parse().unwrap());
            assert_eq!(daily_before(now), before);
        }
    }
}
