//! One round of one job: what is there goes into the outbox, what waits in it is sent, and what was
//! received is dealt with here.
//!
//! Invariant: after the first failure that is not of the file itself nothing more is begun: what ails the
//! network ails every file.

use std::cell::RefCell;
use std::path::Path;

use tokio::sync::Notify;

use super::context::JobContext;
use super::folder_scan::{FolderQuery, FolderScan, FolderState};
use super::open_problems::OpenProblems;
use super::run_plan::RunPlan;
use super::tally::Tally;
use crate::config::job::{Job, JobSource, Ready};
use crate::explain::explain_source;
use crate::journal::UploadRequest;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{FileFingerprint, RateLimit, SourceFault};
use crate::transfer::plan::SendPlan;
use crate::transfer::route::{Route, resolve};

/// The rounds of one job.
pub(super) struct Round<'a> {
    pub(super) job: &'a Job,
    pub(super) context: &'a JobContext<'a>,
    pub(super) rate_limit: Option<&'a RateLimit>,
    pub(super) parallel: usize,
    /// Told when a file is received.
    pub(super) file_received: Notify,
    pub(super) open_problems: RefCell<OpenProblems>,
}

/// The purpose of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoundKind {
    /// Its time has come, or it watches: files are looked for, the command or the query is run.
    Collect,
    /// Entries that wait are sent; nothing new is looked for.
    Resume,
}

impl<'a> Round<'a> {
    pub(super) fn new(job: &'a Job, context: &'a JobContext<'a>, run_plan: &'a RunPlan) -> Self {
        Self {
            job,
            context,
            rate_limit: run_plan.rate_limit.as_ref(),
            parallel: run_plan.parallel,
            file_received: Notify::new(),
            open_problems: RefCell::default(),
        }
    }

    /// Runs one round, with time for files to become finished.
    pub(super) async fn once(&self, state: &mut FolderState) -> Result<Tally, Failure> {
        if let JobSource::Files { ready: Ready::Quiet(quiet), .. } = &self.job.source {
            let found = self.look(state)?;
            if found.unfinished > 0 {
                tokio::time::sleep(*quiet).await;
            }
        }
        self.run(state, RoundKind::Collect).await
    }

    pub(super) async fn run(
        &self,
        state: &mut FolderState,
        kind: RoundKind,
    ) -> Result<Tally, Failure> {
        let mut tally = Tally::default();
        self.collect_and_send(state, kind, &mut tally).await?;
        tally.open_problems = self.open_problems.borrow_mut().codes();
        Ok(tally)
    }

    async fn collect_and_send(
        &self,
        state: &mut FolderState,
        kind: RoundKind,
        tally: &mut Tally,
    ) -> Result<(), Failure> {
        let collects = kind == RoundKind::Collect;
        let found = if collects { self.look(state)? } else { FolderScan::default() };
        tally.unfinished = found.unfinished;
        tally.empty = found.empty;
        let produces = collects && !matches!(self.job.source, JobSource::Files { .. });
        if found.finished.is_empty() && !produces && self.waiting().await? == 0 {
            return Ok(());
        }
        let route = self.route().await?;
        tally.token_ends = route.0.token.ends();
        for path in &found.finished {
            if let Err(failure) = self.admit_file(path, &route, state, tally).await {
                if state.is_new_fault(path, &failure) {
                    self.report_unsent(path, &failure);
                }
                tally.not_sent += 1;
                tally.add_code(failure.exit);
            }
        }
        if produces {
            let produced = self.produce(&route, tally).await;
            self.open_problems.borrow_mut().source_ended(match &produced {
                Ok(unfit) => unfit.as_ref().map(|failure| failure.exit),
                Err(failure) => Some(failure.exit),
            });
            if let Some(failure) = produced? {
                let subject = format!("{}: not sent", self.job.name);
                self.context.output.failure(&subject, &failure);
                tally.count_unsent(failure.exit);
            }
        }
        self.send_waiting(&route, state, tally).await
    }

    async fn waiting(&self) -> Result<usize, Failure> {
        let journal = &self.context.journal;
        journal.release_dead().await?;
        Ok(journal.waiting_for_job(&self.job.name, 0, 1).await?.len())
    }

    fn look(&self, state: &mut FolderState) -> Result<FolderScan, Failure> {
        let JobSource::Files { folder, pattern, ready, links } = &self.job.source else {
            return Ok(FolderScan::default());
        };
        let look = FolderQuery { folder, pattern, ready, links: *links };
        let found = state.look(look).map_err(|fault| folder_unreadable(folder, &fault))?;
        for path in &found.new_empty {
            self.report_unsent(path, &explain_source(&SourceFault::Empty));
        }
        for path in &found.new_links {
            self.context.output.warn(&format!(
                "{}: {} is a symbolic link and left out (follow-links = true takes such files)",
                self.job.name,
                path.display()
            ));
        }
        Ok(found)
    }

    fn report_unsent(&self, path: &Path, failure: &Failure) {
        let subject = format!("{}: {}: not sent", self.job.name, path.display());
        self.context.output.failure(&subject, failure);
    }

    async fn route(&self) -> Result<(Route, SendPlan), Failure> {
        let JobContext { args, system, output, .. } = self.context;
        let profile = args.profile(self.job.profile.clone());
        let resolved = resolve(self.job.settings.clone(), &profile, system)?;
        let plan = SendPlan::for_job(self.job, &resolved.settings)?;
        Ok((resolved.route(&profile, system, output).await?, plan))
    }

    /// Notes and counts a file that stays where it is.
    pub(super) fn note_unsent_file(
        &self,
        path: &Path,
        fingerprint: &FileFingerprint,
        exit: ExitCode,
        tally: &mut Tally,
    ) {
        self.open_problems.borrow_mut().file_stays(path.to_owned(), fingerprint.clone(), exit);
        tally.count_unsent(exit);
    }

    pub(super) fn request(
        &self,
        own: &str,
        (route, plan): &(Route, SendPlan),
    ) -> Result<UploadRequest, Failure> {
        let system = self.context.system;
        let named = plan.name_file(own, (system.now)())?;
        Ok(UploadRequest {
            config: self.context.args.config.clone(),
            profile: self.job.profile.clone(),
            job: Some(self.job.name.clone()),
            ..plan.request(&named, route, (system.new_id)())
        })
    }
}

fn folder_unreadable(folder: &Path, fault: &std::io::Error) -> Failure {
    Failure::new(
        ExitCode::SourceUnreadable,
        format!("the folder {} cannot be looked into: {fault}", folder.display()),
        "Look whether it is there and mounted, and that the user who runs bursar may read it; it is looked \
         for again.",
    )
}
