//! The command line, as typed.

mod audit;
mod check;
mod ledger;
mod reading_rules;
mod restored;
mod sample;
mod settings;
mod sftp;
mod tryout;
mod user;

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use domain::{CustomerName, EmailAddress, FileType, Role, TokenId, UnitName, UploadId};

pub(crate) use audit::AuditCommand;
pub(crate) use check::{CheckCommand, OwnCheckCommand, OwnCheckPlace};
pub(crate) use ledger::{AsOf, ExportFormat, LedgerArgs, LedgerCommand};
pub(crate) use reading_rules::{ReadingRulesCommand, RuleArgs, RuleName, RulesPlace};
pub(crate) use restored::RestoredCommand;
pub(crate) use sample::{SAMPLE_INVOICES, SAMPLE_UNTIL, Sampling};
pub(crate) use settings::{LogFormat, PASSWORD_SHOWN, Settings, unknown_in_environment};
pub(crate) use sftp::SftpCommand;
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

/// Receives extracts over HTTPS and keeps them safe.
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
    /// Try extracts here and now, without a server: reads them, runs every check and writes a report
    ///
    /// Nothing leaves this machine: the files are read and checked in a temporary folder, which is
    /// removed, and the report opens from the disk. Settings of a server, such as --data-dir, do not
    /// count here.
    ///
    /// Exit codes: 0 all files were read and checked, whatever was found; 1 some were left out, and the
    /// report says which; 2 there is no report.
    Try(Box<TryArgs>),
    /// Serve, and read what is received; with nothing configured, makes all that is needed first and
    /// says what
    Serve(Serving),
    /// Read what a server receives, and serve nothing
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
    /// Customers: the tenants
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
    /// Credentials of SFTP: passwords and public keys, each of one unit
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
    /// Try everything and say what is good, or what to do
    Doctor(Examination),
    /// Copy the database, the files and the certificates to a new folder, each file proven; the copy is
    /// itself a data folder: `bursard --data-dir DIR serve`
    Backup {
        /// Folder to make
        folder: PathBuf,
        /// An earlier backup on the same disk: files that have not changed since are shared with it
        #[arg(long, value_name = "DIR")]
        base: Option<PathBuf>,
        #[command(flatten)]
        format: Format,
    },
    /// Put a backup back where the settings say that database and files are, which has to be empty; the whole
    /// backup is read and proven first
    Restore(Restoring),
    /// Move everything to another database and other files, such as from SQLite and a disk to
    /// PostgreSQL and S3, or back; the server has to be stopped. What was cut off goes on when it is
    /// given again
    Migrate {
        /// Configuration file of the new places: `database`, `objects` and `[object_store]`
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
        #[command(flatten)]
        format: Format,
    },
    /// A backup that is served in the place of the original: the access tokens that came back with it
    #[command(subcommand)]
    Restored(RestoredCommand),
    /// Write a made organisation to try things on: suppliers, employees, three years of invoices, and
    /// in truth.json what was planted in them
    Sample(Sampling),
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Serving {
    /// Receive only: `bursard work` reads, here or on other machines
    #[arg(long)]
    pub(crate) no_work: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Restoring {
    /// Folder that `bursard backup` made
    pub(crate) folder: PathBuf,
    /// Only read and prove the backup
    #[arg(long)]
    pub(crate) verify_only: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Format {
    /// Print JSON
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
        customer: CustomerName,
        /// Let the link work for this address only [default: for whoever opens it]
        #[arg(long, value_name = "EMAIL")]
        admin: Option<EmailAddress>,
    },
    /// List the customers
    List(Format),
    /// Show what would go with a customer, or with --yes erase everything of it: uploads and their files,
    /// ledgers, findings, tokens, accounts that belong to nobody else, and what the audit log says of it
    Remove {
        customer: CustomerName,
        #[command(flatten)]
        removal: Removal,
    },
    /// Write everything of a customer into a new folder in open formats: rows as JSON lines, files as
    /// they were received, ledgers as Parquet; no password, key or link is among it
    Export {
        customer: CustomerName,
        /// Folder to make
        folder: PathBuf,
        #[command(flatten)]
        format: Format,
    },
    /// Take in what `bursard customer export` of another deployment has written; its access tokens
    /// come revoked, and its people without passwords
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
    /// Erase it; without this it is only looked at. Nothing brings it back but a backup
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) format: Format,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UnitCommand {
    /// Add a unit to a customer
    Add { customer: CustomerName, unit: UnitName },
    /// List a customer's units
    List {
        customer: CustomerName,
        #[command(flatten)]
        format: Format,
    },
    /// Show what would go with a unit, or with --yes erase everything of it
    Remove {
        customer: CustomerName,
        unit: UnitName,
        #[command(flatten)]
        removal: Removal,
    },
}

/// The customer and unit a command is about.
#[derive(Debug, Args)]
pub(crate) struct UnitArgs {
    #[arg(long)]
    pub(crate) customer: CustomerName,
    /// [default: the one with the customer's own name]
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
        /// How many
        #[arg(long, default_value_t = domain::page::PAGE_SIZE_DEFAULT,
              value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
        limit: u32,
        /// Those that follow this one
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
    /// List what could not be used as it is, and how to mend it
    Problems {
        #[command(flatten)]
        upload: UploadArgs,
        #[command(flatten)]
        format: Format,
    },
    /// Let a held file into the ledger
    Release {
        #[command(flatten)]
        upload: UploadArgs,
    },
    /// Keep a held file out of the ledger
    Refuse {
        #[command(flatten)]
        upload: UploadArgs,
        /// Why, for whoever sent it
        #[arg(long)]
        reason: String,
    },
    /// Read a file once more, as after changing how the unit's files are read
    ReadAgain {
        #[command(flatten)]
        upload: UploadArgs,
    },
    /// Show what would go with a file that is read or refused, or with --yes remove its bytes and the
    /// cells that its problems show; its receipt stays, and so do its rows in the ledger
    Remove {
        #[command(flatten)]
        upload: UploadArgs,
        #[command(flatten)]
        removal: Removal,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make an access token and print it, once
    Issue {
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
        /// How long it is good, such as 90d, 12w or 1y
        #[arg(long, default_value = "90d", value_name = "TIME")]
        valid_for: String,
        /// What to call it in lists
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List the tokens; not the tokens themselves, which are kept nowhere
    List {
        #[arg(long)]
        customer: Option<CustomerName>,
        #[command(flatten)]
        format: Format,
    },
    /// Refuse a token from now on
    Revoke { token: TokenId },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// List the keys: which signs, which are retired, and how many tokens that work each has signed
    List(Format),
    /// Make a new signing key; tokens in use stay good
    Rotate,
    /// Refuse within a minute every token that a key signed, as when it was stolen
    Retire {
        /// As bursard key list names it, such as k1
        key: String,
    },
}

#[cfg(test)]
mod tests;
