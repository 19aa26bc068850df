//! SQL Server: TDS 7.3 over TLS, a row at a time; what the query might change is rolled back.
//!
//! Not for: sign-in with a Windows account, named instances, or servers without TLS; ODBC knows all three.
//!
//! Invariants: nothing but the greeting goes over an unencrypted line, and the user's name and password
//! only to a server that has proved who it is; a redirect to another server is not followed.

use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use tiberius::{Client, EncryptionLevel, QueryItem};
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncWriteCompatExt as _};

use super::csv::{CsvLine, headings};
use super::fault::Fault;
use super::proof::Proof;

mod server_url;
mod value;

pub(super) use server_url::ServerUrl;

/// Long enough for a slow wide-area line; what does not answer by then has another fault.
const CONNECT_TIME: Duration = Duration::from_secs(20);
/// The longest time without a byte from the server: a query over years of a ledger may sort for long before
/// its first row.
const SILENCE_TIME: Duration = Duration::from_hours(1);
/// Whole texts rather than their first 4096 bytes, and a transaction that is never committed: there is no
/// session that only reads.
const SESSION: &str = "SET TEXTSIZE -1; SET XACT_ABORT ON; BEGIN TRANSACTION";
/// Errors that say no more than that a query cannot be described before it runs: temporary tables, dynamic
/// SQL, procedures of another language.
const UNDESCRIBED: std::ops::RangeInclusive<u32> = 11509..=11528;
const END: &str = "IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION";

type Session = Client<Compat<TcpStream>>;

pub(super) async fn copy(url: &str, query: &str, to: &mut impl Write) -> Result<(), Fault> {
    let mut session = begin(url).await?;
    rows(&mut session, query, to).await?;
    session.simple_query(END).await?.into_results().await?;
    session.close().await?;
    Ok(())
}

pub(super) async fn prepare(url: &str, query: &str) -> Result<Proof, Fault> {
    let mut session = begin(url).await?;
    let quoted = query.replace('\'', "''");
    let described = format!("EXEC sys.sp_describe_first_result_set N'{quoted}'");
    let asked = async { session.simple_query(described).await?.into_results().await };
    let proof = match asked.await {
        Ok(_) => Proof::Prepared,
        Err(tiberius::error::Error::Server(said)) if UNDESCRIBED.contains(&said.code()) => {
            Proof::Connected
        }
        Err(fault) => return Err(fault.into()),
    };
    session.close().await?;
    Ok(proof)
}

/// Signs in, and begins a transaction that is never committed.
async fn begin(url: &str) -> Result<Session, Fault> {
    let server = ServerUrl::parse(url)?;
    let mut session = connect(&server, CONNECT_TIME).await?;
    session.simple_query(SESSION).await?.into_results().await?;
    Ok(session)
}

/// Connects within this time for the line, and within as much again for the handshake.
async fn connect(server: &ServerUrl, time: Duration) -> Result<Session, Fault> {
    let mut config = server.config()?;
    config.encryption(EncryptionLevel::Required);
    config.application_name("bursar");
    config.readonly(true);
    config.handshake_timeout(Some(time));
    config.command_timeout(Some(SILENCE_TIME));
    let address = format!("{}:{}", server.host, server.port);
    let dialled = TcpStream::connect((server.host.as_str(), server.port));
    let line = tokio::time::timeout(time, dialled)
        .await
        .map_err(|_late| Fault::Lost(format!("{address} does not answer")))?
        .map_err(|fault| Fault::Lost(format!("{address} cannot be reached: {fault}")))?;
    // Without it rows come as well, later.
    line.set_nodelay(true).unwrap_or_else(|_later_then| ());
    // Its state is large, and lies within that of every job otherwise.
    Ok(Box::pin(Client::connect(config, line.compat_write())).await?)
}

async fn rows(session: &mut Session, query: &str, to: &mut impl Write) -> Result<(), Fault> {
    let mut items = session.simple_query(Cow::Borrowed(query)).await?;
    let mut has_headings = false;
    let mut text = String::new();
    while let Some(item) = items.try_next().await? {
        match item {
            QueryItem::Metadata(_) if has_headings => {
                return Err(Fault::Refused("it gives more than one result".to_owned()));
            }
            QueryItem::Metadata(result) => {
                has_headings = true;
                headings(to, result.columns().iter().map(tiberius::Column::name))?;
            }
            QueryItem::Row(row) => {
                let mut line = CsvLine::begin(to);
                for (column, cell) in row.cells() {
                    text.clear();
                    let is_there =
                        value::write(cell, column.column_type(), &mut text).map_err(|why| {
                            Fault::Inexact(format!("column {}: {why}", column.name()))
                        })?;
                    line.cell(is_there.then_some(text.as_bytes()))?;
                }
                line.end()?;
            }
        }
    }
    if has_headings { Ok(()) } else { Err(Fault::Refused("it gives no rows".to_owned())) }
}

impl From<tiberius::error::Error> for Fault {
    fn from(fault: tiberius::error::Error) -> Self {
        use tiberius::error::Error;
        match fault {
            // The message without the driver's advice for programmers.
            Error::Tls(words) => Self::Untrusted(
                words.split(" To connect anyway").next().unwrap_or_default().to_owned(),
            ),
            Error::Server(said) => {
                Self::Refused(format!("{} (error {})", said.message(), said.code()))
            }
            Error::Routing { host, port } => Self::BadUrl(format!(
                "the server sends this connection on to {host}:{port}, and a password follows no redirect: \
                 name that server if it is the right one"
            )),
            Error::Io { message, .. } => Self::Lost(format!("the connection failed: {message}")),
            Error::Protocol(words) => {
                Self::Lost(format!("what answers does not speak as SQL Server does: {words}"))
            }
            other => Self::Inexact(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
