//! `bursar doctor` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::{OutboxFolder, OutputArgs, ProfileArgs};
use crate::config::settings::Settings;

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Files to look at as a dry run does
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub outbox: OutboxFolder,
    #[command(flatten)]
    pub settings: Settings,
    #[command(flatten)]
    pub profile: ProfileArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
