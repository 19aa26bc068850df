//! What goes on beside the requests: certificates are watched, leftovers swept, files removed whose time is
//! over, jobs counted.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::SignedDuration;
use server::tls::{CurrentCertificate, LOOK_EVERY};
use server::{App, measures};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::interval;

/// How often leftovers are looked for; each costs a folder listing.
const SWEEP_EVERY: Duration = Duration::from_hours(1);
/// Older than the longest upload may take, so that none under way is swept.
const LEFTOVER_AGE: SignedDuration = SignedDuration::from_hours(24);
/// How often jobs are counted: as often as metrics are usually fetched.
const COUNT_EVERY: Duration = Duration::from_secs(15);

pub(super) fn start(app: &App, certificate: Arc<CurrentCertificate>) -> anyhow::Result<()> {
    let mut hangup = signal(SignalKind::hangup()).context("cannot watch for SIGHUP")?;
    tokio::spawn(async move {
        let mut look = interval(LOOK_EVERY);
        loop {
            tokio::select! {
                _ = look.tick() => certificate.reload_if_changed(),
                // The outcome is logged where it happens.
                _ = hangup.recv() => drop(certificate.reload()),
            }
        }
    });
    tokio::spawn(sweep(app.clone()));
    tokio::spawn(count_jobs(app.clone()));
    Ok(())
}

async fn sweep(app: App) {
    let mut due = interval(SWEEP_EVERY);
    loop {
        due.tick().await;
        // Before the sweep, which finishes what an earlier removal did not.
        match app.store.system().remove_expired_files(app.clock.now()).await {
            Ok(removed) if removed.files == 0 => {}
            Ok(removed) => tracing::info!(?removed, "removed files whose time is over"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "files not removed");
            }
        }
        match app.store.system().sweep(app.clock.now(), LEFTOVER_AGE).await {
            Ok(report) => tracing::info!(?report, "swept"),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "sweep failed"),
        }
    }
}

async fn count_jobs(app: App) {
    let mut due = interval(COUNT_EVERY);
    loop {
        due.tick().await;
        match app.store.system().job_counts().await {
            Ok(counts) => counts.iter().for_each(measures::jobs),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "jobs not counted");
            }
        }
        let now = app.clock.now();
        match app.store.system().backlog(now, now).await {
            Ok(backlog) => measures::backlog(&backlog, now),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "backlog not counted");
            }
        }
    }
}
