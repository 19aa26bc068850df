//! What the operator sees: counters and gauges, by name.
//!
//! Not for: exposing them; the program installs a recorder and serves them on a listener of their own.
//! Invariant: no label holds a token, a person or anything a stranger can make up. Customers are
//! named, as the operator made them, and no more than [`CUSTOMERS_MEASURED_MAX`] of them, and those of
//! ledgers that the operator has to see to.

mod feeds;
mod waiting;

use std::time::Duration;

use domain::{
    FileType, LedgerFault, LedgerName, ReadinessCheck, ReadinessCheckName, ReadinessReport,
    RowCounts,
};
use http::StatusCode;
use jiff::Timestamp;
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use store::{JobKind, JobState};

pub use feeds::{FEEDS_MEASURED_MAX, FeedMeasures};
pub use waiting::{CUSTOMERS_MEASURED_MAX, WaitingMeasures};

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
    describe_counter!("bursar_panics_total", "Panics, each of which is a fault of Bursar's own");
    describe_gauge!(
        "bursar_ledger_fault",
        "1 for a ledger that cannot be used as it is, by customer, unit, type and reason"
    );
    describe_gauge!(
        "bursar_newest_upload_seconds",
        Unit::Seconds,
        "When a unit was last sent a file of a type, since 1970, by customer, unit and type"
    );
    describe_gauge!(
        "bursar_stalled_uploads",
        "Uploads that wait for a fault of this server to be mended"
    );
    describe_gauge!("bursar_held_uploads", "Snapshots that wait for a person's decision");
    describe_gauge!(
        "bursar_oldest_unread_seconds",
        Unit::Seconds,
        "Age of the oldest upload that is still to be read; 0 when there is none"
    );
    describe_gauge!(
        "bursar_oldest_waiting_job_seconds",
        Unit::Seconds,
        "Age of the job that has waited for longest, by kind; 0 when none waits"
    );
    describe_gauge!("bursar_customer_waiting_jobs", "Jobs that wait, by customer");
    describe_gauge!(
        "bursar_customer_oldest_waiting_job_seconds",
        Unit::Seconds,
        "Age of the job that has waited for longest, by customer; 0 when none waits"
    );
    describe_readiness();
    describe_process();
    describe_counter!("bursar_sign_ins_refused_total", "Refused attempts to sign in, by cause");
    begin_at_zero();
}

/// Sets every counter whose labels are known to 0: a rate is told from its second value on, and an alarm is
/// to see the first event.
fn begin_at_zero() {
    counter!("bursar_panics_total").increment(0);
    counter!("bursar_certificate_reload_failures_total").increment(0);
    for kind in JobKind::ALL {
        for end in JobEnd::ALL {
            counter!("bursar_job_attempts_total", "kind" => kind.as_str(), "end" => end.as_str())
                .increment(0);
        }
    }
    for file_type in FileType::ALL {
        let of_type = file_type.as_str();
        counter!("bursar_uploads_total", "type" => of_type).increment(0);
        counter!("bursar_upload_bytes_total", "type" => of_type).increment(0);
        rows(file_type, RowCounts::default());
    }
    for cause in SignInRefusal::ALL {
        counter!("bursar_sign_ins_refused_total", "cause" => cause.as_str()).increment(0);
    }
}

fn describe_process() {
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "Memory in use");
    describe_gauge!("process_open_fds", "File descriptors open");
    describe_gauge!("process_max_fds", "File descriptors that may be open");
    describe_gauge!("process_start_time_seconds", Unit::Seconds, "Start, since 1970");
}

fn describe_readiness() {
    describe_gauge!("bursar_ready", "1 when uploads are taken, 0 when /readyz says why not");
    describe_gauge!("bursar_disk_free_bytes", Unit::Bytes, "Room left on the disk of the files");
    describe_gauge!(
        "bursar_disk_reserve_bytes",
        Unit::Bytes,
        "Room below which uploads are refused"
    );
    describe_gauge!("bursar_database_up", "1 when the database answered at the last try, else 0");
    describe_gauge!(
        "bursar_object_store_up",
        "1 when a file could be written, read and removed at the last try, else 0"
    );
    describe_gauge!(
        "bursar_store_tried_seconds",
        Unit::Seconds,
        "When the database and the place of the files were last tried, since 1970"
    );
    describe_gauge!(
        "bursar_database_connections",
        "Connections of this process to the database, by state"
    );
}

/// The end of an attempt at a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobEnd {
    Done,
    Retried,
    GivenUp,
    Lost,
    Abandoned,
    /// Waits for a fault of this server to be mended.
    Postponed,
}

impl JobEnd {
    const ALL: [Self; 6] =
        [Self::Done, Self::Retried, Self::GivenUp, Self::Lost, Self::Abandoned, Self::Postponed];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retried => "retried",
            Self::GivenUp => "given_up",
            Self::Lost => "lost",
            Self::Abandoned => "abandoned",
            Self::Postponed => "postponed",
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

pub(crate) fn panicked() {
    counter!("bursar_panics_total").increment(1);
}

/// A duration in milliseconds, for the log.
pub(crate) fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).expect("nothing takes five hundred million years")
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

/// Sets the gauges of jobs by kind and state; 0 where `counts` has no entry.
#[expect(clippy::cast_precision_loss, reason = "more than 2^53 jobs are not to be feared")]
pub fn jobs(counts: &[store::JobCount]) {
    for kind in JobKind::ALL {
        for state in JobState::ALL {
            let counted = counts.iter().find(|count| (count.kind, count.state) == (kind, state));
            let jobs = counted.map_or(0, |count| count.jobs);
            gauge!("bursar_jobs", "kind" => kind.as_str(), "state" => state.as_str())
                .set(jobs as f64);
        }
    }
}

/// Sets the gauges of what waits, at this moment.
#[expect(clippy::cast_precision_loss, reason = "counts and seconds are exact in a double")]
pub fn backlog(backlog: &store::Backlog, now: Timestamp) {
    gauge!("bursar_held_uploads").set(backlog.held_uploads as f64);
    gauge!("bursar_stalled_uploads").set(backlog.stalled_uploads as f64);
    let age = backlog.oldest_unread.map_or(0, |since| now.duration_since(since).as_secs());
    gauge!("bursar_oldest_unread_seconds").set(age.max(0) as f64);
}

/// Sets the gauges of the store by its last try; checks of other things are passed over.
#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double")]
pub(crate) fn store_tried(checks: &[ReadinessCheck], now: Timestamp) {
    for check in checks {
        let up = match check.name {
            ReadinessCheckName::Database => gauge!("bursar_database_up"),
            ReadinessCheckName::Objects => gauge!("bursar_object_store_up"),
            ReadinessCheckName::Server | ReadinessCheckName::Disk | ReadinessCheckName::Ledgers => {
                continue;
            }
        };
        up.set(f64::from(u8::from(check.ok)));
    }
    gauge!("bursar_store_tried_seconds").set(now.as_second() as f64);
}

pub(crate) fn readiness(report: &ReadinessReport) {
    gauge!("bursar_ready").set(f64::from(u8::from(report.ready)));
}

/// `free` is absent where nobody can say.
#[expect(clippy::cast_precision_loss, reason = "a disk's size to sixteen digits is enough")]
pub(crate) fn room(free: Option<u64>, reserve: u64) {
    gauge!("bursar_disk_reserve_bytes").set(reserve as f64);
    if let Some(free) = free {
        gauge!("bursar_disk_free_bytes").set(free as f64);
    }
}

pub fn connections(counts: store::ConnectionCounts) {
    for (state, connections) in [("in_use", counts.in_use), ("idle", counts.idle)] {
        gauge!("bursar_database_connections", "state" => state).set(f64::from(connections));
    }
}

/// The use this process makes of its machine; unknown figures are absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessMeasures {
    pub resident_bytes: Option<u64>,
    pub open_files: Option<usize>,
    pub open_files_max: Option<u64>,
}

#[expect(clippy::cast_precision_loss, reason = "sixteen digits are enough of each")]
pub fn process(process: &ProcessMeasures) {
    if let Some(bytes) = process.resident_bytes {
        gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Some(files) = process.open_files {
        gauge!("process_open_fds").set(files as f64);
    }
    if let Some(files) = process.open_files_max {
        gauge!("process_max_fds").set(files as f64);
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double")]
pub fn process_started(at: Timestamp) {
    gauge!("process_start_time_seconds").set(at.as_second() as f64);
}

/// Why somebody was not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInRefusal {
    Locked,
    UnknownAccount,
    WrongPassword,
    WrongCode,
    Disabled,
    /// Only those who run the server sign in with a password.
    PasswordsOff,
    /// An identity provider did not vouch for them in a way that counts.
    Provider,
}

impl SignInRefusal {
    const ALL: [Self; 7] = [
        Self::Locked,
        Self::UnknownAccount,
        Self::WrongPassword,
        Self::WrongCode,
        Self::Disabled,
        Self::PasswordsOff,
        Self::Provider,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::UnknownAccount => "unknown_account",
            Self::WrongPassword => "wrong_password",
            Self::WrongCode => "wrong_code",
            Self::Disabled => "disabled",
            Self::PasswordsOff => "passwords_off",
            Self::Provider => "provider",
        }
    }
}

pub(crate) fn sign_in_refused(cause: SignInRefusal) {
    counter!("bursar_sign_ins_refused_total", "cause" => cause.as_str()).increment(1);
}

/// Sets the gauge of each ledger that cannot be used, and clears those that can be used again.
pub(crate) fn ledger_faults(before: &[LedgerFault], now: &[LedgerFault]) {
    let set = |fault: &LedgerFault, value: f64| {
        let LedgerName { customer, unit, file_type } = &fault.ledger;
        gauge!(
            "bursar_ledger_fault", "customer" => customer.to_string(), "unit" => unit.to_string(),
            "type" => file_type.as_str(), "reason" => fault.kind.as_str()
        )
        .set(value);
    };
    for fault in before {
        set(fault, 0.0);
    }
    for fault in now {
        set(fault, 1.0);
    }
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
