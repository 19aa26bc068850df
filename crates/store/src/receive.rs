//! The one way an upload comes to be: a sealed object, then its row, its job and its key together.
//!
//! Invariant: an [`Upload`] leaves here only after the transaction that holds its row and its job
//! was committed, and that only begins once the object is sealed.

use domain::{
    AuditEntry, FileName, FileType, JobId, Sender, UnitName, Upload, UploadId, UploadState,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Any, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::jobs::{JobKind, enqueue};
use crate::objects::{ObjectKey, SealedObject};
use crate::uploads::{SELECT_SAME, columns, upload};

/// What is known of a file besides its bytes.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// The id its object was made with.
    pub id: UploadId,
    pub unit: UnitName,
    pub file_type: FileType,
    pub file_name: FileName,
    /// Kept to the microsecond.
    pub received_at: Timestamp,
    pub sender: Sender,
    pub idempotency_key: Option<String>,
    /// The id of the job that will read it.
    pub job: JobId,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    New(Upload),
    /// The same file was there before: its first upload.
    Repeated(Upload),
}

impl Received {
    pub fn into_upload(self) -> Upload {
        match self {
            Self::New(upload) | Self::Repeated(upload) => upload,
        }
    }
}

impl CustomerStore {
    /// Adds the row, the job that reads it, the idempotency key and the audit entry in one
    /// transaction. When the same file is there already, the object is removed and the first upload
    /// is the answer. On an error the object stays: whether the commit arrived may be unknown, and
    /// the sweep removes what has no row.
    pub async fn receive(&self, object: SealedObject, new: NewUpload) -> Result<Received, Error> {
        let key = ObjectKey::of(&self.customer, &new.unit, new.id);
        if *object.key() != key {
            return Err(Error::Conflict { what: "object of the upload" });
        }
        let mut transaction = self.parts.db.begin().await?;
        let inserted = self.insert_upload(&mut transaction, &object, &new).await?;
        let received = match inserted {
            Some(upload) => {
                let kind = JobKind::ReadUpload;
                enqueue(&mut transaction, new.job, kind, &upload, new.received_at).await?;
                Received::New(upload)
            }
            None => Received::Repeated(self.same(&mut transaction, &object, &new).await?),
        };
        if let Some(key) = &new.idempotency_key {
            let (Received::New(upload) | Received::Repeated(upload)) = &received;
            self.keep_idempotency_key(&mut transaction, key, upload).await?;
        }
        if let Received::New(upload) = &received {
            self.audit_received(&mut transaction, upload).await?;
        }
        transaction.commit().await?;
        // The constraint lets only one of two equal files have a row: this object never got one.
        if matches!(&received, Received::Repeated(first) if first.id != new.id)
            && let Err(error) = self.parts.objects.delete(key.as_str()).await
        {
            tracing::warn!(%error, object = key.as_str(), "the sweep will remove an object");
        }
        Ok(received)
    }

    async fn audit_received(
        &self,
        transaction: &mut Transaction<'static, Any>,
        upload: &Upload,
    ) -> Result<(), Error> {
        let who = match upload.sender {
            Sender::Token(token) => token.to_string(),
            Sender::User(user) => {
                sqlx::query_scalar("SELECT email FROM users WHERE id = $1")
                    .bind(user.to_string())
                    .fetch_one(&mut **transaction)
                    .await?
            }
        };
        let entry = AuditEntry {
            at: upload.received_at,
            who,
            what: "upload.received".to_owned(),
            about: upload.id.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({
                "unit": upload.unit, "type": upload.file_type, "file": upload.file_name,
                "bytes": upload.bytes, "sha256": upload.sha256,
            }),
        };
        self.parts.db.audit(transaction, &entry).await
    }

    async fn insert_upload(
        &self,
        transaction: &mut Transaction<'static, Any>,
        object: &SealedObject,
        new: &NewUpload,
    ) -> Result<Option<Upload>, Error> {
        let bytes = i64::try_from(object.bytes()).map_err(Error::internal)?;
        let (token, user) = match new.sender {
            Sender::Token(token) => (Some(token.to_string()), None),
            Sender::User(user) => (None, Some(user.to_string())),
        };
        let row = sqlx::query(concat!(
            "INSERT INTO uploads (id, customer, unit, file_type, file_name, bytes, sha256, \
             received_at, token, user_id, state) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (customer, unit, file_type, file_name, sha256) DO NOTHING RETURNING ",
            columns!(),
        ))
        .bind(new.id.to_string())
        .bind(self.customer.as_str())
        .bind(new.unit.as_str())
        .bind(new.file_type.as_str())
        .bind(new.file_name.as_str())
        .bind(bytes)
        .bind(object.sha256().to_string())
        .bind(new.received_at.as_microsecond())
        .bind(token)
        .bind(user)
        .bind(UploadState::Received.word())
        .fetch_optional(&mut **transaction)
        .await?;
        row.as_ref().map(upload).transpose()
    }

    async fn same(
        &self,
        transaction: &mut Transaction<'static, Any>,
        object: &SealedObject,
        new: &NewUpload,
    ) -> Result<Upload, Error> {
        let row = sqlx::query(SELECT_SAME)
            .bind(self.customer.as_str())
            .bind(new.unit.as_str())
            .bind(new.file_type.as_str())
            .bind(new.file_name.as_str())
            .bind(object.sha256().to_string())
            .fetch_one(&mut **transaction)
            .await?;
        upload(&row)
    }
}
