//! Why a query gave no file, by what can be done about it, and the two sentences for it.
//!
//! Invariant: no password of the database's URL is in what is said, however a driver words it.

use std::io;

use sqlx::postgres::PgDatabaseError;
use thiserror::Error;

use super::database_url::{host, secrets};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// The sign in place of a secret.
const HIDDEN: &str = "…";

/// The reason why a query gave no file.
#[derive(Debug, Error)]
pub(super) enum Fault {
    /// The URL cannot be used as it is.
    #[error("{0}")]
    BadUrl(String),
    /// The program cannot do this at all.
    #[cfg(not(feature = "odbc"))]
    #[error("this bursar was built without ODBC")]
    Unbuilt,
    /// The database was reached and says no: to this user, or to this query.
    #[error("{0}")]
    Refused(String),
    /// The line is not encrypted, or the server cannot prove who it is.
    #[error("{0}")]
    Untrusted(String),
    /// Nobody answers, or the line broke.
    #[error("{0}")]
    Lost(String),
    /// A value that cannot be passed on as the database holds it.
    #[error("{0}")]
    Inexact(String),
    /// This machine cannot keep what came.
    #[error("what the query gives cannot be kept here: {0}")]
    Unspoolable(#[from] io::Error),
}

/// The work during which a fault came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The query was run.
    Run,
    /// It was looked at only.
    Proof,
}

impl From<sqlx::Error> for Fault {
    fn from(fault: sqlx::Error) -> Self {
        let words = fault.to_string();
        match fault {
            sqlx::Error::Database(said) => Self::Refused(
                said.try_downcast_ref::<PgDatabaseError>()
                    .map_or_else(|| said.to_string(), |said| postgres_words(said, None)),
            ),
            sqlx::Error::Configuration(_) => Self::BadUrl(words),
            sqlx::Error::Tls(_) => Self::Untrusted(words),
            _ => Self::Lost(words),
        }
    }
}

impl Fault {
    fn advice(&self) -> (ExitCode, &'static str) {
        match self {
            Self::BadUrl(_) => (
                ExitCode::Usage,
                "Correct database in the job; special characters of a user or a password are written \
                 percent-encoded, @ as %40.",
            ),
            #[cfg(not(feature = "odbc"))]
            Self::Unbuilt => (
                ExitCode::Usage,
                "Build it with `cargo build --release --package bursar --features odbc`, or let a \
                 source.command run the database's own program.",
            ),
            Self::Refused(_) => (
                ExitCode::SourceUnreadable,
                "Run the query with the database's own program as the same user: is it right, and may \
                 that user read the tables?",
            ),
            Self::Untrusted(_) => (
                ExitCode::SourceUnreadable,
                "Name the host as its certificate does, and the authority that signed it in the URL: \
                 ca-file for SQL Server, sslrootcert for PostgreSQL, ssl-ca for MySQL.",
            ),
            Self::Lost(_) => (
                ExitCode::SourceUnreadable,
                "Look whether the database runs and can be reached from here; nothing was sent.",
            ),
            Self::Inexact(_) => (
                ExitCode::SourceUnreadable,
                "Let the query CAST or cut that column, or leave it out.",
            ),
            Self::Unspoolable(_) => {
                (ExitCode::OutputFailed, "Make room in the folder of the outbox, or name another.")
            }
        }
    }
}

/// Explains a fault without the secrets of the URL, wherever the driver puts them.
pub(super) fn explain(purpose: Purpose, fault: &Fault, url: &str) -> Failure {
    let mut words = fault.to_string();
    if let (Fault::Lost(_), Some(host)) = (fault, host(url))
        && !words.contains(host)
    {
        words = format!("{host}: {words}");
    }
    for secret in secrets(url) {
        words = words.replace(&secret, HIDDEN);
    }
    let (exit, next) = fault.advice();
    let about = match purpose {
        Purpose::Run => "the query gave no file",
        Purpose::Proof => "the query cannot be run",
    };
    Failure::new(exit, format!("{about}: {}", words.trim_end()), next)
}

/// The database's own sentences; the driver adds a line of the server's source, which helps nobody.
pub(super) fn postgres_words(said: &PgDatabaseError, place: Option<(usize, usize)>) -> String {
    let mut words = said.message().to_owned();
    if let Some((line, column)) = place {
        words = format!("{words} (line {line}, column {column} of the query)");
    }
    for more in [said.detail(), said.hint()].into_iter().flatten() {
        words = format!("{words}; {more}");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_a_url_is_said() {
        for (url, said) in [
            ("postgres://erp:hunter2@db.example/erp", "cannot log in with hunter2"),
            ("postgres://db.example/erp?user=erp&password=hunter2", "no: hunter2"),
            ("sqlserver://erp:hunter%32@db.example/erp", "hunter2 or hunter%32"),
            ("sqlserver://erp:p@hunter2@db.example/erp", "[p@hunter2]"),
            ("odbc:Driver={A};UID=erp;PWD=hunter2;Server=h", "PWD=hunter2"),
            ("odbc:Driver={A};Password={;hunter2};Server=h", "Password={;hunter2}"),
            ("odbc:PWD=hunter&2;Server=h", "hunter&2"),
            ("odbc:DSN=erp;SSLPassword=hunter2", "\"hunter2\""),
        ] {
            let failure = explain(Purpose::Run, &Fault::Lost(said.to_owned()), url);
            assert!(!failure.to_string().contains("hunter"), "{url}: {failure}");
            assert!(failure.what.contains(HIDDEN), "{url}: {failure}");
        }
    }

    #[test]
    fn a_lost_database_is_named() {
        let unknown = "failed to lookup address information";
        for (url, said, what) in [
            (
                "postgres://erp:p%40ss@db.example:5432/erp",
                unknown,
                "file: db.example:5432: failed to",
            ),
            ("mysql://erp@db.example/erp?user=a@b", unknown, "file: db.example: failed to"),
            (
                "mssql://erp:hunter2@db.example/erp",
                "db.example:1433 is gone",
                "file: db.example:1433 is",
            ),
            ("sqlite:///var/erp.db", "the disk is gone", "file: the disk is gone"),
        ] {
            let failure = explain(Purpose::Run, &Fault::Lost(said.to_owned()), url);
            assert!(failure.what.contains(what), "{url}: {failure}");
        }
    }

    #[test]
    fn each_fault_has_its_exit_code() {
        for (fault, exit) in [
            (Fault::BadUrl(String::new()), ExitCode::Usage),
            (Fault::Refused(String::new()), ExitCode::SourceUnreadable),
            (Fault::Untrusted(String::new()), ExitCode::SourceUnreadable),
            (Fault::Lost(String::new()), ExitCode::SourceUnreadable),
            (Fault::Inexact(String::new()), ExitCode::SourceUnreadable),
            (Fault::Unspoolable(io::Error::other("full")), ExitCode::OutputFailed),
        ] {
            assert_eq!(explain(Purpose::Proof, &fault, "sqlite://a").exit, exit, "{fault:?}");
        }
    }
}
