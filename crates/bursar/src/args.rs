//! The command line as it is typed; `plan` makes sense of it.

mod certs;
mod check;
mod doctor;
mod entry_id;
mod findings;
mod holds;
mod keyword;
mod mcp;
mod outbox;
mod output;
mod payments;
mod profile;
mod run;
mod screen;
mod send;
mod server;
mod service;
mod statement;
mod token;
mod uploads;
mod wait;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;

pub use certs::{CertsArgs, CertsCommand, ExportArgs, HostArgs, WatchArgs};
pub use check::CheckArgs;
pub use doctor::DoctorArgs;
pub use entry_id::EntryId;
pub use findings::{
    DecideArgs, FilterArgs, FindingsArgs, FindingsCommand, RememberKeyword, RunsArgs,
};
pub use holds::{HoldsArgs, HoldsCommand};
pub use mcp::McpArgs;
pub use outbox::{
    DestinationArgs, OutboxArgs, OutboxCommand, OutboxFolder, RetryArgs, TransferArgs,
};
pub use output::OutputArgs;
pub use payments::{DecidePaymentsArgs, PaymentChoice, PaymentsArgs, PaymentsCommand};
pub use profile::ProfileArgs;
pub use run::RunArgs;
pub use screen::ScreenArgs;
pub use send::SendArgs;
pub use server::ServerArgs;
pub use service::{InstallArgs, ServiceArgs, ServiceCommand, ServiceSystem};
pub use statement::StatementArgs;
pub use token::{IntendedUseArgs, TokenArgs, TokenCommand};
pub use uploads::UploadsArgs;
pub use wait::WaitArgs;

use crate::config::settings::FILES_HEADING;
use crate::report::exit_code::ExitCode;

const SETTINGS_HELP: &str = "Flags override environment variables (BURSAR_URL, BURSAR_CUSTOMER, ...: one for \
each flag of the server above), which override the profile in bursar.toml. The access token itself is never \
given on the command line, but by --token-file, --token-command, BURSAR_TOKEN, systemd's \
LoadCredential=bursar-token, or the keyring (bursar token store).";

/// The version, in a package with the commit it was built of.
const VERSION: &str = match option_env!("BURSAR_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};

/// Sends extracts of an ERP over HTTPS, and works with what a Bursar server finds in them
#[derive(Debug, Parser)]
#[command(
    name = "bursar",
    version = VERSION,
    subcommand_required = true,
    arg_required_else_help = true,
    args_override_self = true
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// The one flag that tests alone give.
const HIDDEN_FLAG: &str = "wait-second-ms";

/// Commands that send no file anew.
const FILELESS: [&str; 8] =
    ["findings", "holds", "mcp", "outbox", "payments", "screen", "statement", "uploads"];

impl Cli {
    /// Reads the command line.
    pub fn read() -> Result<Self, clap::Error> {
        Self::parse_words(std::env::args_os())
    }

    fn parse_words(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = Self::whole_command().try_get_matches_from(words).map_err(without_hidden)?;
        Self::from_arg_matches(&matches)
    }

    /// The whole command line; flags about files are shown where files are sent.
    pub fn whole_command() -> clap::Command {
        Self::command().mut_subcommands(|command| {
            let is_fileless = FILELESS.contains(&command.get_name());
            if is_fileless { hide_file_flags(command) } else { command }
        })
    }
}

/// Takes out of a slip's message what is proposed and nobody is shown.
fn without_hidden(mut slip: clap::Error) -> clap::Error {
    let proposed = match slip.get(ContextKind::SuggestedArg) {
        Some(ContextValue::String(flag)) => flag.trim_start_matches('-').to_owned(),
        _ => return slip,
    };
    if proposed.starts_with(HIDDEN_FLAG) {
        slip.remove(ContextKind::SuggestedArg);
        slip.remove(ContextKind::SuggestedSubcommand);
        slip.remove(ContextKind::Suggested);
    }
    slip
}

/// Hides the flags about files from a command and from those below it, which refuse them.
fn hide_file_flags(command: clap::Command) -> clap::Command {
    let hide = |flag: clap::Arg| {
        let is_of_files = flag.get_help_heading() == Some(FILES_HEADING);
        if is_of_files { flag.hide(true) } else { flag }
    };
    command.mut_args(hide).mut_subcommands(hide_file_flags)
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Send files
    #[command(after_help = SETTINGS_HELP)]
    Send(Box<SendArgs>),
    /// Read a file as a server would, and say what is wrong with it; nothing is sent
    Check(Box<CheckArgs>),
    /// List the files that have arrived, or follow one until it is read (Bursar servers only: the vendor's
    /// service has no such list)
    #[command(after_help = SETTINGS_HELP)]
    Uploads(Box<UploadsArgs>),
    /// Work through what a Bursar server found: list, explain, decide, export
    #[command(after_help = SETTINGS_HELP)]
    Findings(Box<FindingsArgs>),
    /// Check invoices against the ledgers before they are paid: clear, look or stop
    #[command(after_help = SETTINGS_HELP)]
    Screen(Box<ScreenArgs>),
    /// List the invoices on payment hold, hold more, or lift holds
    #[command(after_help = SETTINGS_HELP)]
    Holds(Box<HoldsArgs>),
    /// List the payment runs that a Bursar server has checked, and release or hold their payments
    #[command(after_help = SETTINGS_HELP)]
    Payments(Box<PaymentsArgs>),
    /// Reconcile a supplier's statement with the ledgers, and list what to ask the supplier
    #[command(after_help = SETTINGS_HELP)]
    Statement(Box<StatementArgs>),
    /// Give an AI agent the tools of a Bursar server, over standard input and output (Model Context Protocol)
    #[command(after_help = SETTINGS_HELP)]
    Mcp(Box<McpArgs>),
    /// Run the jobs of bursar.toml: by their schedules and as files arrive, or once
    Run(Box<RunArgs>),
    /// List what was sent and what still waits; send what waits, or remove it
    #[command(after_help = SETTINGS_HELP)]
    Outbox(Box<OutboxArgs>),
    /// Test the way to the server step by step, and say what is in the way; no file is sent
    #[command(after_help = SETTINGS_HELP)]
    Doctor(Box<DoctorArgs>),
    /// Run the jobs as a service that starts with the system
    Service(ServiceArgs),
    /// Look at the certificates of a host or a file: show, export, watch
    Certs(Box<CertsArgs>),
    /// Inspect, clean, store or forget an access token
    #[command(subcommand)]
    Token(TokenCommand),
    /// Print a script that completes commands in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, or write those of all commands into a folder
    Man {
        /// The folder to write into [default: print the page of bursar]
        folder: Option<PathBuf>,
    },
    /// Print the exit codes
    #[command(after_help = ExitCode::table())]
    ExitCodes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_files_are_shown_where_files_are_sent() {
        for (words, is_shown) in [
            (&["send"][..], true),
            (&["doctor"], true),
            (&["uploads"], false),
            (&["findings"], false),
            (&["findings", "show"], false),
            (&["outbox", "retry"], false),
        ] {
            let mut whole = Cli::whole_command();
            let found = words.iter().fold(&mut whole, |command, word| {
                command.find_subcommand_mut(word).unwrap_or_else(|| panic!("there is no {word}"))
            });
            let help = found.render_long_help().to_string();
            assert!(help.contains("--customer <"), "{words:?}: {help}");
            assert_eq!(help.contains("--content-type <"), is_shown, "{words:?}: {help}");
        }
    }

    #[test]
    fn of_a_flag_that_is_given_twice_the_last_counts_unless_it_may_be_repeated() {
        let words = ["bursar", "send", "--url", "https://a", "--ca-file", "a.pem", "x.csv"];
        let more = ["--url", "https://b", "--ca-file", "b.pem", "--quiet", "--quiet", "y.csv"];
        let cli = Cli::try_parse_from(words.into_iter().chain(more)).unwrap();
        let Command::Send(args) = cli.command else { panic!("it is no send") };
        let paths = |paths: [&str; 2]| paths.map(PathBuf::from).to_vec();
        assert_eq!(args.server.settings.url.as_deref(), Some("https://b"));
        assert_eq!(args.server.settings.ca_file, paths(["a.pem", "b.pem"]));
        assert_eq!(args.files, paths(["x.csv", "y.csv"]));
        assert!(args.server.output.quiet);
    }

    #[test]
    fn no_flag_that_is_hidden_is_proposed() {
        let said = |words: &[&str]| {
            Cli::parse_words(words.iter().map(OsString::from)).unwrap_err().to_string()
        };
        let slip = said(&["bursar", "outbox", "retry", "--wait"]);
        assert!(slip.contains("'--wait'") && !slip.contains("wait-second-ms"), "{slip}");
        let slip = said(&["bursar", "outbox", "retry", "--paralel", "2"]);
        assert!(slip.contains("--parallel"), "{slip}");
    }

    #[test]
    fn the_example_has_every_setting() {
        let text = include_str!("../../../examples/bursar.toml");
        // Every key that a profile can have stands there, set or commented out.
        let command = Cli::command();
        let send = command.find_subcommand("send").unwrap();
        let not_settings =
            ["config", "profile", "name", "dry-run", "json", "quiet", "wait-second-ms", "help"];
        let of_a_check = [
            "check",
            "mapping",
            "date-order",
            "encoding",
            "decimals",
            "invoices",
            "sheet",
            "empty-word",
            "keep-totals",
            "strict",
        ];
        let of_waiting = ["wait", "wait-max", "again", "limit-rate", "parallel"];
        let not_set = [&not_settings[..], &of_a_check, &of_waiting].concat();
        for flag in send.get_arguments().filter_map(clap::Arg::get_long) {
            if !not_set.contains(&flag) {
                assert!(text.contains(&format!("{flag} = ")), "the example lacks {flag}");
            }
        }
    }
}
