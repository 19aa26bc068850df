//! `bursar mcp` as it is typed.

use clap::Args;

use super::ProfileArgs;
use crate::config::settings::Settings;

/// The way to the server; what is printed are messages of the protocol, whatever the flags.
#[derive(Debug, Args)]
pub struct McpArgs {
    #[command(flatten)]
    pub settings: Settings,
    #[command(flatten)]
    pub profile: ProfileArgs,
}
