//! Which server is meant, and how to say what it answers, as it is typed.

use clap::Args;

use super::{OutputArgs, ProfileArgs};
use crate::config::settings::Settings;

/// The settings of every command that goes to a server.
#[derive(Debug, Args)]
pub struct ServerArgs {
    #[command(flatten)]
    pub settings: Settings,
    #[command(flatten)]
    pub profile: ProfileArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
