//! A backup on its way back: proven before anything is touched.
//!
//! Invariant: the folder is only read. Its database is opened as a copy of its own, which is carried forward
//! to the newest schema without the backup's being changed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tempfile::TempDir;
use tokio::task::spawn_blocking;

use crate::backup::{DATABASE, Manifest, OBJECTS, digest_of_file};
use crate::config::{Config, DatabaseUrl, ObjectsUrl};
use crate::error::Error;
use crate::transfer::{TransferReport, TransferStep};
use crate::verify::ObjectFault;
use crate::{Store, ledger_files};

/// A folder that [`SystemStore::backup`](crate::SystemStore::backup) has made.
#[derive(Debug)]
pub struct BackupFolder {
    folder: PathBuf,
    manifest: Manifest,
    store: Store,
    /// Holds the copy of the database.
    _scratch: TempDir,
}

/// Something in a backup that is not as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupFault {
    Object(ObjectFault),
    /// Named as in the manifest.
    LedgerFile(String),
}

impl fmt::Display for BackupFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(fault) => fault.fmt(f),
            Self::LedgerFile(name) => {
                write!(f, "{name}: this file of a ledger is missing or not as it was copied")
            }
        }
    }
}

impl BackupFolder {
    /// Opens a backup; [`Error::Illegal`] with the reason where it is none, or was served or changed since.
    pub async fn open(folder: &Path) -> Result<Self, Error> {
        let manifest = Manifest::read(folder).await?;
        let database = folder.join(DATABASE);
        if digest_of_file(&database).await? != manifest.database {
            return Err(Error::Illegal {
                why: format!(
                    "{} is not as the backup was made: it was served since, or damaged; a folder that was served \
                     is moved with: bursard --data-dir FOLDER migrate --to",
                    database.display()
                ),
            });
        }
        let scratch = spawn_blocking(tempfile::tempdir).await??;
        let copy = scratch.path().join(DATABASE);
        let to = copy.clone();
        spawn_blocking(move || fs::copy(database, to)).await??;
        let store = Store::open_existing(&Config {
            database: DatabaseUrl::Sqlite(copy),
            objects: ObjectsUrl::Local(folder.join(OBJECTS)),
        })
        .await?;
        Ok(Self { folder: folder.to_owned(), manifest, store, _scratch: scratch })
    }

    /// The moment at which it was made: all rows are as they were then.
    pub const fn made_at(&self) -> Timestamp {
        self.manifest.made_at
    }

    /// Reads every file and compares it with its row or the manifest.
    pub async fn verify(&self) -> Result<Vec<BackupFault>, Error> {
        let verified = self.store.system().verify_objects(|_progress| {}).await?;
        let mut faults: Vec<_> = verified.faults.into_iter().map(BackupFault::Object).collect();
        let ledgers = self.folder.join(OBJECTS).join(ledger_files::ROOT);
        for (name, wanted) in &self.manifest.ledger_files {
            match digest_of_file(&ledgers.join(name)).await {
                Ok(found) if found == *wanted => {}
                Ok(_) | Err(Error::Io(_)) => faults.push(BackupFault::LedgerFile(name.clone())),
                Err(other) => return Err(other),
            }
        }
        Ok(faults)
    }

    /// Puts everything into a store that is empty, or where an earlier attempt ended;
    /// [`Error::Conflict`] where anything else is.
    pub async fn restore(
        &self,
        store: &Store,
        told: impl Fn(TransferStep) + Send + Sync,
    ) -> Result<TransferReport, Error> {
        self.store.system().copy_everything_to(store, told).await
    }

    /// Lets go of the copy of its database.
    pub async fn close(self) {
        self.store.close().await;
    }
}
