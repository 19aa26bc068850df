//! How the browser reaches this server: what links and commands to copy begin with.
//!
//! Invariant: it is the public URL where the operator has set one, else what the request says; safe to paste
//! into a shell in any case.

use std::convert::Infallible;
use std::fmt;

use axum::extract::FromRequestParts;
use domain::Host;
use http::request::Parts;

use crate::App;
use crate::http::host;

/// The host of the uploader's own examples; for requests that say none.
pub(crate) const USUAL_HOST: &str = "localhost:8443";
const NO_HOST: &str = "this-server.example";

/// `https://bursar.example:8443`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SiteUrl(Option<String>);

impl SiteUrl {
    fn from_host(host: Option<Host>) -> Self {
        Self(host.map(|host| format!("https://{host}")))
    }

    /// The address, with a host to name where the request says none that could be one.
    pub(crate) fn or_host(&self, host: &str) -> String {
        self.0.clone().unwrap_or_else(|| format!("https://{host}"))
    }
}

impl SiteUrl {
    /// The host alone, as a client of something else than HTTPS names it.
    pub(crate) fn host(&self) -> String {
        let url = self.to_string();
        let host = url.parse::<url::Url>().ok().and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_else(|| NO_HOST.to_owned())
    }
}

impl fmt::Display for SiteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.or_host(NO_HOST))
    }
}

impl FromRequestParts<App> for SiteUrl {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        if let Some(url) = app.site.public_url() {
            return Ok(Self(Some(url.to_string())));
        }
        Ok(Self::from_host(host::named(&parts.headers, &parts.uri)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_host_is_repeated() {
        for (host, url) in [
            ("localhost:8443", "https://localhost:8443"),
            ("[::1]:8443", "https://[::1]:8443"),
            ("bursar.example.org", "https://bursar.example.org"),
            ("a.example; rm -rf ~", "https://this-server.example"),
            ("$(id)", "https://this-server.example"),
            ("a<b>", "https://this-server.example"),
            ("", "https://this-server.example"),
        ] {
            assert_eq!(SiteUrl::from_host(host.parse().ok()).to_string(), url);
        }
        assert_eq!(SiteUrl(None).or_host(USUAL_HOST), "https://localhost:8443");
    }
}
