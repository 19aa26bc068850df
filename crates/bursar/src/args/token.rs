//! `bursar token …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::{CustomerName, FileType, UnitName};

use super::ProfileArgs;

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Show what a token says: whom it is for, what it allows and until when; the token itself is not shown
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
    /// Print a token without spaces, quotation marks or other text that was pasted with it
    Clean {
        /// A file with the token, or - for standard input
        file: PathBuf,
    },
    /// Keep a token in the keyring of this system, to be used when no other is given
    Store {
        /// A file with the token, or - for standard input
        file: PathBuf,
        /// The profile of bursar.toml that it is for [default: commands that name no profile]
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
    },
    /// Remove a token from the keyring
    Forget {
        /// The profile of bursar.toml that it was for [default: commands that name no profile]
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
    },
}

/// The use a token is meant for.
#[derive(Debug, Args)]
pub struct IntendedUseArgs {
    /// Say whether a server would accept it for this customer
    #[arg(long)]
    pub customer: Option<CustomerName>,
    /// And for this unit [default: the one named as the customer]
    #[arg(long, requires = "customer")]
    pub unit: Option<UnitName>,
    /// And for this type of file
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
