//! The settings of the server as flags, and the commands that show them.
//!
//! Invariant: every flag here is taken before and behind every command, so that a script gives the same ones
//! everywhere; shown is what counts.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, CommandFactory as _, ValueEnum};
use domain::Region;

use super::Cli;

/// Commands that work in folders of their own, for which no setting of a server counts.
const SERVERLESS: [&str; 2] = ["sample", "try"];
/// Settings that count for these commands only. All others count wherever a server's data is opened.
const OF_COMMANDS: [(&str, &[&str]); 6] = [
    ("listen", &["check-config", "serve"]),
    ("log_format", &["check-config", "serve", "work"]),
    ("metrics_listen", &["check-config", "serve", "work"]),
    ("public_url", &["check-config", "customer", "serve", "user"]),
    ("region", &["check-config", "serve", "token"]),
    ("sftp_listen", &["check-config", "serve"]),
];

const VARIABLES_BEGIN: &str = "BURSARD_";
/// Secrets of identity providers, each by the provider's name.
const SECRET_BEGINS: &str = "BURSARD_OIDC_";
const SECRET_ENDS: &str = "_SECRET";
/// The password of the mail server.
const MAIL_PASSWORD: &str = "BURSARD_SMTP_PASSWORD";
/// Headers for the collector of traces.
const TRACE_HEADERS: &str = "BURSARD_TRACES_HEADERS";

/// Said where a password was typed.
pub(crate) const PASSWORD_SHOWN: &str = "the password in --database can be read by everybody on this machine, in \
    the list of processes; give it by BURSARD_DATABASE or in bursard.toml";

/// The flags that may stand before or behind any command.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Settings {
    /// Data folder: everything that the server keeps [default: ./bursar-data]
    #[arg(long, env = "BURSARD_DATA_DIR", global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Configuration file [default: bursard.toml in the data folder, if there is one]
    #[arg(long, env = "BURSARD_CONFIG", global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address to serve HTTPS on [default: 127.0.0.1:8443]
    #[arg(long, env = "BURSARD_LISTEN", global = true, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// URL by which people and programs reach the server, where a proxy is in front of it [default: none]
    #[arg(long, env = "BURSARD_PUBLIC_URL", global = true, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Address to serve metrics on, plain HTTP [default: none]
    #[arg(long, env = "BURSARD_METRICS_LISTEN", global = true, value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Address to serve SFTP on [default: none, and SFTP is not served]
    #[arg(long, env = "BURSARD_SFTP_LISTEN", global = true, value_name = "ADDRESS")]
    pub(crate) sftp_listen: Option<SocketAddr>,
    /// Region that this server serves: the audience of its tokens [default: local]
    #[arg(long, env = "BURSARD_REGION", global = true)]
    pub(crate) region: Option<Region>,
    /// Database: sqlite:PATH or postgres://… [default: sqlite, in the data folder]
    // Not on the command line of others: a URL may hold a password, so the environment is offered.
    #[arg(
        long,
        env = "BURSARD_DATABASE",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    /// Set when a password stands in the list of processes, for everybody on the machine to read.
    #[arg(skip)]
    pub(crate) is_password_on_command_line: bool,
    #[arg(
        long,
        env = "BURSARD_OBJECTS",
        global = true,
        value_name = "URL",
        help = "Store of files and ledgers: file:PATH, s3://bucket/prefix or az://container/prefix \
                [default: file, in the data folder]"
    )]
    pub(crate) objects: Option<String>,
    /// How log lines are written [default: text]
    #[arg(long, env = "BURSARD_LOG_FORMAT", global = true, value_enum)]
    pub(crate) log_format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// A sentence on each variable of the environment that begins as settings do and is none, so that what it
/// was to set is as it was.
pub(crate) fn unknown_in_environment() -> Vec<String> {
    let names: Vec<String> =
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    let unknown = unknown_variables(names.iter().map(String::as_str));
    let sentence = |name: String| {
        format!(
            "{name} is no setting and sets nothing; bursard help check-config lists the settings"
        )
    };
    unknown.into_iter().map(sentence).collect()
}

fn unknown_variables<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let whole = Cli::command();
    let known: Vec<&str> =
        whole.get_arguments().filter_map(|arg| arg.get_env()?.to_str()).collect();
    let is_unknown = |name: &&str| {
        let is_secret = [MAIL_PASSWORD, TRACE_HEADERS].contains(name)
            || (name.starts_with(SECRET_BEGINS) && name.ends_with(SECRET_ENDS));
        name.starts_with(VARIABLES_BEGIN) && !is_secret && !known.contains(name)
    };
    let mut unknown: Vec<String> = names.filter(is_unknown).map(str::to_owned).collect();
    unknown.sort_unstable();
    unknown
}

impl Settings {
    /// Notes which settings were typed, rather than taken from the environment.
    pub(super) fn note_typed(&mut self, matches: &ArgMatches) {
        let is_typed = matches.value_source("database") == Some(ValueSource::CommandLine);
        self.is_password_on_command_line =
            is_typed && self.database.as_deref().is_some_and(has_password);
    }
}

/// Returns `true` when a password stands before the host of a URL.
fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// Hides from each command the settings that do not count for it.
pub(super) fn show_where_they_count(whole: clap::Command) -> clap::Command {
    let settings: Vec<Arg> =
        whole.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    whole.mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        let other = settings.iter().filter(|setting| !counts(setting.get_id().as_str(), &name));
        command.args(other.map(|setting| setting.clone().hide(true)))
    })
}

fn counts(setting: &str, command: &str) -> bool {
    let commands = OF_COMMANDS.iter().find(|(name, _)| *name == setting);
    !SERVERLESS.contains(&command)
        && commands.is_none_or(|(_, commands)| commands.contains(&command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_set_nothing_are_named() {
        let names = [
            "BURSARD_LISTEN",
            "BURSARD_LISTENN",
            "BURSARD_OIDC_CORP_SECRET",
            "BURSARD_SMTP_PASSWORD",
            "BURSARD_TRACES_HEADERS",
            "BURSARD_DATA_DIR",
            "BURSARD_TLS_CHAIN",
            "BURSAR_TOKEN",
            "PATH",
        ];
        let unknown = unknown_variables(names.into_iter());
        assert_eq!(unknown, ["BURSARD_LISTENN", "BURSARD_TLS_CHAIN"]);
    }

    #[test]
    fn a_password_of_a_database_is_seen() {
        for (url, has) in [
            ("postgres://bursar:hunter2@db/bursar", true),
            ("postgres://bursar:p@ss@db/bursar", true),
            ("postgres://bursar@db:5432/bursar", false),
            ("postgres://db:5432/bursar?user=a:b@c", false),
            ("sqlite:bursar.db", false),
        ] {
            assert_eq!(has_password(url), has, "{url}");
        }
    }
}
