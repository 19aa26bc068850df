//! Beginning a file that is sent in several requests: found again by its key, or a new one within the limits.
//!
//! Invariant: all begin one after the other, so no two pass a limit together and no two begin one file twice.

use domain::{
    ContentCoding, CustomerName, FileName, FileType, PartId, ResumableId, Sha256Digest, TokenId,
    UnitName,
};
use jiff::Timestamp;
use sqlx::{Any, Row as _, Transaction};

use super::{ResumableUpload, columns, resumable};
use crate::CustomerStore;
use crate::error::Error;
use crate::rows::to_the_microsecond;

/// The name that is claimed while one is begun.
const BEGINNING: &str = "resumable uploads";

/// A file to be begun.
#[derive(Debug, Clone)]
pub struct NewResumable {
    pub id: ResumableId,
    pub unit: UnitName,
    pub token: TokenId,
    pub file_type: FileType,
    pub file_name: FileName,
    pub coding: ContentCoding,
    pub sha256: Option<Sha256Digest>,
    pub wire_sha256: Option<Sha256Digest>,
    pub idempotency_key: Option<String>,
    pub length: Option<u64>,
    pub begun_at: Timestamp,
    pub expires_at: Timestamp,
    pub when_known: WhenKnown,
}

/// The wish of a request whose key has begun a file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenKnown {
    /// It brings no bytes, and goes on with that file where it stands.
    GoesOn,
    /// It brings the first bytes again, and those of before are given up.
    BeginsAnew,
}

/// The limits of files that are under way: how many, and how many bytes they come to. One that has not said
/// its length counts with the longest.
#[derive(Debug, Clone, Copy)]
pub struct ResumableLimits {
    pub open_per_token_max: u64,
    pub open_per_customer_max: u64,
    pub bytes_per_customer_max: u64,
    /// Of everybody's together.
    pub bytes_max: u64,
    pub longest_bytes: u64,
}

/// The outcome of beginning a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResumableBegin {
    Begun(ResumableUpload),
    /// It was begun before, with the same key: it goes on from where it is, or is received already.
    Known(ResumableUpload),
    /// Nothing is begun: as many are under way as may be.
    TooMany,
    /// Nothing is begun: those that are under way may need all the room there is for them.
    NoRoom,
}

/// The files that are under way, and the room that they may take.
struct ResumableUsage {
    of_token: u64,
    of_customer: u64,
    bytes_of_customer: u64,
    bytes: u64,
}

impl CustomerStore {
    /// Begins a file. [`Error::Conflict`] when its key was used for another.
    pub async fn begin_resumable(
        &self,
        new: NewResumable,
        limits: ResumableLimits,
    ) -> Result<ResumableBegin, Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.parts.db.claim_name(&mut transaction, BEGINNING).await?;
        let known = self.known_by_key(&mut transaction, &new).await?;
        let mut given_up: Option<(UnitName, Vec<PartId>)> = None;
        if let Some(known) = known {
            if !is_of_same_name(&known, &new) {
                return Err(Error::Conflict { what: "idempotency key" });
            }
            if new.when_known == WhenKnown::GoesOn && is_same(&known, &new) {
                return Ok(ResumableBegin::Known(known));
            }
            if known.upload.is_none() {
                let parts = self.remove_resumable_rows(&mut transaction, known.id).await?;
                given_up = Some((known.unit, parts));
            }
        }
        let usage = self.resumable_usage(&mut transaction, &new, limits.longest_bytes).await?;
        if usage.of_token >= limits.open_per_token_max
            || usage.of_customer >= limits.open_per_customer_max
        {
            return Ok(ResumableBegin::TooMany);
        }
        let bytes = new.length.unwrap_or(limits.longest_bytes);
        if usage.bytes_of_customer.saturating_add(bytes) > limits.bytes_per_customer_max
            || usage.bytes.saturating_add(bytes) > limits.bytes_max
        {
            return Ok(ResumableBegin::NoRoom);
        }
        self.insert_resumable(&mut transaction, &new).await?;
        transaction.commit().await?;
        if let Some((unit, parts)) = given_up {
            self.remove_part_objects(&unit, parts).await;
        }
        Ok(ResumableBegin::Begun(begun(&self.customer, new)?))
    }

    async fn known_by_key(
        &self,
        transaction: &mut Transaction<'static, Any>,
        new: &NewResumable,
    ) -> Result<Option<ResumableUpload>, Error> {
        let Some(key) = &new.idempotency_key else { return Ok(None) };
        let row = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM resumable_uploads WHERE customer = $1 AND idempotency_key = $2 AND expires_at > $3 \
             ORDER BY id DESC LIMIT 1",
        ))
        .bind(self.customer.as_str())
        .bind(key.as_str())
        .bind(new.begun_at.as_microsecond())
        .fetch_optional(&mut **transaction)
        .await?;
        row.as_ref().map(resumable).transpose()
    }

    async fn resumable_usage(
        &self,
        transaction: &mut Transaction<'static, Any>,
        new: &NewResumable,
        longest_bytes: u64,
    ) -> Result<ResumableUsage, Error> {
        let row = sqlx::query(
            "SELECT \
             CAST(COALESCE(SUM(CASE WHEN token = $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS of_token, \
             CAST(COALESCE(SUM(CASE WHEN customer = $1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS of_customer, \
             CAST(COALESCE(SUM(CASE WHEN customer = $1 THEN COALESCE(length, $3) ELSE 0 END), 0) AS BIGINT) \
             AS bytes_of_customer, \
             CAST(COALESCE(SUM(COALESCE(length, $3)), 0) AS BIGINT) AS bytes \
             FROM resumable_uploads WHERE upload IS NULL",
        )
        .bind(self.customer.as_str())
        .bind(new.token.to_string())
        .bind(i64::try_from(longest_bytes).map_err(Error::internal)?)
        .fetch_one(&mut **transaction)
        .await?;
        let number = |column: &str| -> Result<u64, Error> {
            u64::try_from(row.try_get::<i64, _>(column)?).map_err(Error::internal)
        };
        Ok(ResumableUsage {
            of_token: number("of_token")?,
            of_customer: number("of_customer")?,
            bytes_of_customer: number("bytes_of_customer")?,
            bytes: number("bytes")?,
        })
    }

    async fn insert_resumable(
        &self,
        transaction: &mut Transaction<'static, Any>,
        new: &NewResumable,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO resumable_uploads (id, customer, unit, token, file_type, file_name, coding, sha256, \
             wire_sha256, idempotency_key, length, received, parts, begun_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, $12, $13)",
        )
        .bind(new.id.to_string())
        .bind(self.customer.as_str())
        .bind(new.unit.as_str())
        .bind(new.token.to_string())
        .bind(new.file_type.as_str())
        .bind(new.file_name.as_str())
        .bind(new.coding.as_str())
        .bind(new.sha256.map(|digest| digest.to_string()))
        .bind(new.wire_sha256.map(|digest| digest.to_string()))
        .bind(new.idempotency_key.as_deref())
        .bind(new.length.map(i64::try_from).transpose().map_err(Error::internal)?)
        .bind(new.begun_at.as_microsecond())
        .bind(new.expires_at.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

fn begun(customer: &CustomerName, new: NewResumable) -> Result<ResumableUpload, Error> {
    let expires_at = to_the_microsecond(new.expires_at)?;
    Ok(ResumableUpload {
        id: new.id,
        customer: customer.clone(),
        unit: new.unit,
        token: new.token,
        file_type: new.file_type,
        file_name: new.file_name,
        coding: new.coding,
        sha256: new.sha256,
        wire_sha256: new.wire_sha256,
        idempotency_key: new.idempotency_key,
        length: new.length,
        received: 0,
        parts: 0,
        expires_at,
        upload: None,
    })
}

/// Returns `true` when a key is used once more for a file of the same name.
fn is_of_same_name(known: &ResumableUpload, new: &NewResumable) -> bool {
    (&known.unit, known.file_type, &known.file_name) == (&new.unit, new.file_type, &new.file_name)
}

/// Returns `true` when it is the same file, packed the same way.
fn is_same(known: &ResumableUpload, new: &NewResumable) -> bool {
    (known.length, known.coding, known.sha256, known.wire_sha256)
        == (new.length, new.coding, new.sha256, new.wire_sha256)
}
