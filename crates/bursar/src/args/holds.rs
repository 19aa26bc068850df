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
    /// Only holds that changed after the change of this number
    #[arg(long, value_name = "CHANGE")]
    pub since: Option<u64>,
    /// Only holds in force, or only those that were lifted
    #[arg(long, value_name = "held|lifted")]
    pub state: Option<PaymentHoldState>,
    #[command(flatten)]
    pub server: ServerArgs,
}

#[derive(Debug, Subcommand)]
pub enum HoldsCommand {
    /// Hold the unpaid invoices of findings; if one finding cannot be held, none is
    Add {
        /// Keys of the findings
        #[arg(required = true, value_name = "KEY")]
        keys: Vec<FindingKey>,
        /// Only this one of their invoices, by Unique ID; may be repeated
        #[arg(long = "invoice", value_name = "UNIQUE ID")]
        invoices: Vec<String>,
        /// The reason
        #[arg(long, value_name = "TEXT", default_value_t)]
        because: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Lift holds, so that the invoices may be paid; if one cannot be lifted, none is
    Lift {
        /// Unique IDs of the invoices
        #[arg(required = true)]
        invoices: Vec<String>,
        /// Supplier Ref of these invoices, where invoices of several suppliers are held under one Unique ID
        #[arg(long, value_name = "SUPPLIER REF")]
        supplier: Option<String>,
        /// The reason
        #[arg(long, value_name = "TEXT")]
        because: String,
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Confirm that the system that pays has every change up to this one
    Acknowledge {
        /// Number of the last change that has arrived there
        change: u64,
        #[command(flatten)]
        server: ServerArgs,
    },
}
