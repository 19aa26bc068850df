//! Whom the driver of PostgreSQL trusts, where the URL leaves it open: by itself it sends the password to
//! whoever answers that there is no TLS.
//!
//! Not for: SQLite, which is on no line.
//!
//! Invariant: to another machine nothing goes but over an encrypted line, and to a server whose
//! certificate an authority vouches for that the operating system knows or the URL names, unless the
//! URL says otherwise.

use std::path::Path;

use domain::host::is_this_machine;
use sqlx::postgres::PgConnectOptions;

use crate::error::Error;

/// The parameter of a URL for the way in which its line is protected.
const MODES: [&str; 2] = ["sslmode", "ssl-mode"];
/// The parameter of a URL for the file of an authority.
const AUTHORITIES: [&str; 3] = ["sslrootcert", "ssl-root-cert", "ssl-ca"];
/// The files in which systems keep the authorities they know: Debian, Fedora, SUSE, Alpine and others.
const SYSTEM_AUTHORITIES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Why nothing is sent to a database.
const NOT_PROVED: &str = "the database is on another machine and did not prove by TLS who it is, so \
    no password was sent; name its authority in the URL of the database (?sslrootcert=FILE), or write \
    ?sslmode=disable there where nobody else is on the line";

/// The URL with what it leaves open.
pub(crate) fn proved(url: &str) -> Result<String, Error> {
    // The error of the parser may quote the URL, and with it the password.
    let options: PgConnectOptions = url
        .parse()
        .map_err(|_may_quote_the_password| Error::internal("the database URL cannot be parsed"))?;
    let is_here = options.get_socket().is_some() || is_this_machine(options.get_host());
    let mut added = Vec::new();
    if !is_here && !names(url, &MODES) {
        added.push("sslmode=verify-full".to_owned());
    }
    let known = SYSTEM_AUTHORITIES.iter().find(|file| Path::new(file).exists());
    if let Some(file) = known.filter(|_| !added.is_empty() && !names(url, &AUTHORITIES)) {
        added.push(format!("sslrootcert={file}"));
    }
    if added.is_empty() {
        return Ok(url.to_owned());
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(format!("{url}{separator}{}", added.join("&")))
}

/// Waiting makes no server prove who it is: that ends the program.
pub(crate) fn not_proved(fault: sqlx::Error) -> Error {
    if !is_of_trust(&fault) {
        return fault.into();
    }
    tracing::error!(error = &fault as &dyn std::error::Error, "the database is not trusted");
    Error::Unsupported { advice: NOT_PROVED }
}

/// Returns `true` for the fault of a server that did not prove who it is.
fn is_of_trust(fault: &sqlx::Error) -> bool {
    match fault {
        sqlx::Error::Tls(_) => true,
        // So the library of TLS says that it does not believe a certificate.
        sqlx::Error::Io(fault) => fault.kind() == std::io::ErrorKind::InvalidData,
        _ => false,
    }
}

fn names(url: &str, wanted: &[&str]) -> bool {
    let query = url.rsplit_once('?').map_or("", |(_, query)| query);
    let mut keys = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, _)| key);
    keys.any(|key| wanted.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_has_to_prove_who_it_is() {
        for (url, must) in [
            ("postgres://b:p@db.example/bursar", true),
            ("postgres://b:p@db.example/bursar?application_name=x", true),
            ("postgres://b:p@localhost/bursar?host=db.example", true),
            ("postgres://b:sslmode=p@10.0.0.5/bursar", true),
            ("postgres://b:p@db.example/bursar?sslmode=disable", false),
            ("postgres://b:p@db.example/bursar?a=b&ssl-mode=require", false),
            ("postgres://b:p@localhost/bursar", false),
            ("postgres://b:p@127.0.0.1:5433/bursar", false),
            ("postgres://b:p@[::1]/bursar", false),
            ("postgres:///bursar?host=/run/postgresql", false),
        ] {
            let proved = proved(url).unwrap();
            let options: PgConnectOptions = proved.parse().unwrap();
            let mode = format!("{:?}", options.get_ssl_mode());
            assert_eq!(mode == "VerifyFull", must, "{url}: {mode}");
            assert_eq!(proved == url, !must, "{url}");
        }
        let own = proved("postgres://b@db/x?sslrootcert=/own.pem").unwrap();
        assert!(own.ends_with("sslrootcert=/own.pem&sslmode=verify-full"), "{own}");
        let refused = proved("postgres://b:hunter2@:x/y").unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("hunter2"), "{refused:?}");
    }
}
