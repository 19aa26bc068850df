//! An object on its way, whichever store takes it, and what it came to.
//!
//! Not for: which object it is. Invariant: nothing is seen under the published name before it is published.

use std::fmt::Debug;

use async_trait::async_trait;
use aws_lc_rs::digest;
use bytes::Bytes;
use domain::Sha256Digest;

use crate::error::Error;

/// An object being written. Dropping it removes what was written, unless it was published.
#[async_trait]
pub(crate) trait PendingObject: Debug + Send {
    async fn write(&mut self, bytes: Bytes) -> Result<(), Error>;
    /// Hands all bytes over, under the private name; they need not be durable yet.
    async fn finish(&mut self) -> Result<Content, Error>;
    /// Makes the bytes and the published name durable; [`Error::Conflict`] when it is taken.
    async fn publish(&mut self) -> Result<(), Error>;
    async fn abandon(&mut self);
}

/// The length and digest of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) bytes: u64,
    pub(crate) sha256: Sha256Digest,
}

impl Content {
    pub(crate) fn new(bytes: u64, hash: digest::Context) -> Self {
        let digest = hash.finish();
        let sha256 = digest.as_ref().try_into().expect("SHA-256 has 32 bytes");
        Self { bytes, sha256: Sha256Digest::from_bytes(sha256) }
    }
}
