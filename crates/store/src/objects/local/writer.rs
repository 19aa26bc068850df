//! Writing one file: hashed, in large pieces, with little of it in flight.
//!
//! Not for: the published name, which is `durable_names`' business.
//!
//! Invariant: at most two buffers are in memory, one being filled and one on its way to the disk; no
//! thread is held while a slow client thinks.

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

use super::durable_names::DurableNames;
use crate::error::Error;
use crate::objects::{Content, PendingObject};

/// Two for each upload: 32 uploads hold 16 MiB. Larger ones wrote no faster.
const BUFFER_BYTES: usize = 256 * 1024;
/// How much is handed to the disk at a time while more arrives, so that little is left for the end.
const WINDOW_BYTES: u64 = 8 * 1024 * 1024;

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
        self.names.publish(&self.temporary, &self.published).await?;
        self.has_temporary = false;
        Ok(())
    }

    async fn abandon(&mut self) {
        // A failed piece was told to its writer already.
        let sink = self.idle().await.map(|(sink, _)| sink).ok();
        if std::mem::replace(&mut self.has_temporary, false) {
            let temporary = self.temporary.clone();
            drop(spawn_blocking(move || remove(&temporary, sink)).await);
        }
    }
}

impl Drop for LocalWriter {
    fn drop(&mut self) {
        if !self.has_temporary {
            return;
        }
        let temporary = std::mem::take(&mut self.temporary);
        let work = std::mem::replace(&mut self.work, Work::Over);
        // Freeing a large file takes its time: not on a thread that serves others.
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || remove(&temporary, work))),
            Err(_no_runtime) => remove(&temporary, work),
        }
    }
}

/// Removes the private name, then closes the file, which frees it. After a failed publish the name may
/// be gone; what cannot be removed is left to the sweep.
fn remove<Open>(temporary: &std::path::Path, open: Open) {
    if let Err(error) = fs::remove_file(temporary)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the sweep will remove a temporary file");
    }
    drop(open);
}

impl Sink {
    fn new(file: File) -> Self {
        Self { file, hash: digest::Context::new(&digest::SHA256), bytes: 0, started: 0 }
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
        self.started = self.bytes;
        self.file.sync_data()
    }

    fn finish(self) -> io::Result<Content> {
        self.file.sync_data()?;
        Ok(Content::of(self.bytes, self.hash))
    }
}

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
