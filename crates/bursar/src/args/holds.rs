//! `bursar holds …`, as typed.

use clap::{Args, Subcommand};
use domain::FindingKey;
use domain::finding::PaymentHoldState;

use super::ServerArgs;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct HoldsArgs {
    #[command(subcommand)]
    pub command: Option<HoldsCommand>,
    /// Only what changed behind this change
    #[arg(long, value_name = "CHANGE")]
    pub since: Option<u64>,
    /// Only what is held now, or only what was lifted
    #[arg(long, value_name = "held|lifted")]
    pub state: Option<PaymentHoldState>,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Subcommand)]
pub enum HoldsCommand {
    /// Hold the unpaid invoices of findings: of all that are named, or of none
    Add {
        #[arg(required = true)]
        keys: Vec<FindingKey>,
        /// Only this one of their invoices, by Unique ID; may be repeated
        #[arg(long = "invoice", value_name = "UNIQUE ID")]
        invoices: Vec<String>,
        /// Why
        #[arg(long, default_value_t)]
        because: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Let invoices be paid again: all that are named, or none
    Lift {
        /// By Unique ID
        #[arg(required = true)]
        invoices: Vec<String>,
        /// Why
        #[arg(long)]
        because: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Say that every change up to one has arrived where payments are made
    Acknowledge {
        change: u64,
        #[command(flatten)]
        server: ServerArgs,
    },
}
