//! Connections to SQLite and PostgreSQL, and every true difference between the two.
//!
//! Not for: queries; they stand beside their nouns, in one text for both.
//! Invariant: SQLite is written through one connection, and a transaction that writes says so from
//! its first statement, so that it never has to give up half way.

mod claims;
mod fault;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyPool, ConnectOptions as _, Connection as _, Transaction};
use tokio::time::timeout;

use crate::config::DatabaseUrl;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::health::ConnectionCounts;
use crate::{database_trust, folders, migrations};

/// Reads of SQLite run beside its writer; more than the cores of a small machine only wait in line.
const SQLITE_READERS: u32 = 4;
/// Far below PostgreSQL's default of 100, so that several nodes and `psql` fit beside each other.
const POSTGRES_CONNECTIONS: u32 = 16;
/// An honest queue of writers is through sooner; a client would rather retry than wait longer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// A host that says nothing for so long is not there, or behind a firewall.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// `busy_timeout` first: the other pragmas may have to wait for a command beside the server.
/// `synchronous=FULL` makes every commit durable, also in WAL mode.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
    PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
/// A statement that adds several rows keeps the pages it changes, so that it can be undone: in a file they
/// would cost more than the rows. What the writer holds so is small; readers sort in files.
const SQLITE_WRITER_SETTINGS: &str = "PRAGMA temp_store = MEMORY;";
const SQLITE_READER_SETTINGS: &str = "PRAGMA query_only = ON;";
/// A heartbeat waits as long as any transaction of ours may take: while one runs nobody can claim the job,
/// and giving up would cost the work that runs it.
const SQLITE_HEARTBEAT_SETTINGS: &str = "PRAGMA busy_timeout = 300000;";
/// Each takes less than a millisecond, so those of all workers of a process follow each other.
const HEARTBEAT_CONNECTIONS: u32 = 1;

#[derive(Debug, thiserror::Error)]
#[error("no connection within {} seconds", CONNECT_TIME_MAX.as_secs())]
struct NoConnection;

/// Connections to the one database.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    dialect: Dialect,
    readers: AnyPool,
    writers: AnyPool,
    /// Of their own, as leases would lapse while all others are busy with the work they are for.
    heartbeats: AnyPool,
}

/// The treatment of a database that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Make,
    Refuse,
}

impl Database {
    /// The connections alone: the schema stays as it is.
    pub(crate) async fn connect(url: &DatabaseUrl, missing: Missing) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        match url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path, missing).await,
            DatabaseUrl::Postgres(url) => open_postgres(url.expose()).await,
        }
    }

    /// The newest migration it knows; none where there are no tables yet.
    pub(crate) async fn schema_version(&self) -> Result<Option<i64>, Error> {
        migrations::applied(&self.writers, self.dialect).await
    }

    pub(crate) async fn open(url: &DatabaseUrl, missing: Missing) -> Result<Self, Error> {
        let database = Self::connect(url, missing).await?;
        if missing == Missing::Refuse
            && migrations::applied(&database.writers, database.dialect).await?.is_none()
        {
            return Err(Error::NoDatabase { place: url.to_string() });
        }
        migrations::apply(&database.writers, database.dialect).await?;
        Ok(database)
    }

    /// The counts of connections, those to SQLite's one writer among them.
    pub(crate) fn connection_counts(&self) -> ConnectionCounts {
        let pools: &[&AnyPool] = match self.dialect {
            Dialect::Sqlite => &[&self.readers, &self.writers, &self.heartbeats],
            // One pool for readers and writers.
            Dialect::Postgres => &[&self.writers, &self.heartbeats],
        };
        pools.iter().fold(ConnectionCounts { in_use: 0, idle: 0 }, |sum, pool| {
            let idle = u32::try_from(pool.num_idle()).expect("a pool has a few connections");
            // The two numbers are of two moments: one may have been taken in between.
            let in_use = pool.size().saturating_sub(idle);
            ConnectionCounts { in_use: sum.in_use + in_use, idle: sum.idle + idle }
        })
    }

    /// For statements that only read.
    pub(crate) fn reader(&self) -> &AnyPool {
        &self.readers
    }

    /// For a single statement that writes.
    pub(crate) fn writer(&self) -> &AnyPool {
        &self.writers
    }

    /// For the statement that prolongs a lease: it waits for nobody who waits for a connection.
    pub(crate) fn heartbeat(&self) -> &AnyPool {
        &self.heartbeats
    }

    /// A transaction that writes. PostgreSQL's default isolation, READ COMMITTED, is meant: a
    /// statement after a conflict sees the row it conflicted with.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Any>, Error> {
        let begin = match self.dialect {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::Postgres => "BEGIN",
        };
        match self.writers.begin_with(begin).await {
            // After an error of the disk SQLite has rolled back by itself. The connection still counts
            // that transaction as open, and would never begin another.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                tracing::warn!(
                    "a connection to the database is replaced after an error of the disk"
                );
                drop(self.writers.acquire().await?.detach());
                Ok(self.writers.begin_with(begin).await?)
            }
            begun => Ok(begun?),
        }
    }

    /// The end of a `SELECT` that claims rows: PostgreSQL has many writers, SQLite has one. Who
    /// only adds a row that refers to a claimed one does not wait.
    pub(crate) fn skip_locked(&self, tables: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => String::new(),
            Dialect::Postgres => format!("FOR NO KEY UPDATE OF {tables} SKIP LOCKED"),
        }
    }

    /// The end of a `SELECT` of a row that is then written: SQLite has locked the whole database.
    pub(crate) const fn locked(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR UPDATE",
        }
    }

    /// The end of a `SELECT` of a row that others refer to: adding such a reference does not wait.
    pub(crate) const fn locked_against_writers(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "",
            Dialect::Postgres => "FOR NO KEY UPDATE",
        }
    }

    pub(crate) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// A transaction that reads, and sees everything as it was at its first statement, however long it takes.
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Any>, Error> {
        Ok(self.readers.begin_with(self.dialect.begin_snapshot()).await?)
    }

    /// Writes a consistent copy of the whole SQLite database into the empty file `destination`.
    pub(crate) async fn vacuum_into(&self, destination: &Path) -> Result<(), Error> {
        let destination = utf8(destination)?;
        sqlx::query("VACUUM INTO $1").bind(destination).execute(&self.writers).await?;
        Ok(())
    }

    /// Overwrites what was deleted: SQLite keeps it in free pages and its journal. PostgreSQL frees it for
    /// what comes; its own tools see to the rest, as the page for operators says.
    pub(crate) async fn scrub(&self) -> Result<(), Error> {
        let statements: &[&'static str] = match self.dialect {
            Dialect::Sqlite => &["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"],
            Dialect::Postgres => &["VACUUM"],
        };
        for statement in statements {
            sqlx::raw_sql(*statement).execute(&self.writers).await?;
        }
        Ok(())
    }

    /// Ends all connections; what was committed stays.
    pub(crate) async fn close(&self) {
        self.heartbeats.close().await;
        self.readers.close().await;
        self.writers.close().await;
    }
}

async fn open_sqlite(path: &Path, missing: Missing) -> Result<Database, Error> {
    if missing == Missing::Refuse && !path.exists() {
        return Err(Error::NoDatabase { place: path.display().to_string() });
    }
    let path = std::path::absolute(path)?;
    if let Some(folder) = path.parent() {
        folders::make(folder)?;
    }
    make_private(&path)?;
    let options = options(&format!("sqlite://{}?mode=rw", percent_encoded(utf8(&path)?)))?;
    // No connection to a file is lost while nobody looks; asking each whether it is there costs as much as
    // what it is asked then.
    let pool = AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false);
    let writers = pool
        .clone()
        .max_connections(1)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SQLITE_SETTINGS).execute(&mut *connection).await?;
                sqlx::raw_sql(SQLITE_WRITER_SETTINGS).execute(connection).await?;
                Ok(())
            })
        })
        .connect_with(options.clone())
        .await?;
    let heartbeats = pool
        .clone()
        .max_connections(HEARTBEAT_CONNECTIONS)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SQLITE_SETTINGS).execute(&mut *connection).await?;
                sqlx::raw_sql(SQLITE_HEARTBEAT_SETTINGS).execute(connection).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options.clone());
    let readers = pool
        .max_connections(SQLITE_READERS)
        .after_connect(|connection, _| {
            Box::pin(async move {
                sqlx::raw_sql(SQLITE_SETTINGS).execute(&mut *connection).await?;
                sqlx::raw_sql(SQLITE_READER_SETTINGS).execute(connection).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options);
    Ok(Database { dialect: Dialect::Sqlite, readers, writers, heartbeats })
}

async fn open_postgres(url: &str) -> Result<Database, Error> {
    let options = options(&database_trust::proved(url)?)?;
    // A pool tries again until its time is over, and then says only that.
    let first = timeout(CONNECT_TIME_MAX, options.connect()).await;
    let first = first.map_err(|_elapsed| Error::unavailable(NoConnection))?;
    first.map_err(database_trust::not_proved)?.close().await?;
    let pool = AnyPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
    let heartbeats =
        pool.clone().max_connections(HEARTBEAT_CONNECTIONS).connect_lazy_with(options.clone());
    let writers = pool.max_connections(POSTGRES_CONNECTIONS).connect_with(options).await?;
    let readers = writers.clone();
    Ok(Database { dialect: Dialect::Postgres, readers, writers, heartbeats })
}

fn options(url: &str) -> Result<AnyConnectOptions, Error> {
    // The error of the parser may quote the URL, and with it the password.
    url.parse()
        .map_err(|_may_quote_the_password| Error::internal("the database URL cannot be parsed"))
}

/// SQLite gives its journal files the rights of the database.
fn make_private(path: &Path) -> Result<(), Error> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

fn utf8(path: &Path) -> Result<&str, Error> {
    path.to_str().ok_or(Error::Unsupported {
        advice: "the path of the database is not UTF-8; choose one that is",
    })
}

fn percent_encoded(path: &str) -> String {
    use std::fmt::Write as _;
    path.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes all that is written");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_heartbeat_waits_for_nobody_who_waits_for_a_connection() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("db.sqlite"));
        let database = Database::open(&url, Missing::Make).await.unwrap();
        let busy = database.writers.acquire().await.unwrap();
        assert_eq!(database.writers.num_idle(), 0, "nobody else gets one");
        let beat = "UPDATE jobs SET lease_until = 1 WHERE id = 'none'";
        sqlx::query(beat).execute(database.heartbeat()).await.unwrap();
        // Behind the worker's own inserts it waits until they are kept, however long they take.
        drop(busy);
        let inserts = database.begin().await.unwrap();
        let heart = database.clone();
        let beats = tokio::spawn(async move { sqlx::query(beat).execute(heart.heartbeat()).await });
        tokio::task::yield_now().await;
        inserts.commit().await.unwrap();
        beats.await.unwrap().unwrap();
        let patience: i64 = sqlx::query_scalar("PRAGMA busy_timeout")
            .fetch_one(database.heartbeat())
            .await
            .unwrap();
        assert_eq!(patience, 300_000);
        database.close().await;
    }

    #[test]
    fn a_path_survives_its_url() {
        assert_eq!(percent_encoded("/a b/ä?#%.db"), "/a%20b/%C3%A4%3F%23%25.db");
    }
}
