//! What goes on beside the requests: certificates are watched, leftovers swept, files removed whose time is
//! over, measures taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::SignedDuration;
use server::App;
use server::checkpoints;
use server::measures::{self, FEEDS_MEASURED_MAX, FeedMeasures, WaitingMeasures};
use server::tls::{CurrentCertificate, LOOK_EVERY, make_authority};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{interval, sleep};

use crate::checkpoint_file;
use crate::config::{Config, Tls};
use crate::system;

/// The pause between looks whether our own certificate is about to end: there are two months for it.
const RENEW_LOOK_EVERY: Duration = Duration::from_hours(24);
/// The time between two looks for leftovers; each costs a folder listing.
const SWEEP_EVERY: Duration = Duration::from_hours(1);
/// Older than the longest upload may take, so that none under way is swept.
const LEFTOVER_AGE: SignedDuration = SignedDuration::from_hours(24);
/// The time between two looks at every ledger, to see whether it can be used: each costs some reads,
/// and an upload that meets a fault says so at once.
const LEDGERS_LOOK_EVERY: Duration = Duration::from_mins(5);
/// Somebody who takes a copy of the log away once a day has a checkpoint of each.
const CHECKPOINT_EVERY: Duration = Duration::from_hours(24);
/// The time between two measurements: as often as metrics are usually fetched.
const MEASURE_EVERY: Duration = Duration::from_secs(15);

/// The pace at which a task that panics at once is started again.
const PAUSE_AFTER_PANIC: Duration = Duration::from_mins(1);

pub(super) fn start(
    app: &App,
    certificate: Arc<CurrentCertificate>,
    config: &Config,
) -> anyhow::Result<()> {
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
    let (sweeping, measuring, looking, signing) =
        (app.clone(), app.clone(), app.clone(), app.clone());
    let folder = config.data_dir.clone();
    keep_up(move || sweep(sweeping.clone()));
    keep_up(move || measure(measuring.clone()));
    keep_up(move || check_ledgers(looking.clone()));
    keep_up(move || write_checkpoints(signing.clone(), folder.clone()));
    if let Tls::Own { folder, names } = &config.tls {
        let (folder, names) = (folder.clone(), names.clone());
        keep_up(move || renew_certificate(folder.clone(), names.clone()));
    }
    Ok(())
}

/// Does what has no end; when it panics, which the log says, it begins anew after a pause.
fn keep_up<Endless>(begin: impl Fn() -> Endless + Send + 'static)
where
    Endless: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(async move {
        while let Err(panicked) = tokio::spawn(begin()).await {
            tracing::error!(
                error = &panicked as &dyn std::error::Error,
                "upkeep panicked; it goes on"
            );
            sleep(PAUSE_AFTER_PANIC).await;
        }
    });
}

/// Makes our own certificate anew before it ends; the watch over its files does the rest.
async fn renew_certificate(folder: PathBuf, names: Vec<String>) {
    let mut due = interval(RENEW_LOOK_EVERY);
    // The start has just looked.
    due.tick().await;
    loop {
        due.tick().await;
        let (folder, names) = (folder.clone(), names.clone());
        let renewed =
            tokio::task::spawn_blocking(move || make_authority(&folder, &names, system::now()));
        match renewed.await {
            Ok(Ok(_files)) => {}
            Ok(Err(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "our own certificate cannot be renewed");
            }
            Err(panicked) => {
                let error = &panicked as &dyn std::error::Error;
                tracing::error!(error, "renewing our own certificate panicked");
            }
        }
    }
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
        match app.store.system().remove_expired_resumables(app.clock.now()).await {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "gave up files that were not sent to their end"),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "files that were not sent to their end stay");
            }
        }
        match app.store.system().sweep(app.clock.now(), LEFTOVER_AGE).await {
            Ok(report) => tracing::info!(?report, "swept"),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "sweep failed"),
        }
    }
}

/// Writes the end of the audit log where the database is not: into the log, and signed into a file.
async fn write_checkpoints(app: App, data_dir: PathBuf) {
    let mut due = interval(CHECKPOINT_EVERY);
    loop {
        due.tick().await;
        if let Err(error) = write_checkpoint(&app, &data_dir).await {
            let error: &(dyn std::error::Error + 'static) = error.as_ref();
            tracing::warn!(error, "no checkpoint of the audit log");
        }
    }
}

async fn write_checkpoint(app: &App, data_dir: &Path) -> anyhow::Result<()> {
    let end = app.store.system().audit_end().await?;
    let checkpoint = checkpoints::sign(&app.keys, end, app.clock.now())?;
    tracing::info!(entries = end.sequence, end = %end.hash, "checkpoint of the audit log");
    let folder = data_dir.to_owned();
    let written =
        tokio::task::spawn_blocking(move || checkpoint_file::append(&folder, &checkpoint));
    Ok(written.await??)
}

/// Looks at what is too much for every measurement: opens all ledgers, and finds the newest uploads.
async fn check_ledgers(app: App) {
    let mut due = interval(LEDGERS_LOOK_EVERY);
    let mut feeds = FeedMeasures::default();
    loop {
        due.tick().await;
        app.ledger_health.look(&*app.reader).await;
        match app.store.system().newest_uploads(FEEDS_MEASURED_MAX).await {
            Ok(newest) => feeds.set(&newest),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "feeds not looked at");
            }
        }
    }
}

/// Sets the metrics that no request changes.
async fn measure(app: App) {
    let mut due = interval(MEASURE_EVERY);
    let mut waiting = WaitingMeasures::default();
    loop {
        due.tick().await;
        // Tried also where no load balancer asks; it says itself in the log what is the matter.
        app.readiness.report(&app).await;
        measures::connections(app.store.system().connection_counts());
        if let Err(error) = measure_jobs(&app, &mut waiting).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "jobs not counted");
        }
    }
}

async fn measure_jobs(app: &App, waiting: &mut WaitingMeasures) -> Result<(), store::Error> {
    let (system, now) = (app.store.system(), app.clock.now());
    measures::jobs(&system.job_counts().await?);
    measures::backlog(&system.backlog(now, now).await?, now);
    waiting.set(&system.waiting_jobs().await?, now);
    Ok(())
}
