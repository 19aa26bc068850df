//! The address people reach this server by, for lines they copy.
//!
//! Not for: deciding anything; a client may write into `Host` what it likes.
//!
//! Invariant: nothing but the characters of a host and a port, so that a copied line is one argument.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use http::uri::Authority;

use crate::App;

/// Such as `https://bursar.example.org:8443`.
#[derive(Debug, Clone)]
pub(crate) struct SiteAddress(pub(crate) String);

impl SiteAddress {
    fn of(host: Option<&str>) -> Self {
        let is_plain = |host: &&str| {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
        };
        Self(format!("https://{}", host.filter(is_plain).unwrap_or("localhost:8443")))
    }
}

impl FromRequestParts<App> for SiteAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        Ok(Self::of(host.or_else(|| parts.uri.authority().map(Authority::as_str))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_is_written() {
        for (host, address) in [
            (Some("bursar.example.org"), "https://bursar.example.org"),
            (Some("[::1]:8443"), "https://[::1]:8443"),
            (Some("a'; rm -rf /"), "https://localhost:8443"),
            (Some("a<b>"), "https://localhost:8443"),
            (Some(""), "https://localhost:8443"),
            (None, "https://localhost:8443"),
        ] {
            assert_eq!(SiteAddress::of(host).0, address, "{host:?}");
        }
    }
}
