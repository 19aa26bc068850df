//! Parts of an upload that is sent in several requests: one is written, or all are read.
//!
//! Invariant: a part counts once its object is durable and its row is written at the offset where the upload
//! stood when the part was begun; else its object is removed.

use bytes::Bytes;
use domain::ResumableId;
use sqlx::Row as _;

use super::ResumableUpload;
use crate::CustomerStore;
use crate::error::Error;
use crate::objects::{ObjectBytes, ObjectKey, PendingObject};

/// Takes the bytes of one part. Dropping it removes what was written.
#[derive(Debug)]
pub struct PartWriter {
    store: CustomerStore,
    of: ResumableUpload,
    key: String,
    bytes: u64,
    pending: Box<dyn PendingObject>,
}

impl CustomerStore {
    /// Begins a part where the upload stands. `random` tells its object from that of another request which
    /// begins at the same place.
    pub async fn begin_part(
        &self,
        of: &ResumableUpload,
        random: [u8; 8],
    ) -> Result<PartWriter, Error> {
        let folder = ObjectKey::parts_folder(&of.customer, &of.unit, Some(of.id));
        let random = u64::from_be_bytes(random);
        let key = format!("{folder}/{}-{:012}-{random:016x}", of.id, of.received);
        let pending = self.parts.objects.create(&key).await?;
        Ok(PartWriter { store: self.clone(), of: of.clone(), key, bytes: 0, pending })
    }

    /// The objects of an upload's parts, in order. [`Error::NotFound`] when they do not come to the bytes that
    /// are said to be safe: its files are from another time than its rows, as after a backup was restored.
    pub async fn resumable_parts(&self, of: &ResumableUpload) -> Result<Vec<String>, Error> {
        let rows = sqlx::query(
            "SELECT begins_at, bytes, object FROM resumable_parts WHERE resumable = $1 ORDER BY begins_at",
        )
        .bind(of.id.to_string())
        .fetch_all(self.parts.db.reader())
        .await?;
        let (mut objects, mut end) = (Vec::with_capacity(rows.len()), 0);
        for row in rows {
            let (begins_at, bytes): (i64, i64) = (row.try_get("begins_at")?, row.try_get("bytes")?);
            if begins_at != end {
                return Err(missing());
            }
            end += bytes;
            objects.push(row.try_get("object")?);
        }
        if u64::try_from(end).is_ok_and(|end| end == of.received) {
            Ok(objects)
        } else {
            Err(missing())
        }
    }

    /// The bytes of a part. [`Error::NotFound`] when its object is not there.
    pub async fn read_part(&self, object: &str) -> Result<ObjectBytes, Error> {
        self.parts.objects.read(object).await
    }
}

fn missing() -> Error {
    Error::NotFound { what: "part of the upload" }
}

impl PartWriter {
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.bytes += bytes.len() as u64;
        self.pending.write(bytes).await
    }

    /// Makes the part durable and adds it; returns how many bytes of the upload are safe then.
    /// [`Error::Conflict`] when another request has added something meanwhile.
    pub async fn finish(mut self) -> Result<u64, Error> {
        if self.bytes == 0 {
            self.pending.abandon().await;
            return Ok(self.of.received);
        }
        self.pending.finish().await?;
        self.pending.publish().await?;
        let added = self.add().await;
        if matches!(added, Err(Error::Conflict { .. }))
            && let Err(error) = self.store.parts.objects.delete(&self.key).await
        {
            tracing::warn!(%error, object = self.key, "a part stays until its upload is over");
        }
        added
    }

    async fn add(&self) -> Result<u64, Error> {
        let id: ResumableId = self.of.id;
        let (before, after) = (self.of.received, self.of.received + self.bytes);
        let number = |bytes: u64| i64::try_from(bytes).map_err(Error::internal);
        let mut transaction = self.store.parts.db.begin().await?;
        let moved = sqlx::query(
            "UPDATE resumable_uploads SET received = $2 WHERE id = $1 AND received = $3 AND upload IS NULL",
        )
        .bind(id.to_string())
        .bind(number(after)?)
        .bind(number(before)?)
        .execute(&mut *transaction)
        .await?;
        if moved.rows_affected() == 0 {
            return Err(Error::Conflict { what: "offset of the upload" });
        }
        sqlx::query(
            "INSERT INTO resumable_parts (customer, unit, resumable, begins_at, bytes, object) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(self.of.customer.as_str())
        .bind(self.of.unit.as_str())
        .bind(id.to_string())
        .bind(number(before)?)
        .bind(number(self.bytes)?)
        .bind(self.key.as_str())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(after)
    }
}
