//! One reading of the source, hashed from its beginning on the way.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::mpsc;

use bytes::Bytes;
use domain::Sha256Digest;

use super::prefix_hashes::PrefixHashes;
use super::{CHUNK_BYTES, FileFingerprint, Source, SourceFault};

/// One reading of the source from its beginning or from a place further on, hashed on the way.
pub(super) struct HashingReader {
    path: PathBuf,
    fingerprint: FileFingerprint,
    file: File,
    pub(super) left: u64,
    /// Bytes that are hashed and not given out.
    skipped: u64,
    hash: aws_lc_rs::digest::Context,
    prefixes: PrefixHashes,
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
    pub(super) fn begin(source: &Source) -> Result<Self, SourceFault> {
        Self::begin_at(source, 0, PrefixHashes::default())
    }

    /// Begins at a place; what stands before it and was not hashed yet is read first.
    pub(super) fn begin_at(
        source: &Source,
        offset: u64,
        prefixes: PrefixHashes,
    ) -> Result<Self, SourceFault> {
        let (give_back, free) = mpsc::channel();
        let (known, hash) = prefixes.longest_up_to(offset);
        let mut file = source.reopen()?;
        file.seek(SeekFrom::Start(known)).map_err(|fault| SourceFault::from_io(&fault))?;
        Ok(Self {
            path: source.path.clone(),
            fingerprint: source.fingerprint.clone(),
            file,
            left: source.fingerprint.bytes.saturating_sub(known),
            skipped: offset - known,
            hash,
            prefixes,
            free,
            give_back,
        })
    }

    /// Reads the next chunk; before the last one the file is compared with what was seen at first.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, SourceFault> {
        while self.left > 0 {
            let chunk = self.read_chunk()?;
            let skipped = self.skipped.min(chunk.buffer.len() as u64);
            self.skipped -= skipped;
            let skipped = usize::try_from(skipped).expect("no more than a chunk");
            if skipped < chunk.buffer.len() {
                return Ok(Some(Bytes::from_owner(chunk).slice(skipped..)));
            }
        }
        Ok(None)
    }

    fn read_chunk(&mut self) -> Result<PooledBuffer, SourceFault> {
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
        self.prefixes.note(self.fingerprint.bytes - self.left, self.left, &self.hash);
        Ok(PooledBuffer { buffer: chunk, give_back: self.give_back.clone() })
    }

    /// The digest of what was read so far, from the beginning of the source on.
    pub(super) fn digest(&self) -> Sha256Digest {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.hash.clone().finish().as_ref());
        Sha256Digest::from_bytes(bytes)
    }
}
