//! `bursar service` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub struct ServiceArgs {
    #[command(subcommand)]
    pub command: ServiceCommand,
}

#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// Let the system run `bursar run` from its start on
    Install(InstallArgs),
    /// Take it away again
    Remove,
    /// Say whether it runs
    Status,
}

#[derive(Debug, Args)]
pub struct InstallArgs {
    /// The bursar.toml [default: /etc/bursar/bursar.toml; on Windows %PROGRAMDATA%\bursar\bursar.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The file with the access token; systemd hands it over, so that only the service can read it
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The user to run as, who has to be there; the owner of the folders it watches [default: bursar; on
    /// Windows NT SERVICE\Bursar, an account of its own without a password]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Print what would be written; write nothing
    #[arg(long)]
    pub print: bool,
    /// For which system [default: this one]; for another with --print
    #[arg(long = "for", value_name = "SYSTEM")]
    pub system: Option<ServiceSystem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ServiceSystem {
    Systemd,
    Launchd,
    Windows,
}
