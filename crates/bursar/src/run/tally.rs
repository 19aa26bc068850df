//! What a round of a job came to, counted and as an exit code.
//!
//! Invariant: a round that had nothing to send is told apart from one that sent nothing.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::exit_code::ExitCode;
use crate::failure::Failure;

/// What a round came to.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub(super) received: usize,
    /// Received by an earlier run.
    pub(super) known: usize,
    /// To be tried again.
    pub(super) waiting: usize,
    /// To be mended by a person.
    pub(super) failed: usize,
    /// Not taken into the outbox: they cannot be read, or their names cannot be used.
    pub(super) not_sent: usize,
    /// Still being written.
    pub(super) unfinished: usize,
    /// Without a byte, as they are when there was nothing that day.
    pub(super) empty: usize,
    /// When the token that was used ends, where one was and says so.
    pub(super) token_ends: Option<Timestamp>,
    codes: Vec<ExitCode>,
}

impl Tally {
    pub(super) fn of_failure(failure: &Failure) -> Self {
        Self { codes: vec![failure.exit], ..Self::default() }
    }

    pub(super) fn exit(&self) -> ExitCode {
        // For whoever runs it once; a service is well with a file that holds nothing.
        let of_empty = (self.empty > 0).then_some(ExitCode::NothingToSend);
        let codes: Vec<ExitCode> = self.codes.iter().copied().chain(of_empty).collect();
        match (&codes[..], self.received) {
            ([], 0) if self.known == 0 => ExitCode::NothingToSend,
            ([], _) => ExitCode::Ok,
            (codes, 0) => ExitCode::of_all(codes),
            (_, _) => ExitCode::SomeFailed,
        }
    }

    pub(super) fn is_well(&self) -> bool {
        self.codes.is_empty()
    }

    /// Whether it is worth a line in a log.
    pub(super) fn has_news(&self) -> bool {
        self.received + self.known + self.waiting + self.failed + self.not_sent > 0
            || !self.is_well()
    }

    /// Whether files went their way in it, so that each such round is told of.
    pub(super) fn settles_files(&self) -> bool {
        self.received + self.known > 0
    }

    pub(super) fn failed_with(&mut self, exit: ExitCode) {
        self.codes.push(exit);
    }

    pub(super) fn to_json(&self, job: &str) -> Value {
        json!({
            "job": job,
            "exitCode": self.exit().number(),
            "received": self.received,
            "receivedBefore": self.known,
            "waiting": self.waiting,
            "failed": self.failed,
            "notSent": self.not_sent,
            "unfinished": self.unfinished,
            "empty": self.empty,
        })
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { received, known, waiting, failed, not_sent, unfinished, empty, .. } = self;
        write!(f, "{received} received")?;
        for (count, words) in [
            (known, "received before"),
            (waiting, "waiting"),
            (failed, "failed"),
            (not_sent, "not sent"),
            (unfinished, "still being written"),
            (empty, "empty"),
        ] {
            if *count > 0 {
                write!(f, ", {count} {words}")?;
            }
        }
        Ok(())
    }
}
