//! Writing one file: hashed, in large pieces, with little of it in flight. One that fits into a buffer is on
//! no disk before it is published: whoever refuses it has nothing to remove, and it takes one turn of a
//! thread that may wait.
//!
//! Not for: the published name, which is `durable_names`' business.
//!
//! Invariant: at most two buffers are in memory, one being filled and one on its way to the disk;
//! no thread is held while a slow client thinks. What is published is durable with its bytes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use aws_lc_rs::digest;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};

use super::durable_names::DurableNames;
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

const WRITTEN_BEFORE: &str = "this object is complete, or a write to it has failed before";

/// A file under its private name.
#[derive(Debug)]
pub(super) struct LocalWriter {
    temporary: PathBuf,
    published: PathBuf,
    names: Arc<DurableNames>,
    buffer: Vec<u8>,
    work: Work,
    temporary_is_ours: Ownership,
}

/// The ownership of the private name: it is ours to remove once it was made, and until it is
/// published.
#[derive(Debug, Clone, Default)]
struct Ownership(Arc<AtomicBool>);

impl Ownership {
    fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn end(&self) {
        self.0.store(false, Ordering::Release);
    }

    fn is_held(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The place of the bytes so far.
#[derive(Debug)]
enum Work {
    /// All of it so far is in the buffer.
    Unmade,
    /// With the piece that is being written, or was.
    Writing(JoinHandle<io::Result<(Box<Sink>, Vec<u8>)>>),
    /// All bytes are with the system, not yet on the disk.
    Written(File),
    /// A write failed or the file is published.
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
    pub(super) fn new(temporary: PathBuf, published: PathBuf, names: Arc<DurableNames>) -> Self {
        let (buffer, work, temporary_is_ours) = (Vec::new(), Work::Unmade, Ownership::default());
        Self { temporary, published, names, buffer, work, temporary_is_ours }
    }

    /// The file, once what was on its way has arrived, and an empty buffer to fill.
    async fn arrived(&mut self) -> Result<(Box<Sink>, Vec<u8>), Error> {
        match std::mem::replace(&mut self.work, Work::Over) {
            Work::Writing(writing) => Ok(writing.await??),
            Work::Unmade | Work::Written(_) | Work::Over => Err(Error::internal(WRITTEN_BEFORE)),
        }
    }

    /// Sends the full buffer on its way and goes on with the other.
    async fn send(&mut self) -> Result<(), Error> {
        let writing = if matches!(self.work, Work::Unmade) {
            let (full, make) = (std::mem::take(&mut self.buffer), self.make());
            spawn_blocking(move || Box::new(Sink::new(make()?)).written(full))
        } else {
            let (sink, spare) = self.arrived().await?;
            let full = std::mem::replace(&mut self.buffer, spare);
            spawn_blocking(move || sink.written(full))
        };
        self.work = Work::Writing(writing);
        Ok(())
    }

    /// Makes the file under its private name, which nobody else may have.
    fn make(&self) -> impl FnOnce() -> io::Result<File> + Send + 'static {
        let (path, is_ours) = (self.temporary.clone(), self.temporary_is_ours.clone());
        move || {
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            is_ours.begin();
            Ok(file)
        }
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
        if matches!(self.work, Work::Unmade) {
            // As long as taking it out of TLS did.
            let mut hash = digest::Context::new(&digest::SHA256);
            hash.update(&self.buffer);
            return Ok(Content::new(self.buffer.len() as u64, hash));
        }
        let (mut sink, _) = self.arrived().await?;
        let rest = std::mem::take(&mut self.buffer);
        let (file, content) = spawn_blocking(move || {
            sink.write(&rest)?;
            Ok::<_, io::Error>(sink.finish())
        })
        .await??;
        self.work = Work::Written(file);
        Ok(content)
    }

    async fn publish(&mut self) -> Result<(), Error> {
        let make_file: Box<dyn FnOnce() -> io::Result<File> + Send> =
            match std::mem::replace(&mut self.work, Work::Over) {
                Work::Unmade => {
                    let (bytes, make) = (std::mem::take(&mut self.buffer), self.make());
                    Box::new(move || {
                        let mut file = make()?;
                        file.write_all(&bytes)?;
                        Ok(file)
                    })
                }
                Work::Written(file) => Box::new(move || Ok(file)),
                Work::Writing(_) | Work::Over => {
                    return Err(Error::internal(WRITTEN_BEFORE));
                }
            };
        self.names.publish_made(make_file, &self.temporary, &self.published).await?;
        self.temporary_is_ours.end();
        Ok(())
    }

    async fn abandon(&mut self) {
        if let Some(leftover) = self.leftover() {
            drop(spawn_blocking(move || drop(leftover)).await);
        }
    }
}

impl LocalWriter {
    /// Takes the leftover; none where nothing was begun.
    fn leftover(&mut self) -> Option<Leftover> {
        let open = match std::mem::replace(&mut self.work, Work::Over) {
            Work::Unmade => return None,
            Work::Over if !self.temporary_is_ours.is_held() => return None,
            open => open,
        };
        let (temporary, is_ours) = (self.temporary.clone(), self.temporary_is_ours.clone());
        Some(Leftover { temporary, is_ours, open })
    }
}

impl Drop for LocalWriter {
    fn drop(&mut self) {
        let Some(leftover) = self.leftover() else { return };
        // Freeing a large file takes its time: not on a thread that serves others. Without a
        // runtime, or with one that is ending, it is freed here and now.
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn_blocking(move || drop(leftover)));
        }
    }
}

/// A file nobody wants: its name goes first, then the file is closed, which frees it. Dropped where waiting
/// is allowed.
struct Leftover {
    temporary: PathBuf,
    is_ours: Ownership,
    open: Work,
}

impl Drop for Leftover {
    fn drop(&mut self) {
        if let Work::Writing(writing) = &mut self.open
            && let Ok(runtime) = Handle::try_current()
        {
            // It may yet make the file. Its failure was told to its writer, or nobody asks any more.
            drop(runtime.block_on(writing));
            self.open = Work::Over;
        }
        // A publish that failed, or whose caller went away, may have moved it.
        if self.is_ours.is_held()
            && let Err(error) = fs::remove_file(&self.temporary)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "the sweep will remove a temporary file");
        }
        self.is_ours.end();
    }
}

impl Sink {
    fn new(file: File) -> Self {
        Self { file, hash: digest::Context::new(&digest::SHA256), bytes: 0, started: 0, synced: 0 }
    }

    /// Returns itself with an empty buffer to fill.
    fn written(mut self: Box<Self>, mut full: Vec<u8>) -> io::Result<(Box<Self>, Vec<u8>)> {
        self.write(&full)?;
        full.clear();
        Ok((self, full))
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

    /// The disk begins with what it has not got yet, while it is seen whether the file is wanted.
    fn finish(self) -> (File, Content) {
        start_writing(&self.file, self.started, self.bytes - self.started);
        (self.file, Content::new(self.bytes, self.hash))
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
