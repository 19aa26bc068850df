//! `bursard token …` and `bursard key …`, as typed.

use clap::Subcommand;
use domain::{CustomerName, FileType, Role, TokenId, UnitName};

use super::Format;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make an access token and print it, once
    Issue {
        /// Short name of the customer
        #[arg(long)]
        customer: CustomerName,
        /// Only these units [default: all]
        #[arg(long = "unit", value_name = "UNIT")]
        units: Vec<UnitName>,
        /// Only these types: APT, Suppliers, Employees, IMS, Payments [default: all]
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<FileType>,
        /// What its holder may do: uploader sends files, viewer reads findings, analyst also decides, admin
        /// also sets how files are read, screening checks invoices before payment and fetches payment holds
        #[arg(long, default_value = "uploader", value_name = "ROLE")]
        role: Role,
        /// How long it is valid, such as 90d, 12w or 1y
        #[arg(long, default_value = "90d", value_name = "TIME")]
        valid_for: String,
        /// Name shown in lists
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List what is known of the tokens; the tokens themselves are stored nowhere
    List {
        /// Only those of this customer
        #[arg(long)]
        customer: Option<CustomerName>,
        #[command(flatten)]
        format: Format,
    },
    /// Revoke a token: it is refused from now on
    Revoke {
        /// ID of the token, as bursard token list shows it
        token: TokenId,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// List the keys: which one signs, which are retired, and how many working tokens each has signed
    List(Format),
    /// Make a new signing key; tokens in use stay valid
    Rotate,
    /// Retire a key, such as a stolen one: within a minute, every token that it signed is refused
    Retire {
        /// Name of the key in bursard key list, such as k1
        key: String,
    },
}
