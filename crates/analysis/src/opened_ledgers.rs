//! Ledgers as they were opened last: most looks at a ledger are at the version of the look before, and to
//! replay a log costs more than what is then looked at.
//!
//! Not for: what is written, which opens a ledger anew.
//!
//! Invariant: the log is listed for every look. A ledger is taken from memory only while its newest entry is
//! the one it was opened at, unchanged: one that another node wrote, that was removed and made anew, or that
//! came back from a backup is opened anew.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::LedgerName;
use futures_util::TryStreamExt as _;
use lru::LruCache;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};

use crate::error::Error;
use crate::ledger::Ledger;
use crate::limits::OPENED_LEDGERS_MAX;

/// The ledgers that were opened last; the one asked for longest ago goes. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct OpenedLedgers(Arc<Mutex<LruCache<LedgerName, OpenedLedger>>>);

/// A ledger, and the entry of its log that made its version.
#[derive(Debug, Clone)]
struct OpenedLedger {
    ledger: Ledger,
    newest: ObjectMeta,
}

impl Default for OpenedLedgers {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(OPENED_LEDGERS_MAX))))
    }
}

impl OpenedLedgers {
    fn ledgers(&self) -> MutexGuard<'_, LruCache<LedgerName, OpenedLedger>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest version of a ledger, to look at.
    pub(crate) async fn open(
        &self,
        files: &Arc<dyn ObjectStore>,
        name: &LedgerName,
    ) -> Result<Ledger, Error> {
        let opened = self.ledgers().get(name).cloned();
        if let Some(opened) = opened {
            let newest = newest(files, name, opened.ledger.version()).await?;
            if newest.as_ref() == Some(&opened.newest) {
                return Ok(opened.ledger);
            }
            self.ledgers().pop(name);
        }
        if newest(files, name, 0).await?.is_none() {
            return Err(Error::NotFound);
        }
        let ledger = Ledger::open(files, name).await?;
        let newest = newest(files, name, ledger.version()).await?;
        // One that was committed meanwhile is opened by the next look.
        let is_its_own = |newest: &ObjectMeta| is_entry(newest, ledger.version());
        if let Some(newest) = newest.filter(is_its_own) {
            self.ledgers().put(name.clone(), OpenedLedger { ledger: ledger.clone(), newest });
        }
        Ok(ledger)
    }
}

/// The newest entry of a log, of those from a version on.
async fn newest(
    files: &Arc<dyn ObjectStore>,
    name: &LedgerName,
    version: u64,
) -> Result<Option<ObjectMeta>, Error> {
    let log = Path::from(format!("{name}/_delta_log"));
    // Before everything that is named after the version.
    let before = Path::from(format!("{name}/_delta_log/{version:020}"));
    let listed: Vec<ObjectMeta> = files.list_with_offset(Some(&log), &before).try_collect().await?;
    let is_of_log = |file: &ObjectMeta| file.location.parts_count() == log.parts_count() + 1;
    let entries = listed.into_iter().filter(|file| is_of_log(file) && entry(file).is_some());
    Ok(entries.max_by(|one, other| one.location.cmp(&other.location)))
}

fn is_entry(file: &ObjectMeta, version: u64) -> bool {
    entry(file) == Some(version)
}

/// The version that an entry of a log makes; none of what is no entry.
fn entry(file: &ObjectMeta) -> Option<u64> {
    const DIGITS: usize = 20;
    let name = file.location.filename()?.strip_suffix(".json")?;
    (name.len() == DIGITS).then(|| name.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
