//! The span of a file that is received, by whatever way it comes.
//!
//! Not for: the request that brought it (`http::upload`).
//! Invariant: it holds neither the file's name nor its sender.

use store::ReceiveOutcome;
use tracing::Span;
use tracing::field::{Empty, display};

use super::{Error, Offer};
use crate::traces;

pub(super) fn begin(offer: &Offer) -> Span {
    if !traces::are_on() {
        return Span::none();
    }
    tracing::info_span!(
        target: traces::TARGET, "receive upload", otel.kind = "producer",
        otel.status_code = Empty, "error.type" = Empty, bursar.customer = Empty,
        bursar.unit = %offer.unit, bursar.file_type = %offer.file_type, bursar.upload = Empty,
        bursar.bytes = Empty, bursar.repeated = Empty
    )
}

/// Notes what became of the file.
pub(super) fn end<S>(span: &Span, received: &Result<ReceiveOutcome, Error<S>>) {
    let outcome = match received {
        Ok(outcome) => outcome,
        Err(why) => return traces::fail(span, word(why)),
    };
    let (ReceiveOutcome::New(upload) | ReceiveOutcome::Repeated(upload)) = outcome;
    span.record("bursar.customer", upload.customer.as_str());
    span.record("bursar.upload", display(upload.id));
    span.record("bursar.bytes", traces::count(upload.bytes));
    span.record("bursar.repeated", matches!(outcome, ReceiveOutcome::Repeated(_)));
}

/// The kind of fault in a word.
const fn word<S>(error: &Error<S>) -> &'static str {
    match error {
        Error::Source(_) => "body",
        Error::Content(_) => "content",
        Error::DigestMismatch { .. } => "digest_mismatch",
        Error::KeyReused => "key_reused",
        Error::Revoked => "revoked",
        Error::Store(_) => "store",
    }
}
