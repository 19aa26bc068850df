//! Whether a file is the same again as the newest of its name, or has to be sent.
//!
//! Not for: sending it. Invariant: bytes that others followed are sent again when they come back, so
//! that the server is left at the state that came last.

use domain::Sha256Digest;
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::rows::{self, COLUMNS};
use super::{Admission, EntryState, Journal, Offer, Origin, OutboxEntry, Repeat, UploadRequest};
use crate::report::failure::Failure;

/// Entries of one server, customer, unit, type and own name.
const SAME_NAME: &str =
    "server = $1 AND customer = $2 AND unit = $3 AND file_type = $4 AND own_name = $5";
/// Sent before a newer one of their name; more that wait so long are for `bursar outbox retry`.
const EARLIER_MAX: u32 = 256;

/// The newest entry of a name, which a file is compared with.
struct NewestEntry {
    entry: OutboxEntry,
    /// Set when an older entry of that name was tried or received after this one.
    is_superseded: bool,
}

impl Journal {
    /// Admits a file; nothing, when its digest has to be known first.
    pub(super) async fn try_admit(
        &self,
        offer: &Offer<'_>,
        digest: Option<Sha256Digest>,
        now: Timestamp,
    ) -> Result<Option<Admission>, sqlx::Error> {
        let mut writing = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(NewestEntry { entry, is_superseded }) = newest(&mut writing, offer).await? {
            let is_same_file = entry.path == offer.source.path()
                && entry.fingerprint == *offer.source.fingerprint();
            let is_same = is_same_file || digest.is_some() && entry.sha256 == digest;
            let entry = Box::new(entry);
            match &entry.state {
                EntryState::Received(_) if offer.repeat == Repeat::Asked || is_superseded => {}
                EntryState::Received(_) if entry.bytes != offer.source.bytes() => {}
                EntryState::Received(_) if digest.is_none() => return Ok(None),
                EntryState::Received(_) if entry.sha256 == digest => {
                    return Ok(Some(Admission::Received(entry)));
                }
                EntryState::Sending { lease_until } if is_same && *lease_until > now => {
                    return Ok(Some(Admission::BeingSent(entry)));
                }
                EntryState::Waiting(_) | EntryState::Failed(_) | EntryState::Sending { .. }
                    if is_same =>
                {
                    let entry = with_content_type(&mut writing, *entry, offer.request).await?;
                    writing.commit().await?;
                    return Ok(Some(Admission::Due(Box::new(entry))));
                }
                _ => {}
            }
        }
        let entry = rows::insert(&mut writing, offer, digest, now).await?;
        writing.commit().await?;
        Ok(Some(Admission::Due(Box::new(entry))))
    }

    /// The entries of its name that wait and came before an entry, oldest first.
    pub async fn waiting_before(&self, entry: &OutboxEntry) -> Result<Vec<OutboxEntry>, Failure> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE {SAME_NAME} AND id < $6 AND state = 'waiting'
             ORDER BY id LIMIT {EARLIER_MAX}"
        );
        let rows =
            entries_of_name(&sql, &entry.request).bind(entry.id.number()).fetch_all(&self.pool);
        rows.await.and_then(|rows| rows::entries(&rows)).map_err(self.fault())
    }
}

/// The entry with the media type that is asked for now: the one it had may be why it failed.
async fn with_content_type(
    writing: &mut Transaction<'_, Sqlite>,
    mut entry: OutboxEntry,
    wanted: &UploadRequest,
) -> Result<OutboxEntry, sqlx::Error> {
    if entry.request.content_type != wanted.content_type {
        sqlx::query("UPDATE entry SET content_type = $1 WHERE id = $2")
            .bind(&wanted.content_type)
            .bind(entry.id.number())
            .execute(&mut **writing)
            .await?;
        entry.request.content_type.clone_from(&wanted.content_type);
    }
    Ok(entry)
}

/// The newest entry of the name. A job looks into its folder by itself: a file that it finds untouched
/// since it was last taken from there is no new state, whatever came under its name from elsewhere.
async fn newest(
    writing: &mut Transaction<'_, Sqlite>,
    offer: &Offer<'_>,
) -> Result<Option<NewestEntry>, sqlx::Error> {
    let wanted = offer.request;
    if wanted.job.is_some() && offer.origin == Origin::InPlace {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE {SAME_NAME} AND path = $6 ORDER BY id DESC LIMIT 1"
        );
        let path = offer.source.path().to_str();
        let row = entries_of_name(&sql, wanted).bind(path).fetch_optional(&mut **writing).await?;
        let entry = row.map(|row| rows::entry(&row)).transpose()?;
        if let Some(entry) = entry.filter(|entry| entry.fingerprint == *offer.source.fingerprint())
        {
            return Ok(Some(NewestEntry { entry, is_superseded: false }));
        }
    }
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE {SAME_NAME} ORDER BY id DESC LIMIT 1");
    let row = entries_of_name(&sql, wanted).fetch_optional(&mut **writing).await?;
    let Some(entry) = row.map(|row| rows::entry(&row)).transpose()? else { return Ok(None) };
    let sql =
        format!("SELECT id FROM entry WHERE {SAME_NAME} AND changed_at > $6 AND id <> $7 LIMIT 1");
    let later = entries_of_name(&sql, wanted)
        .bind(entry.changed_at.as_microsecond())
        .bind(entry.id.number())
        .fetch_optional(&mut **writing)
        .await?;
    Ok(Some(NewestEntry { entry, is_superseded: later.is_some() }))
}

/// A question about entries of a name, to which more may be bound.
fn entries_of_name<'q>(
    sql: &str,
    wanted: &'q UploadRequest,
) -> sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments> {
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .bind(&wanted.server)
        .bind(wanted.address.customer.as_str())
        .bind(wanted.address.unit.as_str())
        .bind(wanted.file_type.as_str())
        .bind(&wanted.own_name)
}
