//! Making private folders.
//!
//! Not for: the folders of objects, whose durability matters one by one (`objects::local`).

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

/// Makes a folder and those above it that are missing, for the owner alone; leaves alone what
/// exists.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
