//! The URL of a database: which database its beginning names, and which parts of it are secrets.
//!
//! Not for: connecting; each driver reads the rest.

use percent_encoding::percent_decode_str;

use crate::report::failure::Failure;

/// The beginning of an ODBC connection string.
pub(super) const ODBC: &str = "odbc:";

/// Words that name the value of a key in a URL or a connection string as a secret.
const SECRET_KEYS: [&str; 3] = ["password", "pwd", "token"];

/// A database, by the beginning of its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DatabaseKind {
    Postgres,
    MySql,
    Sqlite,
    SqlServer,
    Odbc,
}

/// Tells which database a URL names.
pub(super) fn kind(url: &str) -> Result<DatabaseKind, Failure> {
    let begins = |scheme: &str| url.starts_with(scheme);
    if begins("postgres://") || begins("postgresql://") {
        Ok(DatabaseKind::Postgres)
    } else if begins("mysql://") || begins("mariadb://") {
        Ok(DatabaseKind::MySql)
    } else if begins("sqlite:") {
        Ok(DatabaseKind::Sqlite)
    } else if begins("sqlserver://") || begins("mssql://") {
        Ok(DatabaseKind::SqlServer)
    } else if begins(ODBC) {
        Ok(DatabaseKind::Odbc)
    } else {
        // Not shown: it may hold a password.
        Err(Failure::usage(
            "the database is not named by a URL that begins with postgres://, mysql://, sqlserver://, \
             sqlite: or odbc:",
            "Correct database; for others, let a source.command run the database's own program.",
        ))
    }
}

/// The secrets as they stand in the URL and as they are meant; the longest first, as one may hold another.
pub(super) fn secrets(url: &str) -> Vec<String> {
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

/// The keys of a URL's query, as they stand: drivers tell capital letters from small ones.
pub(super) fn keys(url: &str) -> impl Iterator<Item = &str> {
    let query = url.rsplit_once('?').map_or("", |(_, query)| query);
    query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, _)| key)
}

/// `key=value` of a URL's query, or of a connection string, where braces hold what a value may not.
fn pairs(url: &str) -> Vec<(&str, &str)> {
    let separator = if url.starts_with(ODBC) { ';' } else { '&' };
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
