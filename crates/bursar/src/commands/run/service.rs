//! The jobs for ever: each by its schedule or when something comes into its folder, until it is told to
//! stop. A changed bursar.toml is taken up between two rounds; one that is wrong changes nothing.
//!
//! Invariant: file events only make a round come sooner; without them each folder is looked into all the
//! same.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use super::context::JobContext;
use super::folder_scan::FolderState;
use super::follow::Following;
use super::health::{self, Health};
use super::phase::Phase;
use super::round::Round;
use super::round::RoundKind;
use super::run_plan::RunPlan;
use super::watch::watch_folder;
use crate::config::job::Job;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

mod outlook;
mod reload;
mod stop;

use outlook::{History, Outlook};

/// Files that come together make one round.
const EVENTS_TOGETHER: Duration = Duration::from_millis(200);
/// For the file on its way when it is told to stop; what is left is sent at the next start.
pub const STOP_GRACE: Duration = Duration::from_secs(20);

pub(super) async fn run(first: RunPlan, context: &JobContext<'_>) -> ExitCode {
    let unscheduled = |job: &&Job| job.schedule.is_none() && !job.is_watching();
    if let Some(job) = first.jobs.iter().find(unscheduled) {
        let failure = Failure::usage(
            format!("[job.{}] has no schedule and no folder to watch", job.name),
            "Give it a schedule, or run it with bursar run --once.",
        );
        context.output.failure("not run", &failure);
        return failure.exit;
    }
    let health = Health::default();
    let page = match first.health {
        None => None,
        Some(address) => match health::listen(address).await {
            Ok(listener) => Some(listener),
            Err(failure) => {
                context.output.failure("not run", &failure);
                return failure.exit;
            }
        },
    };
    let serving = async {
        match page {
            Some(listener) => health::serve(listener, health.clone(), context.system.now).await,
            None => std::future::pending().await,
        }
    };
    context.output.note("started");
    if let Some(supervisor) = &context.system.supervisor {
        (supervisor.report_started)();
    }
    tokio::select! {
        () = serving => {}
        () = rounds(first, context, &health) => {}
    }
    context.output.note("stopped");
    ExitCode::Ok
}

/// Serves all jobs until the service is told to stop.
async fn rounds(mut run_plan: RunPlan, context: &JobContext<'_>, health: &Health) {
    let (tell, phase) = watch::channel(Phase::Run);
    let stop = async {
        match &context.system.supervisor {
            Some(supervisor) => supervisor.stop.cancelled().await,
            None => stop::stop_signal().await,
        }
        tell.send_replace(Phase::Stop);
        tokio::time::sleep(STOP_GRACE).await;
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        health.forget_all();
        let jobs = futures_util::future::join_all(
            run_plan
                .jobs
                .iter()
                .map(|job| serve_job(job, &run_plan, context, health, phase.clone())),
        );
        let next = {
            let mut jobs = std::pin::pin!(jobs);
            let mut reloading = std::pin::pin!(reload::reloaded(context));
            let mut beating = std::pin::pin!(reload::beat(&run_plan, context, health));
            let mut new = None;
            loop {
                tokio::select! {
                    _ = &mut jobs => break new,
                    () = &mut stop => return,
                    () = &mut beating => {}
                    changed = &mut reloading, if new.is_none() => {
                        new = Some(changed);
                        tell.send_replace(Phase::Reload);
                    }
                }
            }
        };
        let Some(new) = next.filter(|_| *phase.borrow() != Phase::Stop) else { return };
        run_plan = new;
        tell.send_replace(Phase::Run);
        context.output.note("bursar.toml has changed and is taken up");
    }
}

/// Serves one job: its rounds, and beside them what becomes of the files that they sent.
async fn serve_job(
    job: &Job,
    run_plan: &RunPlan,
    context: &JobContext<'_>,
    health: &Health,
    phase: watch::Receiver<Phase>,
) {
    let round = Round::new(job, context, run_plan);
    let following = Following::new(job, context);
    let follow = async {
        if let Some(following) = &following {
            following.serve(health, &round.file_received, phase.clone()).await;
        }
    };
    futures_util::future::join(serve_rounds(&round, run_plan, health, phase.clone()), follow).await;
}

async fn serve_rounds(
    round: &Round<'_>,
    run_plan: &RunPlan,
    health: &Health,
    mut phase: watch::Receiver<Phase>,
) {
    let Round { job, context, .. } = *round;
    let came = Arc::new(Notify::new());
    let _watcher = watch_folder(job, &came, context);
    let mut state = FolderState::default();
    let mut history = History::default();
    // What waits from before is sent at once; a command or a query waits for its time.
    let mut due = first_due(job, context).await;
    let mut is_due = due.is_some_and(|due| due <= (context.system.now)());
    while *phase.borrow() == Phase::Run {
        let now = (context.system.now)();
        if is_due && job.schedule.is_some() {
            if let Err(failure) = context.journal.note_run(&job.name, now).await {
                context.output.failure(&job.name, &failure);
            }
            due = job.schedule.as_ref().and_then(|schedule| schedule.next_after(now));
        }
        let kind = if is_due || job.is_watching() { RoundKind::Collect } else { RoundKind::Resume };
        let done = round.run(&mut state, kind).await;
        health.note(&job.name, &done, (context.system.now)());
        health.expect(&job.name, due);
        let outlook = outlook::judge(&done, job, context, &mut history);
        let waits = matches!(outlook, Outlook::Failing(_));
        let pause = outlook::pause(job, run_plan, context, outlook);
        let until_due = due.map(|due| until(due, (context.system.now)()));
        let wait = until_due.map_or(pause, |until| {
            if waits { pause.min(until) } else { until.min(run_plan.rescan) }
        });
        let deadline = Instant::now() + wait;
        tokio::select! {
            () = tokio::time::sleep_until(deadline) => {}
            () = came.notified(), if !waits => tokio::time::sleep(EVENTS_TOGETHER).await,
            _ = phase.changed() => {}
        }
        is_due = due.is_some_and(|due| due <= (context.system.now)());
    }
}

/// The first time a job is due; a time that was missed while nothing ran is made up for.
async fn first_due(job: &Job, context: &JobContext<'_>) -> Option<Timestamp> {
    let now = (context.system.now)();
    let schedule = job.schedule.as_ref()?;
    let last = match context.journal.last_run(&job.name).await {
        // From now on it is known since when.
        Ok(None) => context.journal.note_run(&job.name, now).await.map(|()| now),
        Ok(Some(last)) => Ok(last),
        Err(failure) => Err(failure),
    };
    let last = last.unwrap_or_else(|failure| {
        context.output.failure(&job.name, &failure);
        now
    });
    schedule.next_after(last)
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    due.duration_since(now).max(jiff::SignedDuration::ZERO).unsigned_abs()
}
