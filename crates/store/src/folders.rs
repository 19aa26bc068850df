//! Making private folders whose names survive a power cut.
//!
//! Not for: the folders of objects, whose durability matters one by one (`objects::local`).
//!
//! Invariant: when [`make`] returns, every name that leads to the folder was synced after it came to be,
//! also one that an earlier process had made and not lived to sync.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

/// Makes a folder and those above it that are missing, for the owner alone; leaves alone what
/// exists.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let missing = folder.ancestors().take_while(|above| !above.exists()).count();
    DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    for (place, parent) in folder.ancestors().skip(1).enumerate() {
        let synced = File::open(parent).and_then(|parent| parent.sync_all());
        match synced {
            Err(error) if place >= missing && is_beyond_us(error.kind()) => {}
            synced => synced?,
        }
    }
    Ok(())
}

/// Errors of folders that were there before and are not ours: others may only pass through them, or their
/// file system has nothing to sync.
const fn is_beyond_us(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::Unsupported
    )
}
