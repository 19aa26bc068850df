//! Where the settings of a command are, as it is typed.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Clone, Args)]
pub struct ProfileArgs {
    /// The bursar.toml to use [default: the one in the configuration folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The profile of bursar.toml to use
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// How many milliseconds a second of waiting lasts, for tests
    #[arg(long, hide = true, default_value_t = 1000)]
    pub wait_second_ms: u64,
}
