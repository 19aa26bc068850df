//! Early answers that are read and not lost in a reset.
//!
//! A refusal is sent while the client may still be sending its body. Closing at once would make the
//! kernel answer the rest with a reset, and many clients then report the reset and never read the
//! refusal. So the body is lent to the handler, comes back when it was not read to its end, and is read
//! on for a bounded while after the answer has left, with `Connection: close`.
//!
//! Invariant: draining begins only after the answer's head has been written, so that no
//! `100 Continue` is sent for a body nobody wants.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use http::header::{self, HeaderValue};
use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::limits::{DRAIN_BYTES_MAX, DRAIN_TIME_MAX};

/// Where a body that was not read to its end comes back to.
pub(crate) type UnreadBody = Arc<Mutex<Option<Incoming>>>;

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

/// Where the body came back unread: closes the connection after the answer, and drains it first.
pub(crate) fn answer_early(response: &mut Response, lent: &UnreadBody) {
    let unread = lent.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(body) = unread.filter(|body| !body.is_end_stream()) else {
        return;
    };
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    let (head_written, wait) = oneshot::channel();
    let inner = std::mem::take(response.body_mut());
    *response.body_mut() = Body::new(Announcing { inner, head_written: Some(head_written) });
    tokio::spawn(async move {
        // An error means the connection went away before the answer left.
        if wait.await.is_ok() {
            drain(body).await;
        }
    });
}

async fn drain(mut body: Incoming) {
    let deadline = Instant::now() + DRAIN_TIME_MAX;
    let mut read = 0;
    while read < DRAIN_BYTES_MAX {
        match timeout_at(deadline, body.frame()).await {
            Ok(Some(Ok(frame))) => read += frame.data_ref().map_or(0, |data| data.len() as u64),
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
