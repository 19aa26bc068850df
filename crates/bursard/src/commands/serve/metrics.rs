//! Metrics, counted from the start and shown where the configuration says.

use anyhow::Context as _;
use server::{measures, metrics_listener};
use tokio::net::TcpListener;

use super::process;
use crate::config::Config;
use crate::output;
use crate::system;

/// Once in a process.
pub(in crate::commands) async fn start(config: &Config) -> anyhow::Result<()> {
    let recorder = metrics_listener::install().context("cannot install the metrics")?;
    measures::describe();
    measures::process_started(system::now());
    tokio::spawn(process::measure());
    let Some(address) = config.metrics_listen else { return Ok(()) };
    let metrics = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot serve metrics on {address}"))?;
    output::fact("serve", "metrics", format_args!("http://{}/metrics", metrics.local_addr()?));
    tokio::spawn(metrics_listener::serve(metrics, recorder));
    Ok(())
}
