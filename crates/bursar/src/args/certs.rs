//! `bursar certs` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::OutputArgs;

/// A month: time to renew, and to roll out what stands in files.
const DAYS_DEFAULT: u16 = 30;

#[derive(Debug, Args)]
pub struct CertsArgs {
    #[command(subcommand)]
    pub command: CertsCommand,
}

#[derive(Debug, Subcommand)]
pub enum CertsCommand {
    /// Show the chain a host presents, and whether this machine trusts it
    Show(HostArgs),
    /// Write the chain a host presents, or its root alone, into a file
    Export(ExportArgs),
    /// Say whether certificates of hosts and files end soon, with an exit code for a monitor
    Watch(WatchArgs),
    /// Show the certificates in a file (PEM, CRT or CER)
    Check {
        /// The file of certificates
        file: PathBuf,
        /// How many days before its end a certificate counts as ending soon
        #[arg(long, value_name = "N", default_value_t = DAYS_DEFAULT)]
        days: u16,
        #[command(flatten)]
        output: OutputArgs,
    },
}

#[derive(Debug, Args)]
pub struct HostArgs {
    /// The host to look at: HOST, HOST:PORT or https://HOST:PORT
    pub host: String,
    /// A certificate to trust besides the operating system's (PEM or DER); may be repeated
    #[arg(long, value_name = "FILE")]
    pub ca_file: Vec<PathBuf>,
    #[command(flatten)]
    pub reach: ReachArgs,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    pub host: HostArgs,
    /// The file to write: .cer and .der hold one certificate as DER, others the whole chain as PEM
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Write only the root certificate, as the server, --ca-file or the operating system has it
    #[arg(long)]
    pub root: bool,
}

#[derive(Debug, Args)]
pub struct WatchArgs {
    /// The host to look at: HOST, HOST:PORT or https://HOST:PORT
    #[arg(required_unless_present = "ca_file", value_name = "HOST")]
    pub hosts: Vec<String>,
    /// How many days before its end a certificate counts as ending soon
    #[arg(long, value_name = "N", default_value_t = DAYS_DEFAULT)]
    pub days: u16,
    /// A file of certificates to watch as well, and to trust; may be repeated
    #[arg(long, value_name = "FILE")]
    pub ca_file: Vec<PathBuf>,
    #[command(flatten)]
    pub reach: ReachArgs,
}

/// The way to a host, and how much is said of it.
#[derive(Debug, Clone, Args)]
pub struct ReachArgs {
    /// A proxy (http:// or socks5://) instead of the environment's
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// The bursar.toml to use [default: the one in the configuration folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub output: OutputArgs,
}
