//! What an `Idempotency-Key` was used for, so that using it again gives the same answer.

use domain::{FileName, FileType, Sha256Digest, UnitName, UploadId};
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::rows::Fields;

/// The request a key was first used for, and the upload that answered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentRequest {
    pub unit: UnitName,
    pub file_type: FileType,
    pub file_name: FileName,
    pub sha256: Sha256Digest,
    pub upload: UploadId,
}

const SELECT: &str = "SELECT key, unit, file_type, file_name, sha256, upload FROM idempotency_keys \
    WHERE customer = $1 AND key = $2";

impl CustomerStore {
    pub async fn idempotency_key(&self, key: &str) -> Result<Option<IdempotentRequest>, Error> {
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(key)
            .fetch_optional(self.parts.db.reader())
            .await?;
        row.as_ref().map(idempotent_request).transpose()
    }

    /// Keeps a key, or finds that it was used for the very same request; [`Error::Conflict`] when
    /// it was used for another.
    pub(crate) async fn keep_idempotency_key(
        &self,
        transaction: &mut Transaction<'static, Any>,
        key: &str,
        upload: &domain::Upload,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO idempotency_keys \
             (customer, key, unit, file_type, file_name, sha256, upload, used_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (customer, key) DO NOTHING",
        )
        .bind(self.customer.as_str())
        .bind(key)
        .bind(upload.unit.as_str())
        .bind(upload.file_type.as_str())
        .bind(upload.file_name.as_str())
        .bind(upload.sha256.to_string())
        .bind(upload.id.to_string())
        .bind(upload.received_at.as_microsecond())
        .execute(&mut **transaction)
        .await?;
        let kept = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(key)
            .fetch_one(&mut **transaction)
            .await?;
        if idempotent_request(&kept)?.upload == upload.id {
            Ok(())
        } else {
            Err(Error::Conflict { what: "idempotency key" })
        }
    }
}

fn idempotent_request(row: &AnyRow) -> Result<IdempotentRequest, Error> {
    let fields = Fields::of(row, "idempotency_keys", "key");
    Ok(IdempotentRequest {
        unit: fields.parsed("unit")?,
        file_type: fields.parsed("file_type")?,
        file_name: fields.parsed("file_name")?,
        sha256: fields.parsed("sha256")?,
        upload: fields.parsed("upload")?,
    })
}
