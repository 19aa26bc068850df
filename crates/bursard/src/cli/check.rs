//! `bursard check …`, as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{OwnCheckName, RunId};

use super::{Format, UnitArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum CheckCommand {
    /// Ask for a run; workers do it as soon as all that has come is read
    Run {
        #[command(flatten)]
        place: UnitArgs,
        #[command(flatten)]
        format: Format,
    },
    /// List a unit's runs, newest first
    List {
        #[command(flatten)]
        place: UnitArgs,
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
    #[command(flatten)]
    OfUnit(OwnCheckCommand),
}

#[derive(Debug, Subcommand)]
pub(crate) enum OwnCheckCommand {
    /// Add the check of a folder (check.toml, check.sql) to a unit's own, once it has run over its ledgers
    ///
    /// A check of that name gets another version. It is switched on unless --off is given, and a run follows.
    Add {
        /// Folder whose name is that of the check
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        #[command(flatten)]
        place: UnitArgs,
        /// Keep it switched off
        #[arg(long)]
        off: bool,
    },
    /// Try the check of a folder on a unit's ledgers, without keeping anything
    Try {
        /// Folder whose name is that of the check
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        #[command(flatten)]
        place: UnitArgs,
    },
    /// List the checks of a unit's own
    Own {
        #[command(flatten)]
        place: UnitArgs,
    },
    /// Write a check of a unit's own as the folder that `add` takes
    Export {
        #[command(flatten)]
        of: OwnCheckPlace,
        /// Where to make the folder of its name
        #[arg(long, value_name = "DIR", default_value = ".")]
        into: PathBuf,
    },
    /// Switch a check of a unit's own on, once it has run over the unit's ledgers
    On {
        #[command(flatten)]
        of: OwnCheckPlace,
    },
    /// Switch a check of a unit's own off
    Off {
        #[command(flatten)]
        of: OwnCheckPlace,
    },
    /// Remove a check of a unit's own; undo has it back
    Remove {
        #[command(flatten)]
        of: OwnCheckPlace,
    },
    /// Take the last change of a check of a unit's own back
    Undo {
        #[command(flatten)]
        of: OwnCheckPlace,
    },
}

/// A check of a unit's own.
#[derive(Debug, Args)]
pub(crate) struct OwnCheckPlace {
    /// Its name
    pub(crate) name: OwnCheckName,
    #[command(flatten)]
    pub(crate) place: UnitArgs,
}
