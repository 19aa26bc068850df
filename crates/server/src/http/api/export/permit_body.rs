//! The body of a file of findings.
//!
//! Invariant: as long as any of it is to be sent, it counts among the files that are made and sent at once.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::admission::Permit;

/// A body that keeps the place of its export until all of it is taken.
pub(super) struct PermitBody {
    body: Body,
    _permit: Permit,
}

impl PermitBody {
    pub(super) const fn new(body: Body, permit: Permit) -> Self {
        Self { body, _permit: permit }
    }
}

impl http_body::Body for PermitBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
