//! How the browser reaches this server: what links and commands to copy begin with.
//!
//! Invariant: it is safe to paste into a shell, whatever the request said.

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;

use crate::App;

/// The host of the uploader's own examples; for requests that say none.
pub(crate) const USUAL_HOST: &str = "localhost:8443";
const NO_HOST: &str = "this-server.example";

/// `https://bursar.example:8443`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteUrl(Option<String>);

impl SiteUrl {
    fn from_host(host: Option<&str>) -> Self {
        let is_host = |host: &&str| {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
        };
        Self(host.filter(is_host).map(str::to_owned))
    }

    /// The address, with a host to name where the request says none that could be one.
    pub(crate) fn or_host(&self, host: &str) -> String {
        format!("https://{}", self.0.as_deref().unwrap_or(host))
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.or_host(NO_HOST))
    }
}

impl FromRequestParts<App> for SiteUrl {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        Ok(Self::from_host(
            host.or_else(|| parts.uri.authority().map(http::uri::Authority::as_str)),
        ))
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
            assert_eq!(SiteUrl::from_host(host).to_string(), url);
        }
    }

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
            assert_eq!(SiteUrl::from_host(host).or_host(USUAL_HOST), address, "{host:?}");
        }
    }
}
