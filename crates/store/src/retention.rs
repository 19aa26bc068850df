//! How long the files of a customer are kept, or those of one of its units in the place of that, and removing
//! those whose time is over.
//!
//! Not for: what interrupted uploads left behind (`sweep`, which also removes a file whose row says
//! that it is removed).
//!
//! Invariant: the row says so before a byte goes, with an entry in the audit log. What is still
//! needed does not go: what is not read yet, is held, has a job, or is the newest file of its
//! ledger. The row stays, so that its receipt can be given again and what was sent last is not received
//! twice.

mod units;

use domain::{AuditEntry, CustomerName, KeptDays, UnitName, UnitRetention, Upload, UploadId};
use jiff::Timestamp;
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::objects::ObjectKey;
use crate::rows::{Fields, all, to_the_microsecond};
use crate::uploads::{columns, upload};
use crate::{CustomerStore, SystemStore};

/// The name in the audit log of who removes.
const RETENTION: &str = "retention";
/// Looked for at once: few enough to hold, and to see between them that the setting has changed.
const EXPIRED_AT_ONCE: i64 = 100;
const KEPT_DAYS: &str = "SELECT name, files_kept_days FROM customers WHERE name = $1";

/// The condition that files of `$1`, a customer, are removable at `$2`: those of the unit `$3`, or where that
/// is empty those of all units that have set nothing of their own.
macro_rules! removable {
    () => {
        "customer = $1 AND received_at < $2 AND removed_at IS NULL \
         AND (unit = $3 OR ($3 = '' AND NOT EXISTS (SELECT 1 FROM units \
         WHERE units.customer = uploads.customer AND units.name = uploads.unit \
         AND units.files_kept_days IS NOT NULL))) \
         AND state IN ('read', 'refused') \
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.customer = uploads.customer \
         AND jobs.unit = uploads.unit AND jobs.upload = uploads.id \
         AND jobs.state IN ('waiting', 'running')) \
         AND (state = 'refused' OR EXISTS (SELECT 1 FROM uploads AS newer \
         WHERE newer.customer = uploads.customer AND newer.unit = uploads.unit \
         AND newer.file_type = uploads.file_type AND newer.state = 'read' \
         AND (newer.received_at, newer.id) > (uploads.received_at, uploads.id)))"
    };
}

/// The number of files and their bytes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileTotal {
    pub files: u64,
    pub bytes: u64,
}

impl CustomerStore {
    /// The days for which files are kept; none: for ever.
    pub async fn files_kept(&self) -> Result<Option<KeptDays>, Error> {
        let row = sqlx::query(KEPT_DAYS)
            .bind(self.customer.as_str())
            .fetch_optional(self.parts.db.reader())
            .await?;
        kept_days(&row.ok_or(Error::NotFound { what: "customer" })?)
    }

    /// Sets or ends the time for which files are kept; whether anything changed.
    pub async fn set_files_kept(
        &self,
        days: Option<KeptDays>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let select = format!("{KEPT_DAYS} {}", self.parts.db.locked_against_writers());
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(self.customer.as_str())
            .fetch_optional(&mut *transaction)
            .await?;
        let was = kept_days(&row.ok_or(Error::NotFound { what: "customer" })?)?;
        if was == days {
            return Ok(false);
        }
        sqlx::query("UPDATE customers SET files_kept_days = $2 WHERE name = $1")
            .bind(self.customer.as_str())
            .bind(days.map(|days| i64::from(days.get())))
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "retention.set".to_owned(),
            about: self.customer.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({
                "was_days": was.map(KeptDays::get), "is_days": days.map(KeptDays::get),
            }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The files received before `before` that may go: of a unit, or of all units that have set nothing of
    /// their own.
    pub async fn removable_files(
        &self,
        unit: Option<&UnitName>,
        before: Timestamp,
    ) -> Result<FileTotal, Error> {
        let row = sqlx::query(concat!(
            "SELECT COUNT(*) AS files, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes \
             FROM uploads WHERE ",
            removable!(),
        ))
        .bind(self.customer.as_str())
        .bind(before.as_microsecond())
        .bind(scope(unit))
        .fetch_one(self.parts.db.reader())
        .await?;
        file_total(&row)
    }

    /// The files that are gone already.
    pub async fn removed_files(&self) -> Result<FileTotal, Error> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS files, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes \
             FROM uploads WHERE customer = $1 AND removed_at IS NOT NULL",
        )
        .bind(self.customer.as_str())
        .fetch_one(self.parts.db.reader())
        .await?;
        file_total(&row)
    }
}

impl SystemStore {
    /// Removes every file that is kept no longer, of every customer. Several may run at once; what one of
    /// them does not finish, the sweep does.
    pub async fn remove_expired_files(&self, now: Timestamp) -> Result<FileTotal, Error> {
        let mut removed = FileTotal::default();
        for customer in self.customers().await? {
            while self.remove_some(&customer, None, now, &mut removed).await? {}
            for unit in self.customer(&customer).unit_retention().await?.into_keys() {
                while self.remove_some(&customer, Some(&unit), now, &mut removed).await? {}
            }
        }
        Ok(removed)
    }

    /// Removes some of the files that are due, of a unit with a time of its own or of the others; whether any
    /// went, so that there may be more.
    async fn remove_some(
        &self,
        customer: &CustomerName,
        unit: Option<&UnitName>,
        now: Timestamp,
        removed: &mut FileTotal,
    ) -> Result<bool, Error> {
        let store = self.customer(customer);
        let days = match unit {
            Some(unit) => store.files_kept_in(unit).await?.and_then(UnitRetention::days),
            None => store.files_kept().await?,
        };
        let Some(days) = days else { return Ok(false) };
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM uploads WHERE ",
            removable!(),
            " ORDER BY received_at, id LIMIT $4",
        ))
        .bind(customer.as_str())
        .bind(days.cutoff(now).as_microsecond())
        .bind(scope(unit))
        .bind(EXPIRED_AT_ONCE)
        .fetch_all(self.parts.db.reader())
        .await?;
        let before = removed.files;
        for expired in all(&rows, upload)? {
            if self.remove_file(&expired, (unit, days), now).await? {
                removed.files += 1;
                removed.bytes += expired.bytes;
            }
        }
        Ok(removed.files > before)
    }

    /// The row, then the bytes. Not when it is needed again, or somebody else removes it.
    async fn remove_file(
        &self,
        expired: &Upload,
        (unit, days): (Option<&UnitName>, KeptDays),
        now: Timestamp,
    ) -> Result<bool, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let marked = sqlx::query(concat!(
            "UPDATE uploads SET removed_at = $4 WHERE id = $5 AND ",
            removable!(),
            " AND (EXISTS (SELECT 1 FROM customers WHERE name = $1 AND $3 = '' \
             AND files_kept_days = $6) \
             OR EXISTS (SELECT 1 FROM units WHERE units.customer = $1 AND units.name = $3 \
             AND units.files_kept_days = $6))",
        ))
        .bind(expired.customer.as_str())
        .bind(days.cutoff(now).as_microsecond())
        .bind(scope(unit))
        .bind(to_the_microsecond(now)?.as_microsecond())
        .bind(expired.id.to_string())
        .bind(i64::from(days.get()))
        .execute(&mut *transaction)
        .await?;
        if marked.rows_affected() == 0 {
            return Ok(false);
        }
        let entry = AuditEntry {
            at: now,
            who: RETENTION.to_owned(),
            what: "upload.removed".to_owned(),
            about: expired.id.to_string(),
            customer: Some(expired.customer.clone()),
            details: json!({
                "file": expired.file_name.as_str(), "bytes": expired.bytes,
                "received_at": expired.received_at.to_string(), "kept_days": days.get(),
            }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        match self.parts.objects.delete(ObjectKey::for_upload(expired).as_str()).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(true),
            Err(other) => Err(other),
        }
    }

    /// Notes that the file was removed, as another store says of the same upload: it went while it
    /// was copied.
    pub(crate) async fn copy_removal(&self, id: UploadId, at: Timestamp) -> Result<(), Error> {
        sqlx::query("UPDATE uploads SET removed_at = $2 WHERE id = $1")
            .bind(id.to_string())
            .bind(at.as_microsecond())
            .execute(self.parts.db.writer())
            .await?;
        Ok(())
    }
}

/// The unit as a condition names it; empty for those that have set nothing of their own.
fn scope(unit: Option<&UnitName>) -> &str {
    unit.map_or("", UnitName::as_str)
}

fn kept_days(row: &AnyRow) -> Result<Option<KeptDays>, Error> {
    let fields = Fields::new(row, "customers", "name");
    let days = fields.optional_number("files_kept_days")?;
    let within = |days: i64| KeptDays::try_from(u32::try_from(days).ok()?).ok();
    days.map(|days| within(days).ok_or_else(|| fields.corrupt())).transpose()
}

fn file_total(row: &AnyRow) -> Result<FileTotal, Error> {
    let fields = Fields::new(row, "uploads", "files");
    Ok(FileTotal { files: fields.number("files")?, bytes: fields.number("bytes")? })
}
