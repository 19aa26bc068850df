//! PostgreSQL: `COPY … TO STDOUT` writes the CSV itself, exactly and without a row in our memory.

use std::io::Write;

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgErrorPosition, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::fault::{Fault, postgres_words};
use super::prepared;
use super::proof::Proof;
use super::trust;

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
    let mut connection = options(url)?.connect().await?;
    connection.execute(SESSION).await?;
    Ok(connection)
}

fn options(url: &str) -> Result<PgConnectOptions, Fault> {
    let mut options: PgConnectOptions = url.parse()?;
    let host = options.get_socket().is_none().then(|| options.get_host());
    if trust::must_be_proved(url, host) {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    let is_verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyCa | PgSslMode::VerifyFull);
    if is_verified && !trust::names_authority(url) {
        options = options.ssl_root_cert_from_pem(trust::system_authorities());
    }
    Ok(options.disable_statement_logging().application_name("bursar"))
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
    fn a_password_goes_to_a_server_that_is_known() {
        for (url, mode) in [
            ("postgres://erp:p@db.example/erp", "VerifyFull"),
            ("postgres://erp:p@db.example/erp?sslrootcert=/etc/ca.pem", "VerifyFull"),
            ("postgres://erp:p@db.example/erp?sslmode=prefer", "Prefer"),
            ("postgres://erp:p@localhost/erp", "Prefer"),
            ("postgres://erp:p@db/erp?host=/run/postgresql", "Prefer"),
        ] {
            let options = options(url).unwrap();
            assert_eq!(format!("{:?}", options.get_ssl_mode()), mode, "{url}");
        }
    }

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
