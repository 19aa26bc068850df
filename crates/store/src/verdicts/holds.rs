//! Invoices put on the list of those that are not to be paid, and taken off it: by hand, by a verdict, or
//! by the end of a run.
//!
//! Invariant: one invoice is one row; it is lifted when the last finding that asks for it does no more. Every
//! change is in the audit log, and an event to be told, in the same transaction.

mod run_end;

use std::collections::{BTreeMap, BTreeSet};

use domain::finding::{FindingKey, FindingState, PaymentHold, PaymentHoldState, StoredFinding};
use domain::{AuditEntry, FileType, UnitName};
use serde_json::json;
use sqlx::{Any, Transaction};

use super::{Case, Decider, SeenFinding, illegal, in_order};
use crate::CustomerStore;
use crate::error::Error;
use crate::finding_versions::note_change;
use crate::holds::{COLUMNS, hold};
use crate::rows::{storable, to_the_microsecond};

impl CustomerStore {
    /// Holds the unpaid invoices of some findings, of all or of none; `only` some of them, where
    /// it names any. [`Error::Illegal`] where one of the findings has none to hold. Answers what changed.
    pub async fn hold(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        only: &BTreeSet<String>,
        because: &str,
        decider: Decider<'_>,
    ) -> Result<Vec<PaymentHold>, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let mut cases = Vec::new();
        for seen in in_order(findings) {
            cases.push(self.case(&mut transaction, unit, seen, decider).await?);
        }
        let mut changed = Vec::new();
        for case in &cases {
            let mut invoices = case.found.holdable().map_err(illegal)?;
            invoices.retain(|invoice, _| only.is_empty() || only.contains(invoice));
            if invoices.is_empty() {
                return Err(illegal("none of the invoices named is an unpaid one of the finding"));
            }
            for (invoice, fields) in invoices {
                let held = case.hold(&mut transaction, (invoice, fields), because).await?;
                changed.extend(held);
            }
        }
        let to = PaymentHoldState::Held;
        self.tell_holds(&mut transaction, (unit, to), &changed, decider).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Takes invoices off the list, whoever asked for them: of all or of none. [`Error::Illegal`]
    /// where one of them is not held.
    pub async fn lift(
        &self,
        unit: &UnitName,
        invoices: &BTreeSet<String>,
        because: &str,
        decider: Decider<'_>,
    ) -> Result<Vec<PaymentHold>, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let mut changed = Vec::new();
        for invoice in invoices {
            let held = self.locked_hold(&mut transaction, unit, invoice).await?;
            let held = held.filter(|held| held.state == PaymentHoldState::Held);
            let Some(held) = held else {
                let why = format!("the invoice {invoice} is not held; nothing was lifted");
                return Err(Error::Illegal { why });
            };
            let lifted = PaymentHold { findings: Vec::new(), ..held };
            let lifted = as_changed(lifted, PaymentHoldState::Lifted, because, decider)?;
            changed.push(self.write_hold(&mut transaction, unit, lifted).await?);
        }
        let to = PaymentHoldState::Lifted;
        self.tell_holds(&mut transaction, (unit, to), &changed, decider).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Keeps that the ERP has every change up to one; how many it had not before. `by` is the token's id.
    pub async fn acknowledge_holds(
        &self,
        unit: &UnitName,
        up_to: u64,
        decider: Decider<'_>,
    ) -> Result<u64, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let done = sqlx::query(
            "UPDATE holds SET acknowledged_at = $4, acknowledged_by = $5 WHERE customer = $1 \
             AND unit = $2 AND change <= $3 AND acknowledged_at IS NULL",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(i64::try_from(up_to).unwrap_or_else(|_after_every_change| i64::MAX))
        .bind(decider.at.as_microsecond())
        .bind(storable(decider.by))
        .execute(&mut *transaction)
        .await?
        .rows_affected();
        if done > 0 {
            let entry = AuditEntry {
                at: decider.at,
                who: decider.who.to_owned(),
                what: "hold.acknowledge".to_owned(),
                about: unit.to_string(),
                customer: Some(self.customer.clone()),
                details: json!({ "up_to": up_to, "changes": done }),
            };
            self.parts.db.audit(&mut transaction, &entry).await?;
        }
        transaction.commit().await?;
        Ok(done)
    }

    /// Claims the numbers of changes until the transaction ends.
    async fn claim_holds(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
    ) -> Result<(), Error> {
        note_change(transaction, &self.customer, unit).await?;
        let name = format!("holds of {}/{unit}", self.customer);
        self.parts.db.claim_name(transaction, &name).await
    }

    /// The hold of an invoice, with the numbers of changes claimed until the transaction ends.
    async fn locked_hold(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        invoice: &str,
    ) -> Result<Option<PaymentHold>, Error> {
        self.claim_holds(transaction, unit).await?;
        let select = format!(
            "SELECT {COLUMNS} FROM holds WHERE customer = $1 AND unit = $2 AND invoice = $3"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(storable(invoice))
            .fetch_optional(&mut **transaction)
            .await?;
        row.as_ref().map(hold).transpose()
    }

    /// Writes a hold as it is from now on, under the next number.
    async fn write_hold(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        hold: PaymentHold,
    ) -> Result<PaymentHold, Error> {
        let last: Option<i64> =
            sqlx::query_scalar("SELECT MAX(change) FROM holds WHERE customer = $1 AND unit = $2")
                .bind(self.customer.as_str())
                .bind(unit.as_str())
                .fetch_one(&mut **transaction)
                .await?;
        let change = last.unwrap_or(0) + 1;
        sqlx::query(
            "INSERT INTO holds (customer, unit, invoice, change, state, findings, title, fields, because, \
             changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (customer, unit, invoice) DO UPDATE SET change = excluded.change, \
             state = excluded.state, findings = excluded.findings, title = excluded.title, \
             fields = excluded.fields, because = excluded.because, changed_at = excluded.changed_at, \
             changed_by = excluded.changed_by, acknowledged_at = NULL, acknowledged_by = NULL",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(storable(&hold.invoice))
        .bind(change)
        .bind(hold.state.as_str())
        .bind(serde_json::to_string(&hold.findings).map_err(Error::internal)?)
        .bind(storable(&hold.title))
        .bind(storable(&serde_json::to_string(&hold.fields).map_err(Error::internal)?))
        .bind(storable(&hold.because))
        .bind(hold.changed_at.as_microsecond())
        .bind(storable(&hold.changed_by))
        .execute(&mut **transaction)
        .await?;
        Ok(PaymentHold { change: change.cast_unsigned(), acknowledged_at: None, ..hold })
    }

    /// One entry of the audit log for an invoice, as what it is of stays with the hold; and one event of all.
    async fn tell_holds(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (unit, to): (&UnitName, PaymentHoldState),
        changed: &[PaymentHold],
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let by = (decider.by, decider.at);
        self.note_holds(transaction, (unit, to), changed, by).await?;
        let what = match to {
            PaymentHoldState::Held => "hold.add",
            PaymentHoldState::Lifted => "hold.lift",
        };
        let entry = |hold: &PaymentHold| AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: what.to_owned(),
            about: hold.invoice.clone(),
            customer: Some(self.customer.clone()),
            details: json!({ "unit": unit, "change": hold.change, "findings": hold.findings }),
        };
        let entries: Vec<AuditEntry> = changed.iter().map(entry).collect();
        self.parts.db.audit_all(transaction, &entries).await
    }
}

impl Case<'_> {
    /// Holds one invoice of the finding; none where this finding has asked for it already.
    async fn hold(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (invoice, fields): (String, BTreeMap<String, String>),
        because: &str,
    ) -> Result<Option<PaymentHold>, Error> {
        let key = &self.found.finding.key;
        let held = self.store.locked_hold(transaction, self.unit, &invoice).await?;
        let held = held.filter(|held| held.state == PaymentHoldState::Held);
        let mut findings = held.map(|held| held.findings).unwrap_or_default();
        if findings.contains(key) {
            return Ok(None);
        }
        findings.push(key.clone());
        let title = self.found.finding.title.clone();
        let hold = new_hold(invoice, fields, title, findings, self.decider)?;
        let hold = as_changed(hold, PaymentHoldState::Held, because, self.decider)?;
        Ok(Some(self.store.write_hold(transaction, self.unit, hold).await?))
    }

    /// Lets go of the invoices that the finding had held, as it was decided to be innocent.
    pub(super) async fn lift_as_decided(
        &self,
        transaction: &mut Transaction<'static, Any>,
        to: FindingState,
        because: &str,
    ) -> Result<(), Error> {
        if to != FindingState::Dismissed {
            return Ok(());
        }
        let mut lifted = Vec::new();
        for invoice in invoices(&self.found) {
            let held = self.store.locked_hold(transaction, self.unit, invoice).await?;
            let own = &self.found.finding.key;
            let Some(mut held) = held.filter(|held| held.findings.contains(own)) else { continue };
            held.findings.retain(|key| key != own);
            let state = if held.findings.is_empty() {
                PaymentHoldState::Lifted
            } else {
                PaymentHoldState::Held
            };
            let because = if because.is_empty() { "dismissed as legitimate" } else { because };
            let held = as_changed(held, state, because, self.decider)?;
            let held = self.store.write_hold(transaction, self.unit, held).await?;
            lifted.push(held);
        }
        let to = (self.unit, PaymentHoldState::Lifted);
        self.store.tell_holds(transaction, to, &lifted, self.decider).await
    }
}

/// The invoices of a finding, each once.
fn invoices(found: &StoredFinding) -> BTreeSet<&str> {
    let rows = found.finding.rows.iter();
    let invoices = rows.filter(|row| row.ledger == FileType::Transactions);
    invoices.map(|row| row.id.as_str()).collect()
}

/// A hold that is to be written.
fn new_hold(
    invoice: String,
    fields: BTreeMap<String, String>,
    title: String,
    findings: Vec<FindingKey>,
    decider: Decider<'_>,
) -> Result<PaymentHold, Error> {
    Ok(PaymentHold {
        change: 0,
        state: PaymentHoldState::Held,
        invoice,
        fields,
        title,
        findings,
        because: String::new(),
        changed_at: to_the_microsecond(decider.at)?,
        changed_by: decider.by.to_owned(),
        acknowledged_at: None,
    })
}

fn as_changed(
    hold: PaymentHold,
    state: PaymentHoldState,
    because: &str,
    decider: Decider<'_>,
) -> Result<PaymentHold, Error> {
    Ok(PaymentHold {
        state,
        because: because.trim().to_owned(),
        changed_at: to_the_microsecond(decider.at)?,
        changed_by: decider.by.to_owned(),
        ..hold
    })
}
