//! Whom the drivers of PostgreSQL and `MySQL` trust, where the URL leaves it open.
//!
//! Not for: SQL Server, which is read over an encrypted line in any case (`sqlserver`).
//!
//! Invariant: to another machine the name and the password of a URL go over an encrypted line only, and to a
//! server whose certificate an authority of the operating system vouches for, unless the URL says otherwise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use domain::host::is_this_machine;
use rustls::RootCertStore;

use super::database_url::keys;

/// The parameter of a URL for the way in which its line is protected.
const MODES: [&str; 2] = ["sslmode", "ssl-mode"];
/// The parameter of a URL for the file of an authority.
const AUTHORITIES: [&str; 4] = ["sslrootcert", "ssl-root-cert", "sslca", "ssl-ca"];
/// The length of a line of PEM.
const BASE64_LINE: usize = 64;

/// Returns `true` when a server has to prove who it is although the URL does not ask for it: it is
/// another machine. There is no host where it is reached through a socket.
pub(super) fn must_be_proved(url: &str, host: Option<&str>) -> bool {
    !names(url, &MODES) && host.is_some_and(|host| !is_this_machine(host))
}

/// Returns `true` when a URL names the file of an authority.
pub(super) fn names_authority(url: &str) -> bool {
    names(url, &AUTHORITIES)
}

/// The authorities of the operating system, as PEM; those that cannot be used are left out.
pub(super) fn system_authorities() -> Vec<u8> {
    let mut known = RootCertStore::empty();
    let mut pem = String::new();
    for certificate in rustls_native_certs::load_native_certs().certs {
        let text = BASE64.encode(&certificate);
        if known.add(certificate).is_err() {
            continue;
        }
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in text.as_bytes().chunks(BASE64_LINE) {
            pem.push_str(std::str::from_utf8(line).expect("base 64 is ASCII"));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem.into_bytes()
}

fn names(url: &str, wanted: &[&str]) -> bool {
    keys(url).any(|key| wanted.contains(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_has_to_prove_who_it_is() {
        for (url, host, must) in [
            ("postgres://erp:p@db.example/erp", "db.example", true),
            ("postgres://erp:p@10.0.0.5/erp?application_name=x", "10.0.0.5", true),
            ("postgres://erp:sslmode=p@db.example/erp", "db.example", true),
            ("postgres://erp:p@db.example/erp?sslmode=disable", "db.example", false),
            ("mysql://erp:p@db.example/erp?a=b&ssl-mode=PREFERRED", "db.example", false),
            ("postgres://erp:p@db.example/erp?SSLMODE=disable", "db.example", true),
            ("mysql://erp:p@localhost/erp", "localhost", false),
            ("mysql://erp:p@127.0.0.1/erp", "127.0.0.1", false),
            ("postgres://erp:p@[::1]/erp", "[::1]", false),
            ("postgres://erp:p@[2001:db8::1]/erp", "[2001:db8::1]", true),
        ] {
            assert_eq!(must_be_proved(url, Some(host)), must, "{url}");
            assert!(!must_be_proved(url, None), "a socket is of this machine");
        }
        assert!(names_authority("postgres://db/erp?sslrootcert=/etc/ca.pem"));
        assert!(!names_authority("postgres://db/erp?sslmode=verify-full"));
    }
}
