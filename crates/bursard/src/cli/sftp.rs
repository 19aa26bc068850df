//! `bursard sftp`, as typed.

use std::path::PathBuf;

use clap::Subcommand;
use domain::{CustomerName, TokenId};

use super::{Format, UnitArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum SftpCommand {
    /// Make a credential by which a sender signs in to a unit's folders: with a public key, or with a new
    /// password that is printed once
    Add {
        #[command(flatten)]
        place: UnitArgs,
        /// File of a public key, as ssh-keygen writes it [default: make a password]
        #[arg(long, value_name = "FILE")]
        public_key: Option<PathBuf>,
        /// How long it is valid, such as 90d, 12w or 1y
        #[arg(long, default_value = "1y", value_name = "TIME")]
        valid_for: String,
        /// Name shown in lists
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List what is known of the credentials; the passwords themselves are stored nowhere
    List {
        /// Only those of this customer
        #[arg(long)]
        customer: Option<CustomerName>,
        #[command(flatten)]
        format: Format,
    },
    /// Revoke a credential: it is refused from now on
    Revoke {
        /// ID of the credential, as bursard sftp list shows it
        credential: TokenId,
    },
}
