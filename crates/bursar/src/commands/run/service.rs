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

use super::folder_scan::FolderState;
use super::follow::Following;
use super::health::{self, Health};
use super::phase::Phase;
use super::round::RoundKind;
use super::watch::watch_folder;
use super::{Context, Round, RunPlan, Tally, run_plan};
use crate::config::job::{Job, JobSource, Ready};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// A service waits for its server rather than give up: after a setback this long at first, then doubled.
const SETBACK_FIRST: Duration = Duration::from_secs(30);
/// Files of a Sunday are sent soon after the network is back.
const SETBACK_MAX: Duration = Duration::from_mins(10);
/// A monitor that looks each minute sees a fresh one.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How soon a changed bursar.toml is seen.
const RELOAD_LOOK: Duration = Duration::from_secs(2);
/// Files that come together make one round.
const EVENTS_TOGETHER: Duration = Duration::from_millis(200);
/// For the file on its way when it is told to stop; what is left is sent at the next start.
pub const STOP_GRACE: Duration = Duration::from_secs(20);

pub(super) async fn run(first: RunPlan, context: &Context<'_>) -> ExitCode {
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
async fn rounds(mut run_plan: RunPlan, context: &Context<'_>, health: &Health) {
    let (tell, phase) = watch::channel(Phase::Run);
    let stop = async {
        match &context.system.supervisor {
            Some(supervisor) => supervisor.stop.cancelled().await,
            None => stop_signal().await,
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
            let mut reloading = std::pin::pin!(reloaded(context));
            let mut beating = std::pin::pin!(beat(&run_plan, context, health));
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

/// Waits for a bursar.toml that is another and can be used.
async fn reloaded(context: &Context<'_>) -> RunPlan {
    let stamp = || {
        let path = crate::config::profile::path(context.args.config.as_deref(), context.system);
        path.and_then(|path| std::fs::metadata(path).ok())
            .map(|found| crate::source::FileFingerprint::from_metadata(&found))
    };
    let mut known = stamp();
    loop {
        tokio::time::sleep(RELOAD_LOOK).await;
        let now = stamp();
        if now == known {
            continue;
        }
        known = now;
        match run_plan(context.args, context.system) {
            Ok(run_plan) => return run_plan,
            Err(failure) => {
                context.output.failure("the changed bursar.toml is not taken up", &failure);
            }
        }
    }
}

async fn beat(run_plan: &RunPlan, context: &Context<'_>, health: &Health) {
    let Some(path) = &run_plan.heartbeat else { return std::future::pending().await };
    let mut is_told = false;
    loop {
        let beaten = health::beat(path, health, (context.system.now)());
        if let Err(fault) = &beaten
            && !is_told
        {
            context
                .output
                .warn(&format!("the heartbeat {} cannot be written: {fault}", path.display()));
        }
        is_told = beaten.is_err();
        tokio::time::sleep(HEARTBEAT).await;
    }
}

/// Serves one job: its rounds, and beside them what becomes of the files that they sent.
async fn serve_job(
    job: &Job,
    run_plan: &RunPlan,
    context: &Context<'_>,
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
        let outlook = outlook(&done, job, context, &mut history);
        let waits = matches!(outlook, Outlook::FailedAttempt(_));
        let pause = pause(job, run_plan, context, outlook);
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
async fn first_due(job: &Job, context: &Context<'_>) -> Option<Timestamp> {
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

/// The state of a job after a round.
#[derive(Debug, Clone, Copy)]
enum Outlook {
    /// So many rounds in a row could not send what they had.
    FailedAttempt(u32),
    /// A file is still being written.
    Unfinished,
    Quiet,
}

/// The results of earlier rounds, as far as they matter to the next.
#[derive(Debug, Default)]
struct History {
    setbacks: u32,
    /// Said already; a folder that stays away is not told of each minute.
    told: Option<Failure>,
    /// The last count that was said; what stays as it is needs no line each minute.
    counted: Option<String>,
}

fn outlook(
    done: &Result<Tally, Failure>,
    job: &Job,
    context: &Context<'_>,
    history: &mut History,
) -> Outlook {
    let waits = match done {
        Ok(tally) => {
            let counted = tally.has_news().then(|| tally.to_string());
            if let Some(counted) = &counted
                && (tally.settles_files() || history.counted.as_ref() != Some(counted))
            {
                context.output.note(&format!("{}: {counted}", job.name));
            }
            history.counted = counted;
            if history.told.take().is_some() {
                context.output.note(&format!("{}: goes on", job.name));
            }
            tally.waiting > 0
        }
        Err(failure) => {
            if history.told.as_ref() != Some(failure) {
                context.output.failure(&format!("{}: not done", job.name), failure);
            }
            history.told = Some(failure.clone());
            // A folder may be back at any time, and looking costs nothing.
            failure.exit != ExitCode::SourceUnreadable
        }
    };
    history.setbacks = if waits { history.setbacks.saturating_add(1) } else { 0 };
    match done {
        _ if waits => Outlook::FailedAttempt(history.setbacks),
        Ok(tally) if tally.unfinished > 0 => Outlook::Unfinished,
        _ => Outlook::Quiet,
    }
}

fn pause(job: &Job, run_plan: &RunPlan, context: &Context<'_>, outlook: Outlook) -> Duration {
    match (outlook, &job.source) {
        (Outlook::FailedAttempt(count), _) => {
            let doubled = SETBACK_FIRST.saturating_mul(1 << (count - 1).min(8)).min(SETBACK_MAX);
            doubled.mul_f64(Duration::from_millis(context.args.wait_second_ms).as_secs_f64())
        }
        (Outlook::Unfinished, JobSource::Files { ready: Ready::Quiet(quiet), .. }) => {
            (*quiet).min(run_plan.rescan)
        }
        _ => run_plan.rescan,
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    due.duration_since(now).max(jiff::SignedDuration::ZERO).unsigned_abs()
}

/// Waits for Ctrl+C; for ever where it cannot be heard: the service manager has other signals.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                () = interrupted() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            interrupted().await;
        }
    }
}

#[cfg(not(unix))]
async fn stop_signal() {
    interrupted().await;
}
