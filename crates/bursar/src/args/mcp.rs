//! `bursar mcp` as it is typed.

use clap::Args;

use super::ServerArgs;

#[derive(Debug, Args)]
pub struct McpArgs {
    #[command(flatten)]
    pub server: ServerArgs,
}
