//! `bursard user …`, as typed.

use clap::Subcommand;
use domain::{CustomerName, EmailAddress, MemberRole, UnitName};

use super::{Format, Removal};

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// List who has an account, and what they may do for which customer; and who was invited and has not come
    List {
        /// Only its members
        #[arg(long)]
        customer: Option<CustomerName>,
        /// Those alone who were invited and have not come
        #[arg(long)]
        invited: bool,
        #[command(flatten)]
        format: Format,
    },
    /// Print a link by which somebody becomes a member of a customer; it works once, for that address
    Invite {
        email: EmailAddress,
        #[arg(long)]
        customer: CustomerName,
        /// viewer reads, analyst also decides, auditor reads everything, admin also sets up
        #[arg(long, default_value = "viewer")]
        role: MemberRole,
        /// For this unit only; they see nothing of the others
        #[arg(long)]
        unit: Option<UnitName>,
    },
    /// Print a link by which somebody chooses a new password; it works once, for 24 hours
    Reset {
        email: EmailAddress,
        /// Turn two-step sign-in off with it, as when the telephone is lost
        #[arg(long)]
        codes_off: bool,
    },
    /// Let somebody sign in no more, end their sessions, and list the access tokens they made
    Disable { email: EmailAddress },
    /// Let somebody sign in again
    Enable { email: EmailAddress },
    /// Let no identity provider know somebody any more, and sign them out, as when their account there was
    /// made anew; the next time they are found by their address again
    Unlink { email: EmailAddress },
    /// Give somebody who has an account a role for a customer, such as for one that has no admin left, or
    /// let them run the server
    Promote {
        email: EmailAddress,
        #[arg(long, required_unless_present = "operator")]
        customer: Option<CustomerName>,
        /// viewer, analyst, auditor or admin
        #[arg(long, default_value = "admin", requires = "customer")]
        role: MemberRole,
        /// In this unit only
        #[arg(long, requires = "customer")]
        unit: Option<UnitName>,
        /// Show them the page of all customers, without any of their data
        #[arg(long, conflicts_with_all = ["customer", "role", "unit"])]
        operator: bool,
    },
    /// Let an operator be one no more; their roles for customers stay
    Demote { email: EmailAddress },
    /// Erase the account of somebody who belongs to no customer any more; what they decided stays, as records
    /// of their organisations
    Erase {
        email: EmailAddress,
        #[command(flatten)]
        removal: Removal,
    },
}
