//! A form as it was sent.
//!
//! Invariant: it was read by the [`guard`](super::guard), so it is bounded and came from a page of ours.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::App;

/// Names and values, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// As it was typed; empty when it is missing.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0
            .iter()
            .find_map(|(known, value)| (known == name).then_some(value.as_str()))
            .unwrap_or_default()
    }

    /// Without spaces round it.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A value of a type; none when it is missing or no such value.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).parse().ok()
    }

    /// Of boxes with one name, those that are ticked.
    pub(crate) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
    }
}

impl FromRequestParts<App> for Form {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        Ok(parts.extensions.remove().unwrap_or_default())
    }
}
