//! How the browser reaches this server: what links and commands to copy begin with.
//!
//! Invariant: it is safe to paste into a shell, whatever the request said.

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;

use crate::App;

/// `https://bursar.example:8443`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteUrl(String);

impl SiteUrl {
    fn of(host: Option<&str>) -> Self {
        let is_host = |host: &&str| {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
        };
        Self(format!("https://{}", host.filter(is_host).unwrap_or("this-server.example")))
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequestParts<App> for SiteUrl {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        Ok(Self::of(host.or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_is_repeated() {
        for (host, url) in [
            (Some("localhost:8443"), "https://localhost:8443"),
            (Some("[::1]:8443"), "https://[::1]:8443"),
            (Some("a.example; rm -rf ~"), "https://this-server.example"),
            (Some("$(id)"), "https://this-server.example"),
            (None, "https://this-server.example"),
        ] {
            assert_eq!(SiteUrl::of(host).to_string(), url);
        }
    }
}
