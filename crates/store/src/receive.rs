//! The one way an upload comes to be: a sealed object, then its row, its job and its key together.
//!
//! A request is a repeat when its idempotency key was used for the same request, or when its bytes are those
//! of the newest upload of that unit, file type and file name. Bytes that came once *before* the newest are
//! a new upload: contents A, B, A under one name leave A in the ledger. So are the bytes of a newest upload
//! that was refused: nothing of it is in the ledger, and since then its columns may have been mapped.
//! "Newest" is by `(received_at, id)`, the order in which uploads are read.
//!
//! Invariant: an [`Upload`] leaves here only after the transaction that holds its row and its job
//! was committed, and that only begins once the object is sealed. From looking for an earlier upload to the
//! end of the transaction nobody else adds one of the same name.

mod group_commit;
mod new_rows;
mod receiving;

use domain::{
    AuditEntry, FileName, FileType, JobId, Sender, Sha256Digest, TraceContext, UnitName, Upload,
    UploadId, UploadState,
};
use jiff::Timestamp;
use serde_json::json;
use sqlx::{Any, AnyConnection, Transaction};

use crate::CustomerStore;
use crate::error::Error;
use crate::jobs::{JobKind, NewJob, enqueue};
use crate::objects::{ObjectKey, SealedObject};
use crate::rows::to_the_microsecond;
use crate::uploads::{columns, upload};

pub(crate) use group_commit::GroupCommit;
use receiving::Receiving;

/// The facts of a file besides its bytes.
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
    /// The place in a trace that the job goes on from.
    pub trace: Option<TraceContext>,
}

/// The outcome of receiving a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceiveOutcome {
    New(Upload),
    /// The request came before: the upload that answered it then.
    Repeated(Upload),
}

impl NewUpload {
    /// The job that will read it.
    fn job_about<'a>(&self, upload: &'a Upload) -> NewJob<'a> {
        NewJob { id: self.job, upload, at: self.received_at, trace: self.trace }
    }
}

impl ReceiveOutcome {
    pub fn into_upload(self) -> Upload {
        match self {
            Self::New(upload) | Self::Repeated(upload) => upload,
        }
    }
}

/// An upload that answers a request once more.
struct EarlierUpload {
    upload: Upload,
    /// Set when it was found by the key of the request, which then need not be kept.
    has_key: bool,
}

impl CustomerStore {
    /// The upload that answers a request which came before, so that its bytes need not be published. Its
    /// idempotency key is kept. [`Error::Conflict`] when the key was used for another request.
    pub async fn find_repeated(
        &self,
        new: &NewUpload,
        sha256: Sha256Digest,
    ) -> Result<Option<Upload>, Error> {
        let mut reader = self.parts.db.reader().acquire().await?;
        let earlier = self.earlier(&mut reader, new, sha256).await?;
        drop(reader);
        match earlier {
            Some(EarlierUpload { upload, has_key }) if has_key || new.idempotency_key.is_none() => {
                Ok(Some(upload))
            }
            Some(_has_yet_to_keep_the_key) => {
                let mut transaction = self.begin_receiving(new).await?;
                let upload = self.repeated(&mut transaction, new, sha256).await?;
                transaction.commit().await?;
                Ok(upload)
            }
            None => Ok(None),
        }
    }

    /// Adds the row, the job that reads it, the idempotency key and the audit entry in one
    /// transaction, which serves others who wait at the same moment. When the request came before,
    /// the object is removed and the earlier upload is the answer; so it is when the access token was revoked
    /// meanwhile ([`Error::Revoked`]). On another error the object stays: whether the commit arrived may be
    /// unknown, and the sweep removes what has no row.
    pub async fn receive(
        &self,
        object: SealedObject,
        new: NewUpload,
    ) -> Result<ReceiveOutcome, Error> {
        let id = new.id;
        let key = ObjectKey::new(&self.customer, &new.unit, id);
        if *object.key() != key {
            return Err(Error::Conflict { what: "object of the upload" });
        }
        let receiving = Receiving { store: self.clone(), object, new };
        let received = self.parts.group_commit.commit(receiving).await;
        // Only an upload of its own has an object: this one never got a row.
        let has_no_row = match &received {
            Ok(ReceiveOutcome::Repeated(earlier)) => earlier.id != id,
            Ok(ReceiveOutcome::New(_)) => false,
            Err(error) => matches!(error, Error::Revoked),
        };
        if has_no_row && let Err(error) = self.parts.objects.delete(key.as_str()).await {
            tracing::warn!(%error, object = key.as_str(), "the sweep will remove an object");
        }
        received
    }

    /// A transaction beside which nobody else receives a file of this name.
    async fn begin_receiving(&self, new: &NewUpload) -> Result<Transaction<'static, Any>, Error> {
        let mut transaction = self.parts.db.begin().await?;
        self.parts.db.claim_name(&mut transaction, &self.receiving_name(new)).await?;
        Ok(transaction)
    }

    /// The name to claim before a file is received. No part of it may hold a slash.
    fn receiving_name(&self, new: &NewUpload) -> String {
        format!("{}/{}/{}/{}", self.customer, new.unit, new.file_type, new.file_name)
    }

    /// The upload that answers a request once more; its key is kept.
    async fn repeated(
        &self,
        transaction: &mut Transaction<'static, Any>,
        new: &NewUpload,
        sha256: Sha256Digest,
    ) -> Result<Option<Upload>, Error> {
        let Some(earlier) = self.earlier(transaction, new, sha256).await? else {
            return Ok(None);
        };
        if let Some(key) = &new.idempotency_key
            && !earlier.has_key
        {
            self.keep_idempotency_key(transaction, key, &earlier.upload).await?;
        }
        Ok(Some(earlier.upload))
    }

    async fn earlier(
        &self,
        connection: &mut AnyConnection,
        new: &NewUpload,
        sha256: Sha256Digest,
    ) -> Result<Option<EarlierUpload>, Error> {
        if let Some(id) = self.upload_of_key(connection, new, sha256).await? {
            let row = sqlx::query(concat!("SELECT ", columns!(), " FROM uploads WHERE id = $1"))
                .bind(id.to_string())
                .fetch_one(connection)
                .await?;
            return Ok(Some(EarlierUpload { upload: upload(&row)?, has_key: true }));
        }
        let row = sqlx::query(concat!(
            "SELECT ",
            columns!(),
            " FROM uploads WHERE customer = $1 AND unit = $2 AND file_type = $3 AND file_name = $4 \
             ORDER BY received_at DESC, id DESC LIMIT 1",
        ))
        .bind(self.customer.as_str())
        .bind(new.unit.as_str())
        .bind(new.file_type.as_str())
        .bind(new.file_name.as_str())
        .fetch_optional(connection)
        .await?;
        let newest = row.as_ref().map(upload).transpose()?;
        let is_same = |newest: &Upload| {
            newest.sha256 == sha256 && !matches!(newest.state, UploadState::Refused { .. })
        };
        Ok(newest.filter(is_same).map(|upload| EarlierUpload { upload, has_key: false }))
    }

    /// The row and all that goes with it but its entry in the audit log.
    async fn add(
        &self,
        transaction: &mut Transaction<'static, Any>,
        object: &SealedObject,
        new: &NewUpload,
    ) -> Result<Upload, Error> {
        let upload = self.new_row(object, new)?;
        new_rows::insert(transaction, std::slice::from_ref(&upload)).await?;
        enqueue(transaction, JobKind::ReadUpload, new.job_about(&upload)).await?;
        if let Some(key) = &new.idempotency_key {
            self.keep_idempotency_key(transaction, key, &upload).await?;
        }
        Ok(upload)
    }

    /// The upload as its row will have it.
    fn new_row(&self, object: &SealedObject, new: &NewUpload) -> Result<Upload, Error> {
        Ok(Upload {
            id: new.id,
            customer: self.customer.clone(),
            unit: new.unit.clone(),
            file_type: new.file_type,
            file_name: new.file_name.clone(),
            bytes: object.bytes(),
            sha256: object.sha256(),
            received_at: to_the_microsecond(new.received_at)?,
            sender: new.sender,
            released_at: None,
            removed_at: None,
            read_before: None,
            state: UploadState::Received,
        })
    }

    /// The entry of the audit log that says who sent the upload.
    async fn entry_of(
        &self,
        transaction: &mut Transaction<'static, Any>,
        upload: &Upload,
    ) -> Result<AuditEntry, Error> {
        let who = match upload.sender {
            Sender::Token(token) => token.to_string(),
            Sender::User(user) => {
                sqlx::query_scalar("SELECT email FROM users WHERE id = $1")
                    .bind(user.to_string())
                    .fetch_one(&mut **transaction)
                    .await?
            }
        };
        Ok(received_entry(who, upload))
    }
}

fn received_entry(who: String, upload: &Upload) -> AuditEntry {
    AuditEntry {
        at: upload.received_at,
        who,
        what: "upload.received".to_owned(),
        about: upload.id.to_string(),
        customer: Some(upload.customer.clone()),
        details: json!({
            "unit": upload.unit, "type": upload.file_type, "file": upload.file_name,
            "bytes": upload.bytes, "sha256": upload.sha256,
        }),
    }
}
