//! Log lines, on standard error.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::cli::LogFormat;

/// Of libraries that call it an error when a new ledger has no files yet, and tell of every step; what is
/// wrong with a ledger is said by whoever asked for it.
const USUAL: &str = "info,buoyant_kernel=off,deltalake_core=warn";

/// Sends log lines to standard error at level info, or as `RUST_LOG` says.
pub(in crate::commands) fn install(format: LogFormat) {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let filter = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(asked) if !asked.is_empty() => filter.parse_lossy(asked),
        _ => filter.parse_lossy(USUAL),
    };
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    match format {
        LogFormat::Text => lines.with_target(false).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}
