//! What a round of a job came to, counted and as an exit code.
//!
//! Invariant: a round that had nothing to send is told apart from one that sent nothing, and what is worth a
//! warning from what failed.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::plural;

/// The counts of a round, and its exit codes.
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
    /// Not sent, for they have fewer rows than their job wants.
    pub(super) too_few: usize,
    /// Received, and read by the server.
    pub(super) read: usize,
    /// Received, and refused by the server for what they hold.
    pub(super) refused: usize,
    /// Received, and held by the server until a person decides.
    pub(super) held: usize,
    /// Received; what the server made of them was not seen in time.
    pub(super) not_seen_read: u64,
    /// Of the files that were read.
    pub(super) rows_set_aside: u64,
    /// When the token that was used ends, where one was and says so.
    pub(super) token_ends: Option<Timestamp>,
    /// The problems of the job that stay open since earlier rounds.
    pub(super) open_problems: Vec<ExitCode>,
    codes: Vec<ExitCode>,
}

impl Tally {
    pub(super) fn from_failure(failure: &Failure) -> Self {
        Self { codes: vec![failure.exit], ..Self::default() }
    }

    /// The exit codes for whoever runs a job once; a service is well with a file that holds nothing.
    fn codes_of_once(&self) -> Vec<ExitCode> {
        let of_empty = (self.empty > 0).then_some(ExitCode::NothingToSend);
        self.codes.iter().copied().chain(of_empty).collect()
    }

    pub(super) fn exit(&self) -> ExitCode {
        let codes = self.codes_of_once();
        let undone = (self.refused + self.held) as u64 + self.not_seen_read;
        let received = (self.received as u64).saturating_sub(undone);
        let failures = failures(&codes);
        match (&failures[..], received) {
            ([], _) if !codes.is_empty() => ExitCode::combine(&codes),
            ([], 0) if self.is_idle() => ExitCode::NothingToSend,
            ([], _) => ExitCode::Ok,
            (failures, 0) => ExitCode::combine(failures),
            (_, _) => ExitCode::SomeFailed,
        }
    }

    /// The exit code of several jobs: nothing to send in some is no failure of the others, and a warning
    /// shows only when nothing failed.
    pub(super) fn exit_of_all(tallies: &[Self]) -> ExitCode {
        let busy: Vec<&Self> = tallies
            .iter()
            .filter(|tally| !tally.is_idle() || !tally.codes_of_once().is_empty())
            .collect();
        let with = |is_shown: fn(&Self) -> bool| -> Vec<ExitCode> {
            busy.iter()
                .map(|tally| if is_shown(tally) { tally.exit() } else { ExitCode::Ok })
                .collect()
        };
        let failures = with(|tally| !failures(&tally.codes).is_empty());
        let warnings = with(|tally| !tally.codes_of_once().is_empty());
        let is_other = |code: &ExitCode| *code != ExitCode::Ok;
        if failures.iter().any(is_other) {
            ExitCode::combine(&failures)
        } else if warnings.iter().any(is_other) {
            ExitCode::combine(&warnings.into_iter().filter(is_other).collect::<Vec<_>>())
        } else {
            ExitCode::combine(&failures)
        }
    }

    pub(super) fn is_well(&self) -> bool {
        self.codes.is_empty()
    }

    /// The exit code of a failing job, of this round or of earlier ones.
    pub(super) fn failure(&self) -> Option<ExitCode> {
        if !failures(&self.codes).is_empty() {
            return Some(self.exit());
        }
        let open_problems = failures(&self.open_problems);
        (!open_problems.is_empty()).then(|| ExitCode::combine(&open_problems))
    }

    /// The exit code that is worth a look although nothing failed.
    pub(super) fn warning(&self) -> Option<ExitCode> {
        self.codes.iter().chain(&self.open_problems).copied().find(|code| is_warning(*code))
    }

    /// Returns `true` when the round is worth a line in a log.
    pub(super) fn has_news(&self) -> bool {
        self.received + self.known + self.waiting + self.failed + self.not_sent > 0
            || !self.is_well()
    }

    /// Returns `true` when files went their way in the round, so that each such round is told of.
    pub(super) fn settles_files(&self) -> bool {
        self.received + self.known > 0
    }

    pub(super) fn add_code(&mut self, exit: ExitCode) {
        self.codes.push(exit);
    }

    /// Counts a file that is not sent, and why.
    pub(super) fn count_unsent(&mut self, exit: ExitCode) {
        if is_warning(exit) {
            self.too_few += 1;
        } else {
            self.failed += 1;
        }
        self.add_code(exit);
    }

    /// Returns `true` when there was nothing to do.
    fn is_idle(&self) -> bool {
        self.received + self.known + self.read == 0
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
            "tooFewRows": self.too_few,
            "read": self.read,
            "refused": self.refused,
            "held": self.held,
            "notSeenRead": self.not_seen_read,
            "rowsSetAside": self.rows_set_aside,
        })
    }
}

/// Returns `true` when a monitor may let it pass: nothing was refused and nothing waits.
pub(super) fn is_warning(exit: ExitCode) -> bool {
    matches!(exit, ExitCode::NothingToSend | ExitCode::RowsSetAside)
}

fn failures(codes: &[ExitCode]) -> Vec<ExitCode> {
    codes.iter().copied().filter(|code| !is_warning(*code)).collect()
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} received", self.received)?;
        for (count, words) in [
            (self.known, "received before"),
            (self.waiting, "waiting"),
            (self.failed, "failed"),
            (self.not_sent, "not sent"),
            (self.unfinished, "still being written"),
            (self.empty, "empty"),
            (self.too_few, "with too few rows"),
            (self.read, "read"),
            (self.refused, "refused"),
            (self.held, "held"),
        ] {
            if count > 0 {
                write!(f, ", {count} {words}")?;
            }
        }
        if self.not_seen_read > 0 {
            write!(f, ", {} not seen read", self.not_seen_read)?;
        }
        if self.rows_set_aside > 0 {
            write!(f, "; {} set aside", plural(self.rows_set_aside, "row"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_beats_what_is_a_warning() {
        let of = |received, codes: &[ExitCode]| Tally {
            received,
            codes: codes.to_vec(),
            ..Tally::default()
        };
        let idle = || of(0, &[]);
        let refused = Tally { refused: 1, ..of(1, &[ExitCode::FileRefused]) };
        for (tallies, expected) in [
            (vec![idle()], ExitCode::NothingToSend),
            (vec![idle(), of(1, &[])], ExitCode::Ok),
            (vec![of(0, &[ExitCode::NothingToSend]), of(1, &[])], ExitCode::NothingToSend),
            (vec![of(1, &[ExitCode::RowsSetAside]), of(1, &[])], ExitCode::RowsSetAside),
            (
                vec![of(1, &[ExitCode::RowsSetAside]), of(0, &[ExitCode::TimedOut])],
                ExitCode::SomeFailed,
            ),
            (
                vec![of(0, &[ExitCode::NothingToSend]), of(0, &[ExitCode::TimedOut])],
                ExitCode::SomeFailed,
            ),
            (vec![of(0, &[ExitCode::TimedOut]), idle()], ExitCode::TimedOut),
            (vec![refused.clone()], ExitCode::FileRefused),
            (vec![Tally { received: 2, ..refused.clone() }], ExitCode::SomeFailed),
            (vec![refused.clone(), refused], ExitCode::FileRefused),
        ] {
            assert_eq!(Tally::exit_of_all(&tallies), expected, "{tallies:?}");
        }
    }
}
