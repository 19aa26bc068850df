//! Whom a request is for, as its `Host` header or its authority says.
//!
//! Not for: which hosts the server answers to (`site`).
//!
//! Invariant: what is routed names one host, well formed, and one that is this server's own where its names
//! are known; so no link, no redirect and no cache is made for another.

use axum::extract::Request;
use domain::host::InvalidHost;
use domain::{Host, RefusalCode};
use http::header::{self, HeaderMap};
use http::{Uri, Version};

use crate::http::error::ApiError;
use crate::site::Site;

/// Asked by whoever distributes requests, by address and often without a name.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];
/// The length of a host that is repeated to whoever asked for it: longer ones are no name.
const SHOWN_CHARS_MAX: usize = 80;

/// The reason why it is not clear whom a request is for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("the request has no Host header, so it does not say whom it is for")]
    Missing,
    #[error("the request has {0} Host headers; it says in one whom it is for")]
    Several(usize),
    #[error("the Host \"{0}\" {1}")]
    Malformed(String, InvalidHost),
    #[error("the Host header holds bytes that are no text")]
    NoText,
    #[error("the request is for {0}, and its Host header says {1}")]
    Differs(Host, Host),
}

/// Refuses a request of which it is not clear that it is for this server.
pub(crate) fn verify(request: &Request, site: &Site) -> Result<(), ApiError> {
    let host = match host(request) {
        Ok(Some(host)) => host,
        Ok(None) => return Ok(()),
        Err(fault) => return Err(ApiError::because(RefusalCode::HostMalformed, fault)),
    };
    if site.answers_to(&host) || PROBES.contains(&request.uri().path()) {
        return Ok(());
    }
    tracing::warn!(
        %host,
        "a request for another host was refused; if clients reach this server by that name, add it to hosts \
         in bursard.toml, or have the proxy pass on the Host header that it was sent"
    );
    let public = site.public_url().map_or_else(String::new, ToString::to_string);
    let why = format!("the request is for {}, and this server is {public}", host.name());
    Err(ApiError::because(RefusalCode::HostUnknown, why))
}

/// The host that a request of a browser names; none that is not well formed.
pub(crate) fn named(headers: &HeaderMap, uri: &Uri) -> Option<Host> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    host.or_else(|| uri.authority().map(http::uri::Authority::as_str))?.parse().ok()
}

/// The one host of a request; none where its version of HTTP does not ask for one.
fn host(request: &Request) -> Result<Option<Host>, Fault> {
    let mut fields = request.headers().get_all(header::HOST).iter();
    let in_header = match (fields.next(), fields.count()) {
        (None, _) => None,
        (Some(field), 0) => Some(parse(field.to_str().map_err(|_bytes| Fault::NoText)?)?),
        (Some(_), others) => return Err(Fault::Several(others + 1)),
    };
    let authority = request.uri().authority().map(|authority| parse(authority.as_str()));
    match (authority.transpose()?, in_header) {
        // RFC 9113, section 8.3.1: they differ in no request that is well formed.
        (Some(authority), Some(host)) if authority.name() != host.name() => {
            Err(Fault::Differs(authority, host))
        }
        // RFC 9112, section 3.2, refuses HTTP/1.1 without the header, whatever its target.
        (_, None) if request.version() == Version::HTTP_11 => Err(Fault::Missing),
        (None, None) if request.version() > Version::HTTP_11 => Err(Fault::Missing),
        (authority, host) => Ok(authority.or(host)),
    }
}

fn parse(text: &str) -> Result<Host, Fault> {
    text.parse().map_err(|why| {
        let shown = text.chars().filter(char::is_ascii_graphic).take(SHOWN_CHARS_MAX);
        // What stands before an @ may be a password.
        let shown = if why == InvalidHost::User { "…@…".to_owned() } else { shown.collect() };
        Fault::Malformed(shown, why)
    })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;
    use crate::site::SiteParts;

    fn request(version: Version, target: &str, hosts: &[&str]) -> Request {
        let request = Request::builder().version(version).uri(target);
        let request = hosts.iter().fold(request, |request, host| request.header("host", *host));
        request.body(Body::empty()).unwrap()
    }

    #[test]
    fn one_host_is_named_and_well_formed() {
        let (one, two) = (Version::HTTP_11, Version::HTTP_2);
        for (version, target, hosts, fault) in [
            (one, "/", &["h"][..], ""),
            (one, "https://h/", &["h"], ""),
            (one, "https://h:443/", &["h"], ""),
            (Version::HTTP_10, "/", &[], ""),
            (two, "https://h/", &[], ""),
            (two, "https://h/", &["h"], ""),
            (one, "/", &[], "has no Host header"),
            (one, "https://h/", &[], "has no Host header"),
            (two, "/", &[], "has no Host header"),
            (one, "/", &["h", "h"], "has 2 Host headers"),
            (Version::HTTP_10, "/", &["a", "b", "c"], "has 3 Host headers"),
            (one, "/", &[""], "is empty"),
            (one, "/", &["ann:secret@h"], "holds a user before an @"),
            (one, "/", &["h/x"], "holds a path"),
            (one, "/", &["a, b"], "names several hosts"),
            (one, "/", &["h:99999"], "has no port"),
            (one, "/", &["a<b>"], "is no name"),
            (one, "https://a/", &["b"], "is for a, and its Host header says b"),
            (two, "https://a/", &["b"], "is for a, and its Host header says b"),
        ] {
            let said = host(&request(version, target, hosts)).err();
            let said = said.map(|fault| fault.to_string()).unwrap_or_default();
            assert!(
                said.contains(fault) && said.is_empty() == fault.is_empty(),
                "{hosts:?}: {said}"
            );
            assert!(!said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn another_host_is_refused_where_the_own_are_known() {
        let site = Site::new(SiteParts {
            public_url: Some("https://bursar.example.org/b".parse().unwrap()),
            ..SiteParts::default()
        });
        for (path, host, is_refused) in [
            ("/sign-in", "bursar.example.org", false),
            ("/sign-in", "evil.example", true),
            ("/sign-in", "10.0.0.5:8443", true),
            ("/healthz", "10.0.0.5:8443", false),
        ] {
            let request = request(Version::HTTP_11, path, &[host]);
            assert_eq!(verify(&request, &site).is_err(), is_refused, "{path} {host}");
            assert!(verify(&request, &Site::default()).is_ok());
        }
    }
}
