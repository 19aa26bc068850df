//! `bursar uploads` as it is typed.

use std::path::PathBuf;

use clap::Args;
use domain::UploadId;

use super::{ServerArgs, WaitArgs};

#[derive(Debug, Args)]
pub struct UploadsArgs {
    /// ID of one upload to show [default: list the newest]
    pub upload: Option<UploadId>,
    #[command(flatten)]
    pub wait: WaitArgs,
    /// Show the problems of the upload: the first of each kind
    #[arg(long, requires = "upload", help_heading = "Problems")]
    pub problems: bool,
    /// Write all problems to this file instead, as CSV for a spreadsheet; - is standard output
    #[arg(long, value_name = "FILE", requires = "problems", help_heading = "Problems")]
    pub csv: Option<PathBuf>,
    /// How many to list at most, newest first
    #[arg(long, conflicts_with = "upload", default_value_t = domain::page::PAGE_SIZE_DEFAULT,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
    pub limit: u32,
    /// Start after this one: the last of the page before
    #[arg(long, value_name = "UPLOAD", conflicts_with = "upload")]
    pub after: Option<UploadId>,
    #[command(flatten)]
    pub server: ServerArgs,
}
