//! Forms as they were sent, read into types.
//!
//! Invariant: a form was read by the [`guard`](super::guard), so it is bounded and came from a page of ours.

use axum::extract::FromRequestParts;
use bytes::Bytes;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::PageError;
use crate::App;

/// A form of a page, whose fields are those of `T`.
#[derive(Debug)]
pub(crate) struct Form<T>(pub(crate) T);

/// A form before anybody has read more of it than its token.
#[derive(Clone)]
pub(crate) struct FormBody(Bytes);

impl FormBody {
    pub(super) const fn new(body: Bytes) -> Self {
        Self(body)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn into_bytes(self) -> Bytes {
        self.0
    }

    /// The first value of a field; empty when it is missing.
    pub(super) fn first(&self, name: &str) -> String {
        let mut fields = form_urlencoded::parse(&self.0);
        let found = fields.find_map(|(known, value)| (known == name).then_some(value));
        found.map(std::borrow::Cow::into_owned).unwrap_or_default()
    }
}

impl<T: DeserializeOwned> Form<T> {
    fn parse(body: &[u8]) -> Result<Self, PageError> {
        serde_html_form::from_bytes(body).map(Self).map_err(|why| {
            PageError::Impossible(format!(
                "The form is not one of this page: {why}. Nothing was changed; load the page again and fill \
                 in its form."
            ))
        })
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for Form<T> {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, PageError> {
        let body = parts.extensions.remove::<FormBody>();
        Self::parse(&body.map(|FormBody(body)| body).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::super::field::Text;
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Fields {
        label: Text,
        unit: Vec<String>,
    }

    #[test]
    fn a_form_is_read_by_its_fields() {
        for (body, label, units) in [
            (&b""[..], "", &[][..]),
            (b"label=+a+&csrf=x", "a", &[]),
            (b"unit=uk&unit=de", "", &["uk", "de"]),
            (b"unit=&label=%FF", "\u{fffd}", &[""]),
        ] {
            let Form(fields) = Form::<Fields>::parse(body).unwrap();
            assert_eq!(
                (&*fields.label, fields.unit),
                (label, units.iter().map(ToString::to_string).collect())
            );
        }
        let twice = Form::<Fields>::parse(b"label=a&label=b").unwrap_err();
        assert!(matches!(twice, PageError::Impossible(why) if why.contains("load the page again")));
    }
}
