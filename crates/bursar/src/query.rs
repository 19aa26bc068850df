//! What a query gives, as a CSV file: straight from the database of an ERP.
//!
//! Not for: what the columns mean. Nothing is changed in the database: the session only reads.
//!
//! Invariants: numbers and dates are the database's own text, never a float or a local date of ours; rows
//! pass one by one, so that memory does not grow with them; a query that breaks off gives no file.

use std::io::Write as _;
use std::path::Path;

use crate::exit_code::ExitCode;
use crate::explain::explain_source;
use crate::failure::Failure;
use crate::job::{DatabasePlace, QueryText};
use crate::source::{Spooled, Spooler};

mod csv;
mod mysql;
mod postgres;
mod sqlite;

/// A database, by the beginning of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    MySql,
    Sqlite,
}

/// Runs it and keeps its rows in this folder.
pub async fn run(
    query: &QueryText,
    database: &DatabasePlace,
    folder: &Path,
    name: &str,
) -> Result<Spooled, Failure> {
    let text = match query {
        QueryText::Text(text) => text.clone(),
        QueryText::File(path) => std::fs::read_to_string(path).map_err(|fault| {
            Failure::usage(
                format!("the query {} cannot be read: {fault}", path.display()),
                "Look at sql-file.",
            )
        })?,
    };
    let text = text.trim().trim_end_matches(';');
    let url = url(database).await?;
    let kind = kind(&url)?;
    let mut spooler = Spooler::begin(folder, name).map_err(|fault| explain_source(&fault))?;
    let done = match kind {
        Kind::Postgres => postgres::copy(&url, text, &mut spooler).await,
        Kind::MySql => mysql::copy(&url, text, &mut spooler).await,
        Kind::Sqlite => sqlite::copy(&url, text, &mut spooler).await,
    };
    done.map_err(|fault| explain(&fault, &url))?;
    spooler.flush().map_err(|fault| explain(&fault.into(), &url))?;
    spooler.keep().map_err(|fault| explain_source(&fault))
}

async fn url(database: &DatabasePlace) -> Result<String, Failure> {
    match database {
        DatabasePlace::Url(url) => Ok(url.clone()),
        DatabasePlace::Command(command) => {
            let printed = crate::token::run(command).await.map_err(|failure| {
                Failure::new(
                    ExitCode::SourceUnreadable,
                    failure.what.replace("the token command", "database-command"),
                    "Run it by hand: it must print the URL of the database and nothing else, and end with 0.",
                )
            })?;
            Ok(printed.expose().trim().to_owned())
        }
    }
}

fn kind(url: &str) -> Result<Kind, Failure> {
    let begins = |scheme: &str| url.starts_with(scheme);
    if begins("postgres://") || begins("postgresql://") {
        Ok(Kind::Postgres)
    } else if begins("mysql://") || begins("mariadb://") {
        Ok(Kind::MySql)
    } else if begins("sqlite:") {
        Ok(Kind::Sqlite)
    } else {
        // Not shown: it may hold a password.
        Err(Failure::usage(
            "the database is not named by a URL that begins with postgres://, mysql:// or sqlite:",
            "Correct database; for others, let a source.command run the database's own program.",
        ))
    }
}

/// Without user and password, wherever the driver puts them.
fn explain(fault: &sqlx::Error, url: &str) -> Failure {
    let secret =
        url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@')).map(|(who, _)| who);
    let password = secret.and_then(|who| who.split_once(':')).map(|(_, password)| password);
    let mut words = fault.to_string();
    if let Some(password) = password.filter(|password| !password.is_empty()) {
        words = words.replace(password, "…");
    }
    let (exit, next) = match fault {
        sqlx::Error::Database(_) => (
            ExitCode::SourceUnreadable,
            "Run the query with the database's own program as the same user: is it right, and may that \
             user read the tables?",
        ),
        sqlx::Error::Configuration(_) => (ExitCode::Usage, "Correct database in the job."),
        _ => (
            ExitCode::SourceUnreadable,
            "Look whether the database runs and can be reached from here; nothing was sent.",
        ),
    };
    Failure::new(exit, format!("the query gave no file: {words}"), next)
}

#[cfg(test)]
mod tests;
