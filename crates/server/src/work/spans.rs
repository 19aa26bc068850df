//! A span for each attempt at a job, in the traces that the job goes on from.
//!
//! Not for: what a job does.
//! Invariant: a job is done the same way with a trace and without.

use std::iter;

use domain::trace_context::{Sampling, TraceContext};
use store::{ClaimedJob, JobKind, JobSubject};
use tracing::field::{Empty, display};
use tracing::{Instrument as _, Span};

use super::Failure;
use crate::traces;

/// Does the work inside a span, as far as there are traces. A run that several uploads asked for is a
/// part of the trace of the first that is recorded; each of the others has a span as long, with a link
/// to it.
pub(super) async fn in_span(
    job: &ClaimedJob,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    if !traces::are_on() {
        return work.await;
    }
    let recorded = |place: &TraceContext| place.sampling() == Sampling::Recorded;
    let mut recorded = job.traces.iter().copied().filter(recorded);
    let main = begin(job);
    traces::go_on(&main, recorded.next().or(job.traces.first().copied()));
    let place = traces::place(&main);
    let beside = recorded.map(|from| {
        let span = begin(job);
        traces::go_on(&span, Some(from));
        if let Some(main) = place {
            traces::link(&span, main);
        }
        span
    });
    let beside: Vec<Span> = beside.collect();
    let done = work.instrument(main.clone()).await;
    if let Err(failure) = &done {
        for span in iter::once(&main).chain(&beside) {
            traces::fail(span, word(failure));
        }
    }
    done
}

fn begin(job: &ClaimedJob) -> Span {
    let span = tracing::info_span!(
        target: traces::TARGET, parent: None, "job", otel.name = name(job.kind),
        otel.kind = "consumer", otel.status_code = Empty, "error.type" = Empty,
        bursar.job = %job.id, bursar.attempt = i64::from(job.attempts),
        bursar.customer = %job.customer, bursar.unit = %job.unit, bursar.upload = Empty,
        bursar.file_type = Empty, bursar.run = Empty, bursar.state = Empty, bursar.rows = Empty
    );
    match &job.about {
        JobSubject::Upload { file_type, upload } => {
            span.record("bursar.upload", display(upload));
            span.record("bursar.file_type", file_type.as_str());
        }
        JobSubject::Run(run) => {
            span.record("bursar.run", display(run));
        }
        JobSubject::Delivery(_) => {}
    }
    span
}

const fn name(kind: JobKind) -> &'static str {
    match kind {
        JobKind::ReadUpload => "read upload",
        JobKind::TidyLedger => "tidy ledger",
        JobKind::CheckUnit => "check unit",
        JobKind::Deliver => "deliver",
    }
}

/// The kind of fault in a word.
const fn word(failure: &Failure) -> &'static str {
    match failure {
        Failure::Store(_) => "store",
        Failure::Ledgers(_) => "ledgers",
        Failure::Panicked(_) => "panic",
        Failure::Killed => "killed",
    }
}
