//! `bursard check …`, as typed.

use clap::Subcommand;
use domain::RunId;

use super::{Format, Place};

#[derive(Debug, Subcommand)]
pub(crate) enum CheckCommand {
    /// Ask for a run; workers do it as soon as all that has come is read
    Run {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        format: Format,
    },
    /// List a unit's runs, newest first
    List {
        #[command(flatten)]
        place: Place,
        /// How many
        #[arg(long, default_value_t = domain::page::PAGE_SIZE_DEFAULT,
              value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
        limit: u32,
        /// Those that follow this one
        #[arg(long, value_name = "RUN")]
        after: Option<RunId>,
        #[command(flatten)]
        format: Format,
    },
}
