//! `bursard check-config`

use std::process::ExitCode;

use store::{FoundDatabase, FoundObjects};

use super::diagnostic::{self, Diagnostic};
use crate::cli::{ConfigCheck, Settings};
use crate::config::{Config, Tls};
use crate::output;
use crate::system;

pub(super) async fn run(settings: &Settings, check: ConfigCheck) -> anyhow::Result<ExitCode> {
    let config = Config::read(settings)?;
    let tried = if check.connect { connect(&config).await } else { Vec::new() };
    let mut shown = config.to_json();
    if check.format.json {
        if check.connect {
            shown["tried"] = serde_json::json!(tried);
        }
        output::json(&shown);
    } else {
        lines("", &shown);
        tried.iter().for_each(Diagnostic::say);
    }
    Ok(diagnostic::exit_code(&tried))
}

/// Tries every place that the settings name.
async fn connect(config: &Config) -> Vec<Diagnostic> {
    let store::Config { database, objects } = &config.store;
    let (rows, files) =
        tokio::join!(store::try_database(database), store::try_objects(objects, system::now()));
    let mut tried = vec![
        match rows {
            Ok(FoundDatabase::Empty) => {
                Diagnostic::good("database", format!("{database}: empty; the first start fills it"))
            }
            Ok(FoundDatabase::Older) => Diagnostic::good(
                "database",
                format!("{database}: of an earlier version; the next start carries it forward"),
            ),
            Ok(FoundDatabase::Current) => Diagnostic::good("database", database.to_string()),
            Err(error) => Diagnostic::bad("database", diagnostic::unopened(&error, config)),
        },
        match files {
            Ok(FoundObjects::Missing) => {
                Diagnostic::good("objects", format!("{objects}: the first start makes it"))
            }
            Ok(FoundObjects::Tried) => {
                Diagnostic::good("objects", format!("{objects}: written, read, removed"))
            }
            Err(error) => {
                Diagnostic::bad("objects", diagnostic::unreachable_objects(&error, config))
            }
        },
    ];
    // Our own is made by the first start.
    let is_made = match &config.tls {
        Tls::Files(_) => true,
        Tls::Own { folder, .. } => folder.exists(),
    };
    tried.extend(is_made.then(|| diagnostic::certificate(config)));
    tried.extend(mail_server(config).await);
    tried.extend(diagnostic::collector(config).await);
    tried
}

/// Connects and signs in to the mail server, where one is named, and sends nothing.
async fn mail_server(config: &Config) -> Option<Diagnostic> {
    const WHAT: &str = "mail server";
    match config.notifications.mailer() {
        Ok(None) => None,
        Ok(Some(mailer)) => Some(match mailer.test().await {
            Ok(()) => Diagnostic::good(WHAT, "takes e-mail"),
            Err(why) => Diagnostic::bad(WHAT, format!("{why}; see [smtp]")),
        }),
        Err(error) => Some(Diagnostic::bad(WHAT, format!("{error:#}"))),
    }
}

/// `limits.uploads_max = 128`, a line each: what a person can search and compare.
fn lines(path: &str, value: &serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                lines(&path, member);
            }
        }
        serde_json::Value::Null => output::line(format_args!("{path} is not set")),
        other => output::line(format_args!("{path} = {other}")),
    }
}
