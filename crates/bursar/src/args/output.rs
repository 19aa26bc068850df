//! How much a command says, as it is typed.

use clap::Args;

use crate::report::output::OutputMode;

#[derive(Debug, Clone, Copy, Args)]
pub struct OutputArgs {
    /// Print JSON, one object a line, instead of text
    #[arg(long)]
    pub json: bool,
    /// Print only errors and warnings
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
