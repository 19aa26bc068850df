//! The settings of the server as flags, and the commands that show them.
//!
//! Invariant: every flag here is taken before and behind every command, so that a script gives the same ones
//! everywhere; shown is what counts.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Arg, Args, ValueEnum};
use domain::Region;

/// Commands that work in folders of their own, for which no setting of a server counts.
const SERVERLESS: [&str; 2] = ["sample", "try"];
/// Settings that count for these commands only. All others count wherever a server's data is opened.
const OF_COMMANDS: [(&str, &[&str]); 4] = [
    ("listen", &["check-config", "serve"]),
    ("log_format", &["check-config", "serve", "work"]),
    ("metrics_listen", &["check-config", "serve", "work"]),
    ("region", &["check-config", "serve", "token"]),
];

/// The flags that may stand before or behind any command.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Settings {
    /// Folder for everything that is kept [default: ./bursar-data]
    #[arg(long, env = "BURSARD_DATA_DIR", global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Configuration file [default: bursard.toml in the data folder, if there is one]
    #[arg(long, env = "BURSARD_CONFIG", global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Address to serve HTTPS on [default: 127.0.0.1:8443]
    #[arg(long, env = "BURSARD_LISTEN", global = true, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// Address to serve metrics on, plain HTTP [default: none]
    #[arg(long, env = "BURSARD_METRICS_LISTEN", global = true, value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Region this deployment serves: the audience of its tokens [default: local]
    #[arg(long, env = "BURSARD_REGION", global = true)]
    pub(crate) region: Option<Region>,
    /// sqlite:PATH or postgres://… [default: sqlite, in the data folder]
    // Not on the command line of others: a URL may hold a password, so the environment is offered.
    #[arg(
        long,
        env = "BURSARD_DATABASE",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) database: Option<String>,
    #[arg(
        long,
        env = "BURSARD_OBJECTS",
        global = true,
        value_name = "URL",
        help = "file:PATH, s3://bucket/prefix or az://container/prefix [default: file, in the data folder]"
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
