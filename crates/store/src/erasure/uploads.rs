//! Erasing one received file: its bytes and the cells that its problems show.
//!
//! Invariant: the row stays, so that what was sent is not received twice; what was read of it stays in the
//! ledger, which only another file of the ledger, or the end of its unit, changes.

use domain::{AuditEntry, UnitName, Upload, UploadId, UploadState};
use serde_json::json;

use crate::error::Error;
use crate::objects::ObjectKey;
use crate::rows::to_the_microsecond;
use crate::{CustomerStore, Decider};

impl CustomerStore {
    /// Removes the bytes of an upload that is read or refused, and the values of its problems.
    /// [`Error::NotFound`] without it, [`Error::Illegal`] where it waits for something, or is gone already.
    pub async fn erase_upload(
        &self,
        unit: &UnitName,
        id: UploadId,
        decider: &Decider<'_>,
    ) -> Result<Upload, Error> {
        let found = self.upload(unit, id).await?.ok_or(Error::NotFound { what: "upload" })?;
        let illegal = |why: &str| Err(Error::Illegal { why: why.to_owned() });
        match found.state {
            UploadState::Received | UploadState::Reading { .. } => {
                return illegal("it is not read yet; wait until it is");
            }
            UploadState::Held { .. } => {
                return illegal("it is held; refuse it first, with: bursard upload refuse");
            }
            UploadState::Read { .. } | UploadState::Refused { .. } => {}
        }
        let mut transaction = self.parts.db.begin().await?;
        let marked = sqlx::query(
            "UPDATE uploads SET removed_at = $3 WHERE customer = $1 AND id = $2 \
             AND removed_at IS NULL AND state IN ('read', 'refused')",
        )
        .bind(self.customer.as_str())
        .bind(id.to_string())
        .bind(to_the_microsecond(decider.at)?.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        if marked.rows_affected() == 0 {
            return illegal("its file is gone already, or it is read again at this moment");
        }
        sqlx::query("UPDATE problems SET value = NULL WHERE upload = $1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await?;
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: "upload.erase".to_owned(),
            about: id.to_string(),
            customer: Some(self.customer.clone()),
            details: json!({ "unit": unit.as_str(), "bytes": found.bytes }),
        };
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        match self.parts.objects.delete(ObjectKey::for_upload(&found).as_str()).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(other) => return Err(other),
        }
        self.parts.db.scrub().await?;
        Ok(found)
    }
}
