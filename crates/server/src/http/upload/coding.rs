//! Packed bodies: gzip and zstd, inflated as they arrive, with a bound.
//!
//! Invariant: never more is inflated than may be stored, nor more than [`INFLATION_RATIO_MAX`] times
//! what arrived, so that a bomb costs its sender more than the server.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use aws_lc_rs::digest;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use domain::Sha256Digest;
use futures_util::stream;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt as _};
use tokio_util::io::StreamReader;

use crate::http::upload::body::{BodyError, TimedBody};
use crate::http::upload::headers::{Coding, UploadHead};
use crate::intake::Source;
use crate::limits::{INFLATION_FREE_BYTES, INFLATION_RATIO_MAX, Limits};

/// The bytes that are inflated at a time.
const PIECE_BYTES: usize = 128 * 1024;

/// The body of an upload, unpacked.
pub(super) enum InflatedBody {
    Plain(TimedBody),
    Inflating(Box<Inflating>),
}

/// A packed body on its way through a decoder.
pub(super) struct Inflating {
    reader: Pin<Box<dyn AsyncRead + Send>>,
    wire: SharedWire,
    expected: Option<Sha256Digest>,
    inflated: u64,
    inflated_max: u64,
}

/// The bytes as sent, as far as they are known.
struct Wire {
    bytes: u64,
    /// Only where there is a digest to compare with.
    hash: Option<digest::Context>,
    /// Why the bytes stopped: the decoder's own error would only say that they did.
    failure: Option<BodyError>,
}

#[derive(Clone)]
struct SharedWire(Arc<Mutex<Wire>>);

impl SharedWire {
    fn lock(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InflatedBody {
    pub(super) fn new(body: Body, head: &UploadHead, limits: &Limits) -> Self {
        let body = TimedBody::new(body, limits);
        if head.coding == Coding::Identity {
            return Self::Plain(body);
        }
        let hash = head.wire_digest.map(|_| digest::Context::new(&digest::SHA256));
        let wire = SharedWire(Arc::new(Mutex::new(Wire { bytes: 0, hash, failure: None })));
        let packed = packed_bytes(body, wire.clone());
        let reader: Pin<Box<dyn AsyncRead + Send>> = if head.coding == Coding::Gzip {
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
            expected: head.wire_digest,
            inflated: 0,
            inflated_max: limits.body_bytes_max,
        }))
    }
}

fn packed_bytes(body: TimedBody, wire: SharedWire) -> impl AsyncBufRead + Send {
    let pieces = stream::unfold((body, wire), |(mut body, wire)| async move {
        let piece = match body.next().await {
            Ok(None) => return None,
            Ok(Some(piece)) => {
                let mut wire = wire.lock();
                wire.bytes = body.read();
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
        Some((piece, (body, wire)))
    });
    StreamReader::new(Box::pin(pieces))
}

impl Inflating {
    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        let mut piece = BytesMut::with_capacity(PIECE_BYTES);
        let read = self.reader.read_buf(&mut piece).await;
        let read = read.map_err(|_see_wire| {
            self.wire.lock().failure.take().unwrap_or(BodyError::Unpackable)
        })?;
        if read == 0 {
            return Ok(None);
        }
        self.inflated += read as u64;
        if self.inflated > self.inflated_max {
            return Err(BodyError::TooLarge { read: self.inflated, max: self.inflated_max });
        }
        let received = self.wire.lock().bytes;
        if self.inflated > INFLATION_FREE_BYTES && self.inflated / INFLATION_RATIO_MAX > received {
            return Err(BodyError::Inflates(INFLATION_RATIO_MAX));
        }
        Ok(Some(piece.freeze()))
    }

    fn finish(&mut self) -> Result<(), BodyError> {
        let hash = self.wire.lock().hash.take();
        let (Some(expected), Some(hash)) = (self.expected, hash) else {
            return Ok(());
        };
        if hash.finish().as_ref() == expected.as_bytes() {
            Ok(())
        } else {
            Err(BodyError::WireDigest)
        }
    }
}

impl Source for InflatedBody {
    type Error = BodyError;

    async fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        match self {
            Self::Plain(body) => body.next().await,
            Self::Inflating(body) => body.next().await,
        }
    }

    fn finish(&mut self) -> Result<(), BodyError> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Inflating(body) => body.finish(),
        }
    }
}
