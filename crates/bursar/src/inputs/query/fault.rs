//! Why a query gave no file, by what can be done about it, and the two sentences for it.
//!
//! Invariant: no password of the database's URL is in what is said, however a driver words it.

use std::io;

use percent_encoding::percent_decode_str;
use sqlx::postgres::PgDatabaseError;
use thiserror::Error;

use super::postgres;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// What names the value of a key in a URL or a connection string as a secret.
const SECRET_KEYS: [&str; 3] = ["password", "pwd", "token"];
/// What stands in place of a secret.
const HIDDEN: &str = "…";

/// See the module.
#[derive(Debug, Error)]
pub(super) enum Fault {
    /// The URL cannot be used as it is.
    #[error("{0}")]
    Place(String),
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
    Unkept(#[from] io::Error),
}

/// During which work it came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The query was run.
    NoFile,
    /// It was looked at only.
    NotProved,
}

impl From<sqlx::Error> for Fault {
    fn from(fault: sqlx::Error) -> Self {
        let words = fault.to_string();
        match fault {
            sqlx::Error::Database(said) => Self::Refused(
                said.try_downcast_ref::<PgDatabaseError>()
                    .map_or_else(|| said.to_string(), |said| postgres::words(said, None)),
            ),
            sqlx::Error::Configuration(_) => Self::Place(words),
            sqlx::Error::Tls(_) => Self::Untrusted(words),
            _ => Self::Lost(words),
        }
    }
}

impl Fault {
    fn advice(&self) -> (ExitCode, &'static str) {
        match self {
            Self::Place(_) => (ExitCode::Usage, "Correct database in the job."),
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
            Self::Unkept(_) => {
                (ExitCode::OutputFailed, "Make room in the folder of the outbox, or name another.")
            }
        }
    }
}

/// Without the secrets of the URL, wherever the driver puts them.
pub(super) fn explain(told: Told, fault: &Fault, url: &str) -> Failure {
    let mut words = fault.to_string();
    for secret in secrets(url) {
        words = words.replace(&secret, HIDDEN);
    }
    let (exit, next) = fault.advice();
    let about = match told {
        Told::NoFile => "the query gave no file",
        Told::NotProved => "the query cannot be run",
    };
    Failure::new(exit, format!("{about}: {}", words.trim_end()), next)
}

/// As they stand in the URL and as they are meant; the longest first, as one may hold another.
fn secrets(url: &str) -> Vec<String> {
    let authority = url.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
    let mut found: Vec<&str> =
        authority.and_then(|(who, _)| who.split_once(':')).map(|it| it.1).into_iter().collect();
    for (key, value) in pairs(url) {
        let key = key.trim().to_ascii_lowercase();
        if SECRET_KEYS.iter().any(|secret| key.ends_with(secret)) {
            found.extend([value, value.trim_matches(['{', '}'])]);
        }
    }
    let mut all: Vec<String> = found
        .into_iter()
        .flat_map(|text| [text.to_owned(), percent_decode_str(text).decode_utf8_lossy().into()])
        .filter(|text| !text.is_empty())
        .collect();
    all.sort_by_key(|text| std::cmp::Reverse(text.len()));
    all
}

/// `key=value` of a URL's query, or of a connection string, where braces hold what a value may not.
fn pairs(url: &str) -> Vec<(&str, &str)> {
    let separator = if url.starts_with(super::ODBC) { ';' } else { '&' };
    let mut found = Vec::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('=') {
        let end = if after.starts_with('{') {
            after.find("};").map(|at| at + 1)
        } else {
            after.find(separator)
        };
        let (value, left) = after.split_at(end.unwrap_or(after.len()));
        let key = before.rsplit(['?', '&', ';', ':']).next().unwrap_or_default();
        found.push((key, value));
        rest = left;
    }
    found
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
            let failure = explain(Told::NoFile, &Fault::Lost(said.to_owned()), url);
            assert!(!failure.to_string().contains("hunter"), "{url}: {failure}");
            assert!(failure.what.contains(HIDDEN), "{url}: {failure}");
        }
    }

    #[test]
    fn each_fault_has_its_exit_code() {
        for (fault, exit) in [
            (Fault::Place(String::new()), ExitCode::Usage),
            (Fault::Refused(String::new()), ExitCode::SourceUnreadable),
            (Fault::Untrusted(String::new()), ExitCode::SourceUnreadable),
            (Fault::Lost(String::new()), ExitCode::SourceUnreadable),
            (Fault::Inexact(String::new()), ExitCode::SourceUnreadable),
            (Fault::Unkept(io::Error::other("full")), ExitCode::OutputFailed),
        ] {
            assert_eq!(explain(Told::NotProved, &fault, "sqlite://a").exit, exit, "{fault:?}");
        }
    }
}
