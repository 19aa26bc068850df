//! PostgreSQL: `COPY … TO STDOUT` writes the CSV itself, exactly and without a row in our memory.

use std::io::Write;

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::fault::Fault;

/// Dates year first whatever the server's habit, and nothing is changed there.
const SESSION: &str = "SET datestyle = 'ISO, YMD'; SET default_transaction_read_only = on; \
    SET extra_float_digits = 1";

pub(super) async fn copy(url: &str, query: &str, to: &mut impl Write) -> Result<(), Fault> {
    let options: PgConnectOptions = url.parse()?;
    let options = options.disable_statement_logging().application_name("bursar");
    let mut connection = options.connect().await?;
    connection.execute(SESSION).await?;
    let statement =
        format!("COPY ({query}\n) TO STDOUT WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')");
    {
        let mut rows = connection.copy_out_raw(&statement).await?;
        while let Some(bytes) = rows.try_next().await? {
            to.write_all(&bytes)?;
        }
    }
    Ok(connection.close().await?)
}
