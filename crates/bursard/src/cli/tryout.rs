//! `bursard try`, as typed.

use std::path::PathBuf;

use clap::Args;
use domain::{FileType, UnitTitle};

use super::{Format, RuleArgs};

/// The files that are tried, how they are read, and where the report goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct TryArgs {
    /// Extracts of transactions, suppliers and employees of one organisation [default: generated sample data]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What the files hold: APT, Suppliers, Employees or IMS; once for all of them, or once for each, in
    /// their order [default: told by their columns, else by their names]
    #[arg(long = "as", value_name = "TYPE")]
    pub(crate) types: Vec<FileType>,
    /// File to write the report to [default: bursar-report.html beside the first file]
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// File to write all findings to, as a workbook [default: beside the report, under its name]
    #[arg(long, value_name = "FILE.xlsx")]
    pub(crate) xlsx: Option<PathBuf>,
    /// Keep everything in a new folder, with which `bursard --data-dir DIR serve` can go on
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Name of the organisation in the report [default: the names of the files]
    #[arg(long, value_name = "TITLE")]
    pub(crate) unit_title: Option<UnitTitle>,
    #[command(flatten, next_help_heading = "How the files are read")]
    pub(crate) rules: RuleArgs,
    #[command(flatten)]
    pub(crate) format: Format,
}
