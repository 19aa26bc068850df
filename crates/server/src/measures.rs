//! What the operator sees: counters and gauges, by name.
//!
//! Not for: exposing them; the program installs a recorder and serves them on a listener of their own.
//! Invariant: no label holds a customer's name, a token or anything a stranger can make up.

use std::time::Duration;

use domain::FileType;
use http::StatusCode;
use jiff::Timestamp;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

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
