//! Whether a file is the same again as the newest of its name, or has to be sent.
//!
//! Not for: sending it. Invariant: bytes that others followed are sent again when they come back, so
//! that the server is left at the state that came last.

use domain::Sha256Digest;
use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::rows::{self, COLUMNS};
use super::{Addressed, Admission, Entry, Journal, Kept, Offer, Repeat, State};
use crate::report::failure::Failure;

/// Entries of one server, customer, unit, type and own name.
const NAMESAKES: &str =
    "server = $1 AND customer = $2 AND unit = $3 AND file_type = $4 AND own_name = $5";
/// Sent before a newer one of their name; more that wait so long are for `bursar outbox retry`.
const EARLIER_MAX: u32 = 256;

/// What a file is held against.
struct Newest {
    entry: Entry,
    /// Whether an older entry of that name was tried or received after this one.
    is_followed: bool,
}

impl Journal {
    /// Nothing, when it has to be known first what the file holds.
    pub(super) async fn admit_read(
        &self,
        offer: &Offer<'_>,
        digest: Option<Sha256Digest>,
        now: Timestamp,
    ) -> Result<Option<Admission>, sqlx::Error> {
        let mut writing = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        if let Some(Newest { entry, is_followed }) = newest(&mut writing, offer).await? {
            let is_same_file =
                entry.path == offer.source.path() && entry.mark == *offer.source.mark();
            let is_same = is_same_file || digest.is_some() && entry.sha256 == digest;
            let entry = Box::new(entry);
            match &entry.state {
                State::Received(_) if offer.repeat == Repeat::Asked || is_followed => {}
                State::Received(_) if entry.bytes != offer.source.bytes() => {}
                State::Received(_) if digest.is_none() => return Ok(None),
                State::Received(_) if entry.sha256 == digest => {
                    return Ok(Some(Admission::Received(entry)));
                }
                State::Sending { lease_until } if is_same && *lease_until > now => {
                    return Ok(Some(Admission::BeingSent(entry)));
                }
                State::Waiting(_) | State::Failed(_) | State::Sending { .. } if is_same => {
                    return Ok(Some(Admission::Due(entry)));
                }
                _ => {}
            }
        }
        let entry = rows::insert(&mut writing, offer, digest, now).await?;
        writing.commit().await?;
        Ok(Some(Admission::Due(Box::new(entry))))
    }

    /// Those of its name that wait and came before an entry, oldest first.
    pub async fn waiting_before(&self, entry: &Entry) -> Result<Vec<Entry>, Failure> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE {NAMESAKES} AND id < $6 AND state = 'waiting'
             ORDER BY id LIMIT {EARLIER_MAX}"
        );
        let rows = namesakes(&sql, &entry.addressed).bind(entry.id.number()).fetch_all(&self.pool);
        let read = |rows: Vec<_>| rows.iter().map(rows::entry).collect::<Result<_, _>>();
        rows.await.and_then(read).map_err(|fault| self.fault(&fault))
    }
}

/// The newest entry of the name. A job looks into its folder by itself: a file that it finds untouched
/// since it was last taken from there is no new state, whatever came under its name from elsewhere.
async fn newest(
    writing: &mut Transaction<'_, Sqlite>,
    offer: &Offer<'_>,
) -> Result<Option<Newest>, sqlx::Error> {
    let wanted = offer.addressed;
    if wanted.job.is_some() && offer.kept == Kept::InPlace {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE {NAMESAKES} AND path = $6 ORDER BY id DESC LIMIT 1"
        );
        let path = offer.source.path().to_str();
        let row = namesakes(&sql, wanted).bind(path).fetch_optional(&mut **writing).await?;
        let entry = row.map(|row| rows::entry(&row)).transpose()?;
        if let Some(entry) = entry.filter(|entry| entry.mark == *offer.source.mark()) {
            return Ok(Some(Newest { entry, is_followed: false }));
        }
    }
    let sql = format!("SELECT {COLUMNS} FROM entry WHERE {NAMESAKES} ORDER BY id DESC LIMIT 1");
    let row = namesakes(&sql, wanted).fetch_optional(&mut **writing).await?;
    let Some(entry) = row.map(|row| rows::entry(&row)).transpose()? else { return Ok(None) };
    let sql =
        format!("SELECT id FROM entry WHERE {NAMESAKES} AND changed_at > $6 AND id <> $7 LIMIT 1");
    let later = namesakes(&sql, wanted)
        .bind(entry.changed_at.as_microsecond())
        .bind(entry.id.number())
        .fetch_optional(&mut **writing)
        .await?;
    Ok(Some(Newest { entry, is_followed: later.is_some() }))
}

/// A question about entries of a name, to which more may be bound.
fn namesakes<'q>(
    sql: &str,
    wanted: &'q Addressed,
) -> sqlx::query::Query<'q, Sqlite, sqlx::sqlite::SqliteArguments> {
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()))
        .bind(&wanted.server)
        .bind(wanted.place.customer.as_str())
        .bind(wanted.place.unit.as_str())
        .bind(wanted.file_type.as_str())
        .bind(&wanted.own_name)
}
