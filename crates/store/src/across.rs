//! The comparison of a customer's units with one another: asking for it, doing it, and what it came to.
//!
//! Not for: comparing. Invariant: a customer has one at most, and whoever has lost its lease writes nothing.

use domain::finding::{AcrossOutcome, AcrossRun, AcrossState};
use domain::{AuditEntry, CustomerName, Finding, UnitName};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::rows::Fields;
use crate::{CustomerStore, Decider, SystemStore};

const SELECT: &str = "SELECT customer, asked_at, asked_by, state, began_at, ended_at, why, units, \
     findings FROM across_runs WHERE customer = $1";

/// A comparison that somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedAcross {
    pub customer: CustomerName,
    fence: i64,
}

impl CustomerStore {
    /// The newest comparison; none when nobody has asked for one.
    pub async fn across_run(&self) -> Result<Option<AcrossRun>, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Asks for a comparison; one that waits or runs already is left alone.
    pub async fn ask_across(&self, decider: &Decider<'_>) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let asked = sqlx::query(
            "INSERT INTO across_runs (customer, asked_at, asked_by, state) \
             VALUES ($1, $2, $3, 'waiting') ON CONFLICT (customer) DO UPDATE SET \
             asked_at = excluded.asked_at, asked_by = excluded.asked_by, state = 'waiting', \
             began_at = NULL, lease_until = NULL, fence = NULL, ended_at = NULL, why = NULL \
             WHERE across_runs.state IN ('done', 'failed')",
        )
        .bind(self.customer.as_str())
        .bind(decider.at.as_microsecond())
        .bind(decider.by)
        .execute(&mut *transaction)
        .await?;
        if asked.rows_affected() > 0 {
            let entry = AuditEntry {
                at: decider.at,
                who: decider.who.to_owned(),
                what: "run.ask_across".to_owned(),
                about: self.customer.to_string(),
                customer: Some(self.customer.clone()),
                details: json!({}),
            };
            self.parts.db.audit(&mut transaction, &entry).await?;
        }
        Ok(transaction.commit().await?)
    }
}

impl SystemStore {
    /// Takes a comparison that waits, or whose lease has lapsed.
    pub async fn claim_across(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        fence: i64,
    ) -> Result<Option<ClaimedAcross>, Error> {
        let row = sqlx::query(
            "UPDATE across_runs SET state = 'running', began_at = $1, lease_until = $2, fence = $3 \
             WHERE customer = (SELECT customer FROM across_runs WHERE state = 'waiting' \
             OR (state = 'running' AND lease_until <= $1) ORDER BY asked_at LIMIT 1) \
             AND (state = 'waiting' OR (state = 'running' AND lease_until <= $1)) \
             RETURNING customer",
        )
        .bind(now.as_microsecond())
        .bind((now + lease).as_microsecond())
        .bind(fence)
        .fetch_optional(self.parts.db.writer())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "across_runs", "customer");
        Ok(Some(ClaimedAcross { customer: fields.parsed("customer")?, fence }))
    }

    /// Keeps what a comparison came to; `Err` is why it failed. [`Error::LeaseLost`] when somebody
    /// else has it.
    pub async fn finish_across(
        &self,
        claimed: &ClaimedAcross,
        units: &[UnitName],
        came_to: Result<&AcrossOutcome, &str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let no_findings: &[Finding] = &[];
        let (state, why, findings) = match came_to {
            Ok(outcome) => match &outcome.not_run {
                Some(why) => ("failed", Some(why.as_str()), no_findings),
                None => ("done", None, outcome.findings.as_slice()),
            },
            Err(why) => ("failed", Some(why), no_findings),
        };
        let ended = sqlx::query(
            "UPDATE across_runs SET state = $3, why = $4, units = $5, findings = $6, ended_at = $7, \
             lease_until = NULL WHERE customer = $1 AND fence = $2 AND state = 'running'",
        )
        .bind(claimed.customer.as_str())
        .bind(claimed.fence)
        .bind(state)
        .bind(why)
        .bind(serde_json::to_string(units).map_err(Error::internal)?)
        .bind(serde_json::to_string(findings).map_err(Error::internal)?)
        .bind(now.as_microsecond())
        .execute(self.parts.db.writer())
        .await?;
        if ended.rows_affected() == 0 { Err(Error::LeaseLost) } else { Ok(()) }
    }
}

fn read(row: &AnyRow) -> Result<AcrossRun, Error> {
    let fields = Fields::new(row, "across_runs", "customer");
    let state = match fields.text("state")?.as_str() {
        "waiting" => AcrossState::Waiting,
        "running" => AcrossState::Running { since: fields.time("began_at")? },
        "done" => AcrossState::Done {
            at: fields.time("ended_at")?,
            units: fields.json("units")?,
            findings: fields.json("findings")?,
        },
        "failed" => AcrossState::Failed { at: fields.time("ended_at")?, why: fields.text("why")? },
        _ => return Err(fields.corrupt()),
    };
    Ok(AcrossRun { asked_at: fields.time("asked_at")?, asked_by: fields.text("asked_by")?, state })
}
