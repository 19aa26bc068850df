//! All ledgers of a store: where each is, and what may be asked of it.
//!
//! Not for: whose they are; the caller names customer and unit and has looked who asks.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::Arc;

use domain::finding::CheckedUnit;
use domain::{FileType, LedgerChange, LedgerName, UploadId};
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::error::Error;
use crate::in_order::InOrder;
use crate::ledger::Ledger;
use crate::limits::POSTING_ATTEMPTS;
use crate::log_cache::LogCache;
use crate::opened_ledgers::OpenedLedgers;
use crate::posting;
use crate::reading::{ReadRequest, ReadingOutcome, prepare};
use crate::threads::{ThreadPriority, Threads};
use crate::upkeep::{Retention, TidyReport, tidy};

/// The ledgers. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ledgers {
    files: Arc<dyn ObjectStore>,
    retention: Retention,
    /// Those that read and rewrite; by default those of whoever asks.
    threads: Option<Arc<Threads>>,
    /// The ledgers that pages look at.
    opened: OpenedLedgers,
}

/// The facts about a ledger for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerSummary {
    pub name: LedgerName,
    pub version: u64,
    pub rows: u64,
    pub parts: usize,
    pub bytes: u64,
}

impl Ledgers {
    /// Below `files` every ledger has the folder `customer/unit/table`.
    pub fn new(files: Arc<dyn ObjectStore>, retention: Retention) -> Self {
        let files = Arc::new(InOrder(Arc::new(LogCache::over(files))));
        Self { files, retention, threads: None, opened: OpenedLedgers::default() }
    }

    /// Reads and rewrites on threads of low priority from here on.
    pub fn on_low_threads(self) -> Result<Self, Error> {
        let threads = Threads::start("readings", 1, ThreadPriority::Low)?;
        Ok(Self { threads: Some(Arc::new(threads)), ..self })
    }

    fn threads(&self) -> Option<&Threads> {
        self.threads.as_deref()
    }

    pub(crate) fn files(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.files)
    }

    /// The newest version of a ledger; [`Error::NotFound`] when nothing was ever read into it.
    pub async fn open(&self, name: &LedgerName) -> Result<Ledger, Error> {
        Ledger::open(&self.files, name).await
    }

    /// The newest version of one of a unit's ledgers with its place; none where there is none yet.
    pub(crate) async fn open_of_unit(
        &self,
        of: &CheckedUnit,
        file_type: FileType,
    ) -> Result<Option<(String, Ledger)>, Error> {
        let name = name_of(of, file_type);
        with_place(&name, self.open(&name).await)
    }

    /// The newest version as [`Self::open_of_unit`] has it, opened once for all pages and screenings that
    /// look at it.
    pub(crate) async fn look_at(
        &self,
        of: &CheckedUnit,
        file_type: FileType,
    ) -> Result<Option<(String, Ledger)>, Error> {
        let name = name_of(of, file_type);
        with_place(&name, self.opened.open(&self.files, &name).await)
    }

    /// The version that an upload made, if it is in its ledger.
    pub async fn find_change(
        &self,
        name: &LedgerName,
        upload: UploadId,
    ) -> Result<Option<LedgerChange>, Error> {
        match self.open(name).await {
            Ok(ledger) => ledger.change_of(upload).await,
            Err(Error::NotFound) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// Reads a file as far as the commit.
    pub async fn prepare(&self, request: ReadRequest, file: File) -> Result<ReadingOutcome, Error> {
        let ledger =
            Ledger::open_or_make(&self.files, &request.ledger, self.retention.days).await?;
        ledger.check_writable()?;
        match Threads::spawn_blocking(self.threads(), move || prepare(ledger, file, &request)).await
        {
            Ok(prepared) => prepared,
            // It may be the file's doing, and is not to be taken for a fault of the ledger.
            Err(ended) if ended.is_panic() => std::panic::resume_unwind(ended.into_panic()),
            Err(ended) => Err(ended.into()),
        }
    }

    /// Marks the unposted invoices of a unit that have become transactions; the number of them.
    pub async fn mark_posted(&self, of: &CheckedUnit, now: Timestamp) -> Result<usize, Error> {
        for _attempt in 0..POSTING_ATTEMPTS {
            match self.mark_posted_once(of, now).await {
                Err(Error::Overtaken) => {}
                done => return done,
            }
        }
        Err(Error::Overtaken)
    }

    async fn mark_posted_once(&self, of: &CheckedUnit, now: Timestamp) -> Result<usize, Error> {
        let unposted = self.open_of_unit(of, FileType::UnpostedInvoices).await?;
        let transactions = self.open_of_unit(of, FileType::Transactions).await?;
        let (Some((_, unposted)), Some((_, transactions))) = (unposted, transactions) else {
            return Ok(0);
        };
        unposted.check_writable()?;
        let rewriting = Threads::spawn_blocking(self.threads(), move || {
            let marks = posting::find_posted(&unposted, &transactions)?;
            let rewritten = posting::write_marks(&unposted, &marks)?;
            Ok::<_, Error>((unposted, marks.len(), rewritten))
        });
        let (unposted, marks, rewritten) = rewriting.await??;
        if marks > 0 {
            posting::commit(&unposted, rewritten, now).await?;
        }
        Ok(marks)
    }

    /// Joins small parts and removes what no kept version needs.
    pub async fn tidy(&self, name: &LedgerName, now: Timestamp) -> Result<TidyReport, Error> {
        match self.open(name).await {
            Ok(ledger) => tidy(ledger, self.retention, now, self.threads()).await,
            Err(Error::NotFound) => Ok(TidyReport::default()),
            Err(other) => Err(other),
        }
    }

    pub async fn summary(&self, name: &LedgerName) -> Result<LedgerSummary, Error> {
        let ledger = self.open(name).await?;
        let parts = ledger.parts()?;
        Ok(LedgerSummary {
            name: name.clone(),
            version: ledger.version(),
            rows: ledger.row_count()?,
            bytes: parts.iter().map(|part| part.bytes).sum(),
            parts: parts.len(),
        })
    }

    /// Every ledger there is, in the order of their names.
    pub async fn list(&self) -> Result<Vec<LedgerName>, Error> {
        let mut found = BTreeSet::new();
        for customer in self.folders(None).await? {
            for unit in self.folders(Some(&customer)).await? {
                for table in self.folders(Some(&unit)).await? {
                    found.extend(ledger_of(&table));
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The faults of ledgers that cannot be read or not be written as they are, in the order of their names.
    pub async fn faults(&self) -> Result<Vec<(LedgerName, Error)>, Error> {
        let mut faults = Vec::new();
        for name in self.list().await? {
            let opened = self.open(&name).await;
            match opened.and_then(|ledger| ledger.check_writable()) {
                // A ledger that is made or removed at this moment is no fault.
                Ok(()) | Err(Error::NotFound) => {}
                Err(error) => faults.push((name, error)),
            }
        }
        Ok(faults)
    }

    /// Removes a ledger and all its versions.
    pub async fn remove(&self, name: &LedgerName) -> Result<u64, Error> {
        let place = Path::from(name.to_string());
        let files: Vec<_> = self.files.list(Some(&place)).try_collect().await?;
        for file in &files {
            self.files.delete(&file.location).await?;
        }
        Ok(files.len() as u64)
    }

    async fn folders(&self, below: Option<&Path>) -> Result<Vec<Path>, Error> {
        Ok(self.files.list_with_delimiter(below).await?.common_prefixes)
    }
}

fn name_of(of: &CheckedUnit, file_type: FileType) -> LedgerName {
    LedgerName { customer: of.customer.clone(), unit: of.unit.clone(), file_type }
}

/// A ledger with its place; none where there is none yet.
fn with_place(
    name: &LedgerName,
    opened: Result<Ledger, Error>,
) -> Result<Option<(String, Ledger)>, Error> {
    match opened {
        Ok(ledger) => Ok(Some((name.to_string(), ledger))),
        Err(Error::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

fn ledger_of(place: &Path) -> Option<LedgerName> {
    let parts: Vec<_> = place.parts().collect();
    let [customer, unit, table] = parts.as_slice() else { return None };
    let (customer, unit) = (customer.as_ref().parse().ok()?, unit.as_ref().parse().ok()?);
    FileType::ALL
        .into_iter()
        .map(|file_type| LedgerName {
            customer: Clone::clone(&customer),
            unit: Clone::clone(&unit),
            file_type,
        })
        .find(|name| name.table() == table.as_ref())
}
