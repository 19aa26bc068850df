//! The command line, as typed.

mod audit;
mod check;
mod ledger;
mod reading_rules;
mod restored;
mod settings;
mod tryout;
mod user;

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use domain::{CustomerName, EmailAddress, FileType, Role, TokenId, UnitName, UploadId};
use jiff::civil::Date;

pub(crate) use audit::AuditCommand;
pub(crate) use check::{CheckCommand, OwnCheckPlace};
pub(crate) use ledger::{AsOf, ExportFormat, LedgerArgs, LedgerCommand};
pub(crate) use reading_rules::{ReadingRulesCommand, RuleArgs, RuleName, RulesPlace};
pub(crate) use restored::RestoredCommand;
pub(crate) use settings::{LogFormat, PASSWORD_SHOWN, Settings};
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
    /// Signing keys: what tokens are signed with
    #[command(subcommand)]
    Key(KeyCommand),
    /// The audit log: who did what when
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Show the settings in force, or say what is wrong with them
    CheckConfig(Format),
    /// Try everything and say what is good, or what to do
    Doctor(Examination),
    /// Copy the database, the files and the certificates to a new folder, each file proven; the copy is
    /// itself a data folder: `bursard --data-dir DIR serve`
    Backup {
        /// Folder to make
        folder: PathBuf,
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

/// The invoices of a made organisation that nobody has said the size of.
pub(crate) const SAMPLE_INVOICES: u64 = 20_000;
/// Its last day.
pub(crate) const SAMPLE_UNTIL: Date = jiff::civil::date(2026, 9, 30);

#[derive(Debug, Args)]
pub(crate) struct Sampling {
    /// Folder to write into; files of the same names are written anew
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The same seed, sizes and date write the same bytes
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// Rows of transactions
    #[arg(
        long,
        default_value_t = SAMPLE_INVOICES,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(5_000..=50_000_000)
    )]
    pub(crate) invoices: u64,
    /// Ordinary suppliers [default: one for 40 invoices]
    #[arg(long, value_name = "N", value_parser = parties())]
    pub(crate) suppliers: Option<u64>,
    /// Employees [default: one for 50 invoices]
    #[arg(long, value_name = "N", value_parser = parties())]
    pub(crate) employees: Option<u64>,
    /// Last day of the three years, as 2026-09-30
    #[arg(long, default_value_t = SAMPLE_UNTIL, value_name = "DATE", value_parser = last_day)]
    pub(crate) until: Date,
    #[command(flatten)]
    pub(crate) format: Format,
}

/// Parses a number of suppliers or employees: what is planted needs some to hide among; the most is
/// more than the largest organisations have.
fn parties() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(100..=200_000)
}

fn last_day(text: &str) -> Result<Date, String> {
    let date = text.parse::<Date>().ok().filter(|date| (2000..2100).contains(&date.year()));
    date.ok_or_else(|| "write a day of this century as 2026-09-30".to_owned())
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Format {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
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
}

/// The customer and unit a command is about.
#[derive(Debug, Args)]
pub(crate) struct Place {
    #[arg(long)]
    pub(crate) customer: CustomerName,
    /// [default: the one with the customer's own name]
    #[arg(long)]
    unit: Option<UnitName>,
}

impl Place {
    pub(crate) fn unit(&self) -> UnitName {
        self.unit.clone().unwrap_or_else(|| self.customer.only_unit())
    }
}

/// One upload.
#[derive(Debug, Args)]
pub(crate) struct UploadArgs {
    pub(crate) upload: UploadId,
    #[command(flatten)]
    pub(crate) place: Place,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UploadCommand {
    /// List a unit's uploads, newest first
    List {
        #[command(flatten)]
        place: Place,
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
    /// Let a held snapshot into the ledger
    Release {
        #[command(flatten)]
        upload: UploadArgs,
    },
    /// Keep a held snapshot out of the ledger
    Refuse {
        #[command(flatten)]
        upload: UploadArgs,
        /// Why, for whoever sent it
        #[arg(long)]
        reason: String,
    },
    /// Read a refused file once more, as after changing how the unit's files are read
    ReadAgain {
        #[command(flatten)]
        upload: UploadArgs,
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
        /// Only these types: APT, Suppliers, Employees [default: all]
        #[arg(long = "type", value_name = "TYPE")]
        types: Vec<FileType>,
        /// What its holder may do: uploader sends files, viewer reads findings, analyst also decides, admin
        /// also sets how files are read
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
    /// Make a new signing key; tokens in use stay good
    Rotate,
    /// Refuse within a minute every token that a key signed, as when it was stolen
    Retire {
        /// As `keyId` of bursard token list --json names it, such as k1
        key: String,
    },
}

#[cfg(test)]
mod tests;
