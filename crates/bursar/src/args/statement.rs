//! `bursar statement` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::ServerArgs;

#[derive(Debug, Args)]
pub struct StatementArgs {
    /// The statement: .csv, .txt, .xlsx, .xls, .ods or .pdf; - is standard input, with --name [default: list
    /// the statements that were sent]
    #[arg(requires = "supplier")]
    pub file: Option<PathBuf>,
    /// Supplier Ref of the supplier whose statement it is
    #[arg(long, value_name = "REF")]
    pub supplier: Option<String>,
    /// The name to read it under, instead of the file's own; its ending says of what kind it is
    #[arg(long, requires = "file")]
    pub name: Option<String>,
    /// Write every line with its result to this file, .csv or .xlsx
    #[arg(long, value_name = "FILE", requires = "file")]
    pub to: Option<PathBuf>,
    #[command(flatten)]
    pub server: ServerArgs,
}
