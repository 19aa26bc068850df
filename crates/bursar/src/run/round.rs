//! One round of one job: what is there goes into the outbox, what waits in it is sent, and what was
//! received is dealt with here.
//!
//! Invariant: after the first setback that is not of the file itself nothing more is begun: what ails the
//! network ails every file.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::Path;

use futures_util::StreamExt as _;

use super::Desk;
use super::after::settle;
use super::look::{Found, Look, Seen};
use super::tally::Tally;
use crate::answer::repeated_in_words;
use crate::delivery::Courier;
use crate::exit_code::ExitCode;
use crate::explain::explain_source;
use crate::failure::Failure;
use crate::job::{Job, JobSource, Links, Ready};
use crate::journal::{Addressed, Admission, Entry, Kept, Offer, Repeat, State, in_turn};
use crate::plan::{Route, SendPlan, resolve};
use crate::source::{Mark, Pace, Source, SourceFault};

/// Read at a time, so that ten thousand waiting files cost no memory.
const ENTRIES_AT_ONCE: u32 = 256;

/// See the module.
pub(super) struct Round<'a> {
    pub(super) job: &'a Job,
    pub(super) desk: &'a Desk<'a>,
    pub(super) pace: Option<&'a Pace>,
    pub(super) parallel: usize,
}

/// What a round is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Its time has come, or it watches: files are looked for, the command or the query is run.
    Bring,
    /// What waits is sent; nothing new is looked for.
    Resume,
}

impl Round<'_> {
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
        let brings = call == Call::Bring;
        let found = if brings { self.look(seen)? } else { Found::default() };
        tally.unfinished = found.unfinished;
        tally.empty = found.empty;
        let makes = brings && !matches!(self.job.source, JobSource::Files { .. });
        if found.finished.is_empty() && !makes && self.waiting().await? == 0 {
            return Ok(tally);
        }
        let route = self.route().await?;
        tally.token_ends = route.0.token.ends();
        for path in &found.finished {
            if let Err(failure) = self.admit_file(path, &route, seen, &mut tally).await {
                if seen.is_new_fault(path, &failure) {
                    self.not_sent(path, &failure);
                }
                tally.not_sent += 1;
                tally.failed_with(failure.exit);
            }
        }
        if makes {
            self.make(&route, &mut tally).await?;
        }
        self.send_waiting(&route, seen, &mut tally).await?;
        Ok(tally)
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
        let name = match &self.job.source {
            JobSource::Files { .. } => None,
            JobSource::Command { name, .. } | JobSource::Sql { name, .. } => Some(name.clone()),
        };
        let plan = SendPlan::of_job(name, &resolved.settings)?;
        Ok((resolved.route(&profile, machine, output).await?, plan))
    }

    async fn admit_file(
        &self,
        path: &Path,
        route: &(Route, SendPlan),
        seen: &mut Seen,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let own = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let source = match Source::open(path) {
            Ok(source) => source,
            // Another look will tell.
            Err(SourceFault::Absent) => return Ok(()),
            Err(fault) => return Err(explain_source(&fault)),
        };
        if !self.is_still_no_link(&source) {
            return Ok(());
        }
        // Whatever comes of it, it is not looked at again until it changes.
        seen.settle(path.to_owned(), source.mark().clone());
        let addressed = self.addressed(&own, route)?;
        let offer = Offer {
            addressed: &addressed,
            source: &source,
            kept: Kept::InPlace,
            repeat: Repeat::Never,
        };
        match self.desk.journal.admit(&offer, (self.desk.machine.now)()).await? {
            Admission::Received(_) => {
                tally.known += 1;
                self.deal_with(path, source.mark())?;
            }
            Admission::Due(entry) => {
                if let State::Failed(setback) = &entry.state {
                    tally.failed += 1;
                    tally.failed_with(setback.failure.exit);
                }
            }
            Admission::BeingSent(_) => seen.unsettle(path),
        }
        Ok(())
    }

    /// Whether what was opened is the file of that name itself, where links are not followed: one may
    /// have taken its place since the look. Every later reading is held against what was opened.
    fn is_still_no_link(&self, source: &Source) -> bool {
        let JobSource::Files { links: Links::LeftOut, .. } = &self.job.source else { return true };
        fs::symlink_metadata(source.path()).is_ok_and(|found| Mark::of(&found) == *source.mark())
    }

    fn addressed(&self, own: &str, route: &(Route, SendPlan)) -> Result<Addressed, Failure> {
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

    /// Runs the command or the query and keeps what it gives.
    async fn make(&self, route: &(Route, SendPlan), tally: &mut Tally) -> Result<(), Failure> {
        let Desk { journal, machine, .. } = self.desk;
        let spooled = match &self.job.source {
            JobSource::Files { .. } => return Ok(()),
            JobSource::Command { command, .. } => {
                crate::source::run_command(
                    command,
                    &journal.spool(),
                    &journal.spool_name(&(machine.unique)()),
                )
                .await?
            }
            JobSource::Sql { query, database, .. } => {
                crate::query::run(
                    query,
                    database,
                    &journal.spool(),
                    &journal.spool_name(&(machine.unique)()),
                )
                .await?
            }
        };
        let source = Source::open(&spooled.path).map_err(|fault| {
            // Left behind, it is swept when the outbox is opened again.
            std::fs::remove_file(&spooled.path).unwrap_or_else(|_swept_later| ());
            explain_source(&fault)
        })?;
        // Each run is a file of its own, also when it gives what the last one gave.
        let offer = Offer {
            addressed: &self.addressed("", route)?,
            source: &source,
            kept: Kept::Spooled(spooled.sha256),
            repeat: Repeat::Asked,
        };
        match journal.admit(&offer, (machine.now)()).await? {
            Admission::Due(entry) if entry.path == spooled.path => {}
            // The same bytes wait already.
            _ => {
                // Left behind, it is swept when the outbox is opened again.
                std::fs::remove_file(&spooled.path).unwrap_or_else(|_swept_later| ());
                tally.known += 1;
            }
        }
        Ok(())
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
                        let sent = self.send(courier, entry).await;
                        let mut told = told.borrow_mut();
                        stopped.set(self.tell(entry, sent, &mut told) || stopped.get());
                    }
                })
                .buffer_unordered(self.parallel)
                .collect::<Vec<()>>()
                .await;
        }
    }

    async fn send(&self, courier: Courier<'_>, entry: &Entry) -> Result<Option<Entry>, Failure> {
        if courier.route.link.target.to_string() != entry.addressed.server {
            let server = &entry.addressed.server;
            return Err(Failure::usage(
                format!("it waits for {server}, and the job now leads elsewhere"),
                "Send it with bursar outbox retry --url, or drop it.",
            ));
        }
        match courier.send_entry(&self.desk.journal, entry).await? {
            None => Ok(None),
            Some(_) => self.desk.journal.entry(entry.id).await,
        }
    }

    /// Whether it is of no use to go on.
    fn tell(
        &self,
        entry: &Entry,
        sent: Result<Option<Entry>, Failure>,
        told: &mut (&mut Seen, &mut Tally),
    ) -> bool {
        let (seen, tally) = told;
        let output = &self.desk.output;
        let subject = format!("{}: {}: not sent", self.job.name, entry.addressed.name);
        let after = match sent {
            Ok(Some(after)) => after,
            // Another process has it, and says how it ends.
            Ok(None) => return false,
            Err(failure) => {
                output.failure(&subject, &failure);
                tally.failed_with(failure.exit);
                return true;
            }
        };
        if let Some(setback) = after.state.setback() {
            output.failure(&subject, &setback.failure);
            tally.failed_with(setback.failure.exit);
        }
        match after.state {
            State::Received(receipt) => {
                tally.received += 1;
                let earlier = repeated_in_words(receipt.json.as_ref());
                let earlier = earlier.map(|words| format!(" ({words})")).unwrap_or_default();
                let name = &entry.addressed.name;
                output.result(&format!("{}: received {name}{earlier}", self.job.name));
                if !entry.is_spooled
                    && let Err(failure) = self.deal_with(&entry.path, &entry.mark)
                {
                    output.failure(&self.job.name, &failure);
                    tally.failed_with(failure.exit);
                }
                false
            }
            State::Failed(_) => {
                tally.failed += 1;
                // Settled as it was; what took its place meanwhile is a new one.
                if !entry.is_spooled {
                    seen.settle(entry.path.clone(), entry.mark.clone());
                }
                false
            }
            State::Waiting(_) | State::Sending { .. } | State::Dropped => {
                tally.waiting += 1;
                true
            }
        }
    }

    fn deal_with(&self, path: &Path, mark: &Mark) -> Result<(), Failure> {
        match &self.job.source {
            JobSource::Files { ready, .. } => settle(path, mark, &self.job.after, ready),
            JobSource::Command { .. } | JobSource::Sql { .. } => Ok(()),
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
