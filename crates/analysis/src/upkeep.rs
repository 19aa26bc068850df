//! Keeping ledgers quick to read and bounded in size: small parts are joined, parts that no kept version has
//! are removed.
//!
//! Invariant: joining changes no row, and a part is removed only when every version with it is older than
//! what is kept.

use std::collections::{HashMap, HashSet};

use domain::UploadId;
use futures_util::TryStreamExt as _;
use jiff::{SignedDuration, Timestamp};
use object_store::{ObjectStore as _, ObjectStoreExt as _};

use crate::error::Error;
use crate::ledger::{Cause, Commit, Ledger};
use crate::limits::{KEEP_DAYS, PARTS_JOINED_MAX, SMALL_PART_ROWS, SMALL_PARTS_MAX};
use crate::part::{Part, PartWriter};
use crate::threads::Threads;

/// Longer than any reading takes: what is older and unknown to the log belongs to nobody.
const LEFTOVER_AGE: SignedDuration = SignedDuration::from_hours(24);

/// The time for which versions of a ledger can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days since a row was replaced during which the version with it is kept.
    pub days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: KEEP_DAYS }
    }
}

/// The changes that tidying made to a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TidyReport {
    pub joined: JoinedParts,
    /// Files that were in no version that is kept.
    pub removed: u64,
}

/// The number of parts before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JoinedParts {
    pub from: usize,
    pub to: usize,
}

pub(crate) async fn tidy(
    ledger: Ledger,
    retention: Retention,
    now: Timestamp,
    threads: Option<&Threads>,
) -> Result<TidyReport, Error> {
    ledger.check_writable()?;
    let (ledger, joined) = join_small_parts(ledger, now, threads).await?;
    let removed = remove_unneeded(&ledger, retention, now).await?;
    Ok(TidyReport { joined, removed })
}

async fn join_small_parts(
    ledger: Ledger,
    now: Timestamp,
    threads: Option<&Threads>,
) -> Result<(Ledger, JoinedParts), Error> {
    let parts = ledger.parts()?;
    let small: Vec<Part> = parts
        .into_iter()
        .filter(|part| part.rows < SMALL_PART_ROWS)
        .take(PARTS_JOINED_MAX)
        .collect();
    if small.len() <= SMALL_PARTS_MAX {
        return Ok((ledger, JoinedParts::default()));
    }
    let joining = small.clone();
    let joining = move || join(&ledger, &joining).map(|added| (ledger, added));
    let (ledger, added) = Threads::spawn_blocking(threads, joining).await??;
    let tidied = JoinedParts { from: small.len(), to: added.len() };
    let commit = Commit { added, removed: small, cause: Cause::Joining, now };
    ledger.commit(commit).await?;
    Ok((ledger, tidied))
}

fn join(ledger: &Ledger, parts: &[Part]) -> Result<Vec<Part>, Error> {
    let mut writer = PartWriter::new(
        ledger.part_store().clone(),
        ledger.schema(),
        format!("v{}-joined", ledger.version() + 1),
        ledger.file_type().spec().key,
    );
    for part in parts {
        for batch in ledger.part_store().open(part)?.rows(None)? {
            writer.write(&batch?)?;
        }
    }
    writer.finish()
}

/// A part that is in the newest version stays; one that was taken out stays while a version with it is kept;
/// one that an upload left behind which never came into the ledger goes after a day.
async fn remove_unneeded(
    ledger: &Ledger,
    retention: Retention,
    now: Timestamp,
) -> Result<u64, Error> {
    let table = ledger.table();
    let needed: HashSet<String> = ledger.parts()?.into_iter().map(|part| part.path).collect();
    let taken_out: HashMap<String, Option<i64>> = table
        .snapshot()?
        .all_tombstones(table.log_store().as_ref())
        // Where the log does not say when, the library says 0.
        .map_ok(|file| {
            (file.path().into_owned(), file.deletion_timestamp().filter(|when| *when > 0))
        })
        .try_collect()
        .await?;
    let kept_since =
        (now - SignedDuration::from_hours(24 * i64::from(retention.days))).as_millisecond();
    let begun_since = (now - LEFTOVER_AGE).as_millisecond();
    let files = &ledger.part_store().files;
    let stored: Vec<_> = files.list(None).try_collect().await?;
    let mut removed = 0;
    for file in stored {
        let name = file.location.as_ref();
        if needed.contains(name) || !is_part(name) {
            continue;
        }
        let written = file.last_modified.timestamp_millis();
        let is_over = match taken_out.get(name) {
            // A log that does not say when: some kept version may need it.
            Some(when) => when.is_some_and(|when| when < kept_since),
            None if written >= begun_since => false,
            None => written < kept_since || is_leftover(ledger, name).await?,
        };
        if is_over {
            files.delete(&file.location).await?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn is_part(name: &str) -> bool {
    !name.contains('/') && name.ends_with(".parquet")
}

/// Returns `true` when a part was written for an upload that never came into the ledger.
async fn is_leftover(ledger: &Ledger, name: &str) -> Result<bool, Error> {
    let upload = name.split('-').nth(1).and_then(|text| text.parse::<UploadId>().ok());
    match upload {
        Some(upload) => Ok(ledger.change_of(upload).await?.is_none()),
        None => Ok(false),
    }
}
