//! The command line, as typed.

mod audit;
mod check;
mod ledger;
mod reading_rules;
mod restored;
mod sample;
mod settings;
mod sftp;
mod token;
mod tryout;
mod user;

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use domain::{CustomerName, EmailAddress, UnitName, UploadId};

pub(crate) use audit::AuditCommand;
pub(crate) use check::{CheckCommand, OwnCheckCommand, OwnCheckPlace};
pub(crate) use ledger::{AsOf, ExportFormat, LedgerArgs, LedgerCommand};
pub(crate) use reading_rules::{ReadingRulesCommand, RuleArgs, RuleName, RulesPlace};
pub(crate) use restored::RestoredCommand;
pub(crate) use sample::{SAMPLE_INVOICES, SAMPLE_UNTIL, Sampling};
pub(crate) use settings::{LogFormat, PASSWORD_SHOWN, Settings, unknown_in_environment};
pub(crate) use sftp::SftpCommand;
pub(crate) use token::{KeyCommand, TokenCommand};
pub(crate) use tryout::TryArgs;
pub(crate) use user::UserCommand;

/// A check found something bad, or something asked for was not there.
pub(crate) const EXIT_FOUND_BAD: u8 = 1;
/// The command could not do its work.
pub(crate) const EXIT_COULD_NOT_RUN: u8 = 2;

/// The version, in a package with the commit it was built of.
const VERSION: &str = match option_env!("BURSAR_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};

/// Receives extracts of an ERP over HTTPS, reads them and checks them for duplicate payments.
///
/// Settings come from flags, then the environment (BURSARD_…), then the configuration file
/// (bursard.toml in the data folder, or --config), then defaults. `bursard check-config` shows the result.
#[derive(Debug, Parser)]
#[command(name = "bursard", version = VERSION, max_term_width = 100, args_override_self = true)]
pub(crate) struct Cli {
    #[command(flatten, next_help_heading = "Settings of the server")]
    pub(crate) settings: Settings,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Reads the command line; help, versions and slips end the program.
    pub(crate) fn read() -> Self {
        let matches = Self::whole_command().get_matches();
        let mut cli = Self::from_arg_matches(&matches).unwrap_or_else(|slip| slip.exit());
        cli.settings.note_typed(&matches);
        cli
    }

    /// The whole command line, each command showing the settings that count for it.
    pub(crate) fn whole_command() -> clap::Command {
        settings::show_where_they_count(Self::command())
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check extracts on this machine, without a server: read them, run every check and write a report
    ///
    /// Nothing leaves this machine: the files are read and checked in a temporary folder, which is
    /// removed, and the report opens from the disk. Settings of a server, such as --data-dir, do not
    /// count here.
    ///
    /// Exit codes: 0 all files were read and checked, whatever was found; 1 some were left out, and the
    /// report says which; 2 there is no report.
    Try(Box<TryArgs>),
    /// Run the server, which receives, reads and checks files; with nothing configured it first makes all it
    /// needs, and says what
    Serve(Serving),
    /// Read and check what a server receives, and serve nothing
    Work,
    /// Uploads: what was received, and what came of it
    #[command(subcommand)]
    Upload(UploadCommand),
    /// How the files of a unit are read
    #[command(subcommand)]
    ReadingRules(ReadingRulesCommand),
    /// Ledgers: the tables that uploads are read into
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Runs of the checks over the ledgers of a unit
    #[command(subcommand)]
    Check(CheckCommand),
    /// Customers: organisations, each with data of its own
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// Users: who signs in, and what they may do for which customer
    #[command(subcommand)]
    User(UserCommand),
    /// Units: parts of a customer whose data is kept apart
    #[command(subcommand)]
    Unit(UnitCommand),
    /// Access tokens: what uploaders present
    #[command(subcommand)]
    Token(TokenCommand),
    /// Credentials of SFTP: passwords and public keys, each for one unit
    #[command(subcommand)]
    Sftp(SftpCommand),
    /// Signing keys: what tokens are signed with
    #[command(subcommand)]
    Key(KeyCommand),
    /// The audit log: who did what when
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Show the settings in force, or say what is wrong with them
    CheckConfig(ConfigCheck),
    /// Test all that the server needs, and say what is good or what to do
    Doctor(Examination),
    /// Copy the database, the files and the certificates to a new folder, every file verified; the copy is
    /// itself a data folder: `bursard --data-dir DIR serve`
    Backup {
        /// Folder to create
        folder: PathBuf,
        /// An earlier backup on the same disk: files that have not changed since are shared with it
        #[arg(long, value_name = "DIR")]
        base: Option<PathBuf>,
        #[command(flatten)]
        format: Format,
    },
    /// Restore a backup to the database and the files of the settings, which have to be empty; the whole
    /// backup is verified first
    Restore(Restoring),
    /// Move everything to another database and other files, such as from SQLite and a disk to PostgreSQL and
    /// S3, or back; the server has to be stopped. If it is interrupted, the same command goes on
    Migrate {
        /// Configuration file of the new places: `database`, `objects` and `[object_store]`
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        #[command(flatten)]
        format: Format,
    },
    /// After a restored backup is served: the access tokens that came back with it
    #[command(subcommand)]
    Restored(RestoredCommand),
    /// Write generated sample data: suppliers, employees, three years of invoices, and truth.json, which
    /// lists the faults planted in them
    Sample(Sampling),
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Serving {
    /// Only receive files; `bursard work` reads them, here or on other machines
    #[arg(long)]
    pub(crate) no_work: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Restoring {
    /// Folder that `bursard backup` made
    pub(crate) folder: PathBuf,
    /// Only verify the backup, and restore nothing
    #[arg(long)]
    pub(crate) verify_only: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Format {
    /// Print JSON instead of text
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ConfigCheck {
    /// Also connect to the database and the object store and read the certificate; nothing is made or changed
    #[arg(long)]
    pub(crate) connect: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Examination {
    /// Also read every stored file and compare it with its receipt
    #[arg(long)]
    pub(crate) deep: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Add a customer, with one unit of the same name, and print a link for its first admin
    Add {
        /// Short name of the customer
        customer: CustomerName,
        /// Let the link work for this address only [default: for whoever opens it]
        #[arg(long, value_name = "EMAIL")]
        admin: Option<EmailAddress>,
    },
    /// List the customers
    List(Format),
    /// Show what erasing a customer would remove, or with --yes erase it: uploads and their files, ledgers,
    /// findings, tokens, accounts that belong to no other customer, and what the audit log says of it
    Remove {
        /// Short name of the customer
        customer: CustomerName,
        #[command(flatten)]
        removal: Removal,
    },
    /// Write everything of a customer into a new folder in open formats: rows as JSON lines, files as they
    /// were received, ledgers as Parquet; no password, key or link is written
    Export {
        /// Short name of the customer
        customer: CustomerName,
        /// Folder to create
        folder: PathBuf,
        #[command(flatten)]
        format: Format,
    },
    /// Import what `bursard customer export` wrote on another server; its access tokens arrive revoked, and
    /// its users without passwords
    Import {
        /// Folder of the export
        folder: PathBuf,
        #[command(flatten)]
        format: Format,
    },
}

/// The choice between a look at what would go and its end.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Removal {
    /// Erase it; without this, what would go is only shown. Only a backup brings it back
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UnitCommand {
    /// Add a unit to a customer
    Add {
        /// Short name of the customer
        customer: CustomerName,
        /// Short name of the unit, which never changes
        unit: UnitName,
    },
    /// List a customer's units
    List {
        /// Short name of the customer
        customer: CustomerName,
        #[command(flatten)]
        format: Format,
    },
    /// Show what erasing a unit would remove, or with --yes erase it
    Remove {
        /// Short name of the customer
        customer: CustomerName,
        /// Short name of the unit
        unit: UnitName,
        #[command(flatten)]
        removal: Removal,
    },
}

/// The customer and unit a command is about.
#[derive(Debug, Args)]
pub(crate) struct UnitArgs {
    /// Short name of the customer
    #[arg(long)]
    pub(crate) customer: CustomerName,
    /// Short name of the unit [default: the one named as the customer]
    #[arg(long)]
    unit: Option<UnitName>,
}

impl UnitArgs {
    pub(crate) fn unit(&self) -> UnitName {
        self.unit.clone().unwrap_or_else(|| self.customer.only_unit())
    }
}

/// One upload.
#[derive(Debug, Args)]
pub(crate) struct UploadArgs {
    /// ID of the upload, as bursard upload list shows it
    pub(crate) upload: UploadId,
    #[command(flatten)]
    pub(crate) place: UnitArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UploadCommand {
    /// List a unit's uploads, newest first
    List {
        #[command(flatten)]
        place: UnitArgs,
        /// How many to list at most
        #[arg(long, default_value_t = domain::page::PAGE_SIZE_DEFAULT,
              value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
        limit: u32,
        /// Start after this one: the last of the page before
        #[arg(long, value_name = "UPLOAD")]
        after: Option<UploadId>,
        #[command(flatten)]
        format: Format,
    },
    /// Show one upload and how far it has come
    Show {
        #[command(flatten)]
        upload: UploadArgs,
        #[command(flatten)]
        format: Format,
    },
    /// List what could not be used in an upload, and how to mend it
    Problems {
        #[command(flatten)]
        upload: UploadArgs,
        #[command(flatten)]
        format: Format,
    },
    /// Release a held file: it is read into the ledger
    Release {
        #[command(flatten)]
        upload: UploadArgs,
    },
    /// Refuse a held file: it stays out of the ledger
    Refuse {
        #[command(flatten)]
        upload: UploadArgs,
        /// The reason, for whoever sent it
        #[arg(long)]
        reason: String,
    },
    /// Read a file again, such as after changing how the unit's files are read
    ReadAgain {
        #[command(flatten)]
        upload: UploadArgs,
    },
    /// Show what removing a file that was read or refused would delete, or with --yes delete it: its bytes
    /// and the cells that its problems show; its receipt stays, and so do its rows in the ledger
    Remove {
        #[command(flatten)]
        upload: UploadArgs,
        #[command(flatten)]
        removal: Removal,
    },
}

#[cfg(test)]
mod tests;
