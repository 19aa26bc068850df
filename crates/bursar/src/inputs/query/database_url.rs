//! The URL of a database: which database its beginning names, which host, and which parts of it are secrets.
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

impl DatabaseKind {
    /// Returns `true` when URLs of this kind name a host.
    const fn has_host(self) -> bool {
        matches!(self, Self::Postgres | Self::MySql | Self::SqlServer)
    }
}

/// Tells which database a URL names; refuses one of which a driver would take a part of the password for the
/// host.
pub(super) fn kind(url: &str) -> Result<DatabaseKind, Failure> {
    let kind = kind_by_scheme(url)?;
    if kind.has_host() && is_cut_short(url) {
        return Err(Failure::usage(
            "the URL of the database ends before its host, at a / ? or # in its user or password",
            "Write them percent-encoded in database: / as %2F, ? as %3F, # as %23, @ as %40, % as %25.",
        ));
    }
    Ok(kind)
}

/// The host that a URL names, with the port that stands behind it; none for a file or a connection string.
pub(super) fn host(url: &str) -> Option<&str> {
    kind(url).ok().filter(|kind| kind.has_host())?;
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    (!host.is_empty()).then_some(host)
}

/// Returns `true` when the part of a URL that names user and host ends before the last sign that ends
/// a user. In a query behind the host, as in `?user=a@b`, that sign may stand.
fn is_cut_short(url: &str) -> bool {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let behind = rest.find(['/', '?', '#']).map_or("", |end| &rest[end..]);
    behind.rsplit_once('@').is_some_and(|(before, _)| !before.contains('='))
}

fn kind_by_scheme(url: &str) -> Result<DatabaseKind, Failure> {
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
