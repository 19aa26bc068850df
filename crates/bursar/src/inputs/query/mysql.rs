//! `MySQL` and `MariaDB`: values in the text protocol, as the server writes them.

use std::io::Write;

use futures_util::TryStreamExt as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::{AssertSqlSafe, Statement as _};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _, SqlSafeStr as _};

use super::csv::{CsvLine, headings};
use super::fault::Fault;
use super::proof::Proof;

const SESSION: &str = "SET SESSION TRANSACTION READ ONLY";

pub(super) async fn copy(url: &str, query: &str, to: &mut impl Write) -> Result<(), Fault> {
    let mut connection = connect(url).await?;
    let text = AssertSqlSafe(query.to_owned()).into_sql_str();
    // For the headings, which there are also without a row.
    let prepared = (&mut connection).prepare(text.clone()).await?;
    headings(to, prepared.columns().iter().map(sqlx::Column::name))?;
    drop(prepared);
    {
        let mut rows = sqlx::raw_sql(text).fetch(&mut connection);
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
    let mut connection = connect(url).await?;
    let text = AssertSqlSafe(query.to_owned()).into_sql_str();
    (&mut connection).prepare(text).await?;
    connection.close().await?;
    Ok(Proof::Prepared)
}

async fn connect(url: &str) -> Result<MySqlConnection, Fault> {
    let url = url.replacen("mariadb://", "mysql://", 1);
    let options: MySqlConnectOptions = url.parse()?;
    let mut connection = options.disable_statement_logging().connect().await?;
    connection.execute(SESSION).await?;
    Ok(connection)
}
