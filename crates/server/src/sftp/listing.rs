//! Folders and files as clients are shown them.
//!
//! Invariant: of a file that was received its name, length and time are shown; nobody is told that it can be
//! read.

use domain::Upload;
use jiff::Timestamp;
use russh_sftp::protocol::{File, FileAttributes, FileMode};

/// Modes: a folder may be opened and written to, a file that waits written again, one that was received only
/// looked at.
const FOLDER_MODE: u32 = 0o700;
const WAITING_MODE: u32 = 0o200;
const RECEIVED_MODE: u32 = 0o000;

pub(super) fn folder_attributes(time: Timestamp) -> FileAttributes {
    attributes(0, time, FOLDER_MODE | FileMode::DIR.bits())
}

pub(super) fn waiting_attributes(bytes: u64, since: Timestamp) -> FileAttributes {
    attributes(bytes, since, WAITING_MODE | FileMode::REG.bits())
}

pub(super) fn received_attributes(upload: &Upload) -> FileAttributes {
    attributes(upload.bytes, upload.received_at, RECEIVED_MODE | FileMode::REG.bits())
}

pub(super) fn entry(name: &str, attributes: FileAttributes) -> File {
    File::new(name, attributes)
}

fn attributes(bytes: u64, time: Timestamp, permissions: u32) -> FileAttributes {
    // SFTP has 32 bits for it, until 2106.
    let seconds = u32::try_from(time.as_second()).unwrap_or_else(|_after_its_end| u32::MAX);
    FileAttributes {
        size: Some(bytes),
        permissions: Some(permissions),
        atime: Some(seconds),
        mtime: Some(seconds),
        ..FileAttributes::empty()
    }
}
