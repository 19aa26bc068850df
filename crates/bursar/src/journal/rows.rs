//! Entries to rows and back.
//!
//! Invariant: a row that this program did not write is an error, never a guess.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use domain::Sha256Digest;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, Sqlite, Transaction};

use super::Offer;
use super::entry::{EntryState, FailedAttempt, Origin, OutboxEntry, Receipt, UploadRequest};
use crate::args::EntryId;
use crate::net::target::{SafeName, UnitAddress};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::FileFingerprint;

pub(super) const COLUMNS: &str = "id, server, customer, unit, file_type, own_name, name, content_type, \
    config, profile, job, idempotency_key, path, is_spooled, bytes, modified, device, inode, sha256, state, \
    lease_until, tries, status, exit_code, what, next, receipt, added_at, changed_at";

pub(super) async fn insert(
    writing: &mut Transaction<'_, Sqlite>,
    offer: &Offer<'_>,
    digest: Option<Sha256Digest>,
    now: Timestamp,
) -> Result<OutboxEntry, sqlx::Error> {
    let wanted = offer.request;
    let fingerprint = offer.source.fingerprint();
    let path = offer.source.path().to_owned();
    let shown = path.to_str().ok_or_else(|| corrupt_column("path"))?;
    let is_spooled = matches!(offer.origin, Origin::Spooled(_));
    let done = sqlx::query(
        "INSERT INTO entry (server, customer, unit, file_type, own_name, name, content_type, config,
             profile, job, idempotency_key, path, is_spooled, bytes, modified, device, inode, sha256, state,
             added_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
             'waiting', $19, $19)",
    )
    .bind(&wanted.server)
    .bind(wanted.address.customer.as_str())
    .bind(wanted.address.unit.as_str())
    .bind(wanted.file_type.as_str())
    .bind(&wanted.own_name)
    .bind(wanted.name.to_string())
    .bind(&wanted.content_type)
    .bind(wanted.config.as_ref().and_then(|path| path.to_str()))
    .bind(&wanted.profile)
    .bind(&wanted.job)
    .bind(&wanted.idempotency_key)
    .bind(shown)
    .bind(is_spooled)
    .bind(signed(fingerprint.bytes))
    .bind(fingerprint.modified.and_then(nanoseconds))
    .bind(fingerprint.identity.0.cast_signed())
    .bind(fingerprint.identity.1.cast_signed())
    .bind(digest.map(|digest| digest.to_string()))
    .bind(now.as_microsecond())
    .execute(&mut **writing)
    .await?;
    Ok(OutboxEntry {
        id: EntryId::new(done.last_insert_rowid()),
        request: wanted.clone(),
        path,
        is_spooled,
        bytes: fingerprint.bytes,
        fingerprint: fingerprint.clone(),
        sha256: digest,
        tries: 0,
        added_at: now,
        changed_at: now,
        state: EntryState::Waiting(None),
    })
}

/// Reads rows of [`COLUMNS`].
pub(super) fn entries(rows: &[SqliteRow]) -> Result<Vec<OutboxEntry>, sqlx::Error> {
    rows.iter().map(entry).collect()
}

pub(super) fn entry(row: &SqliteRow) -> Result<OutboxEntry, sqlx::Error> {
    let text = |name: &'static str| row.try_get::<String, _>(name);
    let word = |name: &'static str| row.try_get::<Option<String>, _>(name);
    let number = |name: &'static str| row.try_get::<i64, _>(name);
    let moment = |name: &'static str| timestamp(number(name)?, name);
    let sha256 = word("sha256")?
        .map(|hex| hex.parse())
        .transpose()
        .map_err(|_foreign| corrupt_column("sha256"))?;
    let bytes = number("bytes")?.cast_unsigned();
    Ok(OutboxEntry {
        id: EntryId::new(number("id")?),
        request: UploadRequest {
            server: text("server")?,
            address: UnitAddress {
                customer: text("customer")?
                    .parse()
                    .map_err(|_foreign| corrupt_column("customer"))?,
                unit: text("unit")?.parse().map_err(|_foreign| corrupt_column("unit"))?,
            },
            file_type: text("file_type")?
                .parse()
                .map_err(|_foreign| corrupt_column("file_type"))?,
            own_name: text("own_name")?,
            name: SafeName::new(&text("name")?).map_err(|_foreign| corrupt_column("name"))?,
            content_type: text("content_type")?,
            config: word("config")?.map(PathBuf::from),
            profile: word("profile")?,
            job: word("job")?,
            idempotency_key: text("idempotency_key")?,
        },
        path: PathBuf::from(text("path")?),
        is_spooled: row.try_get("is_spooled")?,
        bytes,
        fingerprint: FileFingerprint {
            bytes,
            modified: row.try_get::<Option<i64>, _>("modified")?.map(system_time),
            identity: (number("device")?.cast_unsigned(), number("inode")?.cast_unsigned()),
        },
        sha256,
        tries: row.try_get("tries")?,
        added_at: moment("added_at")?,
        changed_at: moment("changed_at")?,
        state: state(row, sha256)?,
    })
}

fn state(row: &SqliteRow, sha256: Option<Sha256Digest>) -> Result<EntryState, sqlx::Error> {
    let status: Option<u16> = row.try_get("status")?;
    let failed_attempt = || -> Result<Option<FailedAttempt>, sqlx::Error> {
        let Some(number) = row.try_get::<Option<u8>, _>("exit_code")? else { return Ok(None) };
        let exit = ExitCode::from_number(number).ok_or_else(|| corrupt_column("exit_code"))?;
        let failure = Failure::new(
            exit,
            row.try_get::<String, _>("what")?,
            row.try_get::<String, _>("next")?,
        );
        Ok(Some(FailedAttempt { failure, status }))
    };
    Ok(match row.try_get::<&str, _>("state")? {
        "waiting" => EntryState::Waiting(failed_attempt()?),
        "sending" => EntryState::Sending {
            lease_until: timestamp(row.try_get("lease_until")?, "lease_until")?,
        },
        "received" => EntryState::Received(Receipt {
            status: status.ok_or_else(|| corrupt_column("status"))?,
            sha256: sha256.ok_or_else(|| corrupt_column("sha256"))?,
            json: row
                .try_get::<Option<String>, _>("receipt")?
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|_foreign| corrupt_column("receipt"))?,
        }),
        "failed" => {
            EntryState::Failed(failed_attempt()?.ok_or_else(|| corrupt_column("exit_code"))?)
        }
        "dropped" => EntryState::Dropped,
        _ => return Err(corrupt_column("state")),
    })
}

pub(super) fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).expect("a file has far fewer than 2^63 bytes")
}

fn nanoseconds(time: SystemTime) -> Option<i64> {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_nanos()).ok()
}

fn system_time(nanoseconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds.unsigned_abs())
}

/// The time that a column holds, in microseconds since 1970.
pub(super) fn timestamp(microseconds: i64, column: &'static str) -> Result<Timestamp, sqlx::Error> {
    Timestamp::from_microsecond(microseconds).map_err(|_foreign| corrupt_column(column))
}

pub(super) fn corrupt_column(column: &'static str) -> sqlx::Error {
    sqlx::Error::Protocol(format!("the column {column} holds what this program did not write"))
}
