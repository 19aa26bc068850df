//! Publishing a file so that its name survives a power cut.
//!
//! Invariant: an entry is durable once its directory was fsynced after the entry was made. A
//! directory counts as known only when its own entry was made durable by this process: whoever
//! finds a directory that somebody else has just made must not rely on that one's fsync.

use std::collections::HashSet;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{CWD, RenameFlags};
use rustix::io::Errno;
use tokio::task::spawn_blocking;

use super::group_sync::GroupSync;
use crate::error::Error;

/// A thousand customers for a few years; forgetting costs some fsyncs, remembering 150 bytes each.
const KNOWN_FOLDERS_MAX: usize = 50_000;

/// Names below one folder.
#[derive(Debug)]
pub(super) struct DurableNames {
    root: PathBuf,
    known: Mutex<HashSet<PathBuf>>,
    group: Arc<GroupSync>,
}

/// The choice when a file of that name is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnConflict {
    /// [`Error::Conflict`]
    Refuse,
    Replace,
}

/// The directory that a name goes into, and those on the way to it that are not known to be durable.
struct PlaceOfName {
    folder: PathBuf,
    unknown: Vec<PathBuf>,
}

/// A rename that makes the directories it needs.
struct Renaming {
    from: PathBuf,
    to: PathBuf,
    taken: OnConflict,
    to_make: Vec<PathBuf>,
}

impl Renaming {
    fn new(from: &Path, to: &Path, taken: OnConflict, place: &PlaceOfName) -> Self {
        let (from, to, to_make) = (from.to_owned(), to.to_owned(), place.unknown.clone());
        Self { from, to, taken, to_make }
    }

    fn run(&self) -> Result<(), Error> {
        self.to_make.iter().try_for_each(|folder| make_folder(folder))?;
        match self.taken {
            OnConflict::Refuse => rename_without_replacing(&self.from, &self.to),
            OnConflict::Replace => Ok(fs::rename(&self.from, &self.to)?),
        }
    }
}

impl DurableNames {
    pub(super) fn below(root: &Path) -> Self {
        Self { root: root.to_owned(), known: Mutex::default(), group: Arc::new(GroupSync::new()) }
    }

    /// Renames `temporary`, whose bytes are durable, to `published`, and returns once that name and
    /// all directories that lead to it are durable.
    pub(super) async fn publish(
        &self,
        temporary: &Path,
        published: &Path,
        taken: OnConflict,
    ) -> Result<(), Error> {
        let place = self.place_of(published);
        let renaming = Renaming::new(temporary, published, taken, &place);
        spawn_blocking(move || renaming.run()).await??;
        self.sync_names(&place).await?;
        self.remember(place.unknown);
        Ok(())
    }

    /// Has `temporary` made or finished, makes its bytes durable, and publishes it as [`Self::publish`] does:
    /// all of it but the folders in one turn of a thread that may wait.
    pub(super) async fn publish_made(
        &self,
        make: impl FnOnce() -> io::Result<File> + Send + 'static,
        temporary: &Path,
        published: &Path,
    ) -> Result<(), Error> {
        let place = self.place_of(published);
        let renaming = Renaming::new(temporary, published, OnConflict::Refuse, &place);
        spawn_blocking(move || {
            make()?.sync_data()?;
            renaming.run()
        })
        .await??;
        self.sync_names(&place).await?;
        self.remember(place.unknown);
        Ok(())
    }

    fn place_of(&self, published: &Path) -> PlaceOfName {
        let folder = published.parent().expect("a key is below the root").to_owned();
        let unknown = unknown_folders(&self.root, &folder, &self.lock());
        PlaceOfName { folder, unknown }
    }

    async fn sync_names(&self, place: &PlaceOfName) -> Result<(), Error> {
        for parent in folders_to_sync(&place.folder, &place.unknown) {
            self.group.sync(&parent).await?;
        }
        Ok(())
    }

    fn remember(&self, folders: Vec<PathBuf>) {
        if folders.is_empty() {
            return;
        }
        let mut known = self.lock();
        if known.len() >= KNOWN_FOLDERS_MAX {
            known.clear();
        }
        known.extend(folders);
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        // Nothing here panics half way through a change.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The directories from `root` (without it) down to `folder` whose entries are not known to be
/// durable, outermost first.
fn unknown_folders(root: &Path, folder: &Path, known: &HashSet<PathBuf>) -> Vec<PathBuf> {
    let mut unknown: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|ancestor| *ancestor != root && ancestor.starts_with(root))
        .filter(|ancestor| !known.contains(*ancestor))
        .map(Path::to_owned)
        .collect();
    unknown.reverse();
    unknown
}

/// `folder`, which holds the new name, after the parents of all unknown directories, outermost
/// first.
fn folders_to_sync(folder: &Path, unknown: &[PathBuf]) -> Vec<PathBuf> {
    let parent = |made: &PathBuf| made.parent().expect("it is below the root").to_owned();
    unknown.iter().map(parent).chain([folder.to_owned()]).collect()
}

fn make_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn rename_without_replacing(from: &Path, to: &Path) -> Result<(), Error> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // File systems such as NFS know no such rename.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => link_without_replacing(from, to),
        Err(Errno::EXIST) => Err(Error::Conflict { what: "object" }),
        renamed => Ok(renamed?),
    }
}

fn link_without_replacing(from: &Path, to: &Path) -> Result<(), Error> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(Error::Conflict { what: "object" })
        }
        Err(error) => Err(error.into()),
        Ok(()) => Ok(fs::remove_file(from)?),
    }
}

#[cfg(test)]
mod tests;
