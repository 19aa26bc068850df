//! `bursard sftp`, as typed.

use std::path::PathBuf;

use clap::Subcommand;
use domain::{CustomerName, TokenId};

use super::{Format, UnitArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum SftpCommand {
    /// Let a sender sign in to a unit's folders: with a public key, or with a password that is made and
    /// printed, once
    Add {
        #[command(flatten)]
        place: UnitArgs,
        /// File of a public key, as ssh-keygen writes it [default: a password is made]
        #[arg(long, value_name = "FILE")]
        public_key: Option<PathBuf>,
        /// How long it is good, such as 90d, 12w or 1y
        #[arg(long, default_value = "1y", value_name = "TIME")]
        valid_for: String,
        /// What to call it in lists
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List the credentials; not the passwords, which are kept nowhere
    List {
        #[arg(long)]
        customer: Option<CustomerName>,
        #[command(flatten)]
        format: Format,
    },
    /// Refuse a credential from now on
    Revoke { credential: TokenId },
}
