//! What a query gives, as a CSV file: straight from the database of an ERP.
//!
//! Not for: what the columns mean. Nothing is changed in the database: the session only reads.
//!
//! Invariants: numbers and dates are the database's own text, never a float or a local date of ours; rows
//! pass one by one, so that memory does not grow with them; a query that breaks off gives no file.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::config::job::{DatabasePlace, QueryText};
use crate::explain::explain_source;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{Spooled, Spooler};

use fault::{Fault, Told, explain};

mod csv;
mod fault;
mod mysql;
#[cfg(feature = "odbc")]
mod odbc;
mod postgres;
mod sqlite;
mod sqlserver;

/// What an ODBC connection string begins with.
const ODBC: &str = "odbc:";

/// For a proof: a slow line, a busy database; what has not answered by then is not waited for.
const PROOF_TIME: Duration = Duration::from_secs(30);

/// A database, by the beginning of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Postgres,
    MySql,
    Sqlite,
    SqlServer,
    Odbc,
}

/// Runs it and keeps its rows in this folder.
pub async fn run(
    query: &QueryText,
    database: &DatabasePlace,
    folder: &Path,
    name: &str,
) -> Result<Spooled, Failure> {
    let text = read(query)?;
    let url = url(database).await?;
    let kind = kind(&url)?;
    let spooler = Spooler::begin(folder, name).map_err(|fault| explain_source(&fault))?;
    let filled = fill(kind, &url, &text, spooler).await;
    let filled = filled.map_err(|fault| explain(Told::NoFile, &fault, &url))?;
    filled.keep().map_err(|fault| explain_source(&fault))
}

/// How far a query was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The database knows its tables and columns, and this user may read them.
    Prepared,
    /// The database lets this user in; such a query it cannot describe before it runs.
    Connected,
}

/// Has the database prepare the query; no row of it is read. Within `PROOF_TIME`.
pub async fn prove(query: &QueryText, database: &DatabasePlace) -> Result<Proof, Failure> {
    let text = read(query)?;
    let url = url(database).await?;
    let proving = prepare(kind(&url)?, &url, &text);
    let proved = tokio::time::timeout(PROOF_TIME, proving).await.unwrap_or_else(|_late| {
        Err(Fault::Lost(format!("no answer came within {} seconds", PROOF_TIME.as_secs())))
    });
    proved.map_err(|fault| explain(Told::NotProved, &fault, &url))
}

async fn prepare(kind: Kind, url: &str, query: &str) -> Result<Proof, Fault> {
    match kind {
        Kind::Postgres => postgres::prepare(url, query).await,
        Kind::MySql => mysql::prepare(url, query).await,
        Kind::Sqlite => sqlite::prepare(url, query).await,
        Kind::SqlServer => sqlserver::prepare(url, query).await,
        #[cfg(feature = "odbc")]
        Kind::Odbc => odbc::prepare(url, query).await,
        #[cfg(not(feature = "odbc"))]
        Kind::Odbc => Err(Fault::Unbuilt),
    }
}

/// The query without the semicolon at its end; lines count as in its file.
fn read(query: &QueryText) -> Result<String, Failure> {
    let text = match query {
        QueryText::Text(text) => text.clone(),
        QueryText::File(path) => std::fs::read_to_string(path).map_err(|fault| {
            Failure::usage(
                format!("the query {} cannot be read: {fault}", path.display()),
                "Look at sql-file.",
            )
        })?,
    };
    Ok(text.trim_end().trim_end_matches(';').to_owned())
}

async fn fill(kind: Kind, url: &str, query: &str, mut to: Spooler) -> Result<Spooler, Fault> {
    match kind {
        Kind::Postgres => postgres::copy(url, query, &mut to).await?,
        Kind::MySql => mysql::copy(url, query, &mut to).await?,
        Kind::Sqlite => sqlite::copy(url, query, &mut to).await?,
        Kind::SqlServer => sqlserver::copy(url, query, &mut to).await?,
        #[cfg(feature = "odbc")]
        Kind::Odbc => to = odbc::copy(url, query, to).await?,
        #[cfg(not(feature = "odbc"))]
        Kind::Odbc => return Err(Fault::Unbuilt),
    }
    to.flush()?;
    Ok(to)
}

async fn url(database: &DatabasePlace) -> Result<String, Failure> {
    match database {
        DatabasePlace::Url(url) => Ok(url.clone()),
        DatabasePlace::Command(command) => {
            let printed = crate::auth::token::run(command).await.map_err(|failure| {
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
    } else if begins("sqlserver://") || begins("mssql://") {
        Ok(Kind::SqlServer)
    } else if begins(ODBC) {
        Ok(Kind::Odbc)
    } else {
        // Not shown: it may hold a password.
        Err(Failure::usage(
            "the database is not named by a URL that begins with postgres://, mysql://, sqlserver://, \
             sqlite: or odbc:",
            "Correct database; for others, let a source.command run the database's own program.",
        ))
    }
}

#[cfg(test)]
mod tests;
