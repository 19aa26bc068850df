//! The signs that tell a file from one that took its place.

use std::fs::Metadata;
use std::time::SystemTime;

use super::SourceFault;

/// The signs that tell a file from one that took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFingerprint {
    pub bytes: u64,
    pub modified: Option<SystemTime>,
    /// Device and number, where the system has them.
    pub identity: (u64, u64),
}

impl FileFingerprint {
    pub fn from_metadata(found: &Metadata) -> Self {
        Self { bytes: found.len(), modified: found.modified().ok(), identity: identity(found) }
    }

    pub(super) fn check_unchanged(&self, found: &Metadata) -> Result<(), SourceFault> {
        let now = Self::from_metadata(found);
        let change = if now.identity != self.identity {
            "it was replaced by another file"
        } else if now.bytes > self.bytes {
            "it grew"
        } else if now.bytes < self.bytes {
            "it became shorter"
        } else if now.modified != self.modified {
            "it was written to"
        } else {
            return Ok(());
        };
        Err(SourceFault::Changed(change))
    }
}

#[cfg(unix)]
fn identity(found: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (found.dev(), found.ino())
}

#[cfg(not(unix))]
fn identity(_found: &Metadata) -> (u64, u64) {
    (0, 0)
}
