//! Files on their way in: where they lie until they are whole, and those that wait for their own name.
//!
//! A file is first written here and then received, as clients write its parts in any order and may give it
//! its name only at the end.
//!
//! Invariant: what lies here was promised to nobody; it is gone when the process is.

use std::collections::{BTreeMap, HashMap};
use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{CustomerName, UnitName};
use jiff::Timestamp;
use tempfile::{NamedTempFile, TempPath};

use super::path::FilePlace;
use super::refusal::Refusal;
use crate::limits::{SFTP_WAITING_FILES_MAX, SFTP_WAITING_TIME_MAX};

/// The unit of a customer.
pub(super) type Owner = (CustomerName, UnitName);

type WaitingFiles = HashMap<Owner, BTreeMap<FilePlace, WaitingFile>>;

/// The folder, and the files that wait in it; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Spool {
    folder: Arc<Path>,
    waiting: Arc<Mutex<WaitingFiles>>,
}

/// A file that was closed under the name of a part.
#[derive(Debug)]
pub(super) struct WaitingFile {
    pub(super) path: TempPath,
    pub(super) bytes: u64,
    pub(super) since: Timestamp,
}

impl Spool {
    pub(super) fn new(folder: PathBuf) -> io::Result<Self> {
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        Ok(Self { folder: folder.into(), waiting: Arc::default() })
    }

    /// A new file, for its owner only.
    pub(super) fn make_file(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o600))
            .tempfile_in(&self.folder)
    }

    /// Keeps a file until it is renamed. One of that name that waits already is replaced.
    pub(super) fn keep(
        &self,
        owner: &Owner,
        place: FilePlace,
        file: WaitingFile,
    ) -> Result<(), Refusal> {
        let mut all = self.lock(file.since);
        let waiting = all.entry(owner.clone()).or_default();
        if waiting.len() >= SFTP_WAITING_FILES_MAX && !waiting.contains_key(&place) {
            return Err(Refusal::failed(format!(
                "{SFTP_WAITING_FILES_MAX} files wait to be renamed, which is as many as may; rename or remove them"
            )));
        }
        drop(waiting.insert(place, file));
        Ok(())
    }

    pub(super) fn take(
        &self,
        owner: &Owner,
        place: &FilePlace,
        now: Timestamp,
    ) -> Option<WaitingFile> {
        let mut all = self.lock(now);
        let waiting = all.get_mut(owner)?;
        let taken = waiting.remove(place);
        if waiting.is_empty() {
            all.remove(owner);
        }
        taken
    }

    /// Length and time of a file that waits.
    pub(super) fn find(
        &self,
        owner: &Owner,
        place: &FilePlace,
        now: Timestamp,
    ) -> Option<(u64, Timestamp)> {
        let file = self.lock(now);
        let file = file.get(owner)?.get(place)?;
        Some((file.bytes, file.since))
    }

    /// The files that wait in the folders of a unit.
    pub(super) fn list(&self, owner: &Owner, now: Timestamp) -> Vec<(FilePlace, u64, Timestamp)> {
        let all = self.lock(now);
        let waiting = all.get(owner).into_iter().flatten();
        waiting.map(|(place, file)| (place.clone(), file.bytes, file.since)).collect()
    }

    /// All that wait and are not given up.
    fn lock(&self, now: Timestamp) -> MutexGuard<'_, WaitingFiles> {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for waiting in all.values_mut() {
            waiting.retain(|_, file| file.since + SFTP_WAITING_TIME_MAX > now);
        }
        all.retain(|_, waiting| !waiting.is_empty());
        all
    }
}

#[cfg(test)]
mod tests {
    use domain::FileType;

    use super::*;

    fn place(name: &str) -> FilePlace {
        FilePlace { folder: FileType::Suppliers, name: name.to_owned() }
    }

    fn waiting(spool: &Spool, since: Timestamp) -> WaitingFile {
        WaitingFile { path: spool.make_file().unwrap().into_temp_path(), bytes: 3, since }
    }

    #[test]
    fn files_wait_until_they_are_taken_or_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path().join("sftp")).unwrap();
        let owner: Owner = ("acme".parse().unwrap(), "north".parse().unwrap());
        let other: Owner = ("acme".parse().unwrap(), "south".parse().unwrap());
        let now: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        for number in 0..SFTP_WAITING_FILES_MAX {
            let file = waiting(&spool, now);
            spool.keep(&owner, place(&format!("{number}.part")), file).unwrap();
        }
        spool.keep(&owner, place("0.part"), waiting(&spool, now)).unwrap();
        spool.keep(&owner, place("one.part"), waiting(&spool, now)).unwrap_err();
        spool.keep(&other, place("one.part"), waiting(&spool, now)).unwrap();
        assert!(spool.take(&other, &place("0.part"), now).is_none(), "another unit's");
        let taken = spool.take(&owner, &place("0.part"), now).unwrap();
        assert!(taken.path.exists());
        assert!(spool.find(&owner, &place("0.part"), now).is_none());
        let path = taken.path.to_path_buf();
        drop(taken);
        assert!(!path.exists());
        assert_eq!(spool.list(&owner, now).len(), SFTP_WAITING_FILES_MAX - 1);
        assert!(spool.list(&owner, now + SFTP_WAITING_TIME_MAX).is_empty());
        assert_eq!(std::fs::read_dir(folder.path().join("sftp")).unwrap().count(), 0);
    }

    #[test]
    fn what_another_process_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("left"), b"x").unwrap();
        let spool = Spool::new(folder.path().to_path_buf()).unwrap();
        assert_eq!(std::fs::read_dir(&spool.folder).unwrap().count(), 0);
    }
}
