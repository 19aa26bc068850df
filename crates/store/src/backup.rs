//! A copy of the whole store that is itself a store: a data folder with SQLite and files, whatever it was
//! made of.
//!
//! Not for: putting it back (`restoring`).
//!
//! Invariant: rows first, all of one moment, then the objects they name, then the ledgers. An object never
//! changes once it has a row, so the copy is consistent while uploads go on; each is compared with its row as
//! it is copied. A ledger may hold more than the rows know of, never less. The manifest is written last: a
//! folder without it is no whole backup.

mod base;
mod ledgers;
mod manifest;

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use crate::config::{Config, DatabaseUrl, ObjectsUrl};
use crate::dialect::Dialect;
use crate::error::Error;
use crate::objects::{ObjectId, ObjectWriter};
use crate::table_rows;
use crate::verify::{KeptObject, ObjectFault, difference};
use crate::{Store, SystemStore, folders};
use base::Base;

pub(crate) use ledgers::{LedgerCopies, copy_all};
pub(crate) use manifest::{FileDigest, Manifest, digest_of_file};

/// Names in a data folder, which a backup is as well.
pub(crate) const DATABASE: &str = "bursar.db";
pub(crate) const OBJECTS: &str = "objects";

/// The counts of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackupReport {
    pub objects: u64,
    pub bytes: u64,
    /// Of both kinds of files, those that are shared with the backup before.
    pub linked: u64,
    pub ledger_files: u64,
    pub ledger_bytes: u64,
    /// Objects that could not be copied because they are not what their rows say.
    pub faults: Vec<ObjectFault>,
}

impl SystemStore {
    /// Copies everything into `destination`, which is made, or is an empty folder
    /// ([`Error::Conflict`] otherwise). The copy is a data folder: `bursar.db` and `objects/`,
    /// the ledgers among them. Files that an earlier backup, `base`, has as well are shared with it where the
    /// file system can, once they were found to be what they were.
    pub async fn backup(
        &self,
        destination: &Path,
        base: Option<&Path>,
        now: Timestamp,
    ) -> Result<BackupReport, Error> {
        let base = match base {
            Some(folder) => Some(Base::open(folder).await?),
            None => None,
        };
        let folder = destination.to_owned();
        let database = destination.join(DATABASE);
        let config = Config {
            database: DatabaseUrl::Sqlite(database.clone()),
            objects: ObjectsUrl::Local(destination.join(OBJECTS)),
        };
        spawn_blocking(move || make_empty(&folder)).await??;
        let copy = match self.parts.db.dialect() {
            Dialect::Sqlite => {
                self.parts.db.vacuum_into(&database).await?;
                Store::open_existing(&config).await?
            }
            Dialect::Postgres => {
                let copy = Store::open(&config).await?;
                table_rows::copy(&self.parts.db, &copy.parts.db).await?;
                copy
            }
        };
        copy.system().begin_as_copy(now).await?;
        let copied = self.copy_files(&copy, destination, base.as_ref()).await;
        copy.close().await;
        let (report, ledgers) = copied?;
        let digest = digest_of_file(&database).await?;
        let manifest = Manifest::new(now, digest, report.objects, ledgers.into_digests());
        let folder = destination.to_owned();
        spawn_blocking(move || {
            File::open(&database)?.sync_all()?;
            manifest.write(&folder)
        })
        .await??;
        Ok(report)
    }

    async fn copy_files(
        &self,
        copy: &Store,
        destination: &Path,
        base: Option<&Base>,
    ) -> Result<(BackupReport, LedgerCopies), Error> {
        let mut report = BackupReport::default();
        let system = copy.system();
        let objects = destination.join(OBJECTS);
        let mut kept = system.walk_objects();
        while let Some(object) = kept.next().await? {
            if object.removed_at.is_some() {
                continue;
            }
            report.objects += 1;
            report.bytes += object.bytes;
            if let Some(base) = base
                && base.link_object(&object, &objects).await?
            {
                report.linked += 1;
                continue;
            }
            report.faults.extend(self.copy_object(&object, &system).await?);
        }
        let mut ledgers = LedgerCopies::default();
        let linking = base.map(|base| (base, objects.as_path()));
        self.copy_ledgers(&system, &mut ledgers, linking).await?;
        report.linked += ledgers.linked();
        (report.ledger_files, report.ledger_bytes) = (ledgers.files(), ledgers.bytes());
        Ok((report, ledgers))
    }

    /// Copies an object, and says what is wrong with it.
    pub(crate) async fn copy_object(
        &self,
        object: &KeptObject,
        copy: &SystemStore,
    ) -> Result<Option<ObjectFault>, Error> {
        let key = object.key();
        let fault = |damage| Some(ObjectFault { object: object.id, damage });
        let mut pieces = match self.parts.objects.read(key.as_str()).await {
            Err(Error::NotFound { .. }) => {
                // The copy's row is older than that of the file's removal.
                let is_removed = self.copy_removal_of(object, copy).await?;
                return Ok(if is_removed { None } else { fault(crate::ObjectDamage::Missing) });
            }
            pieces => pieces?,
        };
        let mut writer = ObjectWriter::create(&*copy.parts.objects, key).await?;
        while let Some(piece) = pieces.try_next().await? {
            writer.write(piece).await?;
        }
        let written = writer.finish().await?;
        if let Some(damage) = difference(object, written.content()) {
            written.discard().await;
            return Ok(fault(damage));
        }
        written.publish().await?;
        Ok(None)
    }

    /// Notes in the copy that an object was removed since its rows were read; returns `false` when it was
    /// not.
    async fn copy_removal_of(
        &self,
        object: &KeptObject,
        copy: &SystemStore,
    ) -> Result<bool, Error> {
        let at = match object.id {
            ObjectId::Upload(id) => {
                let now = self.customer(&object.customer).upload(&object.unit, id).await?;
                now.and_then(|now| now.removed_at)
            }
            ObjectId::Attachment(id) => {
                self.attachment_by_id(id).await?.and_then(|(_, now)| now.removed_at)
            }
            ObjectId::Part(_) => None,
        };
        let Some(at) = at else { return Ok(false) };
        match object.id {
            ObjectId::Upload(id) => copy.copy_removal(id, at).await?,
            ObjectId::Attachment(id) => copy.copy_detachment(id, at).await?,
            ObjectId::Part(_) => {}
        }
        Ok(true)
    }
}

/// SQLite writes its copy into an empty file and leaves the rights of that file as they are.
fn make_empty(destination: &Path) -> Result<(), Error> {
    folders::make(destination)?;
    if fs::read_dir(destination)?.next().is_some() {
        return Err(Error::Conflict { what: "backup folder" });
    }
    let database = destination.join(DATABASE);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(database)?;
    Ok(())
}
