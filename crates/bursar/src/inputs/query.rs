//! What a query gives, as a CSV file: straight from the database of an ERP.
//!
//! Not for: what the columns mean. Nothing is changed in the database: the session only reads.
//!
//! Invariants: numbers and dates are the database's own text, never a float or a local date of ours; rows
//! pass one by one, so that memory does not grow with them; a query that breaks off gives no file.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::config::job::{DatabaseAddress, QueryText};
use crate::explain::explain_source;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{SpooledFile, Spooler};

use database_url::{DatabaseKind, kind};
use fault::{Fault, Purpose, explain};

mod csv;
mod database_url;
mod fault;
mod mysql;
#[cfg(feature = "odbc")]
mod odbc;
mod postgres;
mod prepared;
mod proof;
mod sqlite;
mod sqlserver;
mod trust;

pub use proof::Proof;

/// For a proof: a slow line, a busy database; what has not answered by then is not waited for.
const PROOF_TIME: Duration = Duration::from_secs(30);

/// Runs a query and keeps its rows in this folder.
pub async fn run(
    query: &QueryText,
    database: &DatabaseAddress,
    folder: &Path,
    name: &str,
) -> Result<SpooledFile, Failure> {
    let text = read(query)?;
    let url = url(database).await?;
    let kind = kind(&url)?;
    let spooler = Spooler::begin(folder, name).map_err(|fault| explain_source(&fault))?;
    let filled = fill(kind, &url, &text, spooler).await;
    let filled = filled.map_err(|fault| explain(Purpose::Run, &fault, &url))?;
    filled.keep().map_err(|fault| explain_source(&fault))
}

/// Has the database prepare the query; no row of it is read. Within `PROOF_TIME`.
pub async fn prove(query: &QueryText, database: &DatabaseAddress) -> Result<Proof, Failure> {
    let text = read(query)?;
    let url = url(database).await?;
    let proving = prepare(kind(&url)?, &url, &text);
    let proved = tokio::time::timeout(PROOF_TIME, proving).await.unwrap_or_else(|_late| {
        Err(Fault::Lost(format!("no answer came within {} seconds", PROOF_TIME.as_secs())))
    });
    proved.map_err(|fault| explain(Purpose::Proof, &fault, &url))
}

async fn prepare(kind: DatabaseKind, url: &str, query: &str) -> Result<Proof, Fault> {
    match kind {
        DatabaseKind::Postgres => postgres::prepare(url, query).await,
        DatabaseKind::MySql => mysql::prepare(url, query).await,
        DatabaseKind::Sqlite => sqlite::prepare(url, query).await,
        DatabaseKind::SqlServer => sqlserver::prepare(url, query).await,
        #[cfg(feature = "odbc")]
        DatabaseKind::Odbc => odbc::prepare(url, query).await,
        #[cfg(not(feature = "odbc"))]
        DatabaseKind::Odbc => Err(Fault::Unbuilt),
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

async fn fill(
    kind: DatabaseKind,
    url: &str,
    query: &str,
    mut to: Spooler,
) -> Result<Spooler, Fault> {
    match kind {
        DatabaseKind::Postgres => postgres::copy(url, query, &mut to).await?,
        DatabaseKind::MySql => mysql::copy(url, query, &mut to).await?,
        DatabaseKind::Sqlite => sqlite::copy(url, query, &mut to).await?,
        DatabaseKind::SqlServer => sqlserver::copy(url, query, &mut to).await?,
        #[cfg(feature = "odbc")]
        DatabaseKind::Odbc => to = odbc::copy(url, query, to).await?,
        #[cfg(not(feature = "odbc"))]
        DatabaseKind::Odbc => return Err(Fault::Unbuilt),
    }
    to.flush()?;
    Ok(to)
}

async fn url(database: &DatabaseAddress) -> Result<String, Failure> {
    match database {
        DatabaseAddress::Url(url) => Ok(url.clone()),
        DatabaseAddress::Command(command) => {
            let printed = crate::auth::token::run_secret_command(command).await.map_err(|failure| {
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

#[cfg(test)]
mod tests;
