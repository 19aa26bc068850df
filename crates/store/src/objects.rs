//! Files as they were received: written once under a private name, published once, never changed.
//!
//! Not for: what a file means, or which upload it belongs to; that is the row's business.
//!
//! Invariant: [`ObjectWriter`] -> [`WrittenObject`] -> [`SealedObject`], each consuming the one
//! before. A sealed object is durable under its published name; nothing on an error path touches
//! the name of one.

mod key;
mod local;
mod pending;
mod remote;

use std::fmt::Debug;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::{AuditEntry, Sha256Digest, UnitName, Upload, UploadId};
use futures_util::stream::BoxStream;
use jiff::Timestamp;
use object_store::ObjectStore;

use crate::config::ObjectsUrl;
use crate::error::Error;
use crate::{CustomerStore, Decider};

pub use key::ObjectId;
pub(crate) use key::ObjectKey;
pub(crate) use local::LocalObjects;
pub(crate) use pending::{Content, PendingObject};

/// Where objects are kept.
#[async_trait]
pub(crate) trait Objects: Debug + Send + Sync {
    /// Begins an object that nobody can see until it is published.
    async fn create(&self, key: &str) -> Result<Box<dyn PendingObject>, Error>;

    /// The bytes in order; [`Error::NotFound`] when there is no such object.
    async fn read(&self, key: &str) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error>;

    /// The bytes in a file that can be read from any place; [`Error::NotFound`] when there is no
    /// such object. A copy, where one is needed, is made in `spool`, has no name and ends after
    /// `most` bytes.
    async fn open(&self, key: &str, spool: Option<&Path>, most: u64) -> Result<File, Error>;

    async fn delete(&self, key: &str) -> Result<(), Error>;

    /// Published objects whose keys begin with [`key::ROOT`].
    async fn list(&self) -> Result<BoxStream<'static, Result<ListedObject, Error>>, Error>;

    /// Private names that no writer may need any more: those of dead ones and of living ones alike.
    async fn temporaries(&self) -> Result<Vec<ListedObject>, Error>;

    async fn delete_temporary(&self, name: &str) -> Result<(), Error>;

    /// Removes every file below a folder, objects and others alike, and the folder; says how many they were.
    async fn remove_below(&self, folder: &str) -> Result<u64, Error>;

    /// The names of the folders directly in a folder.
    async fn folders_in(&self, folder: &str) -> Result<Vec<String>, Error>;

    /// A place beside the objects, which no list of objects shows.
    fn ledger_files(&self) -> Result<Arc<dyn ObjectStore>, Error>;

    /// Room left on the disk, in bytes; `None` where nobody can say.
    fn free_bytes(&self) -> Option<u64>;
}

/// An object or a temporary as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedObject {
    pub(crate) name: String,
    pub(crate) modified: Timestamp,
}

/// Takes the bytes of one upload. Dropping it removes what was written.
#[derive(Debug)]
pub struct ObjectWriter {
    key: ObjectKey,
    pending: Box<dyn PendingObject>,
}

/// All bytes are written and their digest is known; the object is still private, and a power cut may take
/// it. Dropping it removes it.
#[derive(Debug)]
pub struct WrittenObject {
    key: ObjectKey,
    pending: Box<dyn PendingObject>,
    content: Content,
}

/// Durable under its published name, and so is every directory entry that leads to it.
#[derive(Debug)]
pub struct SealedObject {
    key: ObjectKey,
    content: Content,
}

/// For how long a service that does not answer is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryPolicy {
    /// Minutes: what was begun is worth it.
    Persistent,
    /// Seconds: whoever asks wants to hear why it does not work.
    FailFast,
}

pub(crate) fn open(url: &ObjectsUrl, policy: RetryPolicy) -> Result<Arc<dyn Objects>, Error> {
    Ok(match url {
        ObjectsUrl::Local(folder) => Arc::new(LocalObjects::open(folder)?),
        ObjectsUrl::S3(bucket) => Arc::new(remote::open_s3(bucket, policy)?),
        ObjectsUrl::Azure(container) => Arc::new(remote::open_azure(container, policy)?),
    })
}

impl CustomerStore {
    /// Begins the object of an upload. Whether the unit exists is checked when the row is written.
    pub async fn create_object(
        &self,
        unit: &UnitName,
        upload: UploadId,
    ) -> Result<ObjectWriter, Error> {
        ObjectWriter::create(&*self.parts.objects, ObjectKey::new(&self.customer, unit, upload))
            .await
    }

    /// The upload's bytes in a file that can be read from any place: the object itself on a local
    /// disk, else a copy without a name in the folder `spool`, or in the system's for temporary
    /// files. [`Error::NotFound`] when they are missing.
    pub async fn open_object(&self, upload: &Upload, spool: Option<&Path>) -> Result<File, Error> {
        let key = ObjectKey::new(&self.customer, &upload.unit, upload.id);
        self.parts.objects.open(key.as_str(), spool, u64::MAX).await
    }

    /// Opens a file of whose bytes the first `most` are enough: where a copy is made, no more is
    /// fetched.
    pub async fn open_object_start(&self, upload: &Upload, most: u64) -> Result<File, Error> {
        let key = ObjectKey::new(&self.customer, &upload.unit, upload.id);
        self.parts.objects.open(key.as_str(), None, most).await
    }
}

/// An upload's bytes, in order.
pub type ObjectBytes = BoxStream<'static, Result<Bytes, Error>>;

impl CustomerStore {
    /// For somebody who takes a copy away: noted in the audit log first.
    /// [`Error::NotFound`] when the bytes are missing.
    pub async fn hand_out_object(
        &self,
        upload: &Upload,
        decider: &Decider<'_>,
    ) -> Result<ObjectBytes, Error> {
        let key = ObjectKey::new(&self.customer, &upload.unit, upload.id);
        let bytes = self.parts.objects.read(key.as_str()).await?;
        let entry = AuditEntry {
            at: decider.at,
            who: decider.who.to_owned(),
            what: "upload.downloaded".to_owned(),
            about: upload.id.to_string(),
            customer: Some(self.customer.clone()),
            details: serde_json::Value::Null,
        };
        let mut transaction = self.parts.db.begin().await?;
        self.parts.db.audit(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(bytes)
    }
}

impl ObjectWriter {
    pub(crate) async fn create(objects: &dyn Objects, key: ObjectKey) -> Result<Self, Error> {
        let pending = objects.create(key.as_str()).await?;
        Ok(Self { key, pending })
    }

    /// Waits while earlier bytes are still on their way: what is in flight stays bounded.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.pending.write(bytes).await
    }

    pub async fn finish(mut self) -> Result<WrittenObject, Error> {
        let content = self.pending.finish().await?;
        Ok(WrittenObject { key: self.key, pending: self.pending, content })
    }

    pub async fn abandon(mut self) {
        self.pending.abandon().await;
    }
}

impl WrittenObject {
    pub const fn bytes(&self) -> u64 {
        self.content.bytes
    }

    pub const fn sha256(&self) -> Sha256Digest {
        self.content.sha256
    }

    pub(crate) const fn content(&self) -> Content {
        self.content
    }

    pub async fn publish(mut self) -> Result<SealedObject, Error> {
        self.pending.publish().await?;
        Ok(SealedObject { key: self.key, content: self.content })
    }

    pub async fn discard(mut self) {
        self.pending.abandon().await;
    }
}

impl SealedObject {
    pub const fn bytes(&self) -> u64 {
        self.content.bytes
    }

    pub const fn sha256(&self) -> Sha256Digest {
        self.content.sha256
    }

    pub(crate) const fn key(&self) -> &ObjectKey {
        &self.key
    }
}

#[cfg(test)]
mod tests;
