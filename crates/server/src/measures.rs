//! What the operator sees: counters and gauges, by name.
//!
//! Not for: exposing them; the program installs a recorder and serves them on a listener of their own.
//! Invariant: no label holds a customer's name, a token or anything a stranger can make up.

use std::time::Duration;

use domain::{FileType, RowCounts};
use http::StatusCode;
use jiff::Timestamp;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use store::JobKind;

/// Says what each measure is; call once, after the recorder is installed.
pub fn describe() {
    describe_counter!("bursar_requests_total", "Requests answered, by route and status");
    describe_histogram!("bursar_request_seconds", Unit::Seconds, "Time to answer, by route");
    describe_counter!("bursar_uploads_total", "Uploads acknowledged, by file type");
    describe_counter!("bursar_upload_bytes_total", Unit::Bytes, "Bytes acknowledged, by file type");
    describe_gauge!("bursar_connections", "Connections open");
    describe_counter!("bursar_connections_refused_total", "Connections closed, by reason");
    describe_gauge!(
        "bursar_certificate_not_after_seconds",
        Unit::Seconds,
        "End of the certificate in use, since 1970"
    );
    describe_counter!(
        "bursar_certificate_reload_failures_total",
        "New certificate files that could not be used"
    );
    describe_gauge!("bursar_jobs", "Jobs, by kind and state");
    describe_counter!("bursar_job_attempts_total", "Attempts at jobs, by kind and how they ended");
    describe_histogram!("bursar_job_seconds", Unit::Seconds, "Time an attempt took, by kind");
    describe_counter!("bursar_rows_total", "Rows of files, by file type and what became of them");
    describe_gauge!("bursar_held_uploads", "Snapshots that wait for a person's decision");
    describe_gauge!(
        "bursar_oldest_unread_seconds",
        Unit::Seconds,
        "Age of the oldest upload that is still to be read; 0 when there is none"
    );
}

/// How an attempt at a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobEnd {
    Done,
    Retried,
    GivenUp,
    Lost,
    Abandoned,
}

impl JobEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retried => "retried",
            Self::GivenUp => "given_up",
            Self::Lost => "lost",
            Self::Abandoned => "abandoned",
        }
    }
}

pub(crate) fn job(kind: JobKind, end: JobEnd) {
    counter!("bursar_job_attempts_total", "kind" => kind.as_str(), "end" => end.as_str())
        .increment(1);
}

pub(crate) fn job_took(kind: JobKind, took: Duration) {
    histogram!("bursar_job_seconds", "kind" => kind.as_str()).record(took.as_secs_f64());
}

pub(crate) fn rows(file_type: FileType, rows: RowCounts) {
    for (outcome, count) in [("read", rows.rows_read), ("set_aside", rows.rows_set_aside)] {
        counter!("bursar_rows_total", "type" => file_type.as_str(), "outcome" => outcome)
            .increment(count);
    }
}

pub(crate) fn request(route: &str, status: StatusCode, took: Duration) {
    let route = route.to_owned();
    counter!("bursar_requests_total", "route" => route.clone(), "status" => status.as_str().to_owned())
        .increment(1);
    histogram!("bursar_request_seconds", "route" => route).record(took.as_secs_f64());
}

pub(crate) fn upload(file_type: FileType, bytes: u64) {
    counter!("bursar_uploads_total", "type" => file_type.as_str()).increment(1);
    counter!("bursar_upload_bytes_total", "type" => file_type.as_str()).increment(bytes);
}

pub(crate) fn connection_refused(reason: &'static str) {
    counter!("bursar_connections_refused_total", "reason" => reason).increment(1);
}

pub(crate) fn certificate_reload_failed() {
    counter!("bursar_certificate_reload_failures_total").increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double")]
pub(crate) fn certificate(not_after: Timestamp) {
    gauge!("bursar_certificate_not_after_seconds").set(not_after.as_second() as f64);
}

/// How many jobs of a kind are in a state.
#[expect(clippy::cast_precision_loss, reason = "more than 2^53 jobs are not to be feared")]
pub fn jobs(count: &store::JobCount) {
    gauge!("bursar_jobs", "kind" => count.kind.as_str(), "state" => count.state.as_str())
        .set(count.jobs as f64);
}

/// What waits, at this moment.
#[expect(clippy::cast_precision_loss, reason = "counts and seconds are exact in a double")]
pub fn backlog(backlog: &store::Backlog, now: Timestamp) {
    gauge!("bursar_held_uploads").set(backlog.held_uploads as f64);
    let age = backlog.oldest_unread.map_or(0, |since| now.duration_since(since).as_secs());
    gauge!("bursar_oldest_unread_seconds").set(age.max(0) as f64);
}

/// Counts a connection while it is open.
pub(crate) struct OpenConnection(());

impl OpenConnection {
    pub(crate) fn count() -> Self {
        gauge!("bursar_connections").increment(1.0);
        Self(())
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!("bursar_connections").decrement(1.0);
    }
}
