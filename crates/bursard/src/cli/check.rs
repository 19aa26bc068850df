//! `bursard check …`, as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{OwnCheckName, RunId};

use super::{Format, UnitArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum CheckCommand {
    /// Ask for a run of the checks, which starts once all received files are read
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
        /// How many to list at most
        #[arg(long, default_value_t = domain::page::PAGE_SIZE_DEFAULT,
              value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
        limit: u32,
        /// Start after this one: the last of the page before
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
    /// Add the check in a folder (check.toml, check.sql) to a unit's own checks, once it has run over the
    /// unit's ledgers
    ///
    /// A check of that name gets another version. It is switched on unless --off is given, and a run follows.
    Add {
        /// Folder of the check, which is named as the check
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        #[command(flatten)]
        place: UnitArgs,
        /// Keep it switched off
        #[arg(long)]
        off: bool,
    },
    /// Try the check in a folder on a unit's ledgers, without keeping anything
    Try {
        /// Folder of the check, which is named as the check
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        #[command(flatten)]
        place: UnitArgs,
    },
    /// List a unit's own checks
    Own {
        #[command(flatten)]
        place: UnitArgs,
    },
    /// Write one of a unit's own checks as a folder that `add` takes
    Export {
        #[command(flatten)]
        of: OwnCheckPlace,
        /// Where to create the folder, which is named as the check
        #[arg(long, value_name = "DIR", default_value = ".")]
        into: PathBuf,
    },
    /// Switch on one of a unit's own checks, once it has run over the unit's ledgers
    On {
        #[command(flatten)]
        of: OwnCheckPlace,
    },
    /// Switch off one of a unit's own checks
    Off {
        #[command(flatten)]
        of: OwnCheckPlace,
    },
    /// Remove one of a unit's own checks; undo brings it back
    Remove {
        #[command(flatten)]
        of: OwnCheckPlace,
    },
    /// Undo the last change of one of a unit's own checks
    Undo {
        #[command(flatten)]
        of: OwnCheckPlace,
    },
}

/// A check of a unit's own.
#[derive(Debug, Args)]
pub(crate) struct OwnCheckPlace {
    /// Name of the check
    pub(crate) name: OwnCheckName,
    #[command(flatten)]
    pub(crate) place: UnitArgs,
}
