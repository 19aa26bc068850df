//! `MySQL` and `MariaDB`: values in the text protocol, as the server writes them.

use std::io::Write;

use futures_util::TryStreamExt as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

use super::csv::CsvLine;
use super::fault::Fault;
use super::prepared::{self, sql, write_headings};
use super::proof::Proof;

const SESSION: &str = "SET SESSION TRANSACTION READ ONLY";

pub(super) async fn copy(url: &str, query: &str, to: &mut impl Write) -> Result<(), Fault> {
    let mut connection = connect(url).await?;
    write_headings(&mut connection, query, to).await?;
    {
        let mut rows = sqlx::raw_sql(sql(query)).fetch(&mut connection);
        while let Some(row) = rows.try_next().await? {
            let mut line = CsvLine::begin(to);
            for place in 0..row.len() {
                // Of any type: in the text protocol each is the server's own text.
                line.cell(row.try_get_unchecked::<Option<&[u8]>, _>(place)?)?;
            }
            line.end()?;
        }
    }
    Ok(connection.close().await?)
}

pub(super) async fn prepare(url: &str, query: &str) -> Result<Proof, Fault> {
    prepared::prepare(connect(url).await?, query).await?;
    Ok(Proof::Prepared)
}

async fn connect(url: &str) -> Result<MySqlConnection, Fault> {
    let url = url.replacen("mariadb://", "mysql://", 1);
    let options: MySqlConnectOptions = url.parse()?;
    let mut connection = options.disable_statement_logging().connect().await?;
    connection.execute(SESSION).await?;
    Ok(connection)
}
