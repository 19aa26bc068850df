//! What an `Idempotency-Key` was used for, so that using it again gives the same answer.

use domain::{FileName, FileType, Sha256Digest, UnitName, Upload, UploadId};
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Transaction};

use crate::CustomerStore;
use crate::db::Database;
use crate::error::Error;
use crate::receive::NewUpload;
use crate::rows::{Fields, placeholders};

/// The request a key was first used for, and the upload that answered it.
struct IdempotentRequest {
    unit: UnitName,
    file_type: FileType,
    file_name: FileName,
    sha256: Sha256Digest,
    upload: UploadId,
}

/// The columns of the table of keys.
const COLUMNS: usize = 8;
const SELECT: &str = "SELECT key, unit, file_type, file_name, sha256, upload FROM idempotency_keys \
    WHERE customer = $1 AND key = $2";
const USED_OTHERWISE: Error = Error::Conflict { what: "idempotency key" };

impl CustomerStore {
    /// The upload that answered the first request with the key of this one, if it has a key that was used;
    /// [`Error::Conflict`] when that was another request.
    pub(crate) async fn upload_of_key(
        &self,
        connection: &mut AnyConnection,
        new: &NewUpload,
        sha256: Sha256Digest,
    ) -> Result<Option<UploadId>, Error> {
        let Some(key) = &new.idempotency_key else { return Ok(None) };
        let row = sqlx::query(SELECT)
            .bind(self.customer.as_str())
            .bind(key)
            .fetch_optional(connection)
            .await?;
        let Some(used) = row.as_ref().map(idempotent_request).transpose()? else {
            return Ok(None);
        };
        let is_same = (&used.unit, used.file_type, &used.file_name, used.sha256)
            == (&new.unit, new.file_type, &new.file_name, sha256);
        if is_same { Ok(Some(used.upload)) } else { Err(USED_OTHERWISE) }
    }

    /// Keeps a key, or finds that it was used for the very same request; [`Error::Conflict`] when
    /// it was used for another.
    pub(crate) async fn keep_idempotency_key(
        &self,
        transaction: &mut Transaction<'static, Any>,
        key: &str,
        upload: &Upload,
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
        if idempotent_request(&kept)?.upload == upload.id { Ok(()) } else { Err(USED_OTHERWISE) }
    }
}

impl Database {
    /// Keeps keys that nobody has used; [`Error::Conflict`] when one of them was used after all.
    pub(crate) async fn keep_new_keys(
        &self,
        transaction: &mut Transaction<'static, Any>,
        kept: &[(&str, &Upload)],
    ) -> Result<(), Error> {
        if kept.is_empty() {
            return Ok(());
        }
        let insert = format!(
            "INSERT INTO idempotency_keys \
             (customer, key, unit, file_type, file_name, sha256, upload, used_at) \
             VALUES {} ON CONFLICT (customer, key) DO NOTHING",
            placeholders(kept.len(), COLUMNS),
        );
        let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(false);
        for (key, upload) in kept {
            query = query
                .bind(upload.customer.as_str())
                .bind(*key)
                .bind(upload.unit.as_str())
                .bind(upload.file_type.as_str())
                .bind(upload.file_name.as_str())
                .bind(upload.sha256.to_string())
                .bind(upload.id.to_string())
                .bind(upload.received_at.as_microsecond());
        }
        let added = query.execute(&mut **transaction).await?.rows_affected();
        if added == kept.len() as u64 { Ok(()) } else { Err(USED_OTHERWISE) }
    }
}

fn idempotent_request(row: &AnyRow) -> Result<IdempotentRequest, Error> {
    let fields = Fields::new(row, "idempotency_keys", "key");
    Ok(IdempotentRequest {
        unit: fields.parsed("unit")?,
        file_type: fields.parsed("file_type")?,
        file_name: fields.parsed("file_name")?,
        sha256: fields.parsed("sha256")?,
        upload: fields.parsed("upload")?,
    })
}
