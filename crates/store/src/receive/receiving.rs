//! One upload on its way to its row.
//!
//! Not for: the transaction (`group_commit`).

use domain::AuditEntry;
use sqlx::{Any, Transaction};

use super::{NewUpload, ReceiveOutcome};
use crate::CustomerStore;
use crate::error::Error;
use crate::objects::SealedObject;

/// A sealed object that waits for its row.
#[derive(Debug)]
pub(super) struct Receiving {
    pub(super) store: CustomerStore,
    pub(super) object: SealedObject,
    pub(super) new: NewUpload,
}

/// The outcome for one upload, with its entry of the audit log when it is new.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) outcome: ReceiveOutcome,
    pub(super) entry: Option<AuditEntry>,
}

impl Receiving {
    /// The name that nobody else receives a file of at the same time.
    pub(super) fn name(&self) -> String {
        self.store.receiving_name(&self.new)
    }

    pub(super) async fn row(
        &self,
        transaction: &mut Transaction<'static, Any>,
    ) -> Result<Row, Error> {
        let Self { store, object, new } = self;
        if let Some(earlier) = store.repeated(transaction, new, object.sha256()).await? {
            return Ok(Row { outcome: ReceiveOutcome::Repeated(earlier), entry: None });
        }
        let upload = store.add(transaction, object, new).await?;
        let entry = store.entry_of(transaction, &upload).await?;
        Ok(Row { outcome: ReceiveOutcome::New(upload), entry: Some(entry) })
    }
}
