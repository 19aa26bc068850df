//! `bursard work`: reads what servers receive, and serves nothing.
//!
//! Not for: making a deployment; `bursard serve` does.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::serve::{
    self, kept_ledgers, logs, metrics, stop_at_signal, supervisor, when_reachable, worker,
};
use crate::cli::Settings;
use crate::config::Config;
use crate::deployment::cannot_open;
use crate::ledgers::Watchers;
use crate::output;

pub(super) async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let (config, traces) = logs::begin(settings)?;
    metrics::start(&config).await?;
    let store = when_reachable(&config, async || Store::open_existing(&config.store).await).await;
    let store = store.with_context(|| cannot_open(&config))?;
    let stop = CancellationToken::new();
    stop_at_signal(&stop)?;
    let ended = work(&config, store, stop).await;
    traces.end().await;
    ended
}

async fn work(config: &Config, store: Store, stop: CancellationToken) -> anyhow::Result<ExitCode> {
    let kept = kept_ledgers(config, &store)?;
    // Nobody asks this process about a ledger.
    let (watchers, new_work) = (Watchers::default(), Arc::new(Notify::new()));
    let Some(worker) = worker(config, &store, kept, watchers, new_work)? else {
        bail!("limits.workers is 0, so there is nobody to work; set it to 1 or more");
    };
    let courier = serve::courier(config, &store)?;
    let (workers, database) =
        (config.limits.workers.to_string(), config.store.database.to_string());
    let objects = config.store.objects.to_string();
    if output::is_json() {
        let members = [("workers", &*workers), ("database", &*database), ("objects", &*objects)];
        output::event("ready", &members);
    } else {
        output::line(format_args!("ready work, {workers} at once   {database}   {objects}"));
    }
    supervisor::say_ready();
    serve::work(Some(worker), Some(courier), stop).await;
    store.close().await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}
