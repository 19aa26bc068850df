//! A copy of the whole store that is itself a store.
//!
//! Not for: rows in PostgreSQL, whose own tools do it better; the error says how.
//!
//! Invariant: rows first, then the objects they name, then the ledgers. An object never changes once
//! it has a row, so the copy is consistent while uploads go on; each is compared with its row as it
//! is copied. A ledger may hold more than the rows know of, never less.

mod ledgers;

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use domain::Upload;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use tokio::task::spawn_blocking;

use crate::config::{Config, DatabaseUrl, ObjectsUrl};
use crate::error::Error;
use crate::objects::{ObjectKey, ObjectWriter};
use crate::verify::{ObjectFault, difference};
use crate::{Store, SystemStore, folders};

/// Names in a data folder, which a backup is as well.
const DATABASE: &str = "bursar.db";
const OBJECTS: &str = "objects";

/// The counts of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackupReport {
    pub objects: u64,
    pub bytes: u64,
    pub ledger_files: u64,
    pub ledger_bytes: u64,
    /// Objects that could not be copied because they are not what their rows say.
    pub faults: Vec<ObjectFault>,
}

impl SystemStore {
    /// Copies everything into `destination`, which is made, or is an empty folder
    /// ([`Error::Conflict`] otherwise). The copy is a data folder: `bursar.db` and `objects/`,
    /// the ledgers among them.
    pub async fn backup(&self, destination: &Path, now: Timestamp) -> Result<BackupReport, Error> {
        let destination = destination.to_owned();
        let database = destination.join(DATABASE);
        let copy = Config {
            database: DatabaseUrl::Sqlite(database.clone()),
            objects: ObjectsUrl::Local(destination.join(OBJECTS)),
        };
        self.parts.db.check_can_be_copied()?;
        spawn_blocking(move || make_empty(&destination)).await??;
        self.parts.db.copy_to(&database).await?;
        let copy = Store::open_existing(&copy).await?;
        copy.system().begin_as_copy(now).await?;
        let report = self.copy_objects(&copy).await;
        copy.close().await;
        spawn_blocking(move || make_durable(&database)).await??;
        report
    }

    async fn copy_objects(&self, copy: &Store) -> Result<BackupReport, Error> {
        let mut report = BackupReport::default();
        let system = copy.system();
        let mut uploads = system.walk_uploads();
        while let Some(upload) = uploads.next().await? {
            if upload.removed_at.is_some() {
                continue;
            }
            report.objects += 1;
            report.bytes += upload.bytes;
            report.faults.extend(self.copy_object(&upload, copy).await?);
        }
        self.copy_ledgers(&system, &mut report).await?;
        Ok(report)
    }

    async fn copy_object(
        &self,
        upload: &Upload,
        copy: &Store,
    ) -> Result<Option<ObjectFault>, Error> {
        let key = ObjectKey::for_upload(upload);
        let fault = |wrong| Some(ObjectFault { upload: upload.id, wrong });
        let mut pieces = match self.parts.objects.read(key.as_str()).await {
            Err(Error::NotFound { .. }) => {
                // The copy's row is older than that of the file's removal.
                let now = self.customer(&upload.customer).upload(&upload.unit, upload.id).await?;
                let Some(at) = now.and_then(|now| now.removed_at) else {
                    return Ok(fault(crate::Wrong::Missing));
                };
                copy.system().copy_removal(upload.id, at).await?;
                return Ok(None);
            }
            pieces => pieces?,
        };
        let mut writer = ObjectWriter::create(&*copy.parts.objects, key).await?;
        while let Some(piece) = pieces.try_next().await? {
            writer.write(piece).await?;
        }
        let written = writer.finish().await?;
        if let Some(wrong) = difference(upload, written.content()) {
            written.discard().await;
            return Ok(fault(wrong));
        }
        written.publish().await?;
        Ok(None)
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

fn make_durable(database: &Path) -> Result<(), Error> {
    File::open(database)?.sync_all()?;
    if let Some(folder) = database.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
