//! `bursar token …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{CustomerName, FileType, UnitName};

use super::ProfileArgs;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Show what a token says of itself; never the token
    Inspect {
        /// A file with the token, or - for standard input [default: the token that send would use]
        file: Option<PathBuf>,
        #[command(flatten)]
        source: TokenArgs,
        #[command(flatten)]
        used: IntendedUseArgs,
        #[command(flatten)]
        profile: ProfileArgs,
    },
    /// Print a token without what was pasted round it
    Clean {
        /// A file with the token, or - for standard input
        file: PathBuf,
    },
    /// Keep a token in the keyring of this system, for when no other is given
    Store {
        /// A file with the token, or - for standard input
        file: PathBuf,
        /// For this profile of bursar.toml [default: for whoever names none]
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
    },
    /// Take a token out of the keyring again
    Forget {
        /// That of this profile of bursar.toml [default: of whoever names none]
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
    },
}

/// The use a token is meant for.
#[derive(Debug, Args)]
pub struct IntendedUseArgs {
    /// Say what a server would answer for this customer
    #[arg(long)]
    pub customer: Option<CustomerName>,
    /// And this unit [default: the customer's own]
    #[arg(long, requires = "customer")]
    pub unit: Option<UnitName>,
    /// And this type
    #[arg(long = "type", value_name = "APT|Suppliers|Employees|IMS|Payments")]
    pub file_type: Option<FileType>,
}

#[derive(Debug, Args)]
pub struct TokenArgs {
    /// A file that holds the access token
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A command that prints the access token
    #[arg(long, value_name = "COMMAND")]
    pub token_command: Option<String>,
}
