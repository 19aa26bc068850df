//! What stands behind the question mark of a page's address.
//!
//! Invariant: where somebody is sent on to is a path of this site.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::flash;
use super::form::Form;
use crate::App;

/// The names and values of an address.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueryParams(Form);

/// A path of this site, with its query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalPath(String);

impl QueryParams {
    /// Of a text without its question mark.
    pub(crate) fn parse(query: &str) -> Self {
        Self(Form::parse(query.as_bytes()))
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.text(name)
    }

    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.0.parsed(name)
    }

    /// What was just done.
    pub(crate) fn flash(&self) -> Option<&'static str> {
        flash::said(self.text("said"))
    }

    /// Where to go on.
    pub(crate) fn next(&self) -> LocalPath {
        LocalPath::parse(self.text("next"))
    }
}

impl LocalPath {
    /// What is no path of this site is `/`.
    pub(crate) fn parse(text: &str) -> Self {
        let is_local = text.starts_with('/')
            && !text.starts_with("//")
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        Self(if is_local { text.to_owned() } else { "/".to_owned() })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequestParts<App> for QueryParams {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/", "/at/acme/uk/findings?state=open&after=fnd_1", "/me#x"] {
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
        ] {
            assert_eq!(LocalPath::parse(bad).as_str(), "/", "{bad:?}");
        }
    }
}
