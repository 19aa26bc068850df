//! `bursar statement` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::ServerArgs;

#[derive(Debug, Args)]
pub struct StatementArgs {
    /// The statement: .csv, .txt, .xlsx, .xls, .ods or .pdf; - is standard input, with --name. Without it
    /// those are listed that were sent
    #[arg(requires = "supplier")]
    pub file: Option<PathBuf>,
    /// The supplier whose statement it is, by its Supplier Ref
    #[arg(long, value_name = "REF")]
    pub supplier: Option<String>,
    /// The name it would have, instead of the file's own; its ending says how it is read
    #[arg(long, requires = "file")]
    pub name: Option<String>,
    /// Write every line and what it came to into this file, .csv or .xlsx
    #[arg(long, value_name = "FILE", requires = "file")]
    pub to: Option<PathBuf>,
    #[command(flatten)]
    pub server: ServerArgs,
}
