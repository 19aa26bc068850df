//! Uploads that are sent in several requests: what is safe of each, until it is whole.
//!
//! Not for: what a whole one becomes; that is received like any other (`receive`).
//!
//! Invariant: the offset that a sender is told never goes back, and every byte before it is durable, as part
//! objects in one row of which each begins where the one before ends. Of two requests that append at once, one
//! adds nothing.

mod parts;

use domain::{
    CustomerName, FileName, FileType, ResumableId, Sha256Digest, UnitName, UploadId,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::error::Error;
use crate::objects::ObjectKey;
use crate::rows::{Fields, all};
use crate::{CustomerStore, SystemStore};

pub use parts::PartWriter;

macro_rules! columns {
    () => {
        "id, customer, unit, file_type, file_name, sha256, idempotency_key, length, received, expires_at, upload"
    };
}

/// An upload that is sent in several requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResumableUpload {
    pub id: ResumableId,
    pub customer: CustomerName,
    pub unit: UnitName,
    pub file_type: FileType,
    pub file_name: FileName,
    /// The digest that the whole file must have.
    pub sha256: Option<Sha256Digest>,
    pub idempotency_key: Option<String>,
    /// The length of the whole file, where its sender has said it.
    pub length: Option<u64>,
    /// Bytes that are safe.
    pub received: u64,
    pub expires_at: Timestamp,
    /// The upload that it became.
    pub upload: Option<UploadId>,
}

/// An upload to be begun.
#[derive(Debug, Clone)]
pub struct NewResumable {
    pub id: ResumableId,
    pub unit: UnitName,
    pub file_type: FileType,
    pub file_name: FileName,
    pub sha256: Option<Sha256Digest>,
    pub idempotency_key: Option<String>,
    pub length: Option<u64>,
    pub begun_at: Timestamp,
    pub expires_at: Timestamp,
}

/// How many uploads of a customer may be under way, and how many bytes they may come to.
#[derive(Debug, Clone, Copy)]
pub struct ResumableLimits {
    pub open_max: u64,
    pub bytes_max: u64,
}

/// The outcome of beginning an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResumableBegin {
    Begun(ResumableUpload),
    /// It was begun before, with the same key: it goes on from where it is.
    Known(ResumableUpload),
    /// As many are under way as may be.
    TooMany,
}

impl CustomerStore {
    /// Begins an upload. [`Error::Conflict`] when its key was used for another file.
    pub async fn begin_resumable(
        &self,
        new: NewResumable,
        limits: ResumableLimits,
    ) -> Result<ResumableBegin, Error> {
        let mut transaction = self.parts.db.begin().await?;
        let name = format!("resumable uploads of {}", self.customer);
        self.parts.db.claim_name(&mut transaction, &name).await?;
        let rows = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM resumable_uploads WHERE customer = $1 AND expires_at > $2",
        ))
        .bind(self.customer.as_str())
        .bind(new.begun_at.as_microsecond())
        .fetch_all(&mut *transaction)
        .await?;
        let known = all(&rows, resumable)?;
        let has_key = |known: &&ResumableUpload| {
            new.idempotency_key.is_some() && known.idempotency_key == new.idempotency_key
        };
        if let Some(known) = known.iter().find(has_key) {
            return if is_same(known, &new) {
                Ok(ResumableBegin::Known(known.clone()))
            } else {
                Err(Error::Conflict { what: "idempotency key" })
            };
        }
        let open = known.iter().filter(|known| known.upload.is_none());
        let (count, bytes) = open.fold((0_u64, 0_u64), |(count, bytes), known| {
            (count + 1, bytes.saturating_add(known.length.unwrap_or(known.received)))
        });
        let bytes = bytes.saturating_add(new.length.unwrap_or(0));
        if count >= limits.open_max || bytes > limits.bytes_max {
            return Ok(ResumableBegin::TooMany);
        }
        let begun = self.begun(&new);
        sqlx::query(
            "INSERT INTO resumable_uploads (id, customer, unit, file_type, file_name, sha256, idempotency_key, \
             length, received, begun_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10)",
        )
        .bind(new.id.to_string())
        .bind(self.customer.as_str())
        .bind(new.unit.as_str())
        .bind(new.file_type.as_str())
        .bind(new.file_name.as_str())
        .bind(new.sha256.map(|digest| digest.to_string()))
        .bind(new.idempotency_key.as_deref())
        .bind(new.length.map(i64::try_from).transpose().map_err(Error::internal)?)
        .bind(new.begun_at.as_microsecond())
        .bind(new.expires_at.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(ResumableBegin::Begun(begun))
    }

    fn begun(&self, new: &NewResumable) -> ResumableUpload {
        ResumableUpload {
            id: new.id,
            customer: self.customer.clone(),
            unit: new.unit.clone(),
            file_type: new.file_type,
            file_name: new.file_name.clone(),
            sha256: new.sha256,
            idempotency_key: new.idempotency_key.clone(),
            length: new.length,
            received: 0,
            expires_at: new.expires_at,
            upload: None,
        }
    }

    /// An upload that is under way or was finished lately; none of one that has expired.
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

    /// Notes the length of the whole file, once its sender has said it.
    pub async fn set_resumable_length(&self, id: ResumableId, length: u64) -> Result<(), Error> {
        sqlx::query("UPDATE resumable_uploads SET length = $2 WHERE id = $1 AND customer = $3")
            .bind(id.to_string())
            .bind(i64::try_from(length).map_err(Error::internal)?)
            .bind(self.customer.as_str())
            .execute(self.parts.db.writer())
            .await?;
        Ok(())
    }

    /// Notes what an upload became; its parts are removed.
    pub async fn finish_resumable(
        &self,
        of: &ResumableUpload,
        upload: UploadId,
    ) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        sqlx::query("UPDATE resumable_uploads SET upload = $2 WHERE id = $1")
            .bind(of.id.to_string())
            .bind(upload.to_string())
            .execute(&mut *transaction)
            .await?;
        sqlx::query("DELETE FROM resumable_parts WHERE resumable = $1")
            .bind(of.id.to_string())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        self.remove_part_objects(of).await
    }

    /// Gives an upload up: nothing is left of it.
    pub async fn remove_resumable(&self, of: &ResumableUpload) -> Result<(), Error> {
        let mut transaction = self.parts.db.begin().await?;
        for delete in [
            "DELETE FROM resumable_parts WHERE resumable = $1",
            "DELETE FROM resumable_uploads WHERE id = $1",
        ] {
            sqlx::query(delete).bind(of.id.to_string()).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        self.remove_part_objects(of).await
    }

    async fn remove_part_objects(&self, of: &ResumableUpload) -> Result<(), Error> {
        let folder = ObjectKey::parts_folder(&of.customer, &of.unit, Some(of.id));
        self.parts.objects.remove_below(&folder).await?;
        Ok(())
    }
}

impl SystemStore {
    /// Removes uploads whose time is over, and parts of uploads that are not there any more; says how many
    /// uploads they were.
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
}

/// Returns `true` when a key is used once more for the file that it was used for.
fn is_same(known: &ResumableUpload, new: &NewResumable) -> bool {
    known.unit == new.unit
        && known.file_type == new.file_type
        && known.file_name == new.file_name
        && known.length == new.length
        && known.sha256 == new.sha256
}

fn resumable(row: &AnyRow) -> Result<ResumableUpload, Error> {
    let fields = Fields::new(row, "resumable_uploads", "id");
    let optional = |column: &str| fields.optional_text(column);
    Ok(ResumableUpload {
        id: fields.parsed("id")?,
        customer: fields.parsed("customer")?,
        unit: fields.parsed("unit")?,
        file_type: fields.parsed("file_type")?,
        file_name: fields.parsed("file_name")?,
        sha256: optional("sha256")?
            .map(|text| text.parse())
            .transpose()
            .map_err(|_no_digest| fields.corrupt())?,
        idempotency_key: optional("idempotency_key")?,
        length: fields
            .optional_number("length")?
            .map(u64::try_from)
            .transpose()
            .map_err(|_negative| fields.corrupt())?,
        received: fields.number("received")?,
        expires_at: fields.time("expires_at")?,
        upload: optional("upload")?
            .map(|text| text.parse())
            .transpose()
            .map_err(|_no_id| fields.corrupt())?,
    })
}
