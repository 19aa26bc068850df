//! Moving everything to another store: another database, other objects.
//!
//! Not for: a copy to keep (`backup`).
//!
//! Invariant: the other store has nothing of its own, or exactly what an earlier attempt left; nothing is
//! changed where it came from; at the end all rows, objects and files of ledgers there were read back and
//! have the digests they have here.

use futures_util::future::{BoxFuture, try_join_all};
use futures_util::{FutureExt as _, TryStreamExt as _};
use object_store::{ObjectStore as _, ObjectStoreExt as _};

use crate::backup::LedgerCopies;
use crate::error::Error;
use crate::objects::{ObjectId, ObjectKey};
use crate::table_rows::{self, TableDigest};
use crate::verify::{KeptObject, ObjectFault};
use crate::{Store, SystemStore};

/// A service answers many requests at once, and each waits mostly for the network.
const OBJECTS_AT_ONCE: usize = 8;

/// The step that a move has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferStep {
    Rows,
    /// So many objects are there.
    Objects(u64),
    Ledgers,
    /// So many objects were read back.
    Verifying(u64),
}

/// The counts of a move.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TransferReport {
    /// The content of every table, here as there.
    pub tables: Vec<TableDigest>,
    pub objects: u64,
    pub bytes: u64,
    pub ledger_files: u64,
    pub ledger_bytes: u64,
    /// Objects that are not what their rows say, here already.
    pub faults: Vec<ObjectFault>,
    /// Set when rows changed here meanwhile: somebody goes on working here.
    pub has_changed: bool,
}

impl TransferReport {
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    pub fn is_whole(&self) -> bool {
        self.faults.is_empty() && !self.has_changed
    }
}

impl SystemStore {
    /// Copies everything to a store that is empty, or where an earlier attempt ended; [`Error::Conflict`]
    /// where anything else is.
    pub async fn copy_everything_to(
        &self,
        other: &Store,
        told: impl Fn(TransferStep) + Send + Sync,
    ) -> Result<TransferReport, Error> {
        let other = other.system();
        told(TransferStep::Rows);
        let is_new = table_rows::is_empty(&other.parts.db).await?;
        self.check_objects_of(&other).await?;
        let tables = if is_new {
            table_rows::copy(&self.parts.db, &other.parts.db).await?
        } else {
            let there = table_rows::digests(&other.parts.db).await?;
            if there != table_rows::digests(&self.parts.db).await? {
                return Err(Error::Conflict { what: "database" });
            }
            there
        };
        let mut report = TransferReport { tables, ..TransferReport::default() };
        self.send_objects(&other, &mut report, &told).await?;
        told(TransferStep::Ledgers);
        let mut copies = LedgerCopies::default();
        self.copy_ledgers(&other, &mut copies, None).await?;
        (report.ledger_files, report.ledger_bytes) = (copies.files(), copies.bytes());
        copies.verify(&*other.ledger_files()?).await?;
        let lost: Vec<_> = report.faults.iter().map(|fault| fault.object).collect();
        let verified =
            other.verify_objects(|so_far| told(TransferStep::Verifying(so_far.objects))).await?;
        if let Some(fault) = verified.faults.into_iter().find(|bad| !lost.contains(&bad.object)) {
            return Err(Error::internal(format!("it arrived otherwise: {fault}")));
        }
        report.has_changed = table_rows::digests(&self.parts.db).await? != report.tables;
        Ok(report)
    }

    /// Refuses a place with objects of others. What an attempt was writing when it was cut off goes.
    async fn check_objects_of(&self, other: &SystemStore) -> Result<(), Error> {
        let objects = &other.parts.objects;
        let mut there = objects.list().await?;
        while let Some(object) = there.try_next().await? {
            let is_ours = match ObjectKey::parse(&object.name) {
                // A part is never copied: its sender begins again there.
                None | Some((_, _, ObjectId::Part(_))) => false,
                Some((customer, unit, ObjectId::Upload(id))) => {
                    self.customer(&customer).upload(&unit, id).await?.is_some()
                }
                Some((customer, _, ObjectId::Attachment(id))) => {
                    let row = self.attachment_by_id(id).await?;
                    row.is_some_and(|(owner, _)| owner == customer)
                }
            };
            if !is_ours {
                return Err(Error::Conflict { what: "place of files" });
            }
        }
        let (here, files) = (self.ledger_files()?, other.ledger_files()?);
        let mut there = files.list(None);
        while let Some(file) = there.try_next().await? {
            match here.head(&file.location).await {
                Ok(_) => {}
                Err(object_store::Error::NotFound { .. }) => {
                    return Err(Error::Conflict { what: "place of ledgers" });
                }
                Err(error) => return Err(error.into()),
            }
        }
        for temporary in objects.temporaries().await? {
            objects.delete_temporary(&temporary.name).await?;
        }
        Ok(())
    }

    async fn send_objects(
        &self,
        other: &SystemStore,
        report: &mut TransferReport,
        told: &(impl Fn(TransferStep) + Send + Sync),
    ) -> Result<(), Error> {
        let mut kept = other.walk_objects();
        loop {
            let mut some = Vec::with_capacity(OBJECTS_AT_ONCE);
            while some.len() < OBJECTS_AT_ONCE
                && let Some(object) = kept.next().await?
            {
                some.extend(object.removed_at.is_none().then_some(object));
            }
            if some.is_empty() {
                return Ok(());
            }
            let mut sending: Vec<BoxFuture<'_, _>> = Vec::with_capacity(some.len());
            for object in &some {
                sending.push(self.send_object(other, object).boxed());
            }
            let faults = try_join_all(sending).await?;
            report.objects += some.len() as u64;
            report.bytes += some.iter().map(|object| object.bytes).sum::<u64>();
            report.faults.extend(faults.into_iter().flatten());
            told(TransferStep::Objects(report.objects));
        }
    }

    /// Sends an object that is not there as it should be.
    async fn send_object(
        &self,
        other: &SystemStore,
        object: &KeptObject,
    ) -> Result<Option<ObjectFault>, Error> {
        if other.object_fault(object).await?.is_none() {
            return Ok(None);
        }
        other.remove_object(object).await?;
        self.copy_object(object, other).await
    }
}
