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
    /// The folder that remembers what was sent [default: one of this user's]
    #[arg(long, value_name = "FOLDER", help_heading = "Outbox")]
    pub outbox: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct TransferArgs {
    /// Send at most so many bytes a second, such as 500k or 5M
    #[arg(long, value_name = "RATE", value_parser = parse_rate, help_heading = "Outbox")]
    pub limit_rate: Option<NonZeroU64>,
    /// Send so many files at once
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Outbox",
          value_parser = clap::value_parser!(u8).range(1..=PARALLEL_MAX))]
    pub parallel: u8,
}

/// Entries by where they are to go.
#[derive(Debug, Clone, Default, Args)]
pub struct DestinationArgs {
    /// Only what is to go to this host, as host or host:port
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// Only what is for this customer
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
    /// List what waits, failed or is being sent; with --all also what was received
    List {
        /// The newest of all, whatever became of them
        #[arg(long)]
        all: bool,
        /// How many with --all
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
    /// Send what waits or failed; all of it, or these
    Retry(Box<RetryArgs>),
    /// Take entries out of what is to be sent: these, or all for a host or customer; files stay
    Drop {
        #[arg(value_name = "ENTRY", required_unless_present_any = ["host", "customer"],
              conflicts_with_all = ["host", "customer"])]
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
    /// Forget what was received or dropped so many days ago; sent again, it counts as new
    Forget {
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
    /// These entries [default: all that wait or failed]
    #[arg(value_name = "ENTRY")]
    pub entries: Vec<EntryId>,
    /// Only what is to go to this host, as host or host:port; --customer chooses as well
    #[arg(long, value_name = "HOST", conflicts_with = "entries")]
    pub host: Option<String>,
    #[command(flatten)]
    pub outbox: OutboxFolder,
    #[command(flatten)]
    pub transfer: TransferArgs,
    #[command(flatten)]
    pub server: ServerArgs,
}
