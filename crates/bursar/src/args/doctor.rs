//! `bursar doctor` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::{OutboxFolder, ServerArgs};

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Files to look at as well, as `bursar send --dry-run` does
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub outbox: OutboxFolder,
    #[command(flatten)]
    pub server: ServerArgs,
}
