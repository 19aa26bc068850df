//! What the server makes of the received files of a job: heard of, told, and acted upon here.
//!
//! Not for: sending them (`round`), or one file that a person follows (`uploads`).
//!
//! Invariants: the outbox knows what is still to be heard of, so that a killed process goes on; a file is
//! dealt with here once its outcome is written down; no request of this keeps a file from being sent.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::context::JobContext;
use super::health::Health;
use super::phase::Phase;
use super::tally::Tally;
use crate::commands::uploads::{POLL_FIRST, POLL_GROWTH, POLL_LONGEST};
use crate::config::job::Job;
use crate::journal::{FileOutcome, OutboxEntry};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::duration;
use crate::report::format::plural;

mod poll;

use poll::PollScope;

/// Read at a time, so that ten thousand files cost no memory.
const ENTRIES_AT_ONCE: u32 = 256;

/// For files that are held, or that were not read in time, and after a failure: a person decides, or the
/// server is at work.
const LATER: Duration = Duration::from_mins(10);

/// Follows the received files of one job until the server has read them.
pub(super) struct Following<'a> {
    job: &'a Job,
    context: &'a JobContext<'a>,
    longest: Duration,
    /// Said once that the server does not tell.
    is_unknown_reported: Cell<bool>,
}

impl<'a> Following<'a> {
    /// Makes a follower; none when the job does not wait.
    pub(super) fn new(job: &'a Job, context: &'a JobContext<'a>) -> Option<Self> {
        let longest = job.wait?;
        Some(Self { job, context, longest, is_unknown_reported: Cell::new(false) })
    }

    /// Follows until all that was received is read, refused or held, or the time is over.
    pub(super) async fn to_the_end(&self, tally: &mut Tally) {
        let begin = Instant::now();
        let (mut poll, mut wait) = (PollScope::All, POLL_FIRST);
        let mut route = None;
        let ended = loop {
            let result = match self.poll(poll, &mut route, tally, None).await {
                Ok(result) => result,
                Err(failure) => break Err(failure),
            };
            let is_over = begin.elapsed() >= self.scaled(self.longest);
            if result.fresh == 0 || is_over {
                break Ok(result.fresh + result.late.len());
            }
            tokio::time::sleep(self.scaled(wait)).await;
            (poll, wait) = (PollScope::Fresh, wait.mul_f64(POLL_GROWTH).min(POLL_LONGEST));
        };
        let failure = match ended {
            Ok(0) => return,
            Ok(count) => {
                tally.not_seen_read += count as u64;
                self.late(count)
            }
            Err(failure) => {
                self.count_unseen(tally).await;
                failure
            }
        };
        tally.add_code(failure.exit);
        self.context.output.failure(&format!("{}: not followed", self.job.name), &failure);
    }

    /// Follows for as long as the service runs; asks again at once when a file is received.
    pub(super) async fn serve(
        &self,
        health: &Health,
        received: &Notify,
        mut phase: watch::Receiver<Phase>,
    ) {
        let (mut wait, mut route) = (POLL_FIRST, None);
        let mut all_at = Instant::now();
        let (mut reported, mut reported_late) = (None, HashSet::new());
        while *phase.borrow() == Phase::Run {
            let poll = if Instant::now() >= all_at { PollScope::All } else { PollScope::Fresh };
            let mut tally = Tally::default();
            let result = self.poll(poll, &mut route, &mut tally, Some(&mut phase)).await;
            if *phase.borrow() != Phase::Run {
                return;
            }
            let mut pause = LATER;
            match result {
                Ok(result) => {
                    reported = None;
                    if poll == PollScope::All {
                        all_at = Instant::now() + self.scaled(LATER);
                    }
                    if result.fresh > 0 {
                        pause = wait;
                        wait = wait.mul_f64(POLL_GROWTH).min(POLL_LONGEST);
                    }
                    let is_new = |entry: &OutboxEntry| reported_late.insert(entry.id.number());
                    let new = result.late.into_iter().filter(is_new).count();
                    if new > 0 {
                        let subject = format!("{}: not followed", self.job.name);
                        self.context.output.failure(&subject, &self.late(new));
                    }
                }
                Err(failure) => {
                    route = None;
                    if reported.as_ref() != Some(&failure) {
                        let subject = format!("{}: not followed", self.job.name);
                        self.context.output.failure(&subject, &failure);
                    }
                    reported = Some(failure);
                }
            }
            if let Err(failure) = self.note(health).await {
                self.context.output.failure(&self.job.name, &failure);
            }
            tokio::select! {
                () = tokio::time::sleep(self.scaled(pause)) => {}
                () = received.notified() => wait = POLL_FIRST,
                _ = phase.changed() => {}
            }
        }
    }

    async fn note(&self, health: &Health) -> Result<(), Failure> {
        let (journal, job) = (&self.context.journal, &self.job.name);
        let counts = journal.outcome_counts(job, (self.context.system.now)()).await?;
        let oldest = journal.awaiting_outcome(job, 0, ENTRIES_AT_ONCE).await?;
        let is_late = oldest
            .iter()
            .any(|(entry, known)| *known == FileOutcome::Awaited && self.is_late(entry));
        health.note_outcomes(job, counts, is_late.then_some(ExitCode::NotSeenRead));
        Ok(())
    }

    async fn count_unseen(&self, tally: &mut Tally) {
        let now = (self.context.system.now)();
        match self.context.journal.outcome_counts(&self.job.name, now).await {
            Ok(counts) => tally.not_seen_read += counts.awaited,
            Err(failure) => self.context.output.failure(&self.job.name, &failure),
        }
    }

    fn late(&self, count: usize) -> Failure {
        Failure::new(
            ExitCode::NotSeenRead,
            format!(
                "{} received and not read within {}",
                plural(count as u64, "file"),
                duration(self.longest)
            ),
            "The server has them and goes on by itself; they are asked about again every ten minutes, or by \
             the next bursar run --once.",
        )
    }

    fn is_late(&self, entry: &OutboxEntry) -> bool {
        let since = (self.context.system.now)().duration_since(entry.changed_at);
        // A clock that was set back makes nothing late.
        Duration::try_from(since).is_ok_and(|since| since > self.scaled(self.longest))
    }

    fn scaled(&self, time: Duration) -> Duration {
        time.mul_f64(Duration::from_millis(self.context.args.wait_second_ms).as_secs_f64())
    }
}
