//! The command line as it is typed; `plan` makes sense of it.

mod certs;
mod doctor;
mod findings;
mod outbox;
mod run;
mod service;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use domain::{CustomerName, FileType, UnitName, UploadId};
use extract::DateOrder;
use jiff::SignedDuration;
use serde::Deserialize;

pub use certs::{CertsArgs, CertsCommand, ExportArgs, HostArgs, WatchArgs};
pub use doctor::DoctorArgs;
pub use findings::{
    AskArgs, DecideArgs, FilterArgs, FindingsArgs, FindingsCommand, RememberWord, RunsArgs,
};

pub use outbox::{BoundArgs, HasteArgs, OutboxArgs, OutboxCommand, OutboxFolder, RetryArgs};
pub use run::RunArgs;
pub use service::{InstallArgs, ServiceArgs, ServiceCommand, ServiceSystem};

use crate::commands::check::EXAMPLES_DEFAULT;
use crate::config::settings::Settings;
use crate::report::exit_code::ExitCode;

const SETTINGS_HELP: &str = "Flags beat the environment (BURSAR_URL, BURSAR_CUSTOMER, ... one for each \
long flag above), which beats the profile in bursar.toml. The token itself never stands on the command \
line: --token-file, --token-command, BURSAR_TOKEN, systemd's LoadCredential=bursar-token, or the keyring (bursar token store).";

/// A week: longer is no limit.
const WAIT_LONGEST: Duration = Duration::from_hours(7 * 24);

/// Sends extracts of an ERP over HTTPS and understands every answer
#[derive(Debug, Parser)]
#[command(name = "bursar", version, subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send files
    #[command(after_help = SETTINGS_HELP)]
    Send(Box<SendArgs>),
    /// Read a file as a server will, and say what is wrong with it; nothing is sent
    Check(Box<CheckArgs>),
    /// List what has arrived, or follow one file until it is read (a Bursar server; the vendor's service
    /// has no such list)
    #[command(after_help = SETTINGS_HELP)]
    Uploads(Box<UploadsArgs>),
    /// Work through what a Bursar server found: list, explain, decide, export
    #[command(after_help = SETTINGS_HELP)]
    Findings(Box<FindingsArgs>),
    /// Do the jobs of bursar.toml: by their schedules and when files come, or once
    Run(Box<RunArgs>),
    /// Look at what was sent and what still waits to be, send it, or take it out
    #[command(after_help = SETTINGS_HELP)]
    Outbox(Box<OutboxArgs>),
    /// Try the whole way to the server, step by step, and say what stands in it; nothing is sent
    #[command(after_help = SETTINGS_HELP)]
    Doctor(Box<DoctorArgs>),
    /// Let the system run the jobs from its start on
    Service(ServiceArgs),
    /// Look at the certificates of a host or a file: show, export, watch
    Certs(Box<CertsArgs>),
    /// Look at an access token, or clean one
    #[command(subcommand)]
    Token(TokenCommand),
    /// Print a script that completes commands in a shell
    Completions { shell: Shell },
    /// Print the manual page, or write all of them into a folder
    Man { folder: Option<PathBuf> },
    /// Print the exit codes
    #[command(after_help = ExitCode::table())]
    ExitCodes,
}

#[derive(Debug, Args)]
pub struct SendArgs {
    /// The files; - is standard input, with --name
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The name people see, instead of the file's own (for one file)
    #[arg(long, help_heading = "What")]
    pub name: Option<String>,
    /// Show what would be sent; send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Read each file first, and do not send what the server would refuse
    #[arg(long)]
    pub check: bool,
    /// Send also what was received before
    #[arg(long)]
    pub again: bool,
    #[command(flatten)]
    pub outbox: OutboxFolder,
    #[command(flatten)]
    pub haste: HasteArgs,
    #[command(flatten)]
    pub wait: WaitArgs,
    #[command(flatten)]
    pub read: ReadArgs,
    #[command(flatten)]
    pub settings: Settings,
    #[command(flatten)]
    pub profile: ProfileArgs,
    #[command(flatten)]
    pub voice: VoiceArgs,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The file; its ending says how it is read; - is standard input, with --name
    pub file: PathBuf,
    /// The name it will have, instead of the file's own
    #[arg(long)]
    pub name: Option<String>,
    /// What the file holds [default: guessed from the name]
    #[arg(long = "type", value_name = "APT|Suppliers|Employees")]
    pub file_type: Option<FileType>,
    #[command(flatten)]
    pub read: ReadArgs,
    /// Write a mapping of this file's headers, to be edited and used with --mapping
    #[arg(long, value_name = "NEW.toml", conflicts_with = "mapping")]
    pub write_mapping: Option<PathBuf>,
    /// Show so many examples of what is wrong
    #[arg(long, value_name = "N", default_value_t = EXAMPLES_DEFAULT)]
    pub problems: u16,
    #[command(flatten)]
    pub profile: ProfileArgs,
    #[command(flatten)]
    pub voice: VoiceArgs,
}

/// What a unit's settings say to a server, said here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ReadArgs {
    /// Which header is which field, when a file is checked
    #[arg(long, value_name = "FILE.toml", help_heading = "Checking")]
    pub mapping: Option<PathBuf>,
    /// Day or month first, when a checked file leaves it open; year first needs no saying
    #[arg(long, value_name = "ORDER", help_heading = "Checking")]
    pub date_order: Option<DateOrderWord>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrderWord {
    Dmy,
    Mdy,
}

impl From<DateOrderWord> for DateOrder {
    fn from(word: DateOrderWord) -> Self {
        match word {
            DateOrderWord::Dmy => Self::DayFirst,
            DateOrderWord::Mdy => Self::MonthFirst,
        }
    }
}

/// Whether to stay until the server has read a file.
#[derive(Debug, Clone, Copy, Args)]
pub struct WaitArgs {
    /// Stay until the server has read what it received, and say what came of it
    #[arg(long, help_heading = "Waiting")]
    pub wait: bool,
    /// How long at most, such as 90s, 10m or 2h
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = wait_time,
          help_heading = "Waiting")]
    pub wait_max: Duration,
}

/// A time to wait as it is written, such as `90s`, `10m` or `2h`.
pub fn wait_time(text: &str) -> Result<Duration, &'static str> {
    let advice = "write a time of at most seven days, such as 90s, 10m or 2h";
    let time = text.parse::<SignedDuration>().map_err(|_not_a_time| advice)?;
    let time = Duration::try_from(time).map_err(|_negative| advice)?;
    if time > WAIT_LONGEST { Err(advice) } else { Ok(time) }
}

#[derive(Debug, Args)]
pub struct UploadsArgs {
    /// One upload, to be shown [default: the newest are listed]
    pub upload: Option<UploadId>,
    #[command(flatten)]
    pub wait: WaitArgs,
    /// Show all problems of the upload
    #[arg(long, requires = "upload", help_heading = "Problems")]
    pub problems: bool,
    /// Write them to a file instead, for a spreadsheet; - is standard output
    #[arg(long, value_name = "FILE", requires = "problems", help_heading = "Problems")]
    pub csv: Option<PathBuf>,
    /// How many, newest first
    #[arg(long, conflicts_with = "upload", default_value_t = domain::page::PAGE_SIZE_DEFAULT,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(domain::page::PAGE_SIZE_MAX)))]
    pub limit: u32,
    /// Those that follow this one
    #[arg(long, value_name = "UPLOAD", conflicts_with = "upload")]
    pub after: Option<UploadId>,
    #[command(flatten)]
    pub settings: Settings,
    #[command(flatten)]
    pub profile: ProfileArgs,
    #[command(flatten)]
    pub voice: VoiceArgs,
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Show what a token says of itself; never the token
    Inspect {
        /// A file with the token, or - for standard input [default: the token that send would use]
        file: Option<PathBuf>,
        #[command(flatten)]
        source: TokenArgs,
        #[command(flatten)]
        used: UseArgs,
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

/// What a token would be used for.
#[derive(Debug, Args)]
pub struct UseArgs {
    /// Say what a server would answer for this customer
    #[arg(long)]
    pub customer: Option<CustomerName>,
    /// And this unit [default: the customer's own]
    #[arg(long, requires = "customer")]
    pub unit: Option<UnitName>,
    /// And this type
    #[arg(long = "type", value_name = "APT|Suppliers|Employees")]
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

#[derive(Debug, Clone, Args)]
pub struct ProfileArgs {
    /// A bursar.toml other than the one in the configuration folder
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The profile in bursar.toml
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// How many milliseconds a second of waiting lasts, for tests
    #[arg(long, hide = true, default_value_t = 1000)]
    pub wait_second_ms: u64,
}

#[derive(Debug, Clone, Copy, Args)]
pub struct VoiceArgs {
    /// Print one JSON object per file
    #[arg(long)]
    pub json: bool,
    /// Say nothing but what went wrong
    #[arg(long, short)]
    pub quiet: bool,
}
