//! `bursard ledger …`, as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use domain::FileType;
use jiff::Timestamp;

use super::{Format, UnitArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// List the ledgers and how large they are
    List {
        #[command(flatten)]
        format: Format,
    },
    /// List the versions of a ledger, newest first, and which upload made each
    History {
        #[command(flatten)]
        ledger: LedgerArgs,
        #[command(flatten)]
        format: Format,
    },
    /// Write all rows of a ledger, as it is now or as it was earlier
    Export {
        #[command(flatten)]
        ledger: LedgerArgs,
        #[command(flatten)]
        as_of: AsOf,
        /// Kind of file; cells of a CSV are safe to open in a spreadsheet
        #[arg(long, value_enum, default_value_t = ExportFormat::Csv)]
        format: ExportFormat,
        /// File to write [default: standard output]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Join small files of a ledger and remove what no kept version needs; the server also does it by itself
    Tidy {
        #[command(flatten)]
        ledger: LedgerArgs,
    },
}

/// The ledger a command is about.
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    #[command(flatten)]
    pub(crate) place: UnitArgs,
    /// Type of the ledger: APT, Suppliers, Employees, IMS or Payments
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) file_type: FileType,
}

/// The version or moment to look at.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(crate) struct AsOf {
    /// The ledger as it was in this version
    #[arg(long = "as-of-version", value_name = "N")]
    pub(crate) version: Option<u64>,
    /// The ledger as it was at this moment, such as 2026-03-03T12:00:00Z
    #[arg(long = "as-of", value_name = "MOMENT")]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    Csv,
    Parquet,
}
