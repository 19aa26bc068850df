//! How much a command says, as it is typed.

use clap::Args;

use crate::report::output::OutputMode;

#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArgs {
    /// Print one JSON object per file
    #[arg(long)]
    pub json: bool,
    /// Say nothing but what went wrong
    #[arg(long, short)]
    pub quiet: bool,
}

impl OutputArgs {
    pub fn mode(self) -> OutputMode {
        match self {
            Self { json: true, .. } => OutputMode::Json,
            Self { quiet: true, .. } => OutputMode::Quiet,
            Self { .. } => OutputMode::Human,
        }
    }
}
