//! A form that brings files, taken apart as it arrives.
//!
//! Not for: what a file is received into. Invariant: no more than a piece of a file is held.

use std::error::Error as _;

use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use futures_util::{Stream, stream};
use multer::{Constraints, Field, Multipart, SizeLimit};

use super::format;
use super::guard::multipart::boundary;
use crate::Limits;
use crate::http::upload::body::{BodyError, TimedBody};
use crate::intake::ByteSource;

/// Fields beside the file: a token, a type.
const FIELD_BYTES_MAX: u64 = 1024;

/// The parts of the form, in turn: the token, `file_type`, and as often as there are files, `file`. None
/// where the request is no such form.
pub(super) fn parts(request: Request, limits: &Limits) -> Option<Multipart<'static>> {
    let boundary = boundary(request.headers())?;
    let constraints = Constraints::new()
        .size_limit(
            SizeLimit::new()
                .for_field("csrf", FIELD_BYTES_MAX)
                .for_field("file_type", FIELD_BYTES_MAX),
        )
        .allowed_fields(vec!["csrf", "file_type", "file"]);
    Some(Multipart::with_constraints(pieces(request.into_body(), limits), boundary, constraints))
}

/// A file's part of the form.
pub(super) struct FilePart(pub(super) Field<'static>);

impl ByteSource for FilePart {
    type Error = multer::Error;

    async fn next(&mut self) -> Result<Option<Bytes>, multer::Error> {
        self.0.chunk().await
    }

    fn finish(&mut self) -> Result<(), multer::Error> {
        Ok(())
    }
}

/// The body with the limits of uploads. Between two pieces it waits a moment: who takes the form apart takes
/// all that is ready at once, and would hold the whole of a file that arrives fast.
fn pieces(
    body: Body,
    limits: &Limits,
) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static {
    stream::unfold(TimedBody::new(body, limits), |mut body| async move {
        tokio::task::yield_now().await;
        body.next().await.transpose().map(|piece| (piece, body))
    })
}

/// Why the form was not as forms are, or did not arrive whole: a sentence without a full stop. `instead` is
/// what to do with more than is taken.
pub(super) fn why_broken(error: &multer::Error, instead: &str) -> String {
    let body = match error {
        multer::Error::StreamReadFailed(source) => source.downcast_ref::<BodyError>(),
        other => other.source().and_then(|source| source.downcast_ref()),
    };
    match body {
        Some(BodyError::TooLarge { max, .. }) => {
            format!(
                "what was sent is longer than {}, the most that is taken; {instead}",
                format::bytes(*max)
            )
        }
        Some(why) => format!("{why}; nothing was kept, so send it again"),
        None => "the file did not arrive whole; nothing was kept, so send it again".to_owned(),
    }
}
