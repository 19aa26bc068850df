//! Where somebody is sent on to.
//!
//! Invariant: it is a path of this site, whatever a form or an address says.

use std::fmt;

use serde::de::{Deserialize, Deserializer};

/// A path of this site, with its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalPath(String);

impl LocalPath {
    /// Reads a path; what is no path of this site is `/`.
    pub(crate) fn parse(text: &str) -> Self {
        let is_local = text.starts_with('/')
            && !text.starts_with("//")
            && !has_dots(text)
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        Self(if is_local { text.to_owned() } else { "/".to_owned() })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns `true` for a path with a segment of one or two dots, written out or encoded: a browser
/// goes up by them, and out of the path below which the server stands.
pub(super) fn has_dots(text: &str) -> bool {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |segment: &str| {
        matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
    };
    path.split('/').any(is_dots)
}

/// The path of the form to sign in, which goes on to another path afterwards.
pub(crate) fn sign_in_then(next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("/sign-in?{}", query.append_pair("next", next).finish())
}

impl Default for LocalPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LocalPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::parse(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/", "/at/acme/uk/findings?q=../..&after=fnd_1", "/me#x", "/a/..b/.c"] {
            assert_eq!(LocalPath::parse(good).as_str(), good);
        }
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\tb",
            "/a\r\nb",
            "x",
            "/../other",
            "/a/..",
            "/a/%2E./%2e%2E/other",
            "/.//evil.example",
            "/..?next=/me",
        ] {
            assert_eq!(LocalPath::parse(bad).as_str(), "/", "{bad:?}");
        }
    }
}
