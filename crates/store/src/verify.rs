//! Comparing every upload's object with its row, where the row says that there is one.

use std::collections::VecDeque;
use std::fmt;

use aws_lc_rs::digest;
use domain::{Sha256Digest, Upload, UploadId};
use futures_util::TryStreamExt as _;

use crate::SystemStore;
use crate::error::Error;
use crate::objects::{Content, ObjectKey, Objects};

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
    pub upload: UploadId,
    pub wrong: Wrong,
}

/// The fault of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    Missing,
    Length { stored: u64 },
    Digest { stored: Sha256Digest },
}

impl fmt::Display for ObjectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.upload)?;
        match self.wrong {
            Wrong::Missing => f.write_str("its file is missing"),
            Wrong::Length { stored } => {
                write!(f, "its file has {stored} bytes, not those received")
            }
            Wrong::Digest { stored } => {
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
    /// Reads every upload's object back. `progress` is told of each upload once it was compared.
    pub async fn verify_objects(
        &self,
        mut progress: impl FnMut(&VerifyReport) + Send,
    ) -> Result<VerifyReport, Error> {
        let mut report = VerifyReport::default();
        let mut uploads = self.walk_uploads();
        while let Some(upload) = uploads.next().await? {
            if upload.removed_at.is_some() {
                continue;
            }
            let wrong = compare(&*self.parts.objects, &upload).await?;
            report.faults.extend(wrong.map(|wrong| ObjectFault { upload: upload.id, wrong }));
            report.objects += 1;
            report.bytes += upload.bytes;
            progress(&report);
        }
        let temporaries = self.parts.objects.temporaries().await?;
        report.temporaries = temporaries.into_iter().map(|temporary| temporary.name).collect();
        Ok(report)
    }

    /// The fault of an upload's object, if it has one.
    pub(crate) async fn object_fault(&self, upload: &Upload) -> Result<Option<Wrong>, Error> {
        compare(&*self.parts.objects, upload).await
    }

    /// Removes the object of an upload, where there is one.
    pub(crate) async fn remove_object(&self, upload: &Upload) -> Result<(), Error> {
        match self.parts.objects.delete(ObjectKey::for_upload(upload).as_str()).await {
            Err(Error::NotFound { .. }) => Ok(()),
            removed => removed,
        }
    }

    pub(crate) fn walk_uploads(&self) -> UploadWalk<'_> {
        UploadWalk { system: self, ahead: VecDeque::new(), last: None }
    }
}

/// Everybody's uploads, one by one.
pub(crate) struct UploadWalk<'s> {
    system: &'s SystemStore,
    ahead: VecDeque<Upload>,
    last: Option<UploadId>,
}

impl UploadWalk<'_> {
    pub(crate) async fn next(&mut self) -> Result<Option<Upload>, Error> {
        if self.ahead.is_empty() {
            self.ahead = self.system.uploads_of_all_customers(self.last).await?.into();
        }
        let next = self.ahead.pop_front();
        self.last = next.as_ref().map(|upload| upload.id).or(self.last);
        Ok(next)
    }
}

async fn compare(objects: &dyn Objects, upload: &Upload) -> Result<Option<Wrong>, Error> {
    let stored = match content(objects, upload).await {
        Err(Error::NotFound { .. }) => return Ok(Some(Wrong::Missing)),
        stored => stored?,
    };
    Ok(difference(upload, stored))
}

pub(crate) fn difference(upload: &Upload, stored: Content) -> Option<Wrong> {
    if stored.bytes != upload.bytes {
        Some(Wrong::Length { stored: stored.bytes })
    } else if stored.sha256 != upload.sha256 {
        Some(Wrong::Digest { stored: stored.sha256 })
    } else {
        None
    }
}

async fn content(objects: &dyn Objects, upload: &Upload) -> Result<Content, Error> {
    content_of(objects, ObjectKey::for_upload(upload).as_str()).await
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
