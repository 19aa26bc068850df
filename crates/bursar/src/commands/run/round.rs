//! One round of one job: what is there goes into the outbox, what waits in it is sent, and what was
//! received is dealt with here.
//!
//! Invariant: after the first setback that is not of the file itself nothing more is begun: what ails the
//! network ails every file.

use std::cell::{Cell, RefCell};
use std::path::Path;

use futures_util::StreamExt as _;
use tokio::sync::Notify;

use super::after::{after_receipt, refused};
use super::look::{Found, Look, Seen};
use super::standing::Standing;
use super::tally::Tally;
use super::vet::Vetted;
use super::{Desk, Orders};
use crate::config::job::{Job, JobSource, Ready};
use crate::explain::explain_source;
use crate::journal::{Addressed, Ending, Entry, Journal, Setback, State, in_turn};
use crate::net::answer::repeated_in_words;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{Mark, Pace, SourceFault};
use crate::transfer::delivery::Courier;
use crate::transfer::plan::{Route, SendPlan, resolve};

/// Read at a time, so that ten thousand waiting files cost no memory.
const ENTRIES_AT_ONCE: u32 = 256;

/// See the module.
pub(super) struct Round<'a> {
    pub(super) job: &'a Job,
    pub(super) desk: &'a Desk<'a>,
    pace: Option<&'a Pace>,
    parallel: usize,
    /// Told when a file is received.
    pub(super) came: Notify,
    pub(super) standing: RefCell<Standing>,
}

/// What became of an entry that was to be sent.
enum Sent {
    /// As the outbox has it now.
    Tried(Box<Entry>),
    /// Another process has it, and says how it ends.
    Elsewhere,
    /// Read before it was sent, and not fit to be.
    Unfit(Failure),
}

/// What a round is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Its time has come, or it watches: files are looked for, the command or the query is run.
    Bring,
    /// What waits is sent; nothing new is looked for.
    Resume,
}

impl<'a> Round<'a> {
    pub(super) fn new(job: &'a Job, desk: &'a Desk<'a>, orders: &'a Orders) -> Self {
        Self {
            job,
            desk,
            pace: orders.pace.as_ref(),
            parallel: orders.parallel,
            came: Notify::new(),
            standing: RefCell::default(),
        }
    }

    /// With time for files to become finished.
    pub(super) async fn once(&self, seen: &mut Seen) -> Result<Tally, Failure> {
        if let JobSource::Files { ready: Ready::Quiet(quiet), .. } = &self.job.source {
            let found = self.look(seen)?;
            if found.unfinished > 0 {
                tokio::time::sleep(*quiet).await;
            }
        }
        self.go(seen, Call::Bring).await
    }

    pub(super) async fn go(&self, seen: &mut Seen, call: Call) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        self.bring(seen, call, &mut tally).await?;
        tally.standing = self.standing.borrow_mut().codes();
        Ok(tally)
    }

    async fn bring(&self, seen: &mut Seen, call: Call, tally: &mut Tally) -> Result<(), Failure> {
        let brings = call == Call::Bring;
        let found = if brings { self.look(seen)? } else { Found::default() };
        tally.unfinished = found.unfinished;
        tally.empty = found.empty;
        let makes = brings && !matches!(self.job.source, JobSource::Files { .. });
        if found.finished.is_empty() && !makes && self.waiting().await? == 0 {
            return Ok(());
        }
        let route = self.route().await?;
        tally.token_ends = route.0.token.ends();
        for path in &found.finished {
            if let Err(failure) = self.admit_file(path, &route, seen, tally).await {
                if seen.is_new_fault(path, &failure) {
                    self.not_sent(path, &failure);
                }
                tally.not_sent += 1;
                tally.failed_with(failure.exit);
            }
        }
        if makes {
            let made = self.make(&route, tally).await;
            self.standing.borrow_mut().made(match &made {
                Ok(unfit) => unfit.as_ref().map(|failure| failure.exit),
                Err(failure) => Some(failure.exit),
            });
            if let Some(failure) = made? {
                let subject = format!("{}: not sent", self.job.name);
                self.desk.output.failure(&subject, &failure);
                tally.set_down(failure.exit);
            }
        }
        self.send_waiting(&route, seen, tally).await
    }

    async fn waiting(&self) -> Result<usize, Failure> {
        let journal = &self.desk.journal;
        journal.release_dead().await?;
        Ok(journal.waiting_of(&self.job.name, 0, 1).await?.len())
    }

    fn look(&self, seen: &mut Seen) -> Result<Found, Failure> {
        let JobSource::Files { folder, pattern, ready, links } = &self.job.source else {
            return Ok(Found::default());
        };
        let look = Look { folder, pattern, ready, links: *links };
        let found = seen.look(look).map_err(|fault| no_folder(folder, &fault))?;
        for path in &found.new_empty {
            self.not_sent(path, &explain_source(&SourceFault::Empty));
        }
        for path in &found.new_links {
            self.desk.output.warn(&format!(
                "{}: {} is a symbolic link and left out (follow-links = true takes such files)",
                self.job.name,
                path.display()
            ));
        }
        Ok(found)
    }

    fn not_sent(&self, path: &Path, failure: &Failure) {
        let subject = format!("{}: {}: not sent", self.job.name, path.display());
        self.desk.output.failure(&subject, failure);
    }

    async fn route(&self) -> Result<(Route, SendPlan), Failure> {
        let Desk { args, machine, output, .. } = self.desk;
        let profile = args.profile(self.job.profile.clone());
        let resolved = resolve(self.job.settings.clone(), &profile, machine)?;
        let plan = SendPlan::of_job(self.job, &resolved.settings)?;
        Ok((resolved.route(&profile, machine, output).await?, plan))
    }

    /// A file that stays where it is.
    pub(super) fn stays(&self, path: &Path, mark: &Mark, exit: ExitCode, tally: &mut Tally) {
        self.standing.borrow_mut().lies(path.to_owned(), mark.clone(), exit);
        tally.set_down(exit);
    }

    pub(super) fn addressed(
        &self,
        own: &str,
        route: &(Route, SendPlan),
    ) -> Result<Addressed, Failure> {
        let (route, plan) = route;
        let machine = self.desk.machine;
        let (file_type, _) = plan.type_for(own)?;
        let own_name = plan.name.clone().unwrap_or_else(|| own.to_owned());
        Ok(Addressed {
            server: route.link.target.to_string(),
            place: route.place.clone(),
            file_type,
            name: plan.name_for(own, (machine.now)())?.name,
            own_name,
            content_type: plan.content_type.to_str().expect("the plan takes no other").to_owned(),
            config: self.desk.args.config.clone(),
            profile: self.job.profile.clone(),
            job: Some(self.job.name.clone()),
            idempotency_key: (machine.unique)(),
        })
    }

    async fn send_waiting(
        &self,
        route: &(Route, SendPlan),
        seen: &mut Seen,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let Desk { journal, machine, output, .. } = self.desk;
        let courier =
            Courier { route: &route.0, machine, output, pace: self.pace, is_alone: false };
        let (stopped, told) = (Cell::new(false), RefCell::new((seen, tally)));
        let mut last = 0;
        loop {
            let entries = journal.waiting_of(&self.job.name, last, ENTRIES_AT_ONCE).await?;
            let Some(newest) = entries.last() else { return Ok(()) };
            last = newest.id.number();
            futures_util::stream::iter(in_turn(&entries))
                .map(|line| async {
                    for entry in line {
                        if stopped.get() {
                            told.borrow_mut().1.waiting += 1;
                            continue;
                        }
                        let sent = self.send(courier, entry, &route.1).await;
                        let mut told = told.borrow_mut();
                        stopped.set(self.tell(entry, sent, &mut told) || stopped.get());
                    }
                })
                .buffer_unordered(self.parallel)
                .collect::<Vec<()>>()
                .await;
        }
    }

    async fn send(
        &self,
        courier: Courier<'_>,
        entry: &Entry,
        plan: &SendPlan,
    ) -> Result<(Sent, Vetted), Failure> {
        let Desk { journal, machine, .. } = self.desk;
        if courier.route.link.target.to_string() != entry.addressed.server {
            let server = &entry.addressed.server;
            return Err(Failure::usage(
                format!("it waits for {server}, and the job now leads elsewhere"),
                "Send it with bursar outbox retry --url, or drop it.",
            ));
        }
        let vetted = match self.vet_waiting(entry, plan).await {
            Ok(Vetted { unfit: None, sets_aside }) => Vetted { unfit: None, sets_aside },
            // One that cannot be read here cannot be sent either.
            Ok(Vetted { unfit: Some(failure), .. }) | Err(failure) => {
                return Ok((self.set_down(entry, failure).await?, Vetted::default()));
            }
        };
        if self.job.wait.is_some() {
            journal.await_outcome(entry.id, (machine.now)()).await?;
        }
        let sent = courier.send_entry(journal, entry).await?;
        let after = match sent {
            None => None,
            Some(_) => journal.entry(entry.id).await?,
        };
        Ok((after.map_or(Sent::Elsewhere, |after| Sent::Tried(Box::new(after))), vetted))
    }

    /// Writes down that a file is not fit to be sent.
    async fn set_down(&self, entry: &Entry, failure: Failure) -> Result<Sent, Failure> {
        let Desk { journal, machine, .. } = self.desk;
        let now = (machine.now)();
        let Some(claim) = journal.claim(entry.id, now).await? else { return Ok(Sent::Elsewhere) };
        let setback = Setback { failure: failure.clone(), status: None };
        journal.settle(claim, 0, &Ending::Never(setback), now).await?;
        self.put_aside(entry, &entry.path, &entry.mark).await?;
        Ok(Sent::Unfit(failure))
    }

    /// To the refused ones, where there is a folder for them; nothing is left to be tried again then.
    pub(super) async fn put_aside(
        &self,
        entry: &Entry,
        path: &Path,
        mark: &Mark,
    ) -> Result<(), Failure> {
        if self.job.refused_to.is_none() {
            return Ok(());
        }
        refused(self.job, path, mark)?;
        Journal::drop(&self.desk.journal, entry.id, (self.desk.machine.now)()).await?;
        Ok(())
    }

    /// Whether it is of no use to go on.
    fn tell(
        &self,
        entry: &Entry,
        sent: Result<(Sent, Vetted), Failure>,
        told: &mut (&mut Seen, &mut Tally),
    ) -> bool {
        let (seen, tally) = told;
        let output = &self.desk.output;
        let subject = format!("{}: {}: not sent", self.job.name, entry.addressed.name);
        let (after, vetted) = match sent {
            Ok((Sent::Tried(after), vetted)) => (after, vetted),
            Ok((Sent::Elsewhere, _)) => return false,
            Ok((Sent::Unfit(failure), _)) => {
                output.failure(&subject, &failure);
                self.stays(&entry.path, &entry.mark, failure.exit, tally);
                seen.settle(entry.path.clone(), entry.mark.clone());
                return false;
            }
            Err(failure) => {
                output.failure(&subject, &failure);
                tally.failed_with(failure.exit);
                return true;
            }
        };
        if let Some(setback) = after.state.setback() {
            output.failure(&subject, &setback.failure);
        }
        match after.state {
            State::Received(receipt) => {
                tally.received += 1;
                self.came.notify_one();
                self.standing.borrow_mut().sent(entry.id);
                if vetted.sets_aside {
                    tally.failed_with(ExitCode::RowsSetAside);
                }
                let earlier = repeated_in_words(receipt.json.as_ref());
                let earlier = earlier.map(|words| format!(" ({words})")).unwrap_or_default();
                let name = &entry.addressed.name;
                output.result(&format!("{}: received {name}{earlier}", self.job.name));
                if self.job.wait.is_none()
                    && let Err(failure) = after_receipt(self.job, entry)
                {
                    output.failure(&self.job.name, &failure);
                    tally.failed_with(failure.exit);
                }
                false
            }
            State::Failed(setback) => {
                // Settled as it was; what took its place meanwhile is a new one.
                if entry.is_spooled {
                    tally.set_down(setback.failure.exit);
                } else {
                    self.stays(&entry.path, &entry.mark, setback.failure.exit, tally);
                    seen.settle(entry.path.clone(), entry.mark.clone());
                }
                false
            }
            State::Waiting(setback) => {
                tally.waiting += 1;
                if let Some(setback) = setback {
                    tally.failed_with(setback.failure.exit);
                }
                true
            }
            State::Sending { .. } | State::Dropped => {
                tally.waiting += 1;
                true
            }
        }
    }
}

fn no_folder(folder: &Path, fault: &std::io::Error) -> Failure {
    Failure::new(
        ExitCode::SourceUnreadable,
        format!("the folder {} cannot be looked into: {fault}", folder.display()),
        "Look whether it is there and mounted, and that the user who runs bursar may read it; it is looked \
         for again.",
    )
}
