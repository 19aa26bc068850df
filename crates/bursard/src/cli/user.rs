//! `bursard user …`, as typed.

use clap::Subcommand;
use domain::{CustomerName, EmailAddress, MemberRole, UnitName};

use super::{Format, Removal};

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// List who has an account and what they may do for which customer, and who was invited and has not
    /// accepted yet
    List {
        /// Only members of this customer
        #[arg(long)]
        customer: Option<CustomerName>,
        /// Only those who were invited and have not accepted yet
        #[arg(long)]
        invited: bool,
        #[command(flatten)]
        format: Format,
    },
    /// Print a link by which somebody becomes a member of a customer; it works once, for that address
    Invite {
        /// E-mail address of the account
        email: EmailAddress,
        /// Short name of the customer
        #[arg(long)]
        customer: CustomerName,
        /// What they may do: viewer reads, analyst also decides, auditor reads everything, admin also sets up
        #[arg(long, default_value = "viewer")]
        role: MemberRole,
        /// For this unit only; they see nothing of the others
        #[arg(long)]
        unit: Option<UnitName>,
    },
    /// Print a link by which somebody chooses a new password; it works once, for 24 hours
    Reset {
        /// E-mail address of the account
        email: EmailAddress,
        /// Turn two-step sign-in off as well, such as after a lost telephone
        #[arg(long)]
        codes_off: bool,
    },
    /// Disable an account: nobody signs in with it, its sessions end, and the access tokens made by it are
    /// listed
    Disable {
        /// E-mail address of the account
        email: EmailAddress,
    },
    /// Enable an account again
    Enable {
        /// E-mail address of the account
        email: EmailAddress,
    },
    /// Remove the link of an account to its identity providers, and sign its owner out, such as when the
    /// account there was made anew; at the next sign-in they are found by their address again
    Unlink {
        /// E-mail address of the account
        email: EmailAddress,
    },
    /// Give somebody who has an account a role for a customer, such as for one that has no admin left, or
    /// let them run the server
    Promote {
        /// E-mail address of the account
        email: EmailAddress,
        /// Short name of the customer
        #[arg(long, required_unless_present = "operator")]
        customer: Option<CustomerName>,
        /// What they may do, as viewer, analyst, auditor or admin
        #[arg(long, default_value = "admin", requires = "customer")]
        role: MemberRole,
        /// For this unit only
        #[arg(long, requires = "customer")]
        unit: Option<UnitName>,
        /// Make them an operator, who runs the server: they see the page of all customers, and none of their
        /// data
        #[arg(long, conflicts_with_all = ["customer", "role", "unit"])]
        operator: bool,
    },
    /// Take the role of operator away; roles for customers stay
    Demote {
        /// E-mail address of the account
        email: EmailAddress,
    },
    /// Erase the account of somebody who belongs to no customer any more; what they decided stays, as records
    /// of their organisations
    Erase {
        /// E-mail address of the account
        email: EmailAddress,
        #[command(flatten)]
        removal: Removal,
    },
}
