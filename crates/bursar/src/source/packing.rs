//! A file packed with gzip, in a temporary file, for servers that take it so.
//!
//! Not for: deciding whether a server does.
//!
//! Invariant: the same file is packed to the same bytes, so that what a server has of them can be gone
//! on with by another run of this program.

use std::io::{self, Write};

use domain::Sha256Digest;
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use super::hashing_reader::HashingReader;
use super::{Source, SourceFault};
use crate::report::progress::Progress;

/// The first levels write fixed codes, which leave text without repetitions as long as it is.
const GZIP_LEVEL: u32 = 3;
/// The bytes after which it is seen whether packing is worth it.
const SAMPLE_BYTES: u64 = 4 * 1024 * 1024;
/// Packed to more than so many per cent of its length, as spreadsheets are, a file goes as it is.
const WORTH_IT_PER_CENT: u64 = 80;

/// The length from which on a server may take what unpacks to too many times its length for an attack.
const WATCHED_FROM_BYTES: u64 = 8 * 1024 * 1024;
/// Half of what Bursar servers take.
const RATIO_MAX: u64 = 100;

/// A packed file, and the digest of what is in it.
#[derive(Debug)]
pub struct PackedSource {
    pub source: Source,
    pub unpacked_sha256: Sha256Digest,
}

/// A writer that counts.
struct CountingWriter<W> {
    to: W,
    bytes: u64,
}

impl<W: Write> Write for CountingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Packs a file on a thread of its own; `None` where that does not make it much shorter, or there is no room.
pub async fn pack(
    source: &Source,
    progress: Progress,
) -> Result<Option<PackedSource>, SourceFault> {
    let reader = HashingReader::begin(source)?;
    let packing = tokio::task::spawn_blocking(move || pack_all(reader, &progress));
    packing.await.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))
}

fn pack_all(
    mut reader: HashingReader,
    progress: &Progress,
) -> Result<Option<PackedSource>, SourceFault> {
    let Ok(file) = NamedTempFile::new() else { return Ok(None) };
    let mut encoder =
        GzEncoder::new(CountingWriter { to: file, bytes: 0 }, Compression::new(GZIP_LEVEL));
    let mut read = 0;
    while let Some(chunk) = reader.next()? {
        if encoder.write_all(&chunk).is_err() {
            return Ok(None);
        }
        let before = read;
        read += chunk.len() as u64;
        progress.advance(chunk.len() as u64);
        let packed = encoder.get_ref().bytes;
        let is_sampled = before < SAMPLE_BYTES && read >= SAMPLE_BYTES;
        let is_not_worth_it = is_sampled && packed > read / 100 * WORTH_IT_PER_CENT;
        if is_not_worth_it || read > WATCHED_FROM_BYTES && read / RATIO_MAX > packed {
            return Ok(None);
        }
    }
    let Ok(CountingWriter { to: file, .. }) = encoder.finish() else { return Ok(None) };
    let path = file.path().to_owned();
    let source = Source::from_path(path, Some(file))?;
    Ok(Some(PackedSource { source, unpacked_sha256: reader.digest() }))
}
