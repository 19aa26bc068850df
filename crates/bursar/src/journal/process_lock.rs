//! Which process an entry belongs to while it is sent, and whether that process still lives: it holds
//! a lock on a file of its own, which the operating system takes away when it dies, however it dies.
//!
//! Invariant: a mark without a lock on its file belongs to nobody.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

const FOLDER: &str = "holders";
/// Not yet locked; nobody judges it.
const NEW: &str = ".new-";

/// A lock by which other processes see that this one lives.
#[derive(Debug)]
pub(super) struct ProcessLock {
    folder: PathBuf,
    id: String,
    /// Locked as long as it is open.
    _lock: File,
}

impl ProcessLock {
    pub(super) fn acquire(outbox: &Path, id: &str) -> io::Result<Self> {
        let folder = outbox.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let new = folder.join(format!("{NEW}{id}"));
        let lock = File::create(&new)?;
        lock.lock()?;
        fs::rename(&new, folder.join(id))?;
        Ok(Self { folder, id: id.to_owned(), _lock: lock })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn is_alive(&self, id: &str) -> bool {
        if id == self.id {
            return true;
        }
        let Ok(file) = File::open(self.folder.join(id)) else { return false };
        // On a file system without locks the lease decides.
        file.try_lock().is_err()
    }

    pub(super) fn forget(&self, id: &str) {
        // What is left of it locks nothing: it is found dead and swept.
        fs::remove_file(self.folder.join(id)).unwrap_or_else(|_swept_later| ());
    }
}

impl Drop for ProcessLock {
    fn drop(&mut self) {
        self.forget(&self.id);
    }
}
