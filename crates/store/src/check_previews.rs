//! Previews of other settings of a unit's checks: asked for, carried out, and what they came to.
//!
//! Not for: keeping settings (`check_settings`), or checking.
//!
//! Invariant: a unit has one at most, of the settings asked for last; whoever has lost its lease writes
//! nothing. It changes no finding.

use std::collections::{BTreeMap, HashMap};

use domain::finding::{
    CheckEffect, FindingState, PREVIEWED_FINDINGS_MAX, PreviewState, PreviewedFinding, RunOutcome,
    SettingsEffect, SettingsPreview,
};
use domain::{
    Amount, AuditEntry, CheckSettings, CustomerName, Finding, FindingKey, Money, UnitName,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::rows::{Fields, all};
use crate::{CustomerStore, Decider, SystemStore};

const SELECT: &str = "SELECT unit, asked_at, asked_by, settings, state, began_at, ended_at, why, effect \
     FROM check_previews WHERE customer = $1 AND unit = $2";

/// A preview that somebody carries out.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedPreview {
    pub customer: CustomerName,
    pub unit: UnitName,
    pub settings: CheckSettings,
    fence: i64,
}

/// A finding as it stands, of those that no run has lost and nothing suppresses.
struct StandingFinding {
    check: String,
    is_decided: bool,
    finding: PreviewedFinding,
}

impl CustomerStore {
    /// The newest preview; none when nobody has asked for one.
    pub async fn check_preview(&self, unit: &UnitName) -> Result<Option<SettingsPreview>, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Asks for a preview of these settings, in the place of any that was asked for before.
    pub async fn ask_for_check_preview(
        &self,
        unit: &UnitName,
        settings: &CheckSettings,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query(
            "INSERT INTO check_previews (customer, unit, asked_at, asked_by, settings, state) \
             VALUES ($1, $2, $3, $4, $5, 'waiting') ON CONFLICT (customer, unit) DO UPDATE SET \
             asked_at = excluded.asked_at, asked_by = excluded.asked_by, \
             settings = excluded.settings, state = 'waiting', began_at = NULL, lease_until = NULL, \
             fence = NULL, ended_at = NULL, why = NULL, effect = NULL",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(decider.at.as_microsecond())
        .bind(decider.by)
        .bind(serde_json::to_string(settings).map_err(Error::internal)?)
        .execute(&mut *transaction)
        .await?;
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: "check.preview".to_owned(),
            about: unit.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "unit": unit, "settings": settings }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// The difference between the findings that stand now and those that a run by other settings found.
    pub async fn settings_effect(
        &self,
        unit: &UnitName,
        found: &RunOutcome,
    ) -> Result<SettingsEffect, Error> {
        let standing = self.standing_findings(unit).await?;
        Ok(effect(standing, &found.findings))
    }

    /// The gravest first.
    async fn standing_findings(&self, unit: &UnitName) -> Result<Vec<StandingFinding>, Error> {
        let rows = sqlx::query(
            "SELECT key, check_name, title, at_risk, currency, state FROM findings \
             WHERE customer = $1 AND unit = $2 AND suppressed IS NULL AND gone_at IS NULL \
             ORDER BY lane_rank DESC, score DESC, key",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "findings", "key");
            let at_risk = fields.optional_number("at_risk")?.map(Amount::from_ten_thousandths);
            let currency = fields.optional_text("currency")?;
            Ok(StandingFinding {
                check: fields.text("check_name")?,
                is_decided: fields.text("state")? != FindingState::Open.as_str(),
                finding: PreviewedFinding {
                    key: fields.parsed("key")?,
                    title: fields.text("title")?,
                    at_risk: at_risk.map(|amount| Money { amount, currency }),
                },
            })
        })
    }
}

impl SystemStore {
    /// Takes a preview that waits, or whose lease has lapsed.
    pub async fn claim_check_preview(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        fence: i64,
    ) -> Result<Option<ClaimedPreview>, Error> {
        let row = sqlx::query(
            "UPDATE check_previews SET state = 'running', began_at = $1, lease_until = $2, fence = $3 \
             WHERE (customer, unit) IN (SELECT customer, unit FROM check_previews \
             WHERE state = 'waiting' OR (state = 'running' AND lease_until <= $1) \
             ORDER BY asked_at LIMIT 1) \
             AND (state = 'waiting' OR (state = 'running' AND lease_until <= $1)) \
             RETURNING customer, unit, settings",
        )
        .bind(now.as_microsecond())
        .bind((now + lease).as_microsecond())
        .bind(fence)
        .fetch_optional(self.parts.db.writer())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "check_previews", "unit");
        Ok(Some(ClaimedPreview {
            customer: fields.parsed("customer")?,
            unit: fields.parsed("unit")?,
            settings: fields.json("settings")?,
            fence,
        }))
    }

    /// Keeps what a preview came to; `Err` is why it failed. [`Error::LeaseLost`] when somebody else has it,
    /// or another was asked for since.
    pub async fn finish_check_preview(
        &self,
        claimed: &ClaimedPreview,
        came_to: Result<&SettingsEffect, &str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (state, why, effect) = match came_to {
            Ok(effect) => {
                ("done", None, Some(serde_json::to_string(effect).map_err(Error::internal)?))
            }
            Err(why) => ("failed", Some(why), None),
        };
        let ended = sqlx::query(
            "UPDATE check_previews SET state = $4, why = $5, effect = $6, ended_at = $7, \
             lease_until = NULL WHERE customer = $1 AND unit = $2 AND fence = $3 AND state = 'running'",
        )
        .bind(claimed.customer.as_str())
        .bind(claimed.unit.as_str())
        .bind(claimed.fence)
        .bind(state)
        .bind(why)
        .bind(effect)
        .bind(now.as_microsecond())
        .execute(self.parts.db.writer())
        .await?;
        if ended.rows_affected() == 0 { Err(Error::LeaseLost) } else { Ok(()) }
    }
}

fn effect(standing: Vec<StandingFinding>, found: &[Finding]) -> SettingsEffect {
    let mut coming: HashMap<&FindingKey, &Finding> =
        found.iter().map(|finding| (&finding.key, finding)).collect();
    let mut stays = 0;
    let mut checks: BTreeMap<String, CheckEffect> = BTreeMap::new();
    for of in standing {
        if coming.remove(&of.finding.key).is_some() {
            stays += 1;
            continue;
        }
        let effect = checks.entry(of.check).or_default();
        effect.goes += 1;
        effect.goes_decided += u64::from(of.is_decided);
        if effect.going.len() < PREVIEWED_FINDINGS_MAX {
            effect.going.push(of.finding);
        }
    }
    // In the order in which the run found them, which is that of the queue.
    for finding in found.iter().filter(|finding| coming.contains_key(&finding.key)) {
        let effect = checks.entry(finding.check.clone()).or_default();
        effect.comes += 1;
        if effect.coming.len() < PREVIEWED_FINDINGS_MAX {
            effect.coming.push(PreviewedFinding {
                key: finding.key.clone(),
                title: finding.title.clone(),
                at_risk: finding.at_risk.clone(),
            });
        }
    }
    let checks = checks.into_iter().map(|(check, effect)| CheckEffect { check, ..effect });
    SettingsEffect { stays, checks: checks.collect() }
}

fn read(row: &AnyRow) -> Result<SettingsPreview, Error> {
    let fields = Fields::new(row, "check_previews", "unit");
    let state = match fields.text("state")?.as_str() {
        "waiting" => PreviewState::Waiting,
        "running" => PreviewState::Running { since: fields.time("began_at")? },
        "done" => {
            PreviewState::Done { at: fields.time("ended_at")?, effect: fields.json("effect")? }
        }
        "failed" => PreviewState::Failed { at: fields.time("ended_at")?, why: fields.text("why")? },
        _ => return Err(fields.corrupt()),
    };
    Ok(SettingsPreview {
        asked_at: fields.time("asked_at")?,
        asked_by: fields.text("asked_by")?,
        settings: fields.json("settings")?,
        state,
    })
}
