//! Invoices put on the list of those that are not to be paid, and taken off it: by hand, by a verdict, or
//! by the end of a run.
//!
//! Invariant: one invoice of one supplier is one row; it is lifted when the last finding that asks for it
//! does no more. Every change is in the audit log, and an event to be told, in the same transaction.

mod lift;
mod run_end;

use std::collections::{BTreeMap, BTreeSet};

use domain::finding::{
    FindingKey, FindingState, HoldableInvoice, PaymentHold, PaymentHoldState, StoredFinding,
};
use domain::{AuditEntry, FileType, UnitName};
use serde_json::json;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{Case, Decider, SeenFinding, illegal, in_order};
use crate::CustomerStore;
use crate::error::Error;
use crate::finding_versions::note_change;
use crate::holds::{hold, of_unique_id};
use crate::rows::{all, storable, to_the_microsecond};

impl CustomerStore {
    /// Holds the unpaid invoices of some findings, of all or of none; `only` some of them, where
    /// it names any by Unique ID. [`Error::Illegal`] where one of the findings has none to hold. Answers what
    /// changed.
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
            invoices.retain(|invoice, _| only.is_empty() || only.contains(&invoice.id));
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

    /// The holds of a Unique ID, one a supplier. Their numbers have been claimed.
    async fn holds_of_id(
        &self,
        transaction: &mut Transaction<'static, Any>,
        unit: &UnitName,
        id: &str,
    ) -> Result<Vec<PaymentHold>, Error> {
        let rows = sqlx::query(AssertSqlSafe(of_unique_id()))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(storable(id))
            .fetch_all(&mut **transaction)
            .await?;
        all(&rows, hold)
    }

    /// Writes a hold as it is from now on, under the next number, in the place of the invoice's earlier one.
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
        for earlier in self.holds_of_id(transaction, unit, &hold.invoice).await? {
            if earlier.supplier() == hold.supplier() {
                sqlx::query("DELETE FROM holds WHERE customer = $1 AND unit = $2 AND change = $3")
                    .bind(self.customer.as_str())
                    .bind(unit.as_str())
                    .bind(earlier.change.cast_signed())
                    .execute(&mut **transaction)
                    .await?;
            }
        }
        sqlx::query(
            "INSERT INTO holds (customer, unit, invoice, change, state, findings, title, fields, because, \
             changed_at, changed_by, supplier) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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
        .bind(hold.supplier().map(storable))
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
            details: json!({
                "unit": unit,
                "supplier": hold.supplier(),
                "change": hold.change,
                "findings": hold.findings,
            }),
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
        (invoice, fields): (HoldableInvoice, BTreeMap<String, String>),
        because: &str,
    ) -> Result<Option<PaymentHold>, Error> {
        let key = &self.found.finding.key;
        self.store.claim_holds(transaction, self.unit).await?;
        let held = self.store.holds_of_id(transaction, self.unit, &invoice.id).await?;
        let held = held.into_iter().find(|held| {
            held.state == PaymentHoldState::Held && held.supplier() == invoice.supplier.as_deref()
        });
        let mut findings = held.map(|held| held.findings).unwrap_or_default();
        if findings.contains(key) {
            return Ok(None);
        }
        findings.push(key.clone());
        let title = self.found.finding.title.clone();
        let hold = new_hold(invoice.id, fields, title, findings, self.decider)?;
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
        self.store.claim_holds(transaction, self.unit).await?;
        let own = &self.found.finding.key;
        let mut asked_for = Vec::new();
        for invoice in invoices(&self.found) {
            let held = self.store.holds_of_id(transaction, self.unit, invoice).await?;
            // Whichever supplier the invoice was of when it was held.
            asked_for.extend(held.into_iter().filter(|held| held.findings.contains(own)));
        }
        let mut lifted = Vec::new();
        for mut held in asked_for {
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

/// The Unique IDs of a finding's invoices, each once.
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
