//! An earlier backup, whose files need not be copied once more: they are shared by hard links.
//!
//! Invariant: a file is shared only once it was read and has the digest it should have; where the file system
//! cannot share, it is copied like any other.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use object_store::ObjectMeta;
use tokio::task::spawn_blocking;

use super::OBJECTS;
use super::manifest::{FileDigest, Manifest, digest_of_file};
use crate::error::Error;
use crate::ledger_files;
use crate::verify::KeptObject;

#[derive(Debug)]
pub(crate) struct Base {
    objects: PathBuf,
    manifest: Manifest,
}

impl Base {
    pub(super) async fn open(folder: &Path) -> Result<Self, Error> {
        Ok(Self { objects: folder.join(OBJECTS), manifest: Manifest::read(folder).await? })
    }

    /// Shares an object; whether it is there now.
    pub(super) async fn link_object(
        &self,
        object: &KeptObject,
        destination: &Path,
    ) -> Result<bool, Error> {
        let wanted = FileDigest { bytes: object.bytes, sha256: object.sha256 };
        self.link(object.key().as_str(), wanted, destination).await
    }

    /// Shares a file of a ledger that has not changed since; its digest, if it is there now.
    pub(super) async fn link_ledger_file(
        &self,
        file: &ObjectMeta,
        destination: &Path,
    ) -> Result<Option<FileDigest>, Error> {
        let name = file.location.to_string();
        let Some(known) = self.manifest.ledger_files.get(&name).copied() else { return Ok(None) };
        let changed = file.last_modified.timestamp_micros();
        if known.bytes != file.size || changed >= self.manifest.made_at.as_microsecond() {
            return Ok(None);
        }
        let name = format!("{}/{name}", ledger_files::ROOT);
        Ok(self.link(&name, known, destination).await?.then_some(known))
    }

    async fn link(
        &self,
        name: &str,
        wanted: FileDigest,
        destination: &Path,
    ) -> Result<bool, Error> {
        let (here, there) = (self.objects.join(name), destination.join(name));
        match digest_of_file(&here).await {
            Ok(found) if found == wanted => {}
            // Lost or damaged there: it is copied anew.
            Ok(_) | Err(Error::Io(_)) => return Ok(false),
            Err(other) => return Err(other),
        }
        spawn_blocking(move || {
            let folder = there.parent().expect("a name is below the folder of the objects");
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            if fs::hard_link(&here, &there).is_err() {
                return Ok(false);
            }
            File::open(folder)?.sync_all()?;
            Ok(true)
        })
        .await?
    }
}
