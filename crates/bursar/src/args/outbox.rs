//! `bursar outbox` as it is typed, and what every command that sends has in common.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::CustomerName;

use super::{EntryId, OutputArgs, ProfileArgs, ServerArgs};
use crate::source::parse_rate;

/// More at once than a server grants one customer only wait in line.
const PARALLEL_MAX: i64 = 16;

#[derive(Debug, Clone, Default, Args)]
pub struct OutboxFolder {
    /// The folder that remembers what was sent [default: a folder of this user]
    #[arg(long, value_name = "FOLDER", help_heading = "Outbox")]
    pub outbox: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct TransferArgs {
    /// Send at most so many bytes a second, such as 500k or 5M
    #[arg(long, value_name = "RATE", value_parser = parse_rate, help_heading = "Outbox")]
    pub limit_rate: Option<NonZeroU64>,
    /// How many files to send at once
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Outbox",
          value_parser = clap::value_parser!(u8).range(1..=PARALLEL_MAX))]
    pub parallel: u8,
}

/// Entries by where they are to go.
#[derive(Debug, Clone, Default, Args)]
pub struct DestinationArgs {
    /// Only entries for this host, as HOST or HOST:PORT
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Only entries for this customer
    #[arg(long)]
    pub customer: Option<CustomerName>,
}

#[derive(Debug, Args)]
pub struct OutboxArgs {
    #[command(subcommand)]
    pub command: OutboxCommand,
}

#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List the files that wait, failed or are being sent; with --all also those that were received
    List {
        /// List the newest entries, whatever became of them
        #[arg(long)]
        all: bool,
        /// How many to list with --all
        #[arg(long, default_value_t = 100)]
        limit: u32,
        #[command(flatten)]
        destination: DestinationArgs,
        #[command(flatten)]
        outbox: OutboxFolder,
        #[command(flatten)]
        profile: ProfileArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Send the entries that wait or failed: all of them, or those that are named
    Retry(Box<RetryArgs>),
    /// Remove entries from what is to be sent: those that are named, or all for a host or customer; the files
    /// stay
    Drop {
        #[arg(value_name = "ENTRY", required_unless_present_any = ["host", "customer"],
              conflicts_with_all = ["host", "customer"])]
        /// Numbers of the entries, as bursar outbox list shows them
        entries: Vec<EntryId>,
        #[command(flatten)]
        destination: DestinationArgs,
        #[command(flatten)]
        outbox: OutboxFolder,
        #[command(flatten)]
        profile: ProfileArgs,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Forget entries that were received or dropped some days ago; a file of theirs that is sent again counts
    /// as new
    Forget {
        /// How many days ago, at least
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        days: u16,
        #[command(flatten)]
        destination: DestinationArgs,
        #[command(flatten)]
        outbox: OutboxFolder,
        #[command(flatten)]
        profile: ProfileArgs,
    },
}

#[derive(Debug, Args)]
pub struct RetryArgs {
    /// Numbers of the entries, as bursar outbox list shows them [default: all that wait or failed]
    #[arg(value_name = "ENTRY")]
    pub entries: Vec<EntryId>,
    /// Only entries for this host, as HOST or HOST:PORT; --customer narrows them further
    #[arg(long, value_name = "HOST", conflicts_with = "entries")]
    pub host: Option<String>,
    #[command(flatten)]
    pub outbox: OutboxFolder,
    #[command(flatten)]
    pub transfer: TransferArgs,
    #[command(flatten)]
    pub server: ServerArgs,
}
