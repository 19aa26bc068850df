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

/// This process, as the others see it.
#[derive(Debug)]
pub(super) struct Holder {
    folder: PathBuf,
    mark: String,
    /// Locked as long as it is open.
    _lock: File,
}

impl Holder {
    pub(super) fn enter(outbox: &Path, mark: &str) -> io::Result<Self> {
        let folder = outbox.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let new = folder.join(format!("{NEW}{mark}"));
        let lock = File::create(&new)?;
        lock.lock()?;
        fs::rename(&new, folder.join(mark))?;
        Ok(Self { folder, mark: mark.to_owned(), _lock: lock })
    }

    pub(super) fn mark(&self) -> &str {
        &self.mark
    }

    pub(super) fn is_alive(&self, mark: &str) -> bool {
        if mark == self.mark {
            return true;
        }
        let Ok(file) = File::open(self.folder.join(mark)) else { return false };
        // On a file system without locks the lease decides.
        file.try_lock().is_err()
    }

    pub(super) fn forget(&self, mark: &str) {
        // What is left of it locks nothing: it is found dead and swept.
        fs::remove_file(self.folder.join(mark)).unwrap_or_else(|_swept_later| ());
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.forget(&self.mark);
    }
}
