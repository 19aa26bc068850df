//! `MySQL` and `MariaDB`: values in the text protocol, as the server writes them.

use std::io::Write;

use futures_util::TryStreamExt as _;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

use super::csv::CsvLine;
use super::fault::Fault;
use super::prepared::{self, sql, write_headings};
use super::proof::Proof;
use super::trust;

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
    let mut connection = options(url)?.connect().await?;
    connection.execute(SESSION).await?;
    Ok(connection)
}

fn options(url: &str) -> Result<MySqlConnectOptions, Fault> {
    let url = url.replacen("mariadb://", "mysql://", 1);
    let mut options: MySqlConnectOptions = url.parse()?;
    let host = options.get_socket().is_none().then(|| options.get_host());
    if trust::must_be_proved(&url, host) {
        options = options.ssl_mode(MySqlSslMode::VerifyIdentity);
    }
    let is_verified =
        matches!(options.get_ssl_mode(), MySqlSslMode::VerifyCa | MySqlSslMode::VerifyIdentity);
    if is_verified && !trust::names_authority(&url) {
        options = options.ssl_ca_from_pem(trust::system_authorities());
    }
    Ok(options.disable_statement_logging())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_goes_to_a_server_that_is_known() {
        for (url, mode) in [
            ("mysql://erp:p@db.example/erp", "VerifyIdentity"),
            ("mariadb://erp:p@db.example/erp?ssl-ca=/etc/ca.pem", "VerifyIdentity"),
            ("mysql://erp:p@db.example/erp?ssl-mode=REQUIRED", "Required"),
            ("mariadb://erp:p@127.0.0.1/erp", "Preferred"),
        ] {
            let options = options(url).unwrap();
            assert_eq!(format!("{:?}", options.get_ssl_mode()), mode, "{url}");
        }
    }
}
