//! SQLite: a file that is opened to be read only.

use std::io::Write;

use futures_util::TryStreamExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, TypeInfo as _, ValueRef as _};

use super::csv::CsvLine;
use super::fault::Fault;
use super::prepared::{self, sql, write_headings};
use super::proof::Proof;

pub(super) async fn copy(url: &str, query: &str, to: &mut impl Write) -> Result<(), Fault> {
    let mut connection = connect(url).await?;
    write_headings(&mut connection, query, to).await?;
    {
        let mut rows = sqlx::query(sql(query)).fetch(&mut connection);
        while let Some(row) = rows.try_next().await? {
            let mut line = CsvLine::begin(to);
            for place in 0..row.len() {
                let raw = row.try_get_raw(place)?;
                // A column of SQLite has no type; each value has one.
                let kind = raw.type_info().name().to_owned();
                if raw.is_null() {
                    line.cell(None)?;
                } else if kind == "INTEGER" {
                    let number: i64 = row.try_get_unchecked(place)?;
                    line.cell(Some(number.to_string().as_bytes()))?;
                } else if kind == "REAL" {
                    // The shortest text that reads back as the same number.
                    let number: f64 = row.try_get_unchecked(place)?;
                    line.cell(Some(number.to_string().as_bytes()))?;
                } else {
                    line.cell(Some(row.try_get_unchecked::<&[u8], _>(place)?))?;
                }
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

async fn connect(url: &str) -> Result<SqliteConnection, Fault> {
    let options: SqliteConnectOptions = url.parse()?;
    Ok(options.read_only(true).disable_statement_logging().connect().await?)
}
