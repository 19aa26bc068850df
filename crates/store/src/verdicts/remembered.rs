//! Verdicts that speak for later runs: remembered, listed, ended.
//!
//! Invariant: none is removed; one that has ended says when and by whom.

use domain::finding::{NewVerdict, RememberedVerdict, StoredVerdict, VerdictScope};
use domain::page::{Page, PageSize};
use domain::{AuditEntry, UnitName, VerdictId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use super::{Case, Decider};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::{Fields, all, storable};

impl CustomerStore {
    /// All that speak at this moment, the newest first: what a run goes by.
    pub async fn remembered_verdicts(
        &self,
        unit: &UnitName,
        now: Timestamp,
    ) -> Result<Vec<StoredVerdict>, Error> {
        let rows = sqlx::query(
            "SELECT id, finding, scope, by_whom, at, until, because FROM verdicts \
             WHERE customer = $1 AND unit = $2 AND ended_at IS NULL \
             AND COALESCE(until, 9223372036854775807) > $3 ORDER BY at DESC, id DESC",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(now.as_microsecond())
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, stored_verdict)
    }

    /// The newest of them that speaks for whatever has a pattern.
    pub async fn remembered_for_pattern(
        &self,
        unit: &UnitName,
        pattern: &str,
        now: Timestamp,
    ) -> Result<Option<StoredVerdict>, Error> {
        let scope = VerdictScope::Pattern { pattern: pattern.to_owned() };
        let row = sqlx::query(
            "SELECT id, finding, scope, by_whom, at, until, because FROM verdicts \
             WHERE customer = $1 AND unit = $2 AND ended_at IS NULL AND scope = $4 \
             AND COALESCE(until, 9223372036854775807) > $3 ORDER BY at DESC, id DESC LIMIT 1",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(now.as_microsecond())
        .bind(serde_json::to_string(&scope).map_err(Error::internal)?)
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.as_ref().map(stored_verdict).transpose()
    }

    /// A page of those that speak at this moment, the newest first, behind the one that is named,
    /// over or not. [`Error::NotFound`] when there is no such one.
    pub async fn remembered_verdicts_page(
        &self,
        unit: &UnitName,
        (size, after): (PageSize, Option<VerdictId>),
        now: Timestamp,
    ) -> Result<Page<StoredVerdict, VerdictId>, Error> {
        let (at, id) = match after {
            Some(id) => (self.remembered_at(unit, id).await?, id.to_string()),
            None => (i64::MAX, String::new()),
        };
        let wanted = size.get() as usize;
        let rows = sqlx::query(
            "SELECT id, finding, scope, by_whom, at, until, because FROM verdicts \
             WHERE customer = $1 AND unit = $2 AND ended_at IS NULL \
             AND COALESCE(until, 9223372036854775807) > $3 AND (at, id) < ($4, $5) \
             ORDER BY at DESC, id DESC LIMIT $6",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(now.as_microsecond())
        .bind(at)
        .bind(id)
        .bind(i64::from(size.get()) + 1)
        .fetch_all(self.parts.db.reader())
        .await?;
        let items = all(&rows[..rows.len().min(wanted)], stored_verdict)?;
        let last = items.last().map(|last: &StoredVerdict| last.verdict_id);
        Ok(Page { next: last.filter(|_| rows.len() > wanted), items })
    }

    async fn remembered_at(&self, unit: &UnitName, id: VerdictId) -> Result<i64, Error> {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT at FROM verdicts WHERE customer = $1 AND unit = $2 AND id = $3",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(id.to_string())
        .fetch_optional(self.parts.db.reader())
        .await?;
        at.ok_or(Error::NotFound { what: "remembered verdict" })
    }

    /// Later runs look anew at what it spoke for; the finding keeps its verdict. [`Error::NotFound`]
    /// also when it has ended.
    pub async fn end_verdict(
        &self,
        unit: &UnitName,
        id: VerdictId,
        decider: Decider<'_>,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let ended = sqlx::query(
            "UPDATE verdicts SET ended_at = $4, ended_by = $5 WHERE customer = $1 AND unit = $2 \
             AND id = $3 AND ended_at IS NULL",
        )
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(id.to_string())
        .bind(decider.at.as_microsecond())
        .bind(storable(decider.by))
        .execute(&mut *transaction)
        .await?;
        if ended.rows_affected() == 0 {
            return Err(Error::NotFound { what: "remembered verdict" });
        }
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: "verdict.end".to_owned(),
            about: id.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "unit": unit }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }
}

impl Case<'_> {
    pub(super) async fn remember(
        &self,
        transaction: &mut Transaction<'static, Any>,
        verdict: &NewVerdict,
        scope: VerdictScope,
        id: VerdictId,
        entry: i64,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO verdicts (id, customer, unit, finding, entry, scope, by_whom, at, until, \
             because) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(id.to_string())
        .bind(self.store.customer.as_str())
        .bind(self.unit.as_str())
        .bind(self.found.finding.key.as_str())
        .bind(entry)
        .bind(serde_json::to_string(&scope).map_err(Error::internal)?)
        .bind(storable(self.decider.by))
        .bind(self.decider.at.as_microsecond())
        .bind(verdict.get().until.map(Timestamp::as_microsecond))
        .bind(storable(&verdict.get().because))
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    /// A new verdict takes the place of what an earlier one of this finding had remembered.
    pub(super) async fn forget(
        &self,
        transaction: &mut Transaction<'static, Any>,
        entry: i64,
    ) -> Result<(), Error> {
        self.end(
            transaction,
            "UPDATE verdicts SET ended_at = $4, ended_by = $5, ended_entry = $6 \
             WHERE customer = $1 AND unit = $2 AND finding = $3 AND ended_at IS NULL",
            entry,
            None,
        )
        .await
    }

    /// Ends what the undone verdict remembered; what it had ended speaks again.
    pub(super) async fn undo_memory(
        &self,
        transaction: &mut Transaction<'static, Any>,
        undone: i64,
        entry: i64,
    ) -> Result<(), Error> {
        self.end(
            transaction,
            "UPDATE verdicts SET ended_at = $4, ended_by = $5, ended_entry = $6 \
             WHERE customer = $1 AND unit = $2 AND finding = $3 AND ended_at IS NULL \
             AND entry = $7",
            entry,
            Some(undone),
        )
        .await?;
        sqlx::query(
            "UPDATE verdicts SET ended_at = NULL, ended_by = NULL, ended_entry = NULL \
             WHERE customer = $1 AND unit = $2 AND finding = $3 AND ended_entry = $4",
        )
        .bind(self.store.customer.as_str())
        .bind(self.unit.as_str())
        .bind(self.found.finding.key.as_str())
        .bind(undone)
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    async fn end(
        &self,
        transaction: &mut Transaction<'static, Any>,
        update: &'static str,
        entry: i64,
        of_entry: Option<i64>,
    ) -> Result<(), Error> {
        let mut query = sqlx::query(update)
            .bind(self.store.customer.as_str())
            .bind(self.unit.as_str())
            .bind(self.found.finding.key.as_str())
            .bind(self.decider.at.as_microsecond())
            .bind(storable(self.decider.by))
            .bind(entry);
        if let Some(of_entry) = of_entry {
            query = query.bind(of_entry);
        }
        query.execute(&mut **transaction).await?;
        Ok(())
    }
}

fn stored_verdict(row: &AnyRow) -> Result<StoredVerdict, Error> {
    let fields = Fields::new(row, "verdicts", "id");
    Ok(StoredVerdict {
        verdict_id: fields.parsed("id")?,
        verdict: RememberedVerdict {
            of: serde_json::from_str(&fields.text("scope")?)
                .map_err(|_invalid| fields.corrupt())?,
            by: fields.text("by_whom")?,
            at: fields.time("at")?,
            until: fields.optional_time("until")?,
        },
        decided_on: fields.parsed("finding")?,
        because: fields.text("because")?,
    })
}
