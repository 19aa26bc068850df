//! Early answers that are read and not lost in a reset.
//!
//! A refusal is sent while the client may still be sending its body. Closing at once would make the
//! kernel answer the rest with a reset, and many clients then report the reset and never read the
//! refusal. So the body is lent to the handler, comes back when it was not read to its end, and is read
//! on after the answer has left, with `Connection: close`: as long as the client gets on with it, up to
//! what an operator allows. Over HTTP/2 it is the stream alone that ends so.
//!
//! Invariant: draining begins only after the answer's head has been written, so that no
//! `100 Continue` is sent for a body nobody wants; what is read is dropped at once.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use crate::http::request::ActivityGuard;
use crate::limits::{DRAIN_BYTES_PER_SECOND_MIN, DRAIN_TIME_MAX, Limits, RATE_GRACE};

/// Where a body that was not read to its end comes back to.
pub(crate) type UnreadBody = Arc<Mutex<Option<Incoming>>>;

/// Bounds the reading of a body that nobody wants.
#[derive(Debug, Clone)]
pub(crate) struct DrainPace {
    started: Instant,
    read: u64,
    bytes_max: u64,
    stall_max: Duration,
}

impl DrainPace {
    pub(crate) fn new(limits: &Limits) -> Self {
        let (bytes_max, stall_max) = (limits.refused_body_bytes_max, limits.body_stall_max);
        Self { started: Instant::now(), read: 0, bytes_max, stall_max }
    }

    pub(crate) fn restart(&mut self) {
        (self.started, self.read) = (Instant::now(), 0);
    }

    pub(crate) fn note(&mut self, read: usize) {
        self.read += read as u64;
    }

    /// Returns `true` while the client still gets on, and has not sent all that is read of it.
    pub(crate) fn goes_on(&self) -> bool {
        self.goes_on_after(self.started.elapsed())
    }

    fn goes_on_after(&self, elapsed: Duration) -> bool {
        let due = elapsed.saturating_sub(RATE_GRACE).as_secs() * DRAIN_BYTES_PER_SECOND_MIN;
        self.read < self.bytes_max && elapsed < DRAIN_TIME_MAX && self.read >= due
    }
}

struct LentBody {
    body: Option<Incoming>,
    home: UnreadBody,
}

/// Gives the handler the body on loan.
pub(crate) fn lend(request: http::Request<Incoming>) -> (Request, UnreadBody) {
    let home = UnreadBody::default();
    let request =
        request.map(|body| Body::new(LentBody { body: Some(body), home: Arc::clone(&home) }));
    (request, home)
}

/// Where the body came back unread: drains it behind the answer, and closes the connection then if that
/// is of this request alone, as before HTTP/2.
pub(crate) fn answer_early(
    response: &mut Response,
    lent: &UnreadBody,
    version: http::Version,
    pace: DrainPace,
    guard: Option<ActivityGuard>,
) {
    let unread = lent.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(body) = unread.filter(|body| !body.is_end_stream()) else {
        return;
    };
    if version < http::Version::HTTP_2 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let (head_written, wait) = oneshot::channel();
    let inner = std::mem::take(response.body_mut());
    *response.body_mut() = Body::new(Announcing { inner, head_written: Some(head_written) });
    tokio::spawn(async move {
        // An error means the connection went away before the answer left.
        if wait.await.is_ok() {
            let stop = guard.as_ref().map(|guard| guard.stop.clone());
            let stop = stop.unwrap_or_default();
            stop.run_until_cancelled(drain(body, pace)).await;
        }
        drop(guard);
    });
}

async fn drain(mut body: Incoming, mut pace: DrainPace) {
    pace.restart();
    while pace.goes_on() {
        match timeout(pace.stall_max, body.frame()).await {
            Ok(Some(Ok(frame))) => pace.note(frame.data_ref().map_or(0, Bytes::len)),
            Ok(None | Some(Err(_))) | Err(_) => break,
        }
    }
}

impl http_body::Body for LentBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = self.body.as_mut() else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for LentBody {
    fn drop(&mut self) {
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = self.body.take();
    }
}

/// A body that tells when it is first asked for: by then the head has been written.
struct Announcing {
    inner: Body,
    head_written: Option<oneshot::Sender<()>>,
}

impl http_body::Body for Announcing {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(head_written) = self.head_written.take() {
            // Nobody listens any more when the connection is gone.
            head_written.send(()).unwrap_or_else(|_connection_is_gone| ());
        }
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        // Never before the first poll: an empty body, too, must announce itself.
        self.head_written.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refused_body_is_read_as_long_as_it_gets_on() {
        let limits = Limits { refused_body_bytes_max: 300_000_000, ..Limits::default() };
        for (mib, seconds, goes_on) in [
            (0, 0, true),
            (0, 29, true),
            (0, 32, false),
            // 1 MB/s, and 200 MB of it.
            (200, 200, true),
            (287, 1, false),
            // A line of 20 kB/s, up to the end of the time.
            (14, 730, true),
            (17, 901, false),
        ] {
            let mut pace = DrainPace::new(&limits);
            pace.note(mib << 20);
            let after = Duration::from_secs(seconds);
            assert_eq!(pace.goes_on_after(after), goes_on, "{mib} MiB in {seconds} s");
        }
    }
}
