//! Which versions have a list index in memory, and how the next one comes to be.
//!
//! Invariant: the newest version of a ledger at most, [`LIST_INDEX_BYTES_MAX`] of all together, one made
//! at a time; without an index the engine answers, only later.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::FileType;
use domain::finding::CheckedUnit;
use domain::ledger_view::{RowsFilter, RowsOrder, RowsRequest};
use domain::page::PageSize;
use lru::LruCache;

use super::index_folder::IndexFolder;
use super::list_index::{ListIndex, ListIndexBuilder};
use super::{Browser, listed};
use crate::engine::Stop;
use crate::error::Error;
use crate::ledger::Ledger;
use crate::limits::LIST_INDEX_BYTES_MAX;

const SUPPLIER: &str = "supplier_ref";
/// No supplier: cells are trimmed.
const NOBODY: &str = " ";

/// The list indexes of all units; when there is no room, the one asked for longest ago goes. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct ListIndexCache {
    units: Arc<Mutex<LruCache<CheckedUnit, UnitIndex>>>,
    /// Held by whoever makes one.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug)]
struct UnitIndex {
    version: u64,
    /// None while it is made, and of what had to go or is too large: it is not tried again before the next
    /// version, or two ledgers that do not fit together would be made for ever.
    index: Option<Arc<ListIndex>>,
}

impl UnitIndex {
    fn bytes(&self) -> usize {
        self.index.as_ref().map_or(0, |index| index.bytes())
    }
}

impl Default for ListIndexCache {
    fn default() -> Self {
        Self { units: Arc::new(Mutex::new(LruCache::unbounded())), turn: Arc::default() }
    }
}

impl ListIndexCache {
    fn units(&self) -> MutexGuard<'_, LruCache<CheckedUnit, UnitIndex>> {
        self.units.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, unit: &CheckedUnit, version: u64) -> Option<Arc<ListIndex>> {
        let mut units = self.units();
        units.peek(unit).filter(|one| one.version == version)?;
        units.get(unit)?.index.clone()
    }

    /// True when it is for the caller to make, as nobody has begun to. Lets go of the version before, which
    /// nobody asks for any more.
    fn begin(&self, unit: &CheckedUnit, version: u64) -> bool {
        if self.has_begun(unit, version) {
            return false;
        }
        self.units().put(unit.clone(), UnitIndex { version, index: None });
        true
    }

    fn has_begun(&self, unit: &CheckedUnit, version: u64) -> bool {
        self.units().peek(unit).is_some_and(|one| one.version >= version)
    }

    fn put(&self, unit: &CheckedUnit, version: u64, made: ListIndex) {
        let mut units = self.units();
        let mut all = made.bytes();
        if let Some(own) = units.peek_mut(unit).filter(|one| one.version == version) {
            own.index = Some(Arc::new(made));
        }
        for (_, one) in units.iter_mut().filter(|(of, _)| *of != unit) {
            if all + one.bytes() > LIST_INDEX_BYTES_MAX {
                one.index = None;
            } else {
                all += one.bytes();
            }
        }
    }

    /// Keeps an index for the next start, unless it is behind by then: files that come one after the other
    /// are no reason to write it for each.
    async fn keep_later(&self, folder: IndexFolder, of: CheckedUnit, ledger: Ledger) {
        tokio::time::sleep(folder.wait).await;
        if let Some(index) = self.get(&of, ledger.version()) {
            let keep = move || folder.keep(&of, &ledger, &index);
            tokio::task::spawn_blocking(keep).await.unwrap_or_else(|_ending| ());
        }
    }

    /// Forgets that one was begun: it could not be made this time.
    fn give_up(&self, unit: &CheckedUnit, version: u64) {
        let mut units = self.units();
        if units.peek(unit).is_some_and(|one| one.version == version) {
            units.pop(unit);
        }
    }

    fn retain(&self, wanted: &[CheckedUnit]) {
        let mut units = self.units();
        let gone: Vec<CheckedUnit> = units
            .iter()
            .map(|(unit, _)| unit)
            .filter(|unit| !wanted.contains(unit))
            .cloned()
            .collect();
        for unit in gone {
            units.pop(&unit);
        }
    }

    fn has_room(&self) -> bool {
        let all: usize = self.units().iter().map(|(_, one)| one.bytes()).sum();
        all < LIST_INDEX_BYTES_MAX / 2
    }
}

/// An index that is being made; forgotten when whoever makes it is dropped.
struct BegunIndex<'a> {
    lists: &'a ListIndexCache,
    unit: &'a CheckedUnit,
    version: u64,
    is_over: bool,
}

impl Drop for BegunIndex<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.lists.give_up(self.unit, self.version);
        }
    }
}

impl Browser {
    /// Makes the list index of a unit's newest transactions, unless there is one: so that nobody waits at
    /// the first look.
    pub async fn warm(&self, of: &CheckedUnit) -> Result<(), Error> {
        match self.ledgers.open_of_unit(of, FileType::Transactions).await? {
            Some((_, ledger)) => self.warm_version(of, ledger).await,
            None => Ok(()),
        }
    }

    /// Makes the list index of every unit while there is room, and lets go of those of units that are no
    /// more. A ledger that cannot be read keeps nobody else's from it; the first such error is given back at
    /// the end.
    pub async fn warm_all(&self) -> Result<(), Error> {
        let mut end = Ok(());
        let names = self.ledgers.list().await?.into_iter();
        let units: Vec<CheckedUnit> = names
            .filter(|name| name.file_type == FileType::Transactions)
            .map(|name| CheckedUnit { customer: name.customer, unit: name.unit })
            .collect();
        self.lists.retain(&units);
        if let Some(folder) = self.folder.clone() {
            let units = units.clone();
            tokio::task::spawn_blocking(move || folder.retain(&units)).await?;
        }
        for unit in &units {
            if self.lists.has_room() {
                end = end.and(self.warm(unit).await);
                end = end.and(self.look_once(unit).await);
            }
        }
        end
    }

    /// Opens the ledgers of a unit as the pages of a supplier and of a finding do: of the first look at a
    /// ledger most is spent on its log, on what its files say of themselves and on the engine's own code.
    async fn look_once(&self, of: &CheckedUnit) -> Result<(), Error> {
        self.supplier(of, NOBODY).await?;
        let mut request = RowsRequest {
            of: of.clone(),
            file_type: FileType::Transactions,
            filter: RowsFilter::default(),
            order: RowsOrder::usual(FileType::Transactions),
            skip: 0,
            size: PageSize::fixed(1),
        };
        let first = self.rows(&request).await?.rows.into_iter().next();
        let Some(mut invoice) = first else { return Ok(()) };
        request.filter.supplier = invoice.fields.remove(SUPPLIER);
        request.filter.id = Some(invoice.id);
        self.rows(&request).await.map(|_invoice| ())
    }

    /// Makes an index beside the request that found it missing, which does not wait for it.
    pub(super) fn warm_later(&self, of: &CheckedUnit, ledger: Ledger) {
        if self.lists.has_begun(of, ledger.version()) {
            return;
        }
        let (own, of) = (self.clone(), of.clone());
        // Whether it works out shows in how long the next look takes; a ledger that cannot be read is an
        // error of the look itself.
        tokio::spawn(async move { own.warm_version(&of, ledger).await });
    }

    async fn warm_version(&self, of: &CheckedUnit, ledger: Ledger) -> Result<(), Error> {
        let (lists, version) = (&self.lists, ledger.version());
        if !lists.begin(of, version) {
            return Ok(());
        }
        let mut begun = BegunIndex { lists, unit: of, version, is_over: false };
        let _turn = lists.turn.lock().await;
        let (folder, unit) = (self.folder.clone(), of.clone());
        let made = self.background.execute(move |stop| async move {
            let make = move || kept_or_made(folder.as_ref(), &unit, ledger, &stop);
            tokio::task::spawn_blocking(make).await?
        });
        let (made, to_keep) = made.await?;
        if let Some(made) = made {
            lists.put(of, version, made);
        }
        begun.is_over = true;
        if let (Some(folder), Some(ledger)) = (self.folder.clone(), to_keep) {
            let (lists, of) = (lists.clone(), of.clone());
            // Nobody waits for it.
            drop(tokio::spawn(async move { lists.keep_later(folder, of, ledger).await }));
        }
        Ok(())
    }
}

/// The index, and the ledger of one that is not kept yet.
fn kept_or_made(
    folder: Option<&IndexFolder>,
    of: &CheckedUnit,
    ledger: Ledger,
    stop: &Stop,
) -> Result<(Option<ListIndex>, Option<Ledger>), Error> {
    let kept = folder.and_then(|folder| folder.read(of, &ledger));
    match kept.filter(|index| index.bytes() <= LIST_INDEX_BYTES_MAX) {
        Some(index) => Ok((Some(index), None)),
        None => Ok((make(&ledger, stop)?, Some(ledger))),
    }
}

/// None when it is larger than all may be together.
fn make(ledger: &Ledger, stop: &Stop) -> Result<Option<ListIndex>, Error> {
    let mut builder = ListIndexBuilder::default();
    for batch in ledger.rows(Some(listed(FileType::Transactions)))? {
        stop.check()?;
        if !builder.add(&batch?) || builder.bytes() > LIST_INDEX_BYTES_MAX {
            return Ok(None);
        }
    }
    let index = builder.finish();
    Ok((index.bytes() <= LIST_INDEX_BYTES_MAX).then_some(index))
}
