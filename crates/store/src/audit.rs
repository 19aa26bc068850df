//! The audit log: added to in the transaction of what it speaks of, and read.
//!
//! Not for: what an entry says (`domain::audit`), or going over it (`verification`). Nothing here changes or
//! removes one.
//!
//! Invariant: entries are added one at a time over the locked end of the chain, so the chain has no gap
//! and no branch.

mod queue;
mod verification;

use std::sync::Arc;

use domain::audit::chain;
use domain::page::{Page, PageSize};
use domain::{AuditEntry, ChainedEntry, CustomerName, Sha256Digest};
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Transaction};

use crate::db::Database;
use crate::erasure::erased_entry;
use crate::error::Error;
use crate::rows::{Fields, all, placeholders, storable, to_the_microsecond};
use crate::{CustomerStore, SystemStore};

pub(crate) use queue::AuditQueue;
use queue::Room;
pub use verification::{AuditFault, AuditVerified, HeldEntry, InvalidHeldEntry};

/// The columns of the table of entries.
const COLUMNS: usize = 8;
/// Entries of one statement; beyond some dozens its own cost is lost among theirs.
const ADDED_AT_ONCE: usize = 64;
/// Enough that a round trip to the database is lost among the hashing, few enough to hold.
const READ_AT_ONCE: i64 = 1_000;

/// Entries of its customer, or of none and made by one of its members: they sign in to all at once.
const OF_CUSTOMER: &str = "(customer = $2 OR (customer IS NULL AND who IN (SELECT email FROM users \
    WHERE id IN (SELECT user_id FROM memberships WHERE customer = $2 \
    UNION SELECT user_id FROM unit_roles WHERE customer = $2))))";

/// The last proof that a chain was whole, and up to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastVerified {
    pub entries: u64,
    pub at: Timestamp,
}

/// The entries asked for; without anything, all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// A part of whoever did it.
    pub who: String,
    /// The word before the full stop of what was done: `token`.
    pub noun: String,
    /// The id or name of what it is about; empty: of everything.
    pub about: String,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this one.
    pub before: Option<Timestamp>,
}

impl SystemStore {
    /// Adds an entry about something that is in no transaction of the store.
    pub async fn audit(&self, entry: &AuditEntry) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.parts.db.audit(&mut transaction, entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Everybody's, the newest first; `after` is the `next` of the page before.
    pub async fn audit_entries(
        &self,
        size: PageSize,
        after: Option<u64>,
    ) -> Result<Page<ChainedEntry, u64>, Error> {
        self.parts.flush_audit().await?;
        self.parts.db.audit_page(None, &AuditFilter::default(), size, after).await
    }

    /// Everybody's, the oldest first, those behind `after`: how a log is written out.
    pub async fn audit_entries_behind(&self, after: u64) -> Result<Vec<ChainedEntry>, Error> {
        self.parts.flush_audit().await?;
        let rows = sqlx::query(
            "SELECT sequence, at, body, hash FROM audit_log WHERE sequence > $1 ORDER BY sequence LIMIT $2",
        )
        .bind(signed(after)?)
        .bind(READ_AT_ONCE)
        .fetch_all(self.parts.db.reader())
        .await?;
        all(&rows, entry)
    }

    /// Keeps that the chain was gone over and found whole: the next time it has to hold this end. `by` is a
    /// user's address, or `operator` for a command.
    pub async fn note_audit_verified(
        &self,
        verified: &AuditVerified,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query(
            "INSERT INTO audit_verified (id, sequence, hash, at) VALUES (1, $1, $2, $3) \
             ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, \
             at = excluded.at",
        )
        .bind(signed(verified.entries)?)
        .bind(verified.end.to_string())
        .bind(now.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        let entry = AuditEntry {
            at: now,
            who: by.to_owned(),
            what: "audit.verify".to_owned(),
            about: String::new(),
            customer: None,
            details: json!({ "entries": verified.entries, "end": verified.end }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// When the chain was last gone over and found whole, and how far; none: never.
    pub async fn audit_last_verified(&self) -> Result<Option<LastVerified>, Error> {
        let row = sqlx::query("SELECT hash, sequence, at FROM audit_verified WHERE id = 1")
            .fetch_optional(self.parts.db.reader())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let fields = Fields::new(&row, "audit_verified", "hash");
        Ok(Some(LastVerified { entries: fields.number("sequence")?, at: fields.time("at")? }))
    }
}

impl CustomerStore {
    /// Adds an entry about the customer that is in no transaction of the store.
    pub async fn audit(&self, entry: AuditEntry) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let entry = AuditEntry { customer: Some(self.customer.clone()), ..entry };
        self.parts.db.audit(&mut transaction, &entry).await?;
        Ok(transaction.commit().await?)
    }

    /// Adds an entry about a question, without waiting for the database unless very many wait: readers of the
    /// log find it there, and it is lost when the process is killed in the next moment.
    pub async fn audit_later(&self, entry: AuditEntry) -> Result<(), Error> {
        let entry = AuditEntry { customer: Some(self.customer.clone()), ..entry };
        let parts = Arc::clone(&self.parts);
        if self.parts.audit_queue.push(entry) == Room::Full {
            return parts.flush_audit().await;
        }
        // Not awaited: one that comes second finds nothing left to write.
        drop(tokio::spawn(async move {
            if let Err(error) = parts.flush_audit().await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "entries of the audit log wait for the database");
            }
        }));
        Ok(())
    }

    /// The entries about the customer's data and the sign-ins of its members, the newest first;
    /// `after` is the `next` of the page before.
    pub async fn audit_entries(
        &self,
        filter: &AuditFilter,
        size: PageSize,
        after: Option<u64>,
    ) -> Result<Page<ChainedEntry, u64>, Error> {
        self.parts.flush_audit().await?;
        self.parts.db.audit_page(Some(&self.customer), filter, size, after).await
    }
}

impl Database {
    /// Adds an entry. The last statement of a transaction but its commit: it waits for others who add one.
    pub(crate) async fn audit(
        &self,
        transaction: &mut Transaction<'static, Any>,
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        self.audit_all(transaction, std::slice::from_ref(entry)).await
    }

    /// Adds entries in their order, as [`Self::audit`] does one.
    pub(crate) async fn audit_all(
        &self,
        transaction: &mut Transaction<'static, Any>,
        entries: &[AuditEntry],
    ) -> Result<(), Error> {
        if entries.is_empty() {
            return Ok(());
        }
        let select =
            format!("SELECT id, sequence, hash FROM audit_end WHERE id = 1 {}", self.locked());
        let end = sqlx::query(AssertSqlSafe(select)).fetch_one(&mut **transaction).await?;
        let fields = Fields::new(&end, "audit_end", "id");
        let (mut sequence, mut hash): (u64, Sha256Digest) =
            (fields.number("sequence")?, fields.parsed("hash")?);
        for some in entries.chunks(ADDED_AT_ONCE) {
            (sequence, hash) = append(transaction, sequence, hash, some).await?;
        }
        sqlx::query("UPDATE audit_end SET sequence = $1, hash = $2 WHERE id = 1")
            .bind(signed(sequence)?)
            .bind(hash.to_string())
            .execute(&mut **transaction)
            .await?;
        Ok(())
    }

    async fn audit_page(
        &self,
        customer: Option<&CustomerName>,
        filter: &AuditFilter,
        size: PageSize,
        after: Option<u64>,
    ) -> Result<Page<ChainedEntry, u64>, Error> {
        let of_customer = customer.map_or("$2 = ''", |_| OF_CUSTOMER);
        let select = format!(
            "SELECT sequence, at, body, hash FROM audit_log WHERE sequence < $1 AND {of_customer} \
             AND ($3 = '' OR LOWER(who) LIKE $3 ESCAPE '!') AND ($4 = '' OR what LIKE $4 ESCAPE '!') \
             AND at >= $5 AND at < $6 AND ($8 = '' OR about = $8) ORDER BY sequence DESC LIMIT $7"
        );
        let micros = |at: Option<Timestamp>, open| at.map_or(open, Timestamp::as_microsecond);
        let noun = Some(filter.noun.as_str()).filter(|noun| !noun.is_empty());
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(after.map_or(Ok(i64::MAX), signed)?)
            .bind(customer.map_or("", CustomerName::as_str))
            .bind(within(&filter.who))
            .bind(noun.map(|noun| format!("{}.%", literal(noun))).unwrap_or_default())
            .bind(micros(filter.from, i64::MIN))
            .bind(micros(filter.before, i64::MAX))
            .bind(i64::from(size.get()) + 1)
            .bind(storable(&filter.about))
            .fetch_all(self.reader())
            .await?;
        let wanted = size.get() as usize;
        let items = all(&rows[..rows.len().min(wanted)], entry)?;
        let next = if rows.len() > wanted { items.last().map(|last| last.sequence) } else { None };
        Ok(Page { items, next })
    }
}

/// Adds entries behind the one of this number and hash; the last one's are the new end of the chain.
async fn append(
    transaction: &mut Transaction<'static, Any>,
    mut sequence: u64,
    mut hash: Sha256Digest,
    entries: &[AuditEntry],
) -> Result<(u64, Sha256Digest), Error> {
    let insert = format!(
        "INSERT INTO audit_log (sequence, at, customer, who, what, about, body, hash) VALUES {}",
        placeholders(entries.len(), COLUMNS),
    );
    let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(entries.len() == 1);
    for entry in entries {
        let entry = AuditEntry {
            at: to_the_microsecond(entry.at)?,
            who: storable(&entry.who),
            about: storable(&entry.about),
            ..entry.clone()
        };
        let body = serde_json::to_string(&entry).map_err(Error::internal)?;
        sequence += 1;
        hash = chain(hash, sequence, &body);
        query = query
            .bind(signed(sequence)?)
            .bind(entry.at.as_microsecond())
            .bind(entry.customer.map(|customer| customer.to_string()))
            .bind(entry.who)
            .bind(entry.what)
            .bind(entry.about)
            .bind(body)
            .bind(hash.to_string());
    }
    query.execute(&mut **transaction).await?;
    Ok((sequence, hash))
}

/// The pattern of what holds a text, in whatever case; empty for all.
fn within(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("%{}%", literal(&text.to_lowercase())) }
}

/// A text that stands for itself in a pattern.
fn literal(text: &str) -> String {
    let mut literal = String::new();
    for character in storable(text).chars() {
        if matches!(character, '!' | '%' | '_') {
            literal.push('!');
        }
        literal.push(character);
    }
    literal
}

fn entry(row: &AnyRow) -> Result<ChainedEntry, Error> {
    let fields = Fields::new(row, "audit_log", "hash");
    let body = fields.text("body")?;
    let entry = if body.is_empty() {
        erased_entry(fields.time("at")?)
    } else {
        serde_json::from_str(&body).map_err(|_invalid| fields.corrupt())?
    };
    Ok(ChainedEntry { sequence: fields.number("sequence")?, entry, hash: fields.parsed("hash")? })
}

/// Returns `true` when what people filter by is what was hashed.
fn is_as_columns(read: &ChainedEntry, row: &AnyRow) -> bool {
    let fields = Fields::new(row, "audit_log", "hash");
    let entry = &read.entry;
    let texts = [("who", &entry.who), ("what", &entry.what), ("about", &entry.about)];
    texts.into_iter().all(|(column, text)| fields.text(column).is_ok_and(|kept| kept == *text))
        && fields.time("at").is_ok_and(|at| at == entry.at)
        && fields
            .optional_text("customer")
            .is_ok_and(|kept| kept.as_deref() == entry.customer.as_ref().map(CustomerName::as_str))
}

fn signed(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(Error::internal)
}
