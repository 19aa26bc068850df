//! Queries that a database of `sqlx` prepares.

use std::io::Write;

use sqlx::{AssertSqlSafe, Connection, Executor, SqlSafeStr as _, SqlStr, Statement as _};

use super::csv::headings;
use super::fault::Fault;

/// The query as `sqlx` takes it; it is the user's own.
pub(super) fn sql(query: &str) -> SqlStr {
    AssertSqlSafe(query.to_owned()).into_sql_str()
}

/// Has the database prepare the query, and hangs up.
pub(super) async fn prepare<C>(mut connection: C, query: &str) -> Result<(), sqlx::Error>
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
{
    (&mut connection).prepare(sql(query)).await?;
    connection.close().await
}

/// Writes the headings of a query, which there are also without a row.
pub(super) async fn write_headings<C>(
    connection: &mut C,
    query: &str,
    to: &mut impl Write,
) -> Result<(), Fault>
where
    C: Connection,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
{
    let prepared = connection.prepare(sql(query)).await?;
    Ok(headings(to, prepared.columns().iter().map(sqlx::Column::name))?)
}
