//! `bursard work`: reads what servers receive, and serves nothing.
//!
//! Not for: making a deployment; `bursard serve` does.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::serve::{logs, metrics, stop_at_signal, worker};
use crate::cli::Settings;
use crate::config::Config;
use crate::deployment::Deployment;
use crate::output;

pub(super) async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let Deployment { config, store } = Deployment::open(settings).await?;
    logs::install(config.log_format);
    metrics::start(&config).await?;
    let stop = CancellationToken::new();
    stop_at_signal(&stop)?;
    work(&config, store, stop).await
}

async fn work(config: &Config, store: Store, stop: CancellationToken) -> anyhow::Result<ExitCode> {
    let Some(worker) = worker(config, &store, None, Arc::new(Notify::new()))? else {
        bail!("limits.workers is 0, so there is nobody to work; set it to 1 or more");
    };
    output::line(format_args!(
        "ready work, {} at once   {}   {}",
        config.limits.workers, config.store.database, config.store.objects
    ));
    worker.run(stop).await;
    store.close().await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}
