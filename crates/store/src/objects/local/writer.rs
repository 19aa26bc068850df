//! Writing one file: hashed, in large pieces, with little of it in flight.
//!
//! Not for: the published name, which is `durable_names`' business.
//!
//! Invariant: at most two buffers are in memory, one being filled and one on its way to the disk;
//! no thread is held while a slow client thinks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::digest;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};

use super::durable_names::{DurableNames, OnConflict};
use crate::error::Error;
use crate::objects::{Content, PendingObject};

/// Two for each upload: 32 uploads hold 16 MiB. Larger ones wrote no faster.
const BUFFER_BYTES: usize = 256 * 1024;
/// The bytes handed to the disk at a time while more arrives, so that little is left for the end. Made
/// 1 GiB durable at 600-850 MiB/s, where writing it all and syncing once took 450-640.
const WINDOW_BYTES: u64 = 8 * 1024 * 1024;
/// No more of one file than this waits for a slow disk. Waiting oftener costs speed: 64 MiB took a
/// quarter of it, 8 MiB half.
const UNSYNCED_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// A file under its private name.
#[derive(Debug)]
pub(super) struct LocalWriter {
    temporary: PathBuf,
    published: PathBuf,
    names: Arc<DurableNames>,
    buffer: Vec<u8>,
    work: Work,
    /// The private name is ours to remove.
    has_temporary: bool,
}

/// Where the file is: at hand, or with the piece that is being written.
#[derive(Debug)]
enum Work {
    Idle(Box<Sink>),
    Writing(JoinHandle<io::Result<(Box<Sink>, Vec<u8>)>>),
    /// A write failed or the file is complete.
    Over,
}

struct Sink {
    file: File,
    hash: digest::Context,
    bytes: u64,
    /// Up to here the disk was asked to write.
    started: u64,
    /// Up to here it has written.
    synced: u64,
}

impl LocalWriter {
    pub(super) async fn create(
        temporary: PathBuf,
        published: PathBuf,
        names: Arc<DurableNames>,
    ) -> Result<Self, Error> {
        let path = temporary.clone();
        let file = spawn_blocking(move || {
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
        })
        .await??;
        let work = Work::Idle(Box::new(Sink::new(file)));
        Ok(Self { temporary, published, names, buffer: Vec::new(), work, has_temporary: true })
    }

    /// The file, once what was on its way has arrived, and an empty buffer to fill.
    async fn idle(&mut self) -> Result<(Box<Sink>, Vec<u8>), Error> {
        match std::mem::replace(&mut self.work, Work::Over) {
            Work::Idle(sink) => Ok((sink, Vec::new())),
            Work::Writing(writing) => Ok(writing.await??),
            Work::Over => Err(Error::internal("a write to this object has failed before")),
        }
    }

    /// Sends the full buffer on its way and goes on with the other.
    async fn send(&mut self) -> Result<(), Error> {
        let (mut sink, spare) = self.idle().await?;
        let mut full = std::mem::replace(&mut self.buffer, spare);
        self.work = Work::Writing(spawn_blocking(move || {
            sink.write(&full)?;
            full.clear();
            Ok((sink, full))
        }));
        Ok(())
    }
}

#[async_trait]
impl PendingObject for LocalWriter {
    async fn write(&mut self, mut bytes: Bytes) -> Result<(), Error> {
        while !bytes.is_empty() {
            let room = BUFFER_BYTES - self.buffer.len();
            let piece = bytes.split_to(room.min(bytes.len()));
            self.buffer.extend_from_slice(&piece);
            if self.buffer.len() == BUFFER_BYTES {
                self.send().await?;
            }
        }
        Ok(())
    }

    async fn finish(&mut self) -> Result<Content, Error> {
        let (mut sink, _) = self.idle().await?;
        let rest = std::mem::take(&mut self.buffer);
        let content = spawn_blocking(move || {
            sink.write(&rest)?;
            sink.finish()
        })
        .await??;
        Ok(content)
    }

    async fn publish(&mut self) -> Result<(), Error> {
        self.names.publish(&self.temporary, &self.published, OnConflict::Refuse).await?;
        self.has_temporary = false;
        Ok(())
    }

    async fn abandon(&mut self) {
        // A failed piece was told to its writer already.
        let sink = self.idle().await.map(|(sink, _)| sink).ok();
        if std::mem::replace(&mut self.has_temporary, false) {
            let leftover = Leftover { temporary: self.temporary.clone(), open: sink };
            drop(spawn_blocking(move || drop(leftover)).await);
        }
    }
}

impl Drop for LocalWriter {
    fn drop(&mut self) {
        if !self.has_temporary {
            return;
        }
        let leftover = Leftover {
            temporary: std::mem::take(&mut self.temporary),
            open: std::mem::replace(&mut self.work, Work::Over),
        };
        // Freeing a large file takes its time: not on a thread that serves others. Without a
        // runtime, or with one that is ending, it is freed here and now.
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn_blocking(move || drop(leftover)));
        }
    }
}

/// A file nobody wants: its name goes first, then the file is closed, which frees it.
struct Leftover<Open> {
    temporary: PathBuf,
    #[expect(dead_code, reason = "kept open until the name is gone")]
    open: Open,
}

impl<Open> Drop for Leftover<Open> {
    fn drop(&mut self) {
        // A publish that failed, or whose caller went away, may have moved it.
        if let Err(error) = fs::remove_file(&self.temporary)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the sweep will remove a temporary file");
        }
    }
}

impl Sink {
    fn new(file: File) -> Self {
        Self { file, hash: digest::Context::new(&digest::SHA256), bytes: 0, started: 0, synced: 0 }
    }

    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.hash.update(piece);
        self.file.write_all(piece)?;
        self.bytes += piece.len() as u64;
        if self.bytes - self.started >= WINDOW_BYTES {
            self.write_behind()?;
        }
        Ok(())
    }

    fn write_behind(&mut self) -> io::Result<()> {
        let before = self.started.saturating_sub(2 * WINDOW_BYTES);
        start_writing(&self.file, self.started, self.bytes - self.started);
        // What was started two windows ago is mostly written: its pages leave the cache.
        start_writing(&self.file, before, WINDOW_BYTES);
        self.started = self.bytes;
        if self.bytes - self.synced >= UNSYNCED_BYTES_MAX {
            self.file.sync_data()?;
            self.synced = self.bytes;
        }
        Ok(())
    }

    fn finish(self) -> io::Result<Content> {
        self.file.sync_data()?;
        Ok(Content::new(self.bytes, self.hash))
    }
}

/// Linux answers this advice by starting to write what is dirty, and by dropping from its cache
/// what is written already. It may go unheard, as it does elsewhere: only `sync_data` makes
/// anything durable.
#[cfg(target_os = "linux")]
fn start_writing(file: &File, from: u64, bytes: u64) {
    use rustix::fs::{Advice, fadvise};
    let heard = fadvise(file, from, std::num::NonZeroU64::new(bytes), Advice::DontNeed);
    if let Err(error) = heard {
        tracing::debug!(%error, "the file system takes no advice");
    }
}

#[cfg(not(target_os = "linux"))]
const fn start_writing(_file: &File, _from: u64, _bytes: u64) {}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn a_full_disk_is_said_to_be_full() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = Sink::new(full).write(b"anything").unwrap_err();
        assert!(matches!(Error::from(error), Error::Full));
    }
}
