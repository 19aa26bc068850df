//! What stands behind the question mark of a page's address, read into types.
//!
//! Invariant: every address is understood: a field that is there twice counts as it comes first, and one
//! that says nothing sensible is left out by its type.

use std::collections::BTreeSet;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::App;

/// The fields of an address that `T` knows; others are for somebody else.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> Query<T> {
    /// Reads a query without its question mark.
    pub(crate) fn parse(query: &str) -> Self {
        let mut names = BTreeSet::new();
        let mut first = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if !names.contains(&name) {
                first.append_pair(&name, &value);
                names.insert(name);
            }
        }
        let fields = serde_html_form::from_str(&first.finish());
        Self(fields.expect("fields of an address take any text"))
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::super::field::{Text, valid};
    use super::*;

    #[derive(Debug, PartialEq, Eq, Default, Deserialize)]
    #[serde(default)]
    struct Fields {
        text: Text,
        #[serde(deserialize_with = "valid")]
        page: Option<u32>,
    }

    #[test]
    fn every_address_is_understood() {
        for (query, text, page) in [
            ("", "", None),
            ("text=+A%26B+&page=2&other=x", "A&B", Some(2)),
            ("page=2&page=3&text=a&text=b", "a", Some(2)),
            ("page=two&text", "", None),
            ("page=&=x&%FF=%FF", "", None),
        ] {
            let Query(fields) = Query::<Fields>::parse(query);
            assert_eq!((&*fields.text, fields.page), (text, page), "{query}");
        }
    }
}
