//! Files and folders, with faults that name them.
//!
//! Not for: the files of the repository as rules see them (`tidy/tree`).

use std::fs;
use std::io;
use std::path::Path;

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|fault| cannot("read", path, &fault))
}

pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|fault| cannot("read", path, &fault))
}

/// Writes a file, and makes the folders above it.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    fs::write(path, content).map_err(|fault| cannot("write", path, &fault))
}

pub(crate) fn make_folder(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|fault| cannot("make", path, &fault))
}

/// Removes a folder, if it is there: what an earlier run left must not be packed or measured again.
pub(crate) fn remove_folder(path: &Path) -> Result<(), String> {
    match fs::remove_dir_all(path) {
        Err(fault) if fault.kind() != io::ErrorKind::NotFound => {
            Err(cannot("remove", path, &fault))
        }
        _ => Ok(()),
    }
}

pub(crate) fn cannot(act: &str, path: &Path, fault: &io::Error) -> String {
    format!("cannot {act} {}: {fault}", path.display())
}
