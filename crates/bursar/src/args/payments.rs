//! `bursar payments`, as typed.

use std::path::PathBuf;

use api::PaymentSelection;
use clap::{Args, Subcommand, ValueEnum};
use domain::UploadId;

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct PaymentsArgs {
    #[command(subcommand)]
    pub command: Option<PaymentsCommand>,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Subcommand)]
pub enum PaymentsCommand {
    /// Show the payments of a run and what speaks against them
    Show {
        /// ID of the upload that the run came with
        run: UploadId,
        /// Which payments to show: `doubtful` are those that something speaks against
        #[arg(long, value_name = "WHICH", default_value = "doubtful", value_enum)]
        only: PaymentChoice,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Save the file of a run without the payments that are held, with its counts and sums corrected
    File {
        /// ID of the upload that the run came with
        run: UploadId,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Save a list of a run's payments as CSV, such as the held ones for whoever drew up the run
    List {
        /// ID of the upload that the run came with
        run: UploadId,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        /// Which payments to list: `doubtful` are those that something speaks against
        #[arg(long, value_name = "WHICH", default_value = "held", value_enum)]
        only: PaymentChoice,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Hold payments of a run
    Hold(DecidePaymentsArgs),
    /// Release payments of a run
    Release(DecidePaymentsArgs),
}

/// The payments of a run that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PaymentChoice {
    Doubtful,
    Undecided,
    Released,
    Held,
    All,
}

impl PaymentChoice {
    /// The choice as the server takes it; none: all.
    pub const fn selection(self) -> Option<PaymentSelection> {
        match self {
            Self::Doubtful => Some(PaymentSelection::Doubtful),
            Self::Undecided => Some(PaymentSelection::Undecided),
            Self::Released => Some(PaymentSelection::Released),
            Self::Held => Some(PaymentSelection::Held),
            Self::All => None,
        }
    }
}

/// The payments that are decided, and why.
#[derive(Debug, Args)]
pub struct DecidePaymentsArgs {
    /// ID of the upload that the run came with
    pub run: UploadId,
    /// Lines of the payments in the file; or --clear
    #[arg(required_unless_present = "clear", conflicts_with = "clear")]
    pub lines: Vec<u64>,
    /// All payments without a doubt that nobody has decided yet
    #[arg(long)]
    pub clear: bool,
    /// The reason, for whoever reads it later
    #[arg(long, value_name = "WORDS")]
    pub because: Option<String>,
    #[command(flatten)]
    pub server: ServerArgs,
}
