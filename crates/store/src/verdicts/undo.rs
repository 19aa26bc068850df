//! Verdicts taken back: one, several at once, or all that one decision came to.
//!
//! Invariant: nothing is removed: taking back is an entry of the history that names the entry it undoes.

use domain::finding::{HistoryWord, Standing};
use domain::{FindingKey, UnitName};
use jiff::Timestamp;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{Case, Decider, Entry, SeenFinding, WhenSuperseded, illegal, in_order};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all};

/// The condition of a `WHERE`, of verdicts and proposals that nobody took back yet.
const NOT_UNDONE: &str = "what IN ('verdict', 'propose') AND NOT EXISTS \
    (SELECT 1 FROM finding_history AS undo WHERE undo.customer = verdict.customer \
    AND undo.unit = verdict.unit AND undo.key = verdict.key AND undo.undoes = verdict.entry)";

/// The findings whose last verdict was taken back, and those that were left as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UndoneCount {
    pub undone: usize,
    /// Somebody did something about them since they were seen.
    pub superseded: usize,
    /// Nothing was decided about them.
    pub undecided: usize,
}

/// The effect of taking a verdict back.
enum UndoEffect {
    Undone,
    /// Nothing was decided.
    Undecided,
}

impl CustomerStore {
    /// Takes back the last verdict that was not taken back yet: what it changed is as before, and what it
    /// had remembered or ended too.
    pub async fn undo(
        &self,
        unit: &UnitName,
        finding: impl Into<SeenFinding>,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let (cases, keys) =
            self.cases(&mut transaction, unit, vec![finding.into()], decider).await?;
        for case in cases {
            if matches!(case.undo(&mut transaction).await?, UndoEffect::Undecided) {
                let why = "nothing was decided about this finding, so there is nothing to undo";
                return Err(illegal(why));
            }
        }
        self.count_anew(&mut transaction, unit, &keys).await?;
        Ok(transaction.commit().await?)
    }

    /// Takes back the last verdict on each of several findings, on all of them or on none; those about which
    /// nothing was decided are counted. [`Error::Superseded`] as with [`Self::decide`].
    pub async fn undo_all(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        decider: Decider<'_>,
    ) -> Result<UndoneCount, Error> {
        self.undo_several(unit, (in_order(findings), WhenSuperseded::RefuseAll), decider).await
    }

    /// Takes back as [`Self::undo_all`] does, of those findings about which nobody did anything since they
    /// were seen.
    pub async fn undo_unchanged(
        &self,
        unit: &UnitName,
        findings: impl IntoIterator<Item = impl Into<SeenFinding>> + Send,
        decider: Decider<'_>,
    ) -> Result<UndoneCount, Error> {
        self.undo_several(unit, (in_order(findings), WhenSuperseded::LeaveIt), decider).await
    }

    /// Takes back all that whoever decides had decided at one moment, as one decision on several findings
    /// does; those about which somebody did something since are left as they are.
    pub async fn undo_decided_at(
        &self,
        unit: &UnitName,
        moment: Timestamp,
        decider: Decider<'_>,
    ) -> Result<UndoneCount, Error> {
        let decided = self.decided_at(unit, moment, decider.who).await?;
        self.undo_unchanged(unit, decided, decider).await
    }

    /// The findings that somebody decided at one moment and has not taken back, as they were just after.
    pub async fn decided_at(
        &self,
        unit: &UnitName,
        moment: Timestamp,
        who: &str,
    ) -> Result<Vec<SeenFinding>, Error> {
        let select = format!(
            "SELECT key, entry FROM finding_history AS verdict WHERE customer = $1 AND unit = $2 \
             AND at = $3 AND who = $4 AND {NOT_UNDONE} ORDER BY key"
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .bind(unit.as_str())
            .bind(moment.as_microsecond())
            .bind(who)
            .fetch_all(self.parts.db.reader())
            .await?;
        all(&rows, |row| {
            let fields = Fields::new(row, "finding_history", "key");
            let key: FindingKey = fields.parsed("key")?;
            Ok(SeenFinding { key, entry: Some(fields.number("entry")?) })
        })
    }

    async fn undo_several(
        &self,
        unit: &UnitName,
        (findings, superseded): (Vec<SeenFinding>, WhenSuperseded),
        decider: Decider<'_>,
    ) -> Result<UndoneCount, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let (cases, keys) = self.cases(&mut transaction, unit, findings, decider).await?;
        let mut count = UndoneCount::default();
        for case in cases {
            let effect = case.undo(&mut transaction).await;
            match superseded.unless_left(effect)? {
                Some(UndoEffect::Undone) => count.undone += 1,
                Some(UndoEffect::Undecided) => count.undecided += 1,
                None => count.superseded += 1,
            }
        }
        self.count_anew(&mut transaction, unit, &keys).await?;
        transaction.commit().await?;
        Ok(count)
    }
}

impl Case<'_> {
    async fn undo(&self, transaction: &mut Transaction<'static, Any>) -> Result<UndoEffect, Error> {
        if !self.is_new(transaction, HistoryWord::Undo, &self.found.standing, None).await? {
            return Ok(UndoEffect::Undone);
        }
        let select = format!(
            "SELECT key, entry, before FROM finding_history AS verdict WHERE customer = $1 \
             AND unit = $2 AND key = $3 AND {NOT_UNDONE} ORDER BY entry DESC LIMIT 1"
        );
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(self.store.customer.as_str())
            .bind(self.unit.as_str())
            .bind(self.found.finding.key.as_str())
            .fetch_optional(&mut **transaction)
            .await?;
        let Some(row) = row else { return Ok(UndoEffect::Undecided) };
        let fields = Fields::new(&row, "finding_history", "key");
        let undone: i64 = fields.number("entry")?;
        let before: Standing =
            serde_json::from_str(&fields.text("before")?).map_err(|_invalid| fields.corrupt())?;
        // Who works on it is no part of a verdict.
        let to = Standing { assignee: self.found.standing.assignee.clone(), ..before };
        let entry = Entry { undoes: Some(undone), ..Entry::new(HistoryWord::Undo, to) };
        let entry = self.write(transaction, entry).await?;
        self.undo_memory(transaction, undone, entry).await?;
        Ok(UndoEffect::Undone)
    }
}
