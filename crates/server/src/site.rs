//! How the server is reached from outside: its public URL, the hosts it answers to, and the path below which
//! all of it is.
//!
//! Not for: who asks (`proxies`).
//!
//! Invariant: inside, a path is the server's own and begins at `/`. The prefix of the public URL is taken off
//! where a request comes in, and put in front where a link, a form, a cookie or a `Location` goes out, so no
//! handler knows of it.

use std::sync::Arc;

use domain::{Host, PublicUrl};
use http::Uri;
use http::uri::PathAndQuery;

tokio::task_local! {
    static OF_REQUEST: Site;
}

/// The names and the path that the server is reached by; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Site(Arc<SiteParts>);

/// The parts a [`Site`] is made of; by default it is reached by any name, and nothing stands before its
/// paths.
#[derive(Debug, Default)]
pub struct SiteParts {
    pub public_url: Option<PublicUrl>,
    /// Names by which it is reached besides, such as from within a network.
    pub hosts: Vec<Host>,
    /// Set when browsers are told that all names below the host are reached over TLS only as well.
    pub is_tls_for_subdomains: bool,
}

impl Site {
    pub fn new(parts: SiteParts) -> Self {
        Self(Arc::new(parts))
    }

    pub fn public_url(&self) -> Option<&PublicUrl> {
        self.0.public_url.as_ref()
    }

    pub fn hosts(&self) -> &[Host] {
        &self.0.hosts
    }

    pub fn is_tls_for_subdomains(&self) -> bool {
        self.0.is_tls_for_subdomains
    }

    /// The path below which everything is: empty, or such as `/bursar`.
    pub(crate) fn prefix(&self) -> &str {
        self.public_url().map_or("", PublicUrl::prefix)
    }

    /// Returns `true` when a request for this host is meant for this server. Without a public URL any
    /// is: nothing is known of its names.
    pub(crate) fn answers_to(&self, host: &Host) -> bool {
        let Some(public) = self.public_url() else { return true };
        let mut known = self.0.hosts.iter().chain([public.host()]);
        known.any(|known| known.name() == host.name())
    }

    /// Takes the prefix off the path of a request. A proxy may have done so, so a path without it stays.
    pub(crate) fn enter(&self, uri: &mut Uri) {
        let Some(path) = self.own_path(uri.path()) else { return };
        let path_and_query = match uri.query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let mut parts = std::mem::take(uri).into_parts();
        let path_and_query = PathAndQuery::try_from(path_and_query);
        parts.path_and_query = Some(path_and_query.expect("a path without its beginning is one"));
        *uri = Uri::from_parts(parts).expect("nothing but the path is another");
    }

    /// The path behind the prefix; none where the prefix does not stand in front.
    fn own_path<'p>(&self, path: &'p str) -> Option<&'p str> {
        let prefix = self.prefix();
        let rest = path.strip_prefix(prefix).filter(|_| !prefix.is_empty())?;
        match rest {
            "" => Some("/"),
            rest => rest.starts_with('/').then_some(rest),
        }
    }

    /// A path of this server as a browser asks for it. What is no path of this server stays as it is.
    pub(crate) fn href(&self, path: &str) -> String {
        let is_own = path.starts_with('/') && !path.starts_with("//");
        if is_own { format!("{}{path}", self.prefix()) } else { path.to_owned() }
    }

    /// Answers a request as this site: what is rendered meanwhile finds it with [`Site::of_request`].
    pub(crate) async fn answer<F: Future>(self, answer: F) -> F::Output {
        OF_REQUEST.scope(self, answer).await
    }

    /// The site of the request that is being answered; outside of one, a site without a prefix.
    pub(crate) fn of_request() -> Self {
        OF_REQUEST.try_with(Self::clone).unwrap_or_else(|_no_request| Self::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(url: &str, hosts: &[&str]) -> Site {
        Site::new(SiteParts {
            public_url: Some(url.parse().unwrap()),
            hosts: hosts.iter().map(|host| host.parse().unwrap()).collect(),
            ..SiteParts::default()
        })
    }

    #[test]
    fn the_prefix_goes_in_and_out() {
        let below = site("https://h/bursar", &[]);
        for (outside, inside) in [
            ("/bursar", "/"),
            ("/bursar/", "/"),
            ("/bursar?a=b", "/?a=b"),
            ("/bursar/me?a=/bursar/x", "/me?a=/bursar/x"),
            ("/bursar/bursar/me", "/bursar/me"),
            ("/bursars/me", "/bursars/me"),
            ("/me", "/me"),
            ("https://h/bursar/me", "https://h/me"),
            ("*", "*"),
        ] {
            let mut uri: Uri = outside.parse().unwrap();
            below.enter(&mut uri);
            assert_eq!(uri.to_string(), inside, "{outside}");
        }
        for (path, href) in [
            ("/", "/bursar/"),
            ("/me?a#b", "/bursar/me?a#b"),
            ("?a", "?a"),
            ("#a", "#a"),
            ("", ""),
            ("//other.example", "//other.example"),
            ("https://other.example/", "https://other.example/"),
        ] {
            assert_eq!(below.href(path), href);
            assert_eq!(Site::default().href(path), path);
        }
    }

    #[test]
    fn a_site_answers_to_its_names() {
        let named = site("https://bursar.example.org", &["10.0.0.5", "bursar.internal"]);
        let anybody = Site::default();
        for (host, answers) in [
            ("bursar.example.org", true),
            ("BURSAR.example.org:8443", true),
            ("bursar.internal:1", true),
            ("10.0.0.5", true),
            ("example.org", false),
            ("evil.example", false),
        ] {
            let host = host.parse().unwrap();
            assert_eq!(named.answers_to(&host), answers, "{host}");
            assert!(anybody.answers_to(&host));
        }
    }

    #[tokio::test]
    async fn a_request_is_answered_as_its_site() {
        let site = site("https://h/bursar", &[]);
        let href = site.answer(async { Site::of_request().href("/me") }).await;
        assert_eq!((href.as_str(), Site::of_request().href("/me").as_str()), ("/bursar/me", "/me"));
    }
}
