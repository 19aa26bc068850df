//! The file that is sent: one source that every try reads again from its first byte.
//!
//! Not for: what the bytes mean.
//!
//! Invariant: the last bytes are handed over only after the file was seen to be the one that was
//! noted at first, so a file that changes meanwhile is never received whole.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::SystemTime;

use bytes::Bytes;
use domain::Sha256Digest;
use domain::content::{SIGNATURE_BYTES, check_signature};
use domain::file_name::FileFormat;
use tempfile::NamedTempFile;

mod body_stream;
mod rate_limit;
mod spool;

pub use body_stream::{BodyStream, ContinueSignal, SentBytes};
pub use rate_limit::{RateLimit, parse_rate};
pub use spool::{SpooledFile, Spooler, is_piped, outbox_unwritable};

/// The name of standard input on the command line and in what is said.
pub const STANDARD_INPUT: &str = "-";
/// Large enough that reading costs little, small enough that a few of them in flight are not noticed.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// A file to send, as it was when it was first looked at.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    fingerprint: FileFingerprint,
    /// Holds what came from a pipe; removed when the source is dropped.
    _spool: Option<NamedTempFile>,
}

/// The signs that tell a file from one that took its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFingerprint {
    pub bytes: u64,
    pub modified: Option<SystemTime>,
    /// Device and number, where the system has them.
    pub identity: (u64, u64),
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

    /// Opens the file again at its first byte, if it is still the same.
    pub fn reopen(&self) -> Result<File, SourceFault> {
        let file = File::open(&self.path).map_err(|fault| SourceFault::from_reopen(&fault))?;
        let found = file.metadata().map_err(|fault| SourceFault::from_io(&fault))?;
        self.fingerprint.check_unchanged(&found)?;
        Ok(file)
    }
}

impl FileFingerprint {
    pub fn from_metadata(found: &Metadata) -> Self {
        Self { bytes: found.len(), modified: found.modified().ok(), identity: identity(found) }
    }

    fn check_unchanged(&self, found: &Metadata) -> Result<(), SourceFault> {
        let now = Self::from_metadata(found);
        let change = if now.identity != self.identity {
            "it was replaced by another file"
        } else if now.bytes > self.bytes {
            "it grew"
        } else if now.bytes < self.bytes {
            "it became shorter"
        } else if now.modified != self.modified {
            "it was written to"
        } else {
            return Ok(());
        };
        Err(SourceFault::Changed(change))
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

/// One reading of the source from its beginning, hashed on the way.
struct HashingReader {
    path: PathBuf,
    fingerprint: FileFingerprint,
    file: File,
    left: u64,
    hash: aws_lc_rs::digest::Context,
    /// Buffers that have been let go: a new one each time costs as much as reading into it.
    free: mpsc::Receiver<Vec<u8>>,
    give_back: mpsc::Sender<Vec<u8>>,
}

/// A buffer that goes back to its reader when nobody needs it any more.
struct PooledBuffer {
    buffer: Vec<u8>,
    give_back: mpsc::Sender<Vec<u8>>,
}

impl AsRef<[u8]> for PooledBuffer {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for PooledBuffer {
    fn drop(&mut self) {
        // The pass may be over.
        self.give_back.send(std::mem::take(&mut self.buffer)).unwrap_or_else(|_pass_is_over| ());
    }
}

impl HashingReader {
    fn begin(source: &Source) -> Result<Self, SourceFault> {
        let (give_back, free) = mpsc::channel();
        Ok(Self {
            path: source.path.clone(),
            fingerprint: source.fingerprint.clone(),
            file: source.reopen()?,
            left: source.fingerprint.bytes,
            hash: aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256),
            free,
            give_back,
        })
    }

    /// Reads the next chunk; before the last one the file is compared with what was seen at first.
    fn next(&mut self) -> Result<Option<Bytes>, SourceFault> {
        if self.left == 0 {
            return Ok(None);
        }
        let wanted = self.left.min(CHUNK_BYTES as u64);
        let mut chunk = self.free.try_recv().unwrap_or_else(|_none_is_back_yet| Vec::new());
        chunk.resize(usize::try_from(wanted).expect("no more than a chunk"), 0);
        self.file.read_exact(&mut chunk).map_err(|fault| match fault.kind() {
            io::ErrorKind::UnexpectedEof => SourceFault::Changed("it became shorter"),
            _ => SourceFault::from_io(&fault),
        })?;
        self.hash.update(&chunk);
        self.left -= wanted;
        if self.left == 0 {
            let open = self.file.metadata().map_err(|fault| SourceFault::from_io(&fault))?;
            self.fingerprint.check_unchanged(&open)?;
            let named =
                fs::metadata(&self.path).map_err(|fault| SourceFault::from_reopen(&fault))?;
            self.fingerprint.check_unchanged(&named)?;
        }
        Ok(Some(Bytes::from_owner(PooledBuffer {
            buffer: chunk,
            give_back: self.give_back.clone(),
        })))
    }

    /// The digest of what was read so far.
    fn digest(&self) -> Sha256Digest {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.hash.clone().finish().as_ref());
        Sha256Digest::from_bytes(bytes)
    }
}

#[cfg(unix)]
fn identity(found: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (found.dev(), found.ino())
}

#[cfg(not(unix))]
fn identity(_found: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(test)]
mod tests;
