//! Parts of a file that is sent in several requests: one is written, or all are read.
//!
//! Invariant: a part counts once its object is durable and its row is written at the offset where the file
//! stood when the part was begun; else its object is removed.

use bytes::Bytes;
use domain::PartId;
use sqlx::Row as _;

use super::ResumableUpload;
use crate::CustomerStore;
use crate::error::Error;
use crate::objects::{ObjectBytes, ObjectKey, ObjectWriter};
use crate::rows::Fields;

/// Takes the bytes of one part. Dropping it removes what was written.
#[derive(Debug)]
pub struct PartWriter {
    store: CustomerStore,
    of: ResumableUpload,
    id: PartId,
    bytes: u64,
    writer: ObjectWriter,
}

impl CustomerStore {
    /// Begins a part where the file stands.
    pub async fn begin_part(&self, of: &ResumableUpload, id: PartId) -> Result<PartWriter, Error> {
        let key = ObjectKey::new(&self.customer, &of.unit, id);
        let writer = ObjectWriter::create(&*self.parts.objects, key).await?;
        Ok(PartWriter { store: self.clone(), of: of.clone(), id, bytes: 0, writer })
    }

    /// The parts of a file, in order. [`Error::NotFound`] when they do not come to the bytes that are said to
    /// be safe.
    pub async fn resumable_parts(&self, of: &ResumableUpload) -> Result<Vec<PartId>, Error> {
        let rows = sqlx::query(
            "SELECT id, begins_at, bytes FROM resumable_parts WHERE resumable = $1 AND customer = $2 \
             ORDER BY begins_at",
        )
        .bind(of.id.to_string())
        .bind(self.customer.as_str())
        .fetch_all(self.parts.db.reader())
        .await?;
        let (mut parts, mut end) = (Vec::with_capacity(rows.len()), 0);
        for row in &rows {
            let (begins_at, bytes): (i64, i64) = (row.try_get("begins_at")?, row.try_get("bytes")?);
            if begins_at != end {
                return Err(missing());
            }
            end += bytes;
            parts.push(Fields::new(row, "resumable_parts", "id").parsed("id")?);
        }
        if u64::try_from(end).is_ok_and(|end| end == of.received) {
            Ok(parts)
        } else {
            Err(missing())
        }
    }

    /// Returns `true` when the bytes that are said to be safe are there: after a backup was put back, or the
    /// deployment moved, rows speak of parts that did not come along.
    pub async fn has_parts(&self, of: &ResumableUpload) -> Result<bool, Error> {
        let last = match self.resumable_parts(of).await {
            Ok(parts) => parts.last().copied(),
            Err(Error::NotFound { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        let Some(last) = last else { return Ok(true) };
        match self.read_part(of, last).await {
            Ok(_bytes) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The bytes of a part. [`Error::NotFound`] when its object is not there.
    pub async fn read_part(
        &self,
        of: &ResumableUpload,
        part: PartId,
    ) -> Result<ObjectBytes, Error> {
        self.parts.objects.read(ObjectKey::new(&self.customer, &of.unit, part).as_str()).await
    }
}

fn missing() -> Error {
    Error::NotFound { what: "part of the file" }
}

impl PartWriter {
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.bytes += bytes.len() as u64;
        self.writer.write(bytes).await
    }

    /// Makes the part durable and adds it; returns the file as it stands then. [`Error::Conflict`] when
    /// another request has added something meanwhile, or the file was finished or given up.
    pub async fn finish(self) -> Result<ResumableUpload, Error> {
        let Self { store, mut of, id, bytes, writer } = self;
        if bytes == 0 {
            writer.abandon().await;
            return Ok(of);
        }
        let _sealed = writer.finish().await?.publish().await?;
        match store.add_part(&of, id, bytes).await {
            Ok(()) => {
                of.received += bytes;
                of.parts += 1;
                Ok(of)
            }
            Err(error) => {
                // On another error the row may be there, and the sweep looks for it.
                if matches!(error, Error::Conflict { .. }) {
                    store.remove_part_objects(&of.unit, vec![id]).await;
                }
                Err(error)
            }
        }
    }
}

impl CustomerStore {
    async fn add_part(&self, of: &ResumableUpload, id: PartId, bytes: u64) -> Result<(), Error> {
        let number = |bytes: u64| i64::try_from(bytes).map_err(Error::internal);
        let (before, bytes) = (number(of.received)?, number(bytes)?);
        let mut transaction = self.parts.db.begin().await?;
        let moved = sqlx::query(
            "UPDATE resumable_uploads SET received = $3, parts = parts + 1 \
             WHERE id = $1 AND customer = $2 AND received = $4 AND upload IS NULL",
        )
        .bind(of.id.to_string())
        .bind(self.customer.as_str())
        .bind(before.saturating_add(bytes))
        .bind(before)
        .execute(&mut *transaction)
        .await?;
        if moved.rows_affected() == 0 {
            return Err(Error::Conflict { what: "offset of the file" });
        }
        sqlx::query(
            "INSERT INTO resumable_parts (id, customer, unit, resumable, begins_at, bytes) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(id.to_string())
        .bind(self.customer.as_str())
        .bind(of.unit.as_str())
        .bind(of.id.to_string())
        .bind(before)
        .bind(bytes)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
