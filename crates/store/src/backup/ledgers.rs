//! The ledgers' part of a backup.
//!
//! Invariant: what the copied log of a table names was listed before or after the log was, never
//! before alone: the log's files are listed first, all others are copied, then those of the log that
//! were listed. A file is never changed once it is there, so what changes meanwhile is left out.

use futures_util::TryStreamExt as _;
use object_store::path::{Path, PathPart};
use object_store::{Error as FilesError, ObjectMeta, ObjectStore, ObjectStoreExt as _};
use object_store::{PutPayload, WriteMultipart};

use super::BackupReport;
use crate::SystemStore;
use crate::error::Error;

/// The folder of a table's log.
const LOG: &str = "_delta_log";
/// Changed in place, unlike all others, and only a short cut to what the log says itself. A newer
/// one would point to what was not copied.
const SHORT_CUT: &str = "_last_checkpoint";
/// Files of a log are removed some weeks after nothing needs them: meeting that twice is no chance.
const ROUNDS_MAX: u32 = 3;
/// The part that a copy holds in memory, twice.
const PART_BYTES: usize = 5 * 1024 * 1024;

/// The outcome of receiving a file.
#[derive(Debug, PartialEq, Eq)]
enum CopyOutcome {
    New,
    Before,
    /// Removed since it was listed.
    Gone,
}

impl SystemStore {
    /// After the rows and the objects: reading an upload again that the ledger holds already changes
    /// nothing, while one that is missing from it would never be read.
    pub(super) async fn copy_ledgers(
        &self,
        copy: &SystemStore,
        report: &mut BackupReport,
    ) -> Result<(), Error> {
        let (from, to) = (self.ledger_files()?, copy.ledger_files()?);
        for _ in 0..ROUNDS_MAX {
            if copy_round(&*from, &*to, report).await? {
                return Ok(());
            }
        }
        Err(Error::Conflict { what: "log of a ledger" })
    }
}

/// Copies the ledgers once; whether every file of the logs was still there.
async fn copy_round(
    from: &dyn ObjectStore,
    to: &dyn ObjectStore,
    report: &mut BackupReport,
) -> Result<bool, Error> {
    let of_logs = from.list(None).try_filter(|file| {
        let is_kept = is_of_log(&file.location) && file.location.filename() != Some(SHORT_CUT);
        std::future::ready(is_kept)
    });
    let of_logs: Vec<ObjectMeta> = of_logs.try_collect().await?;
    let mut files = from.list(None);
    while let Some(file) = files.try_next().await? {
        if !is_of_log(&file.location) {
            copy_file(from, to, &file, report).await?;
        }
    }
    for file in of_logs {
        if copy_file(from, to, &file, report).await? == CopyOutcome::Gone {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_of_log(location: &Path) -> bool {
    location.parts().any(|part| part == PathPart::from(LOG))
}

async fn copy_file(
    from: &dyn ObjectStore,
    to: &dyn ObjectStore,
    file: &ObjectMeta,
    report: &mut BackupReport,
) -> Result<CopyOutcome, Error> {
    let location = &file.location;
    match to.head(location).await {
        Ok(_) => return Ok(CopyOutcome::Before),
        Err(FilesError::NotFound { .. }) => {}
        Err(other) => return Err(other.into()),
    }
    let found = match from.get(location).await {
        Err(FilesError::NotFound { .. }) => return Ok(CopyOutcome::Gone),
        found => found?,
    };
    if file.size <= PART_BYTES as u64 {
        to.put(location, PutPayload::from(found.bytes().await?)).await?;
    } else {
        let upload = to.put_multipart(location).await?;
        let mut upload = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.try_next().await? {
            upload.wait_for_capacity(1).await?;
            upload.put(piece);
        }
        upload.finish().await?;
    }
    report.ledger_files += 1;
    report.ledger_bytes += file.size;
    Ok(CopyOutcome::New)
}

#[cfg(test)]
mod tests;
