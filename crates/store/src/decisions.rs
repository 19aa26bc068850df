//! What a person decides about an upload: letting a held file in, refusing it, reading a file once more.
//!
//! Not for: whether that person may; the server asks that first.
//!
//! Invariant: an upload that is to be read gets its job in the same transaction, and each decision is in
//! the audit log.
//! [`Error::Conflict`] when the upload is in another state, also because somebody else was faster.

use domain::{AuditEntry, JobId, Remedy, UnitName, Upload, UploadId, UploadState};
use serde_json::{Value, json};
use sqlx::{Any, Transaction};

use crate::error::Error;
use crate::jobs::enqueue_again;
use crate::problems;
use crate::rows::{storable, to_the_microsecond};
use crate::uploads::{is_overtaken, write_state};
use crate::{CustomerStore, Decider};

/// Why a file that was read is not read once more.
const OVERTAKEN: &str = "a newer file of this ledger was read since, whose rows this one would replace by \
                         earlier ones; have the newest one read again";

impl CustomerStore {
    /// A held file waits to be read again, this time into the ledger. Its turn is that of its receipt.
    pub async fn release(
        &self,
        unit: &UnitName,
        upload: UploadId,
        job: JobId,
        decider: &Decider<'_>,
    ) -> Result<Upload, Error> {
        let (mut transaction, mut upload) =
            self.to_decide(unit, upload, |state| matches!(state, UploadState::Held { .. })).await?;
        upload.state = upload.state.read_again()?;
        upload.released_at = Some(to_the_microsecond(decider.at)?);
        write_state(&mut transaction, &upload).await?;
        enqueue_again(&mut transaction, job, &upload, decider.at).await?;
        self.audit_decision(&mut transaction, &upload, ("released", Value::Null), decider).await?;
        transaction.commit().await?;
        Ok(upload)
    }

    /// A held file stays out of the ledger.
    pub async fn refuse_held(
        &self,
        unit: &UnitName,
        upload: UploadId,
        reason: &str,
        decider: &Decider<'_>,
    ) -> Result<Upload, Error> {
        let (mut transaction, mut upload) =
            self.to_decide(unit, upload, |state| matches!(state, UploadState::Held { .. })).await?;
        let (at, remedy) = (to_the_microsecond(decider.at)?, Some(Remedy::MendExtract));
        upload.state = upload.state.refuse(at, storable(reason), remedy)?;
        write_state(&mut transaction, &upload).await?;
        self.audit_decision(
            &mut transaction,
            &upload,
            ("refused", json!({ "reason": storable(reason) })),
            decider,
        )
        .await?;
        transaction.commit().await?;
        Ok(upload)
    }

    /// Returns `true` when a file can be read once more: it was read, held or refused, is still
    /// there, and no newer one was read since, whose rows it would replace by earlier ones.
    pub async fn may_be_read_again(&self, upload: &Upload) -> Result<bool, Error> {
        let is_over = match upload.state {
            UploadState::Refused { .. } | UploadState::Held { .. } => true,
            UploadState::Read { .. } => {
                !is_overtaken(self.parts.db.reader(), upload, "reading").await?
            }
            UploadState::Received | UploadState::Reading { .. } => false,
        };
        Ok(is_over && upload.removed_at.is_none())
    }

    /// A file that was read, held or refused waits to be read anew, by the rules that are set by then:
    /// nothing of the earlier reading counts, neither its problems nor that it was released once. Rows of it
    /// that are in the ledger stay until then. [`Error::Illegal`] when a newer one was read since.
    pub async fn read_again(
        &self,
        unit: &UnitName,
        upload: UploadId,
        job: JobId,
        decider: &Decider<'_>,
    ) -> Result<Upload, Error> {
        let (mut transaction, mut upload) = self
            .to_decide(unit, upload, |state| {
                !matches!(state, UploadState::Received | UploadState::Reading { .. })
            })
            .await?;
        if let UploadState::Read { ledger_version, .. } = upload.state {
            if is_overtaken(&mut *transaction, &upload, "reading").await? {
                return Err(Error::Illegal { why: OVERTAKEN.to_owned() });
            }
            upload.read_before = Some(ledger_version);
        }
        if upload.removed_at.is_some() {
            let why = "the file was removed as its time was over; send it again";
            return Err(Error::Illegal { why: why.to_owned() });
        }
        upload.state = upload.state.read_again()?;
        upload.released_at = None;
        write_state(&mut transaction, &upload).await?;
        problems::remove(&mut transaction, upload.id).await?;
        enqueue_again(&mut transaction, job, &upload, decider.at).await?;
        self.audit_decision(&mut transaction, &upload, ("read_again", Value::Null), decider)
            .await?;
        transaction.commit().await?;
        Ok(upload)
    }

    async fn audit_decision(
        &self,
        transaction: &mut Transaction<'static, Any>,
        upload: &Upload,
        (verb, details): (&str, Value),
        decider: &Decider<'_>,
    ) -> Result<(), Error> {
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: format!("upload.{verb}"),
            about: upload.id.to_string(),
            customer: Some(self.customer.clone()),
            details,
        };
        self.parts.db.audit(transaction, &entry).await
    }

    /// An upload of the unit in a state that the decision is about, locked until it is written.
    async fn to_decide(
        &self,
        unit: &UnitName,
        id: UploadId,
        may: impl Fn(&UploadState) -> bool,
    ) -> Result<(Transaction<'static, Any>, Upload), Error> {
        let mut transaction = self.parts.db.begin().await?;
        let upload = self.parts.db.locked_upload(&mut transaction, id).await?;
        if upload.customer != self.customer || upload.unit != *unit {
            return Err(Error::NotFound { what: "upload" });
        }
        if !may(&upload.state) {
            return Err(Error::Conflict { what: "state of the upload" });
        }
        Ok((transaction, upload))
    }
}
