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
    /// Install `bursar run` as a service that starts with the system
    Install(InstallArgs),
    /// Remove the service
    Remove,
    /// Say whether the service runs
    Status,
}

#[derive(Debug, Args)]
pub struct InstallArgs {
    /// The bursar.toml that the service uses [default: /etc/bursar/bursar.toml; on Windows
    /// %PROGRAMDATA%\bursar\bursar.toml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The file with the access token; systemd hands it over, so that only the service can read it
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// The existing user to run as: the owner of the folders it watches [default: bursar; on Windows NT
    /// SERVICE\Bursar, an account of its own without a password]
    #[arg(long, value_name = "NAME")]
    pub user: Option<String>,
    /// Print what would be written; write nothing
    #[arg(long)]
    pub print: bool,
    /// The service manager to install for [default: the one of this system]; another one only with --print
    #[arg(long = "for", value_name = "SYSTEM")]
    pub system: Option<ServiceSystem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ServiceSystem {
    Systemd,
    Launchd,
    Windows,
}
