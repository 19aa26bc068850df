//! Files that are sent in several requests: the safe bytes of each, until it is whole.
//!
//! Not for: what a whole one becomes; that is received like any other (`receive`).
//!
//! Invariant: the offset that a sender is told never goes back, and every byte before it is durable, as part
//! objects in one row of which each begins where the one before ends. Of two requests that append at once,
//! one adds nothing.

mod begin;
mod parts;

use domain::{
    ContentCoding, CustomerName, FileName, FileType, PartId, ResumableId, Sha256Digest, TokenId,
    UnitName, UploadId,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::error::Error;
use crate::objects::ObjectKey;
use crate::rows::{Fields, all};
use crate::{CustomerStore, SystemStore};

pub use begin::{NewResumable, ResumableBegin, ResumableLimits, WhenKnown};
pub use parts::PartWriter;

macro_rules! columns {
    () => {
        "id, customer, unit, token, file_type, file_name, coding, sha256, wire_sha256, idempotency_key, \
         length, received, parts, expires_at, upload"
    };
}

use columns;

/// A file that is sent in several requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumableUpload {
    pub id: ResumableId,
    pub customer: CustomerName,
    pub unit: UnitName,
    /// Who began it.
    pub token: TokenId,
    pub file_type: FileType,
    pub file_name: FileName,
    /// The coding of its bytes.
    pub coding: ContentCoding,
    /// The digest that the whole file must have, unpacked.
    pub sha256: Option<Sha256Digest>,
    /// The digest that the bytes as sent must have, where they are packed.
    pub wire_sha256: Option<Sha256Digest>,
    pub idempotency_key: Option<String>,
    /// The length of all bytes as they are sent, where their sender has said it.
    pub length: Option<u64>,
    /// Bytes that are safe.
    pub received: u64,
    /// The number of parts that they came in.
    pub parts: u64,
    pub expires_at: Timestamp,
    /// The upload that it became.
    pub upload: Option<UploadId>,
}

impl CustomerStore {
    /// A file that is under way or was finished lately; none of one that has expired.
    pub async fn resumable_upload(
        &self,
        unit: &UnitName,
        id: ResumableId,
        now: Timestamp,
    ) -> Result<Option<ResumableUpload>, Error> {
        let row = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM resumable_uploads WHERE customer = $1 AND unit = $2 AND id = $3 AND expires_at > $4",
        ))
        .bind(self.customer.as_str())
        .bind(unit.as_str())
        .bind(id.to_string())
        .bind(now.as_microsecond())
        .fetch_optional(self.parts.db.reader())
        .await?;
        row.as_ref().map(resumable).transpose()
    }

    /// Notes the length of the whole, once its sender has said it. [`Error::Conflict`] when another was said
    /// meanwhile.
    pub async fn set_resumable_length(&self, id: ResumableId, length: u64) -> Result<(), Error> {
        let set = sqlx::query(
            "UPDATE resumable_uploads SET length = $2 \
             WHERE id = $1 AND customer = $3 AND (length IS NULL OR length = $2)",
        )
        .bind(id.to_string())
        .bind(i64::try_from(length).map_err(Error::internal)?)
        .bind(self.customer.as_str())
        .execute(self.parts.db.writer())
        .await?;
        if set.rows_affected() == 0 {
            return Err(Error::Conflict { what: "length of the file" });
        }
        Ok(())
    }

    /// Notes what a file became; its parts are removed.
    pub async fn finish_resumable(
        &self,
        of: &ResumableUpload,
        upload: UploadId,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query(
            "UPDATE resumable_uploads SET upload = $3 WHERE id = $1 AND customer = $2 AND upload IS NULL",
        )
        .bind(of.id.to_string())
        .bind(self.customer.as_str())
        .bind(upload.to_string())
        .execute(&mut *transaction)
        .await?;
        let parts = self.remove_part_rows(&mut transaction, of.id).await?;
        transaction.commit().await?;
        self.remove_part_objects(&of.unit, parts).await;
        Ok(())
    }

    /// Gives a file up: nothing is left of it.
    pub async fn remove_resumable(&self, of: &ResumableUpload) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let parts = self.remove_resumable_rows(&mut transaction, of.id).await?;
        transaction.commit().await?;
        self.remove_part_objects(&of.unit, parts).await;
        Ok(())
    }

    async fn remove_resumable_rows(
        &self,
        transaction: &mut Transaction<'static, Any>,
        id: ResumableId,
    ) -> Result<Vec<PartId>, Error> {
        let parts = self.remove_part_rows(transaction, id).await?;
        sqlx::query("DELETE FROM resumable_uploads WHERE id = $1 AND customer = $2")
            .bind(id.to_string())
            .bind(self.customer.as_str())
            .execute(&mut **transaction)
            .await?;
        Ok(parts)
    }

    async fn remove_part_rows(
        &self,
        transaction: &mut Transaction<'static, Any>,
        id: ResumableId,
    ) -> Result<Vec<PartId>, Error> {
        let rows = sqlx::query(
            "DELETE FROM resumable_parts WHERE resumable = $1 AND customer = $2 RETURNING id",
        )
        .bind(id.to_string())
        .bind(self.customer.as_str())
        .fetch_all(&mut **transaction)
        .await?;
        all(&rows, |row| Fields::new(row, "resumable_parts", "id").parsed("id"))
    }

    /// Removes objects that no row names any more; the sweep takes what stays.
    async fn remove_part_objects(&self, unit: &UnitName, parts: Vec<PartId>) {
        for part in parts {
            let key = ObjectKey::new(&self.customer, unit, part);
            match self.parts.objects.delete(key.as_str()).await {
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => {
                    tracing::warn!(%error, object = key.as_str(), "the sweep will remove a part");
                }
            }
        }
    }
}

impl SystemStore {
    /// Removes files whose time is over; says how many they were.
    pub async fn remove_expired_resumables(&self, now: Timestamp) -> Result<u64, Error> {
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM resumable_uploads WHERE expires_at <= $1",
        ))
        .bind(now.as_microsecond())
        .fetch_all(self.parts.db.reader())
        .await?;
        let expired = all(&rows, resumable)?;
        for resumable in &expired {
            self.customer(&resumable.customer).remove_resumable(resumable).await?;
        }
        Ok(u64::try_from(expired.len()).expect("a list has fewer than 2^64 entries"))
    }

    /// Returns `true` when a row names the object of a part.
    pub(crate) async fn part_has_row(
        &self,
        customer: &CustomerName,
        id: PartId,
    ) -> Result<bool, Error> {
        let found: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM resumable_parts WHERE id = $1 AND customer = $2",
        )
        .bind(id.to_string())
        .bind(customer.as_str())
        .fetch_one(self.parts.db.reader())
        .await?;
        Ok(found > 0)
    }
}

fn resumable(row: &AnyRow) -> Result<ResumableUpload, Error> {
    let fields = Fields::new(row, "resumable_uploads", "id");
    let digest = |column| -> Result<Option<Sha256Digest>, Error> {
        let text = fields.optional_text(column)?;
        text.map(|text| text.parse()).transpose().map_err(|_no_digest| fields.corrupt())
    };
    let length = fields.optional_number("length")?.map(u64::try_from).transpose();
    let upload = fields.optional_text("upload")?.map(|text| text.parse()).transpose();
    Ok(ResumableUpload {
        id: fields.parsed("id")?,
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        token: fields.parsed("token")?,
        file_type: fields.parsed("file_type")?,
        file_name: fields.parsed("file_name")?,
        coding: fields.parsed("coding")?,
        sha256: digest("sha256")?,
        wire_sha256: digest("wire_sha256")?,
        idempotency_key: fields.optional_text("idempotency_key")?,
        length: length.map_err(|_negative| fields.corrupt())?,
        received: fields.number("received")?,
        parts: fields.number("parts")?,
        expires_at: fields.time("expires_at")?,
        upload: upload.map_err(|_no_id| fields.corrupt())?,
    })
}
