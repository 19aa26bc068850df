//! The source as the body of one request: read and hashed on a thread of its own, a few chunks ahead.
//!
//! Invariant: at most [`CHUNKS_AHEAD`] chunks wait, so memory does not grow with the file.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use domain::Sha256Digest;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::{Notify, mpsc};

use super::hashing_reader::HashingReader;
use super::{PrefixHashes, RateLimit, Source, SourceFault};
use crate::report::progress::Progress;

/// One is being sent, one is ready.
const CHUNKS_AHEAD: usize = 2;
/// The wait for `100 Continue` before sending all the same: some servers never say it (RFC 9110
/// section 10.1.1); curl waits as long.
const CONTINUE_WAIT: Duration = Duration::from_secs(1);

/// The bytes that were handed to the connection so far.
#[derive(Debug, Default)]
pub struct SentBytes {
    bytes: AtomicU64,
    digest: OnceLock<Sha256Digest>,
}

impl SentBytes {
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The digest of the whole file, once all of it was handed over.
    pub fn digest_of_whole(&self, source: &Source) -> Option<Sha256Digest> {
        let whole = self.bytes() == source.bytes();
        self.digest.get().copied().filter(|_| whole)
    }
}

/// A signal that holds the body back until the server says `100 Continue`, or for a second.
#[derive(Debug, Clone, Default)]
pub struct ContinueSignal(Arc<Notify>);

impl ContinueSignal {
    pub fn open(&self) {
        self.0.notify_one();
    }
}

/// The file as the body of a request.
pub struct BodyStream {
    left: u64,
    chunks: mpsc::Receiver<Result<Bytes, SourceFault>>,
    held: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    rate_limit: Option<RateLimit>,
    /// The bytes that may not leave yet.
    rest: Bytes,
    sent_bytes: Arc<SentBytes>,
    progress: Progress,
}

impl BodyStream {
    /// Begins to read the file; the task ends when the body is dropped.
    pub fn begin(
        source: &Source,
        signal: Option<ContinueSignal>,
        rate_limit: Option<RateLimit>,
        progress: Progress,
    ) -> Result<(Self, Arc<SentBytes>), SourceFault> {
        let reader = HashingReader::begin(source)?;
        Ok(Self::of(reader, source.bytes(), signal, (rate_limit, progress)))
    }

    /// Begins to read the file at a place further on.
    pub fn begin_at(
        source: &Source,
        (offset, prefixes): (u64, &PrefixHashes),
        signal: Option<ContinueSignal>,
        limit_and_progress: (Option<RateLimit>, Progress),
    ) -> Result<(Self, Arc<SentBytes>), SourceFault> {
        let reader = HashingReader::begin_at(source, offset, prefixes.clone())?;
        let left = source.bytes().saturating_sub(offset);
        Ok(Self::of(reader, left, signal, limit_and_progress))
    }

    fn of(
        reader: HashingReader,
        left: u64,
        signal: Option<ContinueSignal>,
        (rate_limit, progress): (Option<RateLimit>, Progress),
    ) -> (Self, Arc<SentBytes>) {
        let sent_bytes = Arc::new(SentBytes::default());
        let (to, chunks) = mpsc::channel(CHUNKS_AHEAD);
        let for_reader = Arc::clone(&sent_bytes);
        tokio::task::spawn_blocking(move || read(reader, &to, &for_reader));
        let held = signal.map(|signal| {
            let wait: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
                // Silence and a word from the server mean the same here: send.
                tokio::time::timeout(CONTINUE_WAIT, signal.0.notified())
                    .await
                    .unwrap_or_else(|_silent| ());
            });
            wait
        });
        let body_stream = Self {
            left,
            chunks,
            held,
            rate_limit,
            rest: Bytes::new(),
            sent_bytes: Arc::clone(&sent_bytes),
            progress,
        };
        (body_stream, sent_bytes)
    }

    /// Takes as much of the rest as may leave at once; what follows has to wait for its turn.
    fn piece(&mut self) -> Bytes {
        let Some(rate_limit) = &self.rate_limit else { return std::mem::take(&mut self.rest) };
        let piece = self.rest.split_to(self.rest.len().min(rate_limit.piece_bytes()));
        let next = rate_limit.reserve(piece.len() as u64);
        self.held = Some(Box::pin(tokio::time::sleep_until(next)));
        piece
    }
}

fn read(
    mut reader: HashingReader,
    to: &mpsc::Sender<Result<Bytes, SourceFault>>,
    sent_bytes: &SentBytes,
) {
    loop {
        let next = reader.next();
        let is_last = reader.left == 0;
        if is_last && next.is_ok() {
            // Before the last chunk leaves, so that it is there when the answer comes.
            sent_bytes.digest.get_or_init(|| reader.digest());
        }
        let Some(chunk) = next.transpose() else {
            return;
        };
        let is_over = is_last || chunk.is_err();
        // A receiver that has gone is a request that is over.
        if to.blocking_send(chunk).is_err() || is_over {
            return;
        }
    }
}

impl Body for BodyStream {
    type Data = Bytes;
    type Error = SourceFault;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SourceFault>>> {
        if let Some(held) = &mut self.held {
            std::task::ready!(held.as_mut().poll(cx));
            self.held = None;
        }
        if self.rest.is_empty() {
            match std::task::ready!(self.chunks.poll_recv(cx)) {
                None => return Poll::Ready(None),
                Some(Err(fault)) => return Poll::Ready(Some(Err(fault))),
                Some(Ok(chunk)) => self.rest = chunk,
            }
        }
        let piece = self.piece();
        let bytes = piece.len() as u64;
        self.left = self.left.saturating_sub(bytes);
        self.sent_bytes.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.progress.advance(bytes);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl std::fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BodyStream").field("left", &self.left).finish_non_exhaustive()
    }
}
