//! The URL by which people and programs reach a server, whatever stands in front of it.
//!
//! Invariant: the scheme is `https`; the path has no slash at its end and holds letters, digits and `-._~`
//! only: safe in a shell, a page, a cookie and a header.

use std::fmt;
use std::str::FromStr;

use crate::host::{Host, InvalidHost};

const SCHEME: &str = "https://";
const HTTPS_PORT: u16 = 443;

/// `https://bursar.example.org` or, below a path that others have beside it, `https://example.org/bursar`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    host: Host,
    /// Empty, or `/bursar`.
    prefix: String,
}

/// Why a text is no URL to be reached by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPublicUrl {
    #[error("it begins with https://, as browsers keep a session over TLS only")]
    Scheme,
    #[error("its host {0}")]
    Host(#[from] InvalidHost),
    #[error(
        "behind its host is nothing, or a path of letters, digits, -, ., _ and ~, such as /bursar"
    )]
    Path,
}

impl PublicUrl {
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// The path below which everything is: empty, or with a slash in front and none behind.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Scheme, host and port, as browsers send it in `Origin`.
    pub fn origin(&self) -> String {
        format!("{SCHEME}{}", self.host)
    }
}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;
    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        let (scheme, rest) = text.split_at_checked(SCHEME.len()).ok_or(InvalidPublicUrl::Scheme)?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(InvalidPublicUrl::Scheme);
        }
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host = host.parse::<Host>()?.without_port(HTTPS_PORT);
        let prefix = path.trim_end_matches('/');
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let is_segment = |segment: &str| {
            !segment.is_empty() && !matches!(segment, "." | "..") && segment.bytes().all(is_sign)
        };
        let is_path = match prefix.strip_prefix('/') {
            Some(segments) => segments.split('/').all(is_segment),
            None => prefix.is_empty(),
        };
        is_path.then(|| Self { host, prefix: prefix.to_owned() }).ok_or(InvalidPublicUrl::Path)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}{}", self.host, self.prefix)
    }
}

crate::id::text_serde!(PublicUrl, { "type": "string", "format": "uri" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_what_is_none() {
        for (text, url, origin, prefix) in [
            ("https://h", "https://h", "https://h", ""),
            ("https://H.Example/", "https://h.example", "https://h.example", ""),
            ("HTTPS://h:443/", "https://h", "https://h", ""),
            ("https://h:8443/bursar/", "https://h:8443/bursar", "https://h:8443", "/bursar"),
            (
                "https://[::1]/a/b-c_d.e~f",
                "https://[::1]/a/b-c_d.e~f",
                "https://[::1]",
                "/a/b-c_d.e~f",
            ),
        ] {
            let parsed: PublicUrl = text.parse().unwrap();
            assert_eq!(parsed.to_string(), url);
            assert_eq!((parsed.origin().as_str(), parsed.prefix()), (origin, prefix), "{text}");
        }
        for (text, why) in [
            ("", InvalidPublicUrl::Scheme),
            ("h", InvalidPublicUrl::Scheme),
            ("http://h", InvalidPublicUrl::Scheme),
            ("https://", InvalidHost::Empty.into()),
            ("https://ann:pw@h", InvalidHost::User.into()),
            ("https://h:x", InvalidHost::Port.into()),
            ("https://h/a b", InvalidPublicUrl::Path),
            ("https://h//a", InvalidPublicUrl::Path),
            ("https://h/a/../b", InvalidPublicUrl::Path),
            ("https://h/%41", InvalidPublicUrl::Path),
            ("https://h/\"><script>", InvalidPublicUrl::Path),
            ("https://h?x", InvalidPublicUrl::Path),
            ("https://h#x", InvalidPublicUrl::Path),
            ("https://h/a;Path=/", InvalidPublicUrl::Path),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(why), "{text}");
        }
    }
}
