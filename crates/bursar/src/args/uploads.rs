//! `bursar uploads` as it is typed.

use std::path::PathBuf;

use clap::Args;
use domain::UploadId;

use super::{ServerArgs, WaitArgs};

#[derive(Debug, Args)]
pub struct UploadsArgs {
    /// One upload, to be shown [default: the newest are listed]
    pub upload: Option<UploadId>,
    #[command(flatten)]
    pub wait: WaitArgs,
    /// Show the problems of the upload, of each kind the first
    #[arg(long, requires = "upload", help_heading = "Problems")]
    pub problems: bool,
    /// Write all of them to a file instead, for a spreadsheet; - is standard output
    #[arg(long, value_name = "FILE", requires = "problems", help_heading = "Problems")]
    pub csv: Option<PathBuf>,
    /// How many, newest first
    #[arg(long, conflicts_with = "upload", default_value_t = domain::page::PAGE_SIZE_DEFAULT,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
    pub limit: u32,
    /// Those that follow this one
    #[arg(long, value_name = "UPLOAD", conflicts_with = "upload")]
    pub after: Option<UploadId>,
    #[command(flatten)]
    pub server: ServerArgs,
}
