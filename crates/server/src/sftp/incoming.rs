//! A file that a client writes.
//!
//! Invariant: a file of which a write failed, or of which a part is missing, is never received.

use std::io::SeekFrom;

use tempfile::{NamedTempFile, TempPath};
use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::Instant;

use super::path::FilePlace;
use super::refusal::Refusal;
use super::spool::WaitingFile;
use crate::App;
use crate::admission::Permit;
use crate::intake::IntakeRefusal;
use crate::limits::{BODY_TIME_MAX, SFTP_ROOM_LOOK_BYTES};

/// A file under way.
#[derive(Debug)]
pub(super) struct IncomingFile {
    pub(super) place: FilePlace,
    path: TempPath,
    file: File,
    /// Where the file stands, so that what comes in order is written without a seek.
    position: u64,
    bytes: u64,
    /// Bytes that came, those of an earlier time among them.
    written: u64,
    /// The bytes at which the room on the disk is looked at again.
    look_at: u64,
    is_broken: bool,
    begun: Instant,
    _permit: Permit,
    _guard: IncomingFileGuard,
}

/// Counts a file as under way until it is dropped.
#[derive(Debug)]
pub(super) struct IncomingFileGuard(watch::Sender<usize>);

/// A file that is whole.
#[derive(Debug)]
pub(super) struct WholeFile {
    pub(super) place: FilePlace,
    pub(super) path: TempPath,
    pub(super) bytes: u64,
}

impl IncomingFileGuard {
    pub(super) fn begin(files: &watch::Sender<usize>) -> Self {
        files.send_modify(|files| *files += 1);
        Self(files.clone())
    }
}

impl Drop for IncomingFileGuard {
    fn drop(&mut self) {
        self.0.send_modify(|files| *files -= 1);
    }
}

impl IncomingFile {
    pub(super) fn begin(
        place: FilePlace,
        file: NamedTempFile,
        permit: Permit,
        guard: IncomingFileGuard,
    ) -> Self {
        let (file, path) = file.into_parts();
        Self::new(place, (File::from_std(file), path, 0), permit, guard)
    }

    /// Goes on with one that waits under this name.
    pub(super) async fn go_on(
        place: FilePlace,
        waiting: WaitingFile,
        permit: Permit,
        guard: IncomingFileGuard,
    ) -> std::io::Result<Self> {
        let file = File::options().write(true).open(&waiting.path).await?;
        let parts = (file, waiting.path, waiting.bytes);
        Ok(Self::new(place, parts, permit, guard))
    }

    fn new(
        place: FilePlace,
        (file, path, bytes): (File, TempPath, u64),
        permit: Permit,
        guard: IncomingFileGuard,
    ) -> Self {
        Self {
            place,
            path,
            file,
            position: 0,
            bytes,
            written: bytes,
            look_at: SFTP_ROOM_LOOK_BYTES,
            is_broken: false,
            begun: Instant::now(),
            _permit: permit,
            _guard: guard,
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes a part at its place.
    pub(super) async fn write(
        &mut self,
        app: &App,
        offset: u64,
        data: &[u8],
    ) -> Result<(), Refusal> {
        let written = self.write_part(app, offset, data).await;
        self.is_broken |= written.is_err();
        written
    }

    async fn write_part(&mut self, app: &App, offset: u64, data: &[u8]) -> Result<(), Refusal> {
        let length = u64::try_from(data.len()).expect("a part has fewer bytes than 2^64");
        let end = offset.saturating_add(length);
        let max = app.limits.body_bytes_max;
        if end > max {
            return Err(Refusal::failed(format!(
                "the file is longer than the {max} bytes that are taken"
            )));
        }
        if self.begun.elapsed() > BODY_TIME_MAX {
            return Err(Refusal::failed(
                "the file took too long; send it in parts, or on a faster line",
            ));
        }
        if end > self.look_at {
            self.look_at = end + SFTP_ROOM_LOOK_BYTES;
            let free = app.store.system().free_bytes();
            if free.is_some_and(|free| !app.limits.has_room(free, 0)) {
                return Err(IntakeRefusal::Full.into());
            }
        }
        if offset != self.position {
            self.file.seek(SeekFrom::Start(offset)).await?;
        }
        self.file.write_all(data).await?;
        self.position = end;
        self.bytes = self.bytes.max(end);
        self.written = self.written.saturating_add(length);
        Ok(())
    }

    /// Ends the file; it is whole, or is refused.
    pub(super) async fn finish(mut self) -> Result<WholeFile, Refusal> {
        if self.is_broken {
            return Err(Refusal::failed("a part of the file could not be written; send it again"));
        }
        self.file.flush().await?;
        if self.written < self.bytes {
            return Err(Refusal::failed("a part of the file is missing; send it again"));
        }
        Ok(WholeFile { place: self.place, path: self.path, bytes: self.bytes })
    }
}
