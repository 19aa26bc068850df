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

use super::Context;
use super::after::{after_outcome, after_receipt};
use super::health::Health;
use super::phase::Phase;
use super::tally::Tally;
use crate::commands::uploads::{
    FollowResult, POLL_FIRST, POLL_GROWTH, POLL_LONGEST, UploadsClient,
};
use crate::config::job::Job;
use crate::journal::{Entry, Outcome, State};
use crate::net::answer::ServerReceipt;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::duration;
use crate::report::format::plural;
use crate::transfer::client::Client;
use crate::transfer::route::{Route, resolve};

/// Read at a time, so that ten thousand files cost no memory.
const ENTRIES_AT_ONCE: u32 = 256;
/// A server reads the files of a type in the order in which they came: when so many are still under way,
/// those after them are too.
const UNDER_WAY_MAX: usize = 8;
/// For files that are held, or that were not read in time, and after a failure: a person decides, or the
/// server is at work.
const LATER: Duration = Duration::from_mins(10);

/// Follows the received files of one job until the server has read them.
pub(super) struct Following<'a> {
    job: &'a Job,
    context: &'a Context<'a>,
    longest: Duration,
    /// Said once that the server does not tell.
    is_unknown_reported: Cell<bool>,
}

/// The server's word about one file.
enum FollowUp {
    UnderWay,
    Ended(FollowResult),
    /// The server does not say, for this reason.
    Nothing(String),
}

/// The files that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PollScope {
    /// Those that may be read at any moment.
    Fresh,
    /// Also those that are held or late.
    All,
}

/// The files that are still under way.
#[derive(Debug, Default)]
struct PollResult {
    /// Under way, and not for longer than they may be.
    fresh: usize,
    /// Under way for longer.
    late: Vec<Entry>,
}

impl<'a> Following<'a> {
    /// Makes a follower; none when the job does not wait.
    pub(super) fn new(job: &'a Job, context: &'a Context<'a>) -> Option<Self> {
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
                    let is_new = |entry: &Entry| reported_late.insert(entry.id.number());
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
        let is_late =
            oldest.iter().any(|(entry, known)| *known == Outcome::Awaited && self.is_late(entry));
        health.note_outcomes(job, counts, is_late.then_some(ExitCode::NotSeenRead));
        Ok(())
    }

    /// Asks about each file once, and does what its outcome asks for.
    async fn poll(
        &self,
        poll: PollScope,
        route: &mut Option<Route>,
        tally: &mut Tally,
        mut phase: Option<&mut watch::Receiver<Phase>>,
    ) -> Result<PollResult, Failure> {
        let journal = &self.context.journal;
        let (mut result, mut last) = (PollResult::default(), 0);
        loop {
            let entries = journal.awaiting_outcome(&self.job.name, last, ENTRIES_AT_ONCE).await?;
            let Some((newest, _)) = entries.last() else { return Ok(result) };
            last = newest.id.number();
            for (entry, known) in entries {
                let is_late = self.is_late(&entry);
                let is_fresh = known == Outcome::Awaited && !is_late;
                let is_enough = is_fresh && result.fresh >= UNDER_WAY_MAX;
                if poll == PollScope::Fresh && !is_fresh || is_enough {
                    result.fresh += usize::from(is_fresh);
                    if known == Outcome::Awaited && is_late {
                        result.late.push(entry);
                    }
                    continue;
                }
                let route = match route {
                    Some(route) => route,
                    None => route.insert(self.route().await?),
                };
                let found = tokio::select! {
                    found = self.look_up(route, &entry) => found?,
                    () = phase_changed(phase.as_deref_mut()) => return Ok(result),
                };
                match found {
                    FollowUp::UnderWay if is_late => result.late.push(entry),
                    FollowUp::UnderWay => result.fresh += 1,
                    FollowUp::Nothing(why) => self.outcome_unknown(&entry, &why).await?,
                    FollowUp::Ended(followed) => self.ended(&entry, &followed, tally).await?,
                }
            }
        }
    }

    async fn look_up(&self, route: &Route, entry: &Entry) -> Result<FollowUp, Failure> {
        let State::Received(receipt) = &entry.state else { return Ok(FollowUp::UnderWay) };
        let receipt = ServerReceipt { json: receipt.json.clone(), is_digest_confirmed: false };
        let Some(id) = receipt.upload_id() else {
            return Ok(FollowUp::Nothing("its receipts name no upload".to_owned()));
        };
        let to = &entry.request;
        if route.link.target.to_string() != to.server || route.address != to.address {
            return Ok(FollowUp::Nothing(format!(
                "{} went to {}, and the job now leads elsewhere",
                to.name, to.server
            )));
        }
        let Context { system, output, .. } = self.context;
        let client = UploadsClient(Client { route, system, output });
        match client.poll(id).await {
            Ok(None) => Ok(FollowUp::UnderWay),
            Ok(Some(followed)) => Ok(match &followed.verdict {
                Some(verdict) if verdict.exit == ExitCode::NotSeenRead => {
                    FollowUp::Nothing(verdict.what.clone())
                }
                _ => FollowUp::Ended(followed),
            }),
            Err(failure) if is_no_answer(failure.exit) => Ok(FollowUp::Nothing(failure.what)),
            Err(failure) => Err(failure),
        }
    }

    /// Notes and reports a file that is read, refused or held.
    async fn ended(
        &self,
        entry: &Entry,
        followed: &FollowResult,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let rows_set_aside = followed.rows_set_aside();
        let outcome = match &followed.verdict {
            None => Outcome::Read { rows_set_aside },
            Some(verdict) if verdict.exit == ExitCode::FileHeld => Outcome::Held,
            Some(_) => Outcome::Refused,
        };
        let now = (self.context.system.now)();
        let is_news = self.context.journal.note_outcome(entry.id, outcome, now).await?;
        let output = &self.context.output;
        let subject = format!("{}: {}", self.job.name, entry.request.name);
        match (outcome, &followed.verdict) {
            (Outcome::Read { .. }, _) => {
                tally.read += 1;
                output.result(&format!("{}: {}", self.job.name, followed.to_text()));
                if rows_set_aside > 0 {
                    tally.rows_set_aside += rows_set_aside;
                    tally.add_code(ExitCode::RowsSetAside);
                    let rows = plural(rows_set_aside, "row");
                    output.warn(&format!(
                        "{subject}: {rows} set aside; which: bursar uploads {} --problems",
                        followed.id()
                    ));
                }
            }
            (Outcome::Held, Some(verdict)) => {
                tally.held += 1;
                tally.add_code(verdict.exit);
                if is_news {
                    output.failure(&format!("{subject}: held"), verdict);
                }
            }
            (_, verdict) => {
                tally.refused += 1;
                tally.add_code(ExitCode::FileRefused);
                if let Some(verdict) = verdict {
                    output.failure(&format!("{subject}: refused"), verdict);
                }
            }
        }
        if !is_news {
            return Ok(());
        }
        match after_outcome(self.job, entry, outcome) {
            Ok(Some(reported)) => output.note(&format!("{subject}: {reported}")),
            Ok(None) => {}
            Err(failure) => {
                output.failure(&self.job.name, &failure);
                tally.add_code(failure.exit);
            }
        }
        Ok(())
    }

    /// Goes on as if nobody had asked: the receipt is what there is.
    async fn outcome_unknown(&self, entry: &Entry, why: &str) -> Result<(), Failure> {
        let now = (self.context.system.now)();
        let is_news = self.context.journal.note_outcome(entry.id, Outcome::Unknown, now).await?;
        if !self.is_unknown_reported.replace(true) {
            self.context.output.warn(&format!(
                "{}: what became of received files is not told ({why}); they count as received. Only a \
                 Bursar server tells it, to a token that may read uploads; elsewhere leave wait out",
                self.job.name
            ));
        }
        if is_news { after_receipt(self.job, entry) } else { Ok(()) }
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

    fn is_late(&self, entry: &Entry) -> bool {
        let since = (self.context.system.now)().duration_since(entry.changed_at);
        // A clock that was set back makes nothing late.
        Duration::try_from(since).is_ok_and(|since| since > self.scaled(self.longest))
    }

    async fn route(&self) -> Result<Route, Failure> {
        let Context { args, system, output, .. } = self.context;
        let profile = args.profile(self.job.profile.clone());
        let resolved = resolve(self.job.settings.clone(), &profile, system)?;
        resolved.route(&profile, system, output).await
    }

    fn scaled(&self, time: Duration) -> Duration {
        time.mul_f64(Duration::from_millis(self.context.args.wait_second_ms).as_secs_f64())
    }
}

/// Whether an answer says that none will come: there is nothing of this kind, or not for this token.
fn is_no_answer(exit: ExitCode) -> bool {
    use ExitCode::{Forbidden, NotCreated, Redirected, Refused};
    matches!(exit, Forbidden | NotCreated | Redirected | Refused)
}

/// Waits until the service is to stop or to begin anew.
async fn phase_changed(phase: Option<&mut watch::Receiver<Phase>>) {
    match phase {
        Some(phase) => {
            // Nobody tells any more: then it stops as well.
            phase.changed().await.unwrap_or_else(|_nobody_tells| ());
        }
        None => std::future::pending().await,
    }
}
