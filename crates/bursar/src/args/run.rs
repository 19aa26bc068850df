//! `bursar run` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::{OutboxFolder, OutputArgs, ProfileArgs};

#[derive(Debug, Args)]
pub struct RunArgs {
    /// Names of the jobs to run [default: all in bursar.toml]
    #[arg(value_name = "JOB")]
    pub jobs: Vec<String>,
    /// Run each job once, now, and end; for cron and the Task Scheduler
    #[arg(long)]
    pub once: bool,
    /// Check the configuration: settings, tokens, folders, schedules; nothing is sent
    #[arg(long, conflicts_with = "once")]
    pub check: bool,
    /// As the service manager of Windows starts it; bursar service install writes this
    #[arg(long, hide = true, conflicts_with_all = ["once", "check"])]
    pub as_service: bool,
    #[command(flatten)]
    pub outbox: OutboxFolder,
    /// The bursar.toml to use [default: the one in the configuration folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How many milliseconds a second of waiting lasts, for tests
    #[arg(long, hide = true, default_value_t = 1000)]
    pub wait_second_ms: u64,
    #[command(flatten)]
    pub output: OutputArgs,
}

impl RunArgs {
    /// The settings of a job, in the same file.
    pub fn profile(&self, profile: Option<String>) -> ProfileArgs {
        ProfileArgs { config: self.config.clone(), profile, wait_second_ms: self.wait_second_ms }
    }
}
