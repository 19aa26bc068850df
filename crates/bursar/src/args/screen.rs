//! `bursar screen` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::ServerArgs;
use crate::config::reading::ReadArgs;

#[derive(Debug, Args)]
pub struct ScreenArgs {
    /// The file of invoices: an extract as it is sent, or .json; - is standard input, with --name
    pub file: PathBuf,
    /// The name to read it under, instead of the file's own; its ending says of what kind it is
    #[arg(long)]
    pub name: Option<String>,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub server: ServerArgs,
}
