//! Comparing every object with its row, where the row says that there is one.

use std::collections::VecDeque;
use std::fmt;

use aws_lc_rs::digest;
use domain::{Attachment, CustomerName, Sha256Digest, UnitName, Upload};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;

use crate::SystemStore;
use crate::error::Error;
use crate::objects::{Content, ObjectId, ObjectKey, Objects};

/// The outcome of a comparison of objects and rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VerifyReport {
    /// The number of objects that were compared.
    pub objects: u64,
    /// The bytes that their rows say they hold.
    pub bytes: u64,
    pub faults: Vec<ObjectFault>,
    /// Private names of interrupted uploads, or of uploads under way.
    pub temporaries: Vec<String>,
}

/// An object that is not what its row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectFault {
    pub object: ObjectId,
    pub damage: ObjectDamage,
}

/// The fault of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectDamage {
    Missing,
    Length { stored: u64 },
    Digest { stored: Sha256Digest },
}

impl fmt::Display for ObjectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.object)?;
        match self.damage {
            ObjectDamage::Missing => f.write_str("its file is missing"),
            ObjectDamage::Length { stored } => {
                write!(f, "its file has {stored} bytes, not those received")
            }
            ObjectDamage::Digest { stored } => {
                write!(f, "its file has SHA-256 {stored}, not the one received")
            }
        }
    }
}

impl VerifyReport {
    pub const fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

impl SystemStore {
    /// Reads every object back. `progress` is told of each once it was compared.
    pub async fn verify_objects(
        &self,
        mut progress: impl FnMut(&VerifyReport) + Send,
    ) -> Result<VerifyReport, Error> {
        let mut report = VerifyReport::default();
        let mut kept = self.walk_objects();
        while let Some(object) = kept.next().await? {
            if object.removed_at.is_some() {
                continue;
            }
            let damage = compare(&*self.parts.objects, &object).await?;
            report.faults.extend(damage.map(|damage| ObjectFault { object: object.id, damage }));
            report.objects += 1;
            report.bytes += object.bytes;
            progress(&report);
        }
        let temporaries = self.parts.objects.temporaries().await?;
        report.temporaries = temporaries.into_iter().map(|temporary| temporary.name).collect();
        Ok(report)
    }

    /// The fault of an object, if it has one.
    pub(crate) async fn object_fault(
        &self,
        object: &KeptObject,
    ) -> Result<Option<ObjectDamage>, Error> {
        compare(&*self.parts.objects, object).await
    }

    /// Removes an object, where there is one.
    pub(crate) async fn remove_object(&self, object: &KeptObject) -> Result<(), Error> {
        match self.parts.objects.delete(object.key().as_str()).await {
            Err(Error::NotFound { .. }) => Ok(()),
            removed => removed,
        }
    }

    pub(crate) fn walk_objects(&self) -> ObjectWalk<'_> {
        ObjectWalk { system: self, ahead: VecDeque::new(), last: None, is_over: false }
    }
}

/// An object as its row says it is.
#[derive(Debug, Clone)]
pub(crate) struct KeptObject {
    pub(crate) id: ObjectId,
    pub(crate) customer: CustomerName,
    pub(crate) unit: UnitName,
    pub(crate) bytes: u64,
    pub(crate) sha256: Sha256Digest,
    pub(crate) removed_at: Option<Timestamp>,
}

impl KeptObject {
    pub(crate) fn of_attachment((customer, attachment): (CustomerName, Attachment)) -> Self {
        Self {
            id: attachment.id.into(),
            customer,
            unit: attachment.unit,
            bytes: attachment.bytes,
            sha256: attachment.sha256,
            removed_at: attachment.removed_at,
        }
    }

    pub(crate) fn key(&self) -> ObjectKey {
        ObjectKey::new(&self.customer, &self.unit, self.id)
    }
}

impl From<Upload> for KeptObject {
    fn from(upload: Upload) -> Self {
        Self {
            id: upload.id.into(),
            customer: upload.customer,
            unit: upload.unit,
            bytes: upload.bytes,
            sha256: upload.sha256,
            removed_at: upload.removed_at,
        }
    }
}

/// Everybody's objects, one by one: uploads, then files beside findings.
pub(crate) struct ObjectWalk<'s> {
    system: &'s SystemStore,
    ahead: VecDeque<KeptObject>,
    last: Option<ObjectId>,
    is_over: bool,
}

impl ObjectWalk<'_> {
    pub(crate) async fn next(&mut self) -> Result<Option<KeptObject>, Error> {
        if self.ahead.is_empty() && !self.is_over {
            self.look_ahead().await?;
        }
        let next = self.ahead.pop_front();
        self.last = next.as_ref().map(|object| object.id).or(self.last);
        Ok(next)
    }

    async fn look_ahead(&mut self) -> Result<(), Error> {
        if !matches!(self.last, Some(ObjectId::Attachment(_))) {
            let after = match self.last {
                Some(ObjectId::Upload(id)) => Some(id),
                _ => None,
            };
            let uploads = self.system.uploads_of_all_customers(after).await?;
            self.ahead = uploads.into_iter().map(KeptObject::from).collect();
        }
        if self.ahead.is_empty() {
            let after = match self.last {
                Some(ObjectId::Attachment(id)) => Some(id),
                _ => None,
            };
            let attachments = self.system.attachments_of_all_customers(after).await?;
            self.ahead = attachments.into_iter().map(KeptObject::of_attachment).collect();
            self.is_over = self.ahead.is_empty();
        }
        Ok(())
    }
}

async fn compare(
    objects: &dyn Objects,
    object: &KeptObject,
) -> Result<Option<ObjectDamage>, Error> {
    let stored = match content_of(objects, object.key().as_str()).await {
        Err(Error::NotFound { .. }) => return Ok(Some(ObjectDamage::Missing)),
        stored => stored?,
    };
    Ok(difference(object, stored))
}

pub(crate) fn difference(object: &KeptObject, stored: Content) -> Option<ObjectDamage> {
    if stored.bytes != object.bytes {
        Some(ObjectDamage::Length { stored: stored.bytes })
    } else if stored.sha256 != object.sha256 {
        Some(ObjectDamage::Digest { stored: stored.sha256 })
    } else {
        None
    }
}

/// The length and digest of an object as it is kept; [`Error::NotFound`] where there is none.
pub(crate) async fn content_of(objects: &dyn Objects, key: &str) -> Result<Content, Error> {
    let mut pieces = objects.read(key).await?;
    let (mut hash, mut bytes) = (digest::Context::new(&digest::SHA256), 0);
    while let Some(piece) = pieces.try_next().await? {
        hash.update(&piece);
        bytes += piece.len() as u64;
    }
    Ok(Content::new(bytes, hash))
}
