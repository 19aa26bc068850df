//! Bytes that cannot be read again from where they came, kept in a folder until they are received.
//!
//! Not for: standard input of commands that send nothing; a temporary file is enough there.
//!
//! Invariant: a kept file bears its name only when all of it has reached the disk.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use domain::Sha256Digest;

use super::{STANDARD_INPUT, SourceFault};

/// The name of a spool that is not yet whole.
const PARTIAL: &str = "partial";

/// A file that is kept.
#[derive(Debug)]
pub struct SpooledFile {
    pub path: PathBuf,
    pub sha256: Sha256Digest,
    pub bytes: u64,
}

/// A writer that keeps bytes as they come, and hashes them on the way. Dropped before its end, it leaves
/// nothing.
pub struct Spooler {
    to: BufWriter<File>,
    hash: aws_lc_rs::digest::Context,
    bytes: u64,
    path: PathBuf,
    is_kept: bool,
}

/// Returns `true` when this is something that can be read only once.
pub fn is_piped(path: &Path) -> bool {
    path == Path::new(STANDARD_INPUT)
        || fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir())
}

/// Removes a kept file that nothing needs any more. One that is left behind is swept when the outbox is
/// opened again.
pub fn discard_spooled(path: &Path) {
    fs::remove_file(path).unwrap_or_else(|_swept_later| ());
}

impl Spooler {
    pub fn begin(folder: &Path, name: &str) -> Result<Self, SourceFault> {
        let path = folder.join(name);
        let file =
            File::create_new(partial(&path)).map_err(|fault| outbox_unwritable(folder, &fault))?;
        Ok(Self {
            to: BufWriter::with_capacity(super::CHUNK_BYTES, file),
            hash: aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256),
            bytes: 0,
            path,
            is_kept: false,
        })
    }

    /// Keeps all that can be read from somewhere.
    pub fn take(mut self, mut from: impl Read) -> Result<SpooledFile, SourceFault> {
        io::copy(&mut from, &mut self).map_err(|fault| outbox_unwritable(self.folder(), &fault))?;
        self.keep()
    }

    /// Makes the file durable.
    pub fn keep(mut self) -> Result<SpooledFile, SourceFault> {
        let mut digest = [0; 32];
        digest.copy_from_slice(self.hash.clone().finish().as_ref());
        self.settle().map_err(|fault| outbox_unwritable(self.folder(), &fault))?;
        self.is_kept = true;
        Ok(SpooledFile {
            path: self.path.clone(),
            sha256: Sha256Digest::from_bytes(digest),
            bytes: self.bytes,
        })
    }

    fn settle(&mut self) -> io::Result<()> {
        self.to.flush()?;
        self.to.get_ref().sync_all()?;
        fs::rename(partial(&self.path), &self.path)?;
        // A folder cannot be opened everywhere; where it can, its entry has to reach the disk too.
        match File::open(self.folder()) {
            Ok(folder) => folder.sync_all(),
            Err(_) => Ok(()),
        }
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }
}

impl Write for Spooler {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl std::fmt::Debug for Spooler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spooler").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Drop for Spooler {
    fn drop(&mut self) {
        if !self.is_kept {
            discard_spooled(&partial(&self.path));
        }
    }
}

fn partial(path: &Path) -> PathBuf {
    path.with_added_extension(PARTIAL)
}

/// The fault of a folder that does not keep a file.
pub fn outbox_unwritable(folder: &Path, fault: &io::Error) -> SourceFault {
    SourceFault::OutboxUnwritable { folder: folder.to_owned(), fault: fault.to_string() }
}
