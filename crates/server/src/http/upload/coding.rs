//! Packed bodies: gzip and zstd, inflated as they arrive, with a bound.
//!
//! Invariant: never more is inflated than may be stored, nor more than [`INFLATION_RATIO_MAX`] times
//! what arrived, so that a bomb costs its sender more than the server.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use aws_lc_rs::digest;
use bytes::{Bytes, BytesMut};
use domain::{ContentCoding, Sha256Digest};
use futures_util::stream;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt as _};
use tokio_util::io::StreamReader;

use crate::http::upload::body::BodyError;
use crate::intake::ByteSource;
use crate::limits::{INFLATION_FREE_BYTES, INFLATION_RATIO_MAX, Limits};

/// The bytes that are inflated at a time.
const PIECE_BYTES: usize = 128 * 1024;

/// The coding of bytes that arrive, and the digest that they must have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packing {
    pub(super) coding: ContentCoding,
    /// The digest of the bytes as sent, where they are packed.
    pub(super) wire_digest: Option<Sha256Digest>,
}

/// The bytes of an upload, unpacked.
pub(super) enum InflatedBody<S: ByteSource> {
    Plain(S),
    Inflating(Box<Inflating<S::Error>>),
}

/// Packed bytes on their way through a decoder.
pub(super) struct Inflating<E> {
    reader: Pin<Box<dyn AsyncRead + Send>>,
    wire: SharedWire<E>,
    expected: Option<Sha256Digest>,
    inflated: u64,
    inflated_max: u64,
}

/// The bytes as sent, as far as they are known.
struct Wire<E> {
    bytes: u64,
    /// Only where there is a digest to compare with.
    hash: Option<digest::Context>,
    /// Why the bytes stopped: the decoder's own error would only say that they did.
    failure: Option<E>,
}

struct SharedWire<E>(Arc<Mutex<Wire<E>>>);

impl<E> SharedWire<E> {
    fn lock(&self) -> MutexGuard<'_, Wire<E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> InflatedBody<S>
where
    S: ByteSource + Send + 'static,
    S::Error: From<BodyError> + Send + 'static,
{
    pub(super) fn new(source: S, packing: Packing, limits: &Limits) -> Self {
        if packing.coding == ContentCoding::Identity {
            return Self::Plain(source);
        }
        let hash = packing.wire_digest.map(|_| digest::Context::new(&digest::SHA256));
        let wire = SharedWire(Arc::new(Mutex::new(Wire { bytes: 0, hash, failure: None })));
        let packed = packed_bytes(source, wire.share());
        let reader: Pin<Box<dyn AsyncRead + Send>> = if packing.coding == ContentCoding::Gzip {
            let mut decoder = GzipDecoder::new(packed);
            decoder.multiple_members(true);
            Box::pin(decoder)
        } else {
            let mut decoder = ZstdDecoder::new(packed);
            decoder.multiple_members(true);
            Box::pin(decoder)
        };
        Self::Inflating(Box::new(Inflating {
            reader,
            wire,
            expected: packing.wire_digest,
            inflated: 0,
            inflated_max: limits.body_bytes_max,
        }))
    }
}

fn packed_bytes<S>(source: S, wire: SharedWire<S::Error>) -> impl AsyncBufRead + Send
where
    S: ByteSource + Send + 'static,
    S::Error: Send + 'static,
{
    let pieces = stream::unfold((source, wire), |(mut source, wire)| async move {
        let piece = match source.next().await {
            Ok(None) => return None,
            Ok(Some(piece)) => {
                let mut wire = wire.lock();
                wire.bytes += piece.len() as u64;
                if let Some(hash) = wire.hash.as_mut() {
                    hash.update(&piece);
                }
                Ok(piece)
            }
            Err(error) => {
                wire.lock().failure = Some(error);
                Err(io::Error::from(io::ErrorKind::ConnectionAborted))
            }
        };
        Some((piece, (source, wire)))
    });
    StreamReader::new(Box::pin(pieces))
}

impl<E: From<BodyError>> Inflating<E> {
    async fn next(&mut self) -> Result<Option<Bytes>, E> {
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        let read = self.reader.read_buf(&mut piece).await;
        let read = read.map_err(|_see_wire| {
            self.wire.lock().failure.take().unwrap_or_else(|| BodyError::Unpackable.into())
        })?;
        if read == 0 {
            return Ok(None);
        }
        self.inflated += read as u64;
        if self.inflated > self.inflated_max {
            let error = BodyError::TooLarge { read: self.inflated, max: self.inflated_max };
            return Err(error.into());
        }
        let received = self.wire.lock().bytes;
        if self.inflated > INFLATION_FREE_BYTES && self.inflated / INFLATION_RATIO_MAX > received {
            return Err(BodyError::Inflates(INFLATION_RATIO_MAX).into());
        }
        Ok(Some(piece.freeze()))
    }

    fn finish(&mut self) -> Result<(), E> {
        let hash = self.wire.lock().hash.take();
        let (Some(expected), Some(hash)) = (self.expected, hash) else {
            return Ok(());
        };
        if hash.finish().as_ref() == expected.as_bytes() {
            Ok(())
        } else {
            Err(BodyError::WireDigest.into())
        }
    }
}

impl<S> ByteSource for InflatedBody<S>
where
    S: ByteSource + Send,
    S::Error: From<BodyError> + Send,
{
    type Error = S::Error;

    async fn next(&mut self) -> Result<Option<Bytes>, S::Error> {
        match self {
            Self::Plain(source) => source.next().await,
            Self::Inflating(inflating) => inflating.next().await,
        }
    }

    fn finish(&mut self) -> Result<(), S::Error> {
        match self {
            Self::Plain(source) => source.finish(),
            Self::Inflating(inflating) => inflating.finish(),
        }
    }
}
