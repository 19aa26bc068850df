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

use super::follow::Following;
use super::health::{self, Health};
use super::look::Seen;
use super::round::Call;
use super::watch::watch_folder;
use super::{Desk, Orders, Round, Tally, orders};
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
pub const SERVICE_PATIENCE: Duration = Duration::from_secs(20);

/// What the rounds are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Run,
    Reload,
    Stop,
}

pub(super) async fn run(first: Orders, desk: &Desk<'_>) -> ExitCode {
    let unscheduled = |job: &&Job| job.schedule.is_none() && !job.is_watching();
    if let Some(job) = first.jobs.iter().find(unscheduled) {
        let failure = Failure::usage(
            format!("[job.{}] has no schedule and no folder to watch", job.name),
            "Give it a schedule, or run it with bursar run --once.",
        );
        desk.output.failure("not run", &failure);
        return failure.exit;
    }
    let health = Health::default();
    let page = match first.health {
        None => None,
        Some(address) => match health::listen(address).await {
            Ok(listener) => Some(listener),
            Err(failure) => {
                desk.output.failure("not run", &failure);
                return failure.exit;
            }
        },
    };
    let serving = async {
        match page {
            Some(listener) => health::serve(listener, health.clone(), desk.machine.now).await,
            None => std::future::pending().await,
        }
    };
    desk.output.note("started");
    if let Some(supervisor) = &desk.machine.supervisor {
        (supervisor.tell_started)();
    }
    tokio::select! {
        () = serving => {}
        () = rounds(first, desk, &health) => {}
    }
    desk.output.note("stopped");
    ExitCode::Ok
}

/// Until it is told to stop.
async fn rounds(mut orders: Orders, desk: &Desk<'_>, health: &Health) {
    let (tell, phase) = watch::channel(Phase::Run);
    let stop = async {
        match &desk.machine.supervisor {
            Some(supervisor) => supervisor.stop.cancelled().await,
            None => stop_signal().await,
        }
        tell.send_replace(Phase::Stop);
        tokio::time::sleep(SERVICE_PATIENCE).await;
    };
    let mut stop = std::pin::pin!(stop);
    loop {
        health.forget_all();
        let jobs = futures_util::future::join_all(
            orders.jobs.iter().map(|job| serve_job(job, &orders, desk, health, phase.clone())),
        );
        let next = {
            let mut jobs = std::pin::pin!(jobs);
            let mut reloading = std::pin::pin!(reloaded(desk));
            let mut beating = std::pin::pin!(beat(&orders, desk, health));
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
        orders = new;
        tell.send_replace(Phase::Run);
        desk.output.note("bursar.toml has changed and is taken up");
    }
}

/// Waits for a bursar.toml that is another and can be used.
async fn reloaded(desk: &Desk<'_>) -> Orders {
    let stamp = || {
        let path = crate::config::profile::path(desk.args.config.as_deref(), desk.machine);
        path.and_then(|path| std::fs::metadata(path).ok())
            .map(|found| crate::source::Mark::of(&found))
    };
    let mut known = stamp();
    loop {
        tokio::time::sleep(RELOAD_LOOK).await;
        let now = stamp();
        if now == known {
            continue;
        }
        known = now;
        match orders(desk.args, desk.machine) {
            Ok(orders) => return orders,
            Err(failure) => {
                desk.output.failure("the changed bursar.toml is not taken up", &failure);
            }
        }
    }
}

async fn beat(orders: &Orders, desk: &Desk<'_>, health: &Health) {
    let Some(path) = &orders.heartbeat else { return std::future::pending().await };
    let mut is_told = false;
    loop {
        let beaten = health::beat(path, health, (desk.machine.now)());
        if let Err(fault) = &beaten
            && !is_told
        {
            desk.output
                .warn(&format!("the heartbeat {} cannot be written: {fault}", path.display()));
        }
        is_told = beaten.is_err();
        tokio::time::sleep(HEARTBEAT).await;
    }
}

/// Its rounds, and beside them what becomes of the files that they sent.
async fn serve_job(
    job: &Job,
    orders: &Orders,
    desk: &Desk<'_>,
    health: &Health,
    phase: watch::Receiver<Phase>,
) {
    let round = Round::new(job, desk, orders);
    let following = Following::of(job, desk);
    let follow = async {
        if let Some(following) = &following {
            following.serve(health, &round.came, phase.clone()).await;
        }
    };
    futures_util::future::join(serve_rounds(&round, orders, health, phase.clone()), follow).await;
}

async fn serve_rounds(
    round: &Round<'_>,
    orders: &Orders,
    health: &Health,
    mut phase: watch::Receiver<Phase>,
) {
    let Round { job, desk, .. } = *round;
    let came = Arc::new(Notify::new());
    let _watcher = watch_folder(job, &came, desk);
    let mut seen = Seen::default();
    let mut past = Past::default();
    // What waits from before is sent at once; a command or a query waits for its time.
    let mut due = first_due(job, desk).await;
    let mut is_due = due.is_some_and(|due| due <= (desk.machine.now)());
    while *phase.borrow() == Phase::Run {
        let now = (desk.machine.now)();
        if is_due && job.schedule.is_some() {
            if let Err(failure) = desk.journal.note_run(&job.name, now).await {
                desk.output.failure(&job.name, &failure);
            }
            due = job.schedule.as_ref().and_then(|schedule| schedule.next_after(now));
        }
        let call = if is_due || job.is_watching() { Call::Bring } else { Call::Resume };
        let done = round.go(&mut seen, call).await;
        health.note(&job.name, &done, (desk.machine.now)());
        health.expect(&job.name, due);
        let outlook = outlook(&done, job, desk, &mut past);
        let waits = matches!(outlook, Outlook::Setback(_));
        let pause = pause(job, orders, desk, outlook);
        let until_due = due.map(|due| until(due, (desk.machine.now)()));
        let wait = until_due
            .map_or(pause, |until| if waits { pause.min(until) } else { until.min(orders.rescan) });
        let deadline = Instant::now() + wait;
        tokio::select! {
            () = tokio::time::sleep_until(deadline) => {}
            () = came.notified(), if !waits => tokio::time::sleep(EVENTS_TOGETHER).await,
            _ = phase.changed() => {}
        }
        is_due = due.is_some_and(|due| due <= (desk.machine.now)());
    }
}

/// When a schedule was missed while nothing ran, it is made up for.
async fn first_due(job: &Job, desk: &Desk<'_>) -> Option<Timestamp> {
    let now = (desk.machine.now)();
    let schedule = job.schedule.as_ref()?;
    let last = match desk.journal.last_run(&job.name).await {
        // From now on it is known since when.
        Ok(None) => desk.journal.note_run(&job.name, now).await.map(|()| now),
        Ok(Some(last)) => Ok(last),
        Err(failure) => Err(failure),
    };
    let last = last.unwrap_or_else(|failure| {
        desk.output.failure(&job.name, &failure);
        now
    });
    schedule.next_after(last)
}

/// What is to be expected after a round.
#[derive(Debug, Clone, Copy)]
enum Outlook {
    /// So many rounds in a row could not send what they had.
    Setback(u32),
    /// A file is still being written.
    Unfinished,
    Quiet,
}

/// What earlier rounds came to.
#[derive(Debug, Default)]
struct Past {
    setbacks: u32,
    /// Said already; a folder that stays away is not told of each minute.
    told: Option<Failure>,
    /// The last count that was said; what stays as it is needs no line each minute.
    counted: Option<String>,
}

fn outlook(done: &Result<Tally, Failure>, job: &Job, desk: &Desk<'_>, past: &mut Past) -> Outlook {
    let waits = match done {
        Ok(tally) => {
            let counted = tally.has_news().then(|| tally.to_string());
            if let Some(counted) = &counted
                && (tally.settles_files() || past.counted.as_ref() != Some(counted))
            {
                desk.output.note(&format!("{}: {counted}", job.name));
            }
            past.counted = counted;
            if past.told.take().is_some() {
                desk.output.note(&format!("{}: goes on", job.name));
            }
            tally.waiting > 0
        }
        Err(failure) => {
            if past.told.as_ref() != Some(failure) {
                desk.output.failure(&format!("{}: not done", job.name), failure);
            }
            past.told = Some(failure.clone());
            // A folder may be back at any time, and looking costs nothing.
            failure.exit != ExitCode::SourceUnreadable
        }
    };
    past.setbacks = if waits { past.setbacks.saturating_add(1) } else { 0 };
    match done {
        _ if waits => Outlook::Setback(past.setbacks),
        Ok(tally) if tally.unfinished > 0 => Outlook::Unfinished,
        _ => Outlook::Quiet,
    }
}

fn pause(job: &Job, orders: &Orders, desk: &Desk<'_>, outlook: Outlook) -> Duration {
    match (outlook, &job.source) {
        (Outlook::Setback(count), _) => {
            let doubled = SETBACK_FIRST.saturating_mul(1 << (count - 1).min(8)).min(SETBACK_MAX);
            doubled.mul_f64(Duration::from_millis(desk.args.wait_second_ms).as_secs_f64())
        }
        (Outlook::Unfinished, JobSource::Files { ready: Ready::Quiet(quiet), .. }) => {
            (*quiet).min(orders.rescan)
        }
        _ => orders.rescan,
    }
}

fn until(due: Timestamp, now: Timestamp) -> Duration {
    due.duration_since(now).max(jiff::SignedDuration::ZERO).unsigned_abs()
}

/// Never ends where such a signal cannot be heard: the service manager has others.
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
