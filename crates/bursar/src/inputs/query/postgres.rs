//! PostgreSQL: `COPY … TO STDOUT` writes the CSV itself, exactly and without a row in our memory.

use std::io::Write;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::fault::{Fault, postgres_words};
use super::prepared;
use super::proof::Proof;

/// Dates year first whatever the server's habit, and nothing is changed there.
const SESSION: &str = "SET datestyle = 'ISO, YMD'; SET default_transaction_read_only = on; \
    SET extra_float_digits = 1";
/// The words before the query.
const COPY: &str = "COPY (";

pub(super) async fn copy(url: &str, query: &str, to: &mut impl Write) -> Result<(), Fault> {
    let mut connection = connect(url).await?;
    let statement =
        format!("{COPY}{query}\n) TO STDOUT WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')");
    {
        let in_query = |fault| refused(fault, query, COPY.len());
        let mut rows = connection.copy_out_raw(&statement).await.map_err(in_query)?;
        while let Some(bytes) = rows.try_next().await.map_err(in_query)? {
            to.write_all(&bytes)?;
        }
    }
    Ok(connection.close().await?)
}

pub(super) async fn prepare(url: &str, query: &str) -> Result<Proof, Fault> {
    let connection = connect(url).await?;
    prepared::prepare(connection, query).await.map_err(|fault| refused(fault, query, 0))?;
    Ok(Proof::Prepared)
}

async fn connect(url: &str) -> Result<PgConnection, Fault> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.disable_statement_logging().application_name("bursar");
    let mut connection = options.connect().await?;
    connection.execute(SESSION).await?;
    Ok(connection)
}

/// A refusal with the place in the query that is meant, when so many characters stood before it.
fn refused(fault: sqlx::Error, query: &str, before: usize) -> Fault {
    let sqlx::Error::Database(said) = &fault else { return fault.into() };
    let Some(said) = said.try_downcast_ref::<PgDatabaseError>() else { return fault.into() };
    let place = match said.position() {
        Some(PgErrorPosition::Original(position)) => {
            position.checked_sub(before + 1).and_then(|at| place(query, at))
        }
        // Within a function of the database.
        Some(PgErrorPosition::Internal { .. }) | None => None,
    };
    Fault::Refused(postgres_words(said, place))
}

/// Line and column, both from 1, of the character at this index; nothing when it is not in the query.
fn place(query: &str, at: usize) -> Option<(usize, usize)> {
    let (index, _) = query.char_indices().nth(at)?;
    let before = &query[..index];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    Some((line, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let query = "SELECT M\u{fc}ller,\n  nosuch\nFROM t";
        for (at, expected) in [
            (0, Some((1, 1))),
            (8, Some((1, 9))),
            (17, Some((2, 3))),
            (24, Some((3, 1))),
            (99, None),
        ] {
            assert_eq!(place(query, at), expected, "{at}");
        }
    }
}
