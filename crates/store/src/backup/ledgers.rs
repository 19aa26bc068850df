//! The ledgers' part of a backup.
//!
//! Invariant: what the copied log of a table names was listed before or after the log was, never
//! before alone: the log's files are listed first, all others are copied, then those of the log that
//! were listed. A file is never changed once it is there, so what changes meanwhile is left out.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use aws_lc_rs::digest;
use futures_util::TryStreamExt as _;
use object_store::path::{Path, PathPart};
use object_store::{Error as FilesError, GetResult, ObjectMeta, ObjectStore};
use object_store::{ObjectStoreExt as _, PutPayload, WriteMultipart};

use super::base::Base;
use super::manifest::FileDigest;
use crate::SystemStore;
use crate::error::Error;
use crate::objects::Content;

/// The folder of a table's log.
const LOG: &str = "_delta_log";
/// Changed in place, unlike all others, and only a short cut to what the log says itself. A newer
/// one would point to what was not copied.
const SHORT_CUT: &str = "_last_checkpoint";
/// Files of a log are removed some weeks after nothing needs them: meeting that twice is no chance.
const ROUNDS_MAX: u32 = 3;
/// The part that a copy holds in memory, twice.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// An earlier backup, and the folder of the objects that are to share files with it.
type Linking<'b> = Option<(&'b Base, &'b FilePath)>;

/// The files that were copied, as they are where they came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LedgerCopies {
    digests: BTreeMap<String, FileDigest>,
    linked: u64,
}

impl LedgerCopies {
    pub(crate) fn files(&self) -> u64 {
        self.digests.len() as u64
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.digests.values().map(|file| file.bytes).sum()
    }

    pub(super) const fn linked(&self) -> u64 {
        self.linked
    }

    pub(crate) fn into_digests(self) -> BTreeMap<String, FileDigest> {
        self.digests
    }

    /// Reads every copy back.
    pub(crate) async fn verify(&self, copies: &dyn ObjectStore) -> Result<(), Error> {
        for (name, wanted) in &self.digests {
            let found = digest_of(copies.get(&Path::from(name.as_str())).await?).await?;
            if found != *wanted {
                return Err(Error::internal(format!("{name} of the ledgers arrived otherwise")));
            }
        }
        Ok(())
    }
}

/// The outcome of receiving a file.
#[derive(Debug, PartialEq, Eq)]
enum CopyOutcome {
    There,
    /// Removed since it was listed.
    Gone,
}

impl SystemStore {
    /// After the rows and the objects: reading an upload again that the ledger holds already changes
    /// nothing, while one that is missing from it would never be read.
    pub(crate) async fn copy_ledgers(
        &self,
        copy: &SystemStore,
        copies: &mut LedgerCopies,
        linking: Linking<'_>,
    ) -> Result<(), Error> {
        let (from, to) = (self.ledger_files()?, copy.ledger_files()?);
        copy_all(&*from, &*to, copies, linking).await
    }
}

/// Copies every file of ledgers that lie in one place to another.
pub(crate) async fn copy_all(
    from: &dyn ObjectStore,
    to: &dyn ObjectStore,
    copies: &mut LedgerCopies,
    linking: Linking<'_>,
) -> Result<(), Error> {
    for _ in 0..ROUNDS_MAX {
        if copy_round(from, to, copies, linking).await? {
            return Ok(());
        }
    }
    Err(Error::Conflict { what: "log of a ledger" })
}

/// Copies the ledgers once; whether every file of the logs was still there.
async fn copy_round(
    from: &dyn ObjectStore,
    to: &dyn ObjectStore,
    copies: &mut LedgerCopies,
    linking: Linking<'_>,
) -> Result<bool, Error> {
    let of_logs = from.list(None).try_filter(|file| {
        let is_kept = is_of_log(&file.location) && !is_short_cut(&file.location);
        std::future::ready(is_kept)
    });
    let of_logs: Vec<ObjectMeta> = of_logs.try_collect().await?;
    let mut files = from.list(None);
    while let Some(file) = files.try_next().await? {
        if !is_of_log(&file.location) {
            copy_file(from, to, &file, copies, linking).await?;
        }
    }
    for file in of_logs {
        if copy_file(from, to, &file, copies, linking).await? == CopyOutcome::Gone {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_of_log(location: &Path) -> bool {
    location.parts().any(|part| part == PathPart::from(LOG))
}

fn is_short_cut(location: &Path) -> bool {
    location.filename() == Some(SHORT_CUT)
}

async fn copy_file(
    from: &dyn ObjectStore,
    to: &dyn ObjectStore,
    file: &ObjectMeta,
    copies: &mut LedgerCopies,
    linking: Linking<'_>,
) -> Result<CopyOutcome, Error> {
    let location = &file.location;
    let name = location.to_string();
    // Copied by an earlier round.
    if copies.digests.contains_key(&name) {
        return Ok(CopyOutcome::There);
    }
    if let Some((base, destination)) = linking
        && let Some(digest) = base.link_ledger_file(file, destination).await?
    {
        copies.digests.insert(name, digest);
        copies.linked += 1;
        return Ok(CopyOutcome::There);
    }
    let found = match from.get(location).await {
        Err(FilesError::NotFound { .. }) => return Ok(CopyOutcome::Gone),
        found => found?,
    };
    let digest = match to.head(location).await {
        // Of an attempt that was cut off: a file comes to be whole, and never changes.
        Ok(there) if there.size == file.size => digest_of(found).await?,
        Ok(_) | Err(FilesError::NotFound { .. }) => send(found, to, location).await?,
        Err(other) => return Err(other.into()),
    };
    copies.digests.insert(name, digest);
    Ok(CopyOutcome::There)
}

/// Writes a file and says what was read of it.
async fn send(found: GetResult, to: &dyn ObjectStore, name: &Path) -> Result<FileDigest, Error> {
    let (mut hash, mut bytes) = (digest::Context::new(&digest::SHA256), 0);
    if found.meta.size <= PART_BYTES as u64 {
        let whole = found.bytes().await?;
        hash.update(&whole);
        bytes = whole.len() as u64;
        to.put(name, PutPayload::from(whole)).await?;
    } else {
        let upload = to.put_multipart(name).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.try_next().await? {
            hash.update(&piece);
            bytes += piece.len() as u64;
            upload.wait_for_capacity(1).await?;
            upload.put(piece);
        }
        upload.finish().await?;
    }
    Ok(Content::new(bytes, hash).into())
}

async fn digest_of(found: GetResult) -> Result<FileDigest, Error> {
    let (mut hash, mut bytes) = (digest::Context::new(&digest::SHA256), 0);
    let mut pieces = found.into_stream();
    while let Some(piece) = pieces.try_next().await? {
        hash.update(&piece);
        bytes += piece.len() as u64;
    }
    Ok(Content::new(bytes, hash).into())
}

#[cfg(test)]
mod tests;
