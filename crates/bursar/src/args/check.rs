//! `bursar check` as it is typed.

use std::path::PathBuf;

use clap::Args;
use domain::FileType;

use super::{OutputArgs, ProfileArgs};
use crate::config::reading::ReadArgs;

/// Examples of problems that are shown unless more are asked for: a screen of them.
const EXAMPLES_DEFAULT: u16 = 10;

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The file to read; its ending says of what kind it is; - is standard input, with --name
    pub file: PathBuf,
    /// The name it will be sent under, instead of the file's own
    #[arg(long)]
    pub name: Option<String>,
    /// What the file holds [default: guessed from the name]
    #[arg(long = "type", value_name = "APT|Suppliers|Employees|IMS|Payments")]
    pub file_type: Option<FileType>,
    #[command(flatten)]
    pub read: ReadArgs,
    /// Write a mapping of this file's headers, to be edited and used with --mapping
    #[arg(long, value_name = "NEW.toml", conflicts_with = "mapping")]
    pub write_mapping: Option<PathBuf>,
    /// How many examples of what is wrong to show
    #[arg(long, value_name = "N", default_value_t = EXAMPLES_DEFAULT)]
    pub problems: u16,
    #[command(flatten)]
    pub profile: ProfileArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
