//! `bursar screen` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::ServerArgs;
use crate::config::reading::ReadArgs;

#[derive(Debug, Args)]
pub struct ScreenArgs {
    /// The invoices: an extract as it is sent, or .json; - is standard input, with --name
    pub file: PathBuf,
    /// The name it would have, instead of the file's own; its ending says how it is read
    #[arg(long)]
    pub name: Option<String>,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub server: ServerArgs,
}
