//! What follows from an upload as one trace: spans, their places, and how a job goes on from where another
//! process was.
//!
//! Not for: sending spans. The program says who ties them together (`install`); without that there
//! are no spans, and nothing here costs anything.
//! Invariant: a span holds ids, kinds, words of ours and counts: no name of a file, no person, no token, no
//! text of an error, and nothing of a file.

use std::fmt::Debug;
use std::sync::OnceLock;

use domain::TraceContext;
use tracing::Span;
use tracing::field::Empty;

/// The target of every span of a trace, and of nothing else.
pub const TARGET: &str = "bursar_traces";

/// Ties spans to places in traces; the program wires in what `tracing` itself does not know.
pub trait TraceLinks: Debug + Send + Sync {
    /// Makes a span that has not begun a child of what is at this place.
    fn go_on(&self, span: &Span, from: TraceContext);
    /// Says that a span has to do with what is at this place of another trace.
    fn link(&self, span: &Span, to: TraceContext);
    /// The place of a span, from which others go on.
    fn place(&self, span: &Span) -> Option<TraceContext>;
}

/// One for the process, as spans are.
static LINKS: OnceLock<Box<dyn TraceLinks>> = OnceLock::new();

/// Begins to make spans; once in a process.
///
/// # Panics
/// When it was done before.
pub fn install(links: Box<dyn TraceLinks>) {
    LINKS.set(links).expect("traces are installed once");
}

pub(crate) fn are_on() -> bool {
    LINKS.get().is_some()
}

pub(crate) fn go_on(span: &Span, from: Option<TraceContext>) {
    if let (Some(links), Some(from)) = (LINKS.get(), from) {
        links.go_on(span, from);
    }
}

pub(crate) fn link(span: &Span, to: TraceContext) {
    if let Some(links) = LINKS.get() {
        links.link(span, to);
    }
}

pub(crate) fn place(span: &Span) -> Option<TraceContext> {
    LINKS.get().and_then(|links| links.place(span))
}

/// The place of what is done right now.
pub(crate) fn current_place() -> Option<TraceContext> {
    if are_on() { place(&Span::current()) } else { None }
}

/// A part of what is done right now.
pub(crate) fn step(name: &'static str) -> Span {
    if !are_on() {
        return Span::none();
    }
    tracing::info_span!(
        target: TARGET, "step", otel.name = name, otel.status_code = Empty, "error.type" = Empty,
        bursar.findings = Empty, bursar.findings.new = Empty, bursar.findings.gone = Empty
    )
}

/// The span did not come to its end; `why` is a word of ours.
pub(crate) fn fail(span: &Span, why: &'static str) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", why);
}

/// A number as spans have it, which is signed.
pub(crate) fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or_else(|_beyond_all_files| i64::MAX)
}
