//! How long to stay until a server has read a file, as it is typed.

use std::time::Duration;

use clap::Args;

use crate::config::wait_time::parse_wait_time;

/// The wait until the server has read a file.
#[derive(Debug, Clone, Copy, Args)]
pub struct WaitArgs {
    /// Wait until the server has read the file, and say what came of it
    #[arg(long, help_heading = "Waiting")]
    pub wait: bool,
    /// How long to wait at most, such as 90s, 10m or 2h
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = parse_wait_time,
          help_heading = "Waiting")]
    pub wait_max: Duration,
}
