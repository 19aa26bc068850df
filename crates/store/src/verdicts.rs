//! What people decide about findings, and what later runs are told of it.
//!
//! Not for: whether that person may; the server asks that first.
//!
//! Invariant: every change of what was decided writes one entry of the finding's history, in the same
//! transaction, and one of the audit log; no entry is ever changed. A verdict's keeps the finding as it
//! was.

mod assignees;
mod comments;
mod holds;
mod locking;
mod precondition;
mod proposals;
mod recovery;
mod remembered;
mod undo;

use domain::finding::{
    FindingState, FourEyes, HistoryWord, NewVerdict, Proposal, ReasonCode, ReasonRule, Remember,
    Standing, StoredFinding, VerdictScope,
};
use domain::{Amount, AuditEntry, Sha256Digest, UnitName, VerdictId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::finding_versions::note_change;
use crate::history_row::{self, HistoryRow};
use crate::rows::{day_number, storable};

pub use comments::NamedCount;
use locking::in_order;
pub use precondition::SeenFinding;
use precondition::WhenSuperseded;
pub use proposals::DecisionCount;
use proposals::DecisionEffect;
pub use undo::UndoneCount;

/// The person who decides, and when.
#[derive(Debug, Clone, Copy)]
pub struct Decider<'a> {
    /// The name by which people know them: a user's, the label of an access token, or its id.
    pub by: &'a str,
    /// The name in the audit log: a user's address, or the id of an access token.
    pub who: &'a str,
    pub at: Timestamp,
}

/// An entry of a finding's history on its way.
struct Entry<'a> {
    what: HistoryWord,
    to: Standing,
    words: Option<&'a str>,
    undoes: Option<i64>,
    with_finding: bool,
}

/// A finding that is locked while somebody decides about it.
struct Case<'a> {
    store: &'a CustomerStore,
    unit: &'a UnitName,
    decider: Decider<'a>,
    found: StoredFinding,
    /// The last entry of its history that whoever decides had seen.
    seen: Option<u64>,
}

impl CustomerStore {
    /// One verdict on several findings, on all of them or on none; where it takes two people, it is
    /// proposed. `ids` are for verdicts that are to be remembered, one for each finding.
    /// [`Error::NotFound`] when one of them is not there, [`Error::Illegal`] when one of them cannot be
    /// decided so, [`Error::Superseded`] when one of them was decided since it was seen.
    pub async fn decide(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        verdict: &NewVerdict,
        ids: impl Fn() -> VerdictId + Send,
        decider: Decider<'_>,
    ) -> Result<DecisionCount, Error> {
        let findings = (in_order(findings), WhenSuperseded::RefuseAll);
        self.decide_several(unit, findings, verdict, ids, decider).await
    }

    /// Decides as [`Self::decide`] does, of those findings about which nobody did anything since they
    /// were seen; the others are left as they are, and counted.
    pub async fn decide_unchanged(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        verdict: &NewVerdict,
        ids: impl Fn() -> VerdictId + Send,
        decider: Decider<'_>,
    ) -> Result<DecisionCount, Error> {
        let findings = (in_order(findings), WhenSuperseded::LeaveIt);
        self.decide_several(unit, findings, verdict, ids, decider).await
    }

    async fn decide_several(
        &self,
        unit: &UnitName,
        (findings, superseded): (Vec<SeenFinding>, WhenSuperseded),
        verdict: &NewVerdict,
        ids: impl Fn() -> VerdictId + Send,
        decider: Decider<'_>,
    ) -> Result<DecisionCount, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let verdict = &self.with_its_reason(&mut transaction, verdict).await?;
        let four_eyes = self.four_eyes_in(&mut transaction, unit).await?;
        // All before the first is written: who writes holds the end of the audit log.
        let (cases, keys) = self.cases(&mut transaction, unit, findings, decider).await?;
        let rule = self.reason_rule_in(&mut transaction).await?;
        for case in &cases {
            case.has_its_reason(verdict, rule)?;
        }
        let mut count = DecisionCount::default();
        for case in cases {
            let effect = case.decide(&mut transaction, verdict, ids(), four_eyes).await;
            match superseded.unless_left(effect)? {
                Some(DecisionEffect::Verdict) => count.decided += 1,
                Some(DecisionEffect::Proposal) => count.proposed += 1,
                None => count.superseded += 1,
            }
        }
        self.count_anew(&mut transaction, unit, &keys).await?;
        transaction.commit().await?;
        Ok(count)
    }
}

impl Entry<'_> {
    const fn new(what: HistoryWord, to: Standing) -> Self {
        Self { what, to, words: None, undoes: None, with_finding: false }
    }
}

impl Case<'_> {
    async fn decide(
        &self,
        transaction: &mut Transaction<'static, Any>,
        verdict: &NewVerdict,
        id: VerdictId,
        four_eyes: Option<FourEyes>,
    ) -> Result<DecisionEffect, Error> {
        let at_risk = self.found.finding.at_risk.as_ref();
        if four_eyes.is_some_and(|eyes| eyes.apply_to(at_risk, verdict.get())) {
            return self.decide_as_one_of_two(transaction, verdict, id).await;
        }
        self.write_verdict(transaction, verdict, id).await?;
        Ok(DecisionEffect::Verdict)
    }

    async fn write_verdict(
        &self,
        transaction: &mut Transaction<'static, Any>,
        verdict: &NewVerdict,
        id: VerdictId,
    ) -> Result<(), Error> {
        let wanted = verdict.get();
        let scope = self.scope(wanted.remember)?;
        let because = Some(storable(&wanted.because)).filter(|because| !because.is_empty());
        let standing = &self.found.standing;
        // A duplicate that stays one has brought back what it has.
        let stays = wanted.state == FindingState::Confirmed && wanted.state == standing.state;
        let to = Standing {
            state: wanted.state,
            because,
            reason_code: wanted.reason_code.clone(),
            recovered: standing.recovered.filter(|_| stays),
            assignee: standing.assignee.clone(),
            proposal: None,
            due: if stays { standing.due } else { wanted.due },
            recovery: standing.recovery.clone().filter(|_| stays),
        };
        let to = match wanted.recovered {
            None => to,
            recovered => to.with_recovered(recovered, self.at_risk(), self.decider.today()),
        };
        if !self.is_new(transaction, HistoryWord::Verdict, &to, None).await? {
            return Ok(());
        }
        let entry = Entry {
            words: Some(wanted.because.as_str()).filter(|because| !because.is_empty()),
            with_finding: true,
            ..Entry::new(HistoryWord::Verdict, to)
        };
        let entry = self.write(transaction, entry).await?;
        // Of a proposal that is confirmed, they were told when it was made.
        let proposed = self.found.standing.proposal.as_ref();
        if proposed.is_none_or(|proposal| proposal.verdict.because != wanted.because) {
            self.tell_named(transaction, &wanted.because, entry).await?;
        }
        self.forget(transaction, entry).await?;
        self.lift_as_decided(transaction, wanted.state, &wanted.because).await?;
        if let Some(scope) = scope {
            self.remember(transaction, verdict, scope, id, entry).await?;
        }
        Ok(())
    }

    fn at_risk(&self) -> Option<Amount> {
        self.found.finding.at_risk.as_ref().map(|money| money.amount)
    }

    /// [`Error::Illegal`] when the verdict lacks a reason that an admin asks for.
    fn has_its_reason(&self, verdict: &NewVerdict, rule: Option<ReasonRule>) -> Result<(), Error> {
        let at_risk = self.found.finding.at_risk.as_ref();
        let is_asked = rule.is_some_and(|rule| rule.applies_to(at_risk));
        if is_asked && !verdict.has_reason() {
            return Err(illegal("an admin of the organisation asks for a reason here; say why"));
        }
        Ok(())
    }

    fn scope(&self, remember: Remember) -> Result<Option<VerdictScope>, Error> {
        let finding = &self.found.finding;
        Ok(match remember {
            Remember::None => None,
            // A credit of a statement is in no row, and the row of its supplier is others' as well.
            Remember::Rows => Some(VerdictScope::Rows {
                finding: finding.key.clone(),
                rows: match &finding.statement_credit {
                    Some(_credit) => Vec::new(),
                    None => finding.rows.iter().map(|row| row.id.clone()).collect(),
                },
                suppliers: finding.supplier_references().into_iter().map(str::to_owned).collect(),
            }),
            Remember::Pattern => {
                let why = format!(
                    "finding {} has no pattern to remember it by; remember its rows instead",
                    finding.key
                );
                let pattern = finding.pattern.clone().ok_or(Error::Illegal { why })?;
                Some(VerdictScope::Pattern { pattern })
            }
        })
    }

    /// Writes what is decided and its entry; the entry's number.
    async fn write(
        &self,
        transaction: &mut Transaction<'static, Any>,
        entry: Entry<'_>,
    ) -> Result<i64, Error> {
        let key = self.found.finding.key.as_str();
        // The finding is locked: nobody else adds to its history.
        let number = i64::try_from(self.found.last_entry + 1).map_err(Error::internal)?;
        self.write_standing(transaction, &entry.to, number).await?;
        note_change(transaction, &self.store.customer, self.unit).await?;
        let finding = entry.with_finding.then(|| serde_json::to_string(&self.found.finding));
        let row = HistoryRow {
            customer: self.store.customer.to_string(),
            unit: self.unit.to_string(),
            key: key.to_owned(),
            entry: number,
            at: self.decider.at.as_microsecond(),
            by_whom: storable(self.decider.by),
            who: Some(self.decider.who.to_owned()),
            what: entry.what.as_str().to_owned(),
            before: serde_json::to_string(&self.found.standing).map_err(Error::internal)?,
            after: serde_json::to_string(&entry.to).map_err(Error::internal)?,
            words: entry.words.map(storable),
            undoes: entry.undoes,
            finding: finding.transpose().map_err(Error::internal)?,
        };
        let digest = row.digest()?;
        sqlx::query(history_row::INSERT)
            .bind(row.customer)
            .bind(row.unit)
            .bind(row.key)
            .bind(row.entry)
            .bind(row.at)
            .bind(row.by_whom)
            .bind(row.who)
            .bind(row.what)
            .bind(row.before)
            .bind(row.after)
            .bind(row.words)
            .bind(row.undoes)
            .bind(row.finding)
            .execute(&mut **transaction)
            .await?;
        self.audit(transaction, (entry.what, number), &entry.to, digest).await?;
        Ok(number)
    }
}

impl Case<'_> {
    async fn write_standing(
        &self,
        transaction: &mut Transaction<'static, Any>,
        to: &Standing,
        number: i64,
    ) -> Result<(), Error> {
        let proposal = to.proposal.as_ref().map(serde_json::to_string);
        let step = to.recovery.as_ref();
        sqlx::query(
            "UPDATE findings SET state = $4, because = $5, recovered = $6, assignee = $7, last_entry = $8, \
             proposal = $9, due = $10, recovery_stage = $11, recovery_amount = $12, recovery_on = $13, \
             recovery_asked_on = $14, recovery_reference = $15, reason_code = $16 \
             WHERE customer = $1 AND unit = $2 AND key = $3",
        )
        .bind(self.store.customer.as_str())
        .bind(self.unit.as_str())
        .bind(self.found.finding.key.as_str())
        .bind(to.state.as_str())
        .bind(to.because.as_deref())
        .bind(to.recovered.map(Amount::ten_thousandths))
        .bind(to.assignee.as_deref())
        .bind(number)
        .bind(proposal.transpose().map_err(Error::internal)?)
        .bind(to.due.map(day_number))
        .bind(step.map(|step| step.stage.as_str()))
        .bind(step.and_then(|step| step.amount).map(Amount::ten_thousandths))
        .bind(step.map(|step| day_number(step.on)))
        .bind(step.and_then(|step| step.asked_on).map(day_number))
        .bind(step.and_then(|step| step.reference.as_deref()))
        .bind(to.reason_code.as_ref().map(ReasonCode::as_str))
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    /// Leaves out what people wrote: it stays in the history of the finding, to which the number leads and
    /// whose digest the log vouches for.
    async fn audit(
        &self,
        transaction: &mut Transaction<'static, Any>,
        (what, number): (HistoryWord, i64),
        to: &Standing,
        digest: Sha256Digest,
    ) -> Result<(), Error> {
        let mut details = json!({
            "unit": self.unit, "entry": number, "state": to.state, "recovered": to.recovered,
            "assignee": to.assignee, "digest": digest,
        });
        if let (HistoryWord::Recovery | HistoryWord::Rest, stage) = (what, to.recovery_stage()) {
            details["recovery"] = json!(stage);
        }
        if let Some(due) = to.due {
            details["due"] = json!(due);
        }
        if let Some(Proposal { verdict, .. }) = &to.proposal {
            details["proposed"] = json!(verdict.state);
        }
        if let (HistoryWord::Verdict, Some(confirmed)) = (what, &self.found.standing.proposal) {
            details["proposedBy"] = json!(confirmed.who);
        }
        let entry = AuditEntry {
            at: self.decider.at,
            who: self.decider.who.to_owned(),
            what: format!("finding.{}", what.as_str()),
            about: self.found.finding.key.to_string(),
            customer: Some(self.store.customer.clone()),
            details,
        };
        self.store.parts.db.audit(transaction, &entry).await
    }
}

fn illegal(why: impl std::fmt::Display) -> Error {
    Error::Illegal { why: why.to_string() }
}
