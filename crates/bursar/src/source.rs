//! The file that is sent: one source that every try reads again from its first byte.
//!
//! Not for: what the bytes mean.
//!
//! Invariant: the last bytes are handed over only after the file was seen to be the one that was
//! noted at first, so a file that changes meanwhile is never received whole.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use domain::Sha256Digest;
use domain::content::{SIGNATURE_BYTES, check_signature};
use domain::file_name::FileFormat;
use tempfile::NamedTempFile;

mod body_stream;
mod fingerprint;
mod hashing_reader;
mod packing;
mod prefix_hashes;
mod rate_limit;
mod spool;

pub use body_stream::{BodyStream, ContinueSignal, SentBytes};
pub use fingerprint::FileFingerprint;
pub use packing::{PackedSource, pack};
pub use prefix_hashes::PrefixHashes;
pub use rate_limit::{RateLimit, parse_rate};
pub use spool::{SpooledFile, Spooler, discard_spooled, is_piped, outbox_unwritable};

use hashing_reader::HashingReader;

/// The name of standard input on the command line and in what is said.
pub const STANDARD_INPUT: &str = "-";
/// Large enough that reading costs little, small enough that a few of them in flight are not noticed.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// The name that a file has here, by which it is sent unless another is given; empty of a path that ends in
/// none.
pub fn own_name(path: &Path) -> Cow<'_, str> {
    path.file_name().map_or(Cow::Borrowed(""), OsStr::to_string_lossy)
}

/// A file to send, as it was when it was first looked at.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    fingerprint: FileFingerprint,
    /// Holds what came from a pipe; removed when the source is dropped.
    _spool: Option<NamedTempFile>,
}

/// The reason why a file cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceFault {
    #[error("there is no such file")]
    Absent,
    #[error("it is a folder")]
    Folder,
    #[error("it is empty")]
    Empty,
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    #[error("it could not be kept in the folder for temporary files: {0}")]
    Unspoolable(String),
    #[error("it could not be kept in the outbox, in {}: {fault}", .folder.display())]
    OutboxUnwritable { folder: PathBuf, fault: String },
    #[error("{0} while it was being sent")]
    Changed(&'static str),
}

impl Source {
    /// Opens a file, or whatever else can be read: a pipe is kept in a private temporary file first, so that
    /// it can be sent again.
    pub fn open(path: &Path) -> Result<Self, SourceFault> {
        if path == Path::new(STANDARD_INPUT) {
            return Self::from_pipe(io::stdin().lock());
        }
        let found = fs::metadata(path).map_err(|fault| SourceFault::from_io(&fault))?;
        if found.is_dir() {
            return Err(SourceFault::Folder);
        }
        let file = File::open(path).map_err(|fault| SourceFault::from_io(&fault))?;
        if !found.is_file() {
            return Self::from_pipe(file);
        }
        Self::from_path(path.to_owned(), None)
    }

    fn from_pipe(mut from: impl Read) -> Result<Self, SourceFault> {
        let unspoolable = |fault: io::Error| SourceFault::Unspoolable(fault.to_string());
        let mut spool = NamedTempFile::new().map_err(unspoolable)?;
        io::copy(&mut from, &mut spool).map_err(unspoolable)?;
        Self::from_path(spool.path().to_owned(), Some(spool))
    }

    fn from_path(path: PathBuf, spool: Option<NamedTempFile>) -> Result<Self, SourceFault> {
        let found = fs::metadata(&path).map_err(|fault| SourceFault::from_io(&fault))?;
        if found.len() == 0 {
            return Err(SourceFault::Empty);
        }
        Ok(Self { fingerprint: FileFingerprint::from_metadata(&found), path, _spool: spool })
    }

    /// Opens a file that was seen earlier, if it is still the same.
    pub fn open_unchanged(path: &Path, fingerprint: &FileFingerprint) -> Result<Self, SourceFault> {
        let source = Self { path: path.to_owned(), fingerprint: fingerprint.clone(), _spool: None };
        source.reopen()?;
        Ok(source)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn fingerprint(&self) -> &FileFingerprint {
        &self.fingerprint
    }

    pub fn bytes(&self) -> u64 {
        self.fingerprint.bytes
    }

    /// Warns of first bytes that look wrong: some servers take anything.
    pub fn content_warning(&self, format: FileFormat) -> Option<String> {
        let mut first = Vec::with_capacity(SIGNATURE_BYTES);
        let file = File::open(&self.path).ok()?;
        file.take(SIGNATURE_BYTES as u64).read_to_end(&mut first).ok()?;
        check_signature(format, &first).err().map(|refusal| refusal.to_string())
    }

    /// Hashes the whole file without sending it.
    pub fn digest(&self) -> Result<Sha256Digest, SourceFault> {
        let mut reader = HashingReader::begin(self)?;
        while reader.next()?.is_some() {}
        Ok(reader.digest())
    }

    /// The digest of the whole file, of which hashes of beginnings are known.
    pub async fn digest_from(&self, prefixes: PrefixHashes) -> Result<Sha256Digest, SourceFault> {
        let mut reader = HashingReader::begin_at(self, self.bytes(), prefixes)?;
        let hashing = tokio::task::spawn_blocking(move || {
            while reader.next()?.is_some() {}
            Ok(reader.digest())
        });
        hashing.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
    }

    /// Opens the file again at its first byte, if it is still the same.
    pub fn reopen(&self) -> Result<File, SourceFault> {
        let file = File::open(&self.path).map_err(|fault| SourceFault::from_reopen(&fault))?;
        let found = file.metadata().map_err(|fault| SourceFault::from_io(&fault))?;
        self.fingerprint.check_unchanged(&found)?;
        Ok(file)
    }
}

impl SourceFault {
    fn from_io(fault: &io::Error) -> Self {
        match fault.kind() {
            io::ErrorKind::NotFound => Self::Absent,
            io::ErrorKind::PermissionDenied => {
                Self::Unreadable("this user may not read it".to_owned())
            }
            _ => Self::Unreadable(fault.to_string()),
        }
    }

    fn from_reopen(fault: &io::Error) -> Self {
        match fault.kind() {
            io::ErrorKind::NotFound => Self::Changed("it was removed"),
            _ => Self::from_io(fault),
        }
    }
}

/// Opens a named pipe or a device.
pub fn open_pipe(path: &Path) -> Result<File, SourceFault> {
    File::open(path).map_err(|fault| SourceFault::from_io(&fault))
}

#[cfg(test)]
mod tests;
