//! Asking the server about the files of a job, and acting upon what it says.

use tokio::sync::watch;

use super::{ENTRIES_AT_ONCE, Following};
use crate::commands::run::after::{after_outcome, after_receipt};
use crate::commands::run::context::JobContext;
use crate::commands::run::phase::Phase;
use crate::commands::run::tally::Tally;
use crate::commands::uploads::{FollowResult, UploadsClient};
use crate::journal::{EntryState, FileOutcome, OutboxEntry};
use crate::net::answer::ServerReceipt;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::plural;
use crate::transfer::client::Client;
use crate::transfer::route::{Route, resolve};

/// A server reads the files of a type in the order in which they came: when so many are still under way,
/// those after them are too.
const UNDER_WAY_MAX: usize = 8;

/// The server's word about one file.
enum FollowUp {
    UnderWay,
    Ended(FollowResult),
    /// The server does not say, for this reason.
    Nothing(String),
}

/// The files that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PollScope {
    /// Those that may be read at any moment.
    Fresh,
    /// Also those that are held or late.
    All,
}

/// The files that are still under way.
#[derive(Debug, Default)]
pub(super) struct PollResult {
    /// Under way, and not for longer than they may be.
    pub(super) fresh: usize,
    /// Under way for longer.
    pub(super) late: Vec<OutboxEntry>,
}

impl Following<'_> {
    /// Asks about each file once, and does what its outcome asks for.
    pub(super) async fn poll(
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
                let is_fresh = known == FileOutcome::Awaited && !is_late;
                let is_enough = is_fresh && result.fresh >= UNDER_WAY_MAX;
                if poll == PollScope::Fresh && !is_fresh || is_enough {
                    result.fresh += usize::from(is_fresh);
                    if known == FileOutcome::Awaited && is_late {
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

    async fn look_up(&self, route: &Route, entry: &OutboxEntry) -> Result<FollowUp, Failure> {
        let EntryState::Received(receipt) = &entry.state else { return Ok(FollowUp::UnderWay) };
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
        let JobContext { system, output, .. } = self.context;
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
        entry: &OutboxEntry,
        followed: &FollowResult,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let rows_set_aside = followed.rows_set_aside();
        let outcome = match &followed.verdict {
            None => FileOutcome::Read { rows_set_aside },
            Some(verdict) if verdict.exit == ExitCode::FileHeld => FileOutcome::Held,
            Some(_) => FileOutcome::Refused,
        };
        let now = (self.context.system.now)();
        let is_news = self.context.journal.note_outcome(entry.id, outcome, now).await?;
        let output = &self.context.output;
        let subject = format!("{}: {}", self.job.name, entry.request.name);
        match (outcome, &followed.verdict) {
            (FileOutcome::Read { .. }, _) => {
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
            (FileOutcome::Held, Some(verdict)) => {
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
    async fn outcome_unknown(&self, entry: &OutboxEntry, why: &str) -> Result<(), Failure> {
        let now = (self.context.system.now)();
        let is_news =
            self.context.journal.note_outcome(entry.id, FileOutcome::Unknown, now).await?;
        if !self.is_unknown_reported.replace(true) {
            self.context.output.warn(&format!(
                "{}: what became of received files is not told ({why}); they count as received. Only a \
                 Bursar server tells it, to a token that may read uploads; elsewhere leave wait out",
                self.job.name
            ));
        }
        if is_news { after_receipt(self.job, entry) } else { Ok(()) }
    }

    async fn route(&self) -> Result<Route, Failure> {
        let JobContext { args, system, output, .. } = self.context;
        let profile = args.profile(self.job.profile.clone());
        let resolved = resolve(self.job.settings.clone(), &profile, system)?;
        resolved.route(&profile, system, output).await
    }
}

/// Returns `true` when an answer says that none will come: there is nothing of this kind, or not for
/// this token.
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
