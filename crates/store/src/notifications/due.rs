//! Findings that wait for a day, noted when it is near and when it is over.
//!
//! Not for: who is told of it (`deliveries`).
//!
//! Invariant: each is noted once for each day, near and over. The day goes by the time zone of whoever has
//! the finding; by UTC where nobody has it, or they have chosen none.

use domain::{
    Amount, CustomerName, FindingKey, FindingState, Formats, Money, NotificationEvent, UnitName,
    UserId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{NewNotification, note};
use crate::SystemStore;
use crate::error::Error;
use crate::rows::{Fields, all, day_number};

/// Findings that are noted at one look; the rest at the next.
const NOTED_AT_ONCE: i64 = 500;

/// The words with which the event of a day begins that is near, and of one that is over.
const DUE_SOON: &str = "due_soon";
const OVERDUE: &str = "overdue";

/// A finding that waits for a day.
struct WaitingFinding {
    customer: CustomerName,
    unit: UnitName,
    key: FindingKey,
    money: Option<Money>,
    due: Date,
    /// Whoever has it.
    person: Option<UserId>,
    time_zone: Option<String>,
}

impl SystemStore {
    /// Notes what is due today or tomorrow, and what has waited beyond its day. `today_in` says which day it
    /// is in a time zone; without one, in UTC.
    pub async fn note_due(
        &self,
        today_in: &(dyn Fn(Option<&str>) -> Date + Send + Sync),
        now: Timestamp,
    ) -> Result<(), Error> {
        let days_left = |found: &WaitingFinding| {
            day_number(found.due) - day_number(today_in(found.time_zone.as_deref()))
        };
        // Nowhere it is a day that lies more than one before or behind that of UTC.
        let utc = day_number(today_in(None));
        let mut near = self.waiting_for(DUE_SOON, (utc - 1, utc + 2)).await?;
        near.retain(|found| (0..=1).contains(&days_left(found)));
        let mut over = self.waiting_for(OVERDUE, (i64::MIN, utc)).await?;
        over.retain(|found| days_left(found) < 0);
        if near.is_empty() && over.is_empty() {
            return Ok(());
        }
        let mut transaction = self.parts.db.begin().await?;
        for found in &near {
            let (finding, money, due) = (found.key.clone(), found.money.clone(), found.due);
            let event = NotificationEvent::DueSoon { finding, money, due };
            found.note(&mut transaction, (DUE_SOON, event), now).await?;
        }
        for found in &over {
            let (finding, money, due) = (found.key.clone(), found.money.clone(), found.due);
            let event = NotificationEvent::Overdue { finding, money, due };
            found.note(&mut transaction, (OVERDUE, event), now).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The findings that wait for one of these days, of which no event that begins with the word is noted.
    async fn waiting_for(
        &self,
        word: &'static str,
        (first, last): (i64, i64),
    ) -> Result<Vec<WaitingFinding>, Error> {
        let select = format!(
            "SELECT f.customer, f.unit, f.key, f.at_risk, f.currency, f.due, u.id AS person, \
             u.formats AS formats FROM findings AS f LEFT JOIN users AS u ON u.email = f.assignee \
             WHERE f.due IS NOT NULL AND f.due >= $1 AND f.due <= $2 AND f.state <> $3 AND NOT EXISTS \
             (SELECT 1 FROM notifications AS n WHERE n.customer = f.customer AND n.unit = f.unit \
             AND n.once = '{word} ' || f.key || ' ' || CAST(f.due AS TEXT)) \
             ORDER BY f.due, f.key LIMIT $4"
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(first)
            .bind(last)
            .bind(FindingState::Dismissed.as_str())
            .bind(NOTED_AT_ONCE)
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, waiting_finding)
    }
}

impl WaitingFinding {
    async fn note(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (word, event): (&'static str, NotificationEvent),
        now: Timestamp,
    ) -> Result<(), Error> {
        let new = NewNotification {
            customer: &self.customer,
            unit: &self.unit,
            once: format!("{word} {} {}", self.key, day_number(self.due)),
            event,
            person: self.person,
            at: now,
        };
        note(transaction, &new).await
    }
}

fn waiting_finding(row: &AnyRow) -> Result<WaitingFinding, Error> {
    let fields = Fields::new(row, "findings", "key");
    let money = fields.optional_number("at_risk")?.map(|amount| {
        let amount = Amount::from_ten_thousandths(amount);
        Ok::<_, Error>(Money { amount, currency: fields.optional_text("currency")? })
    });
    let person = fields.optional_text("person")?;
    let formats =
        fields.optional_text("formats")?.map(|text| serde_json::from_str::<Formats>(&text));
    let formats = formats.transpose().map_err(|_invalid| fields.corrupt())?;
    Ok(WaitingFinding {
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        key: fields.parsed("key")?,
        money: money.transpose()?,
        due: fields.optional_day("due")?.ok_or_else(|| fields.corrupt())?,
        person: person.map(|id| id.parse().map_err(|_invalid| fields.corrupt())).transpose()?,
        time_zone: formats.and_then(|formats| formats.time_zone),
    })
}
