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

use super::{Pace, Pass, Source, SourceFault};
use crate::report::progress::Progress;

/// One is being sent, one is ready.
const CHUNKS_AHEAD: usize = 2;
/// How long to wait for `100 Continue` before sending all the same: some servers never say it
/// (RFC 9110 section 10.1.1); curl waits as long.
const CONTINUE_WAIT: Duration = Duration::from_secs(1);

/// What has been handed to the connection so far.
#[derive(Debug, Default)]
pub struct Handed {
    bytes: AtomicU64,
    digest: OnceLock<Sha256Digest>,
}

impl Handed {
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Of the whole file, once all of it was handed over.
    pub fn digest_of_whole(&self, source: &Source) -> Option<Sha256Digest> {
        let whole = self.bytes() == source.bytes();
        self.digest.get().copied().filter(|_| whole)
    }
}

/// Holds the body back until the server says `100 Continue`, or for a second.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Notify>);

impl Gate {
    pub fn open(&self) {
        self.0.notify_one();
    }
}

/// A request body.
pub struct Feed {
    left: u64,
    chunks: mpsc::Receiver<Result<Bytes, SourceFault>>,
    held: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    pace: Option<Pace>,
    /// What may not leave yet.
    rest: Bytes,
    handed: Arc<Handed>,
    progress: Progress,
}

impl Feed {
    /// Begins to read; the task ends when the body is dropped.
    pub fn begin(
        source: &Source,
        gate: Option<Gate>,
        pace: Option<Pace>,
        progress: Progress,
    ) -> Result<(Self, Arc<Handed>), SourceFault> {
        let pass = Pass::begin(source)?;
        let handed = Arc::new(Handed::default());
        let (to, chunks) = mpsc::channel(CHUNKS_AHEAD);
        let for_reader = Arc::clone(&handed);
        tokio::task::spawn_blocking(move || read(pass, &to, &for_reader));
        let held = gate.map(|gate| {
            let wait: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
                // Silence and a word from the server mean the same here: send.
                tokio::time::timeout(CONTINUE_WAIT, gate.0.notified())
                    .await
                    .unwrap_or_else(|_silent| ());
            });
            wait
        });
        let feed = Self {
            left: source.bytes(),
            chunks,
            held,
            pace,
            rest: Bytes::new(),
            handed: Arc::clone(&handed),
            progress,
        };
        Ok((feed, handed))
    }

    /// As much of the rest as may leave at once; what follows has to wait for its turn.
    fn piece(&mut self) -> Bytes {
        let Some(pace) = &self.pace else { return std::mem::take(&mut self.rest) };
        let piece = self.rest.split_to(self.rest.len().min(pace.piece_bytes()));
        let next = pace.reserve(piece.len() as u64);
        self.held = Some(Box::pin(tokio::time::sleep_until(next)));
        piece
    }
}

fn read(mut pass: Pass, to: &mpsc::Sender<Result<Bytes, SourceFault>>, handed: &Handed) {
    loop {
        let next = pass.next();
        let is_last = pass.left == 0;
        if is_last && next.is_ok() {
            // Before the last chunk leaves, so that it is there when the answer comes.
            handed.digest.get_or_init(|| pass.digest());
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

impl Body for Feed {
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
        self.handed.bytes.fetch_add(bytes, Ordering::Relaxed);
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

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("left", &self.left).finish_non_exhaustive()
    }
}
