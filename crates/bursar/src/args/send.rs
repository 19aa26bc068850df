//! `bursar send` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::{OutboxFolder, ServerArgs, TransferArgs, WaitArgs};
use crate::config::reading::ReadArgs;
use crate::config::settings::FILES_HEADING;

#[derive(Debug, Args)]
pub struct SendArgs {
    /// The files to send; - is standard input, with --name
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The name people see, instead of the file's own (for one file)
    #[arg(long, help_heading = FILES_HEADING)]
    pub name: Option<String>,
    /// Show what would be sent; send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Read each file first, and do not send one that the server would refuse
    #[arg(long)]
    pub check: bool,
    /// Also send files that were received before
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub outbox: OutboxFolder,
    #[command(flatten)]
    pub transfer: TransferArgs,
    #[command(flatten)]
    pub wait: WaitArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub server: ServerArgs,
}
