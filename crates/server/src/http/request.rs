//! What is known of a request beside its header: where it came from, how it was framed, and which route
//! matched it.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use domain::RefusalCode;
use tokio_util::sync::CancellationToken;

/// Where a request comes from, behind all proxies that are trusted; whoever accepts a connection notes it in
/// its requests.
#[derive(Debug, Clone, Copy)]
pub struct PeerAddress(pub std::net::IpAddr);

/// The mark of a request that is one too many of its address.
#[derive(Debug, Clone, Copy)]
pub struct TooManyRequests;
/// Why what arrived is no request, or its body none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FramingFault {
    pub code: RefusalCode,
    pub why: &'static str,
}

impl FramingFault {
    pub const fn malformed(why: &'static str) -> Self {
        Self { code: RefusalCode::RequestMalformed, why }
    }

    pub const fn url_too_long() -> Self {
        Self { code: RefusalCode::UrlTooLong, why: "the URL is longer than is read here" }
    }

    pub const fn header_too_large() -> Self {
        Self {
            code: RefusalCode::HeaderTooLarge,
            why: "the header has more bytes or more fields than are read here",
        }
    }
}

/// The fault of a connection's requests, behind which nothing of it is read; and in which request it is,
/// counted from one.
#[derive(Debug, Clone, Default)]
pub struct FramingFaults(Arc<OnceLock<(u64, FramingFault)>>);

impl FramingFaults {
    pub fn note(&self, request: u64, fault: FramingFault) {
        self.0.get_or_init(|| (request, fault));
    }

    pub fn of(&self, request: u64) -> Option<FramingFault> {
        self.0.get().filter(|(at, _)| *at == request).map(|(_, fault)| *fault)
    }
}

/// Interim answers (RFC 9110, section 15.2) to the request that a connection of HTTP/1.1 is about to answer,
/// until they are written. Once its answer is made no more are taken.
#[derive(Debug, Clone, Default)]
pub struct InterimAnswers(Arc<Mutex<Interim>>);

#[derive(Debug, Default)]
struct Interim {
    /// The last request, counted from one, whose answer is made.
    answered: u64,
    waiting: Vec<u8>,
}

impl InterimAnswers {
    fn lock(&self) -> MutexGuard<'_, Interim> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the bytes that are to be written now; empty when there are none.
    pub(crate) fn take(&self) -> Bytes {
        std::mem::take(&mut self.lock().waiting).into()
    }
}

/// The framing of one request, which may turn out to be at fault while its body is read.
#[derive(Debug, Clone, Default)]
pub struct RequestFraming {
    pub faults: FramingFaults,
    pub number: u64,
    pub interim: InterimAnswers,
}

impl RequestFraming {
    pub(super) fn fault(&self) -> Option<FramingFault> {
        self.faults.of(self.number)
    }

    /// Has an interim answer written before the answer.
    pub(super) fn answer_meanwhile(&self, answer: &str) {
        let mut interim = self.interim.lock();
        if self.number > interim.answered {
            interim.waiting.extend_from_slice(answer.as_bytes());
        }
    }

    /// Returns `true` while an interim answer waits to be written.
    pub(super) fn has_interim(&self) -> bool {
        !self.interim.lock().waiting.is_empty()
    }

    /// Notes that the answer is on its way, and no interim one may be.
    pub(super) fn close_interim(&self) {
        let mut interim = self.interim.lock();
        interim.answered = self.number;
        interim.waiting = Vec::new();
    }
}

/// Held as long as something of a request is under way, so that its connection does not count as idle.
#[derive(Debug, Clone)]
pub struct ActivityGuard {
    pub held: Arc<dyn Any + Send + Sync>,
    /// Cancelled when the server stops: what nobody waits for ends then.
    pub stop: CancellationToken,
}

/// Notes which route answered, where the log can find it.
pub(crate) async fn note_route(
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if let Some(matched) = matched {
        response.extensions_mut().insert(Arc::new(matched));
    }
    response
}
