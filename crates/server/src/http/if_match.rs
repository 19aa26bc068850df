//! What a client had before it when it decides: the entity tag that it was answered with.
//!
//! Not for: whether something was done since; the store knows that.

use axum::extract::FromRequestParts;
use domain::RefusalCode;
use http::header;
use http::request::Parts;
use serde_json::json;

use crate::App;
use crate::http::error::ApiError;
use crate::http::operation::{Operation, Takes};

/// The number in the header If-Match; none where it is left out, or takes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IfMatch(pub(crate) Option<u64>);

/// The entity tag of something at an entry of its history.
pub(crate) fn entity_tag(entry: u64) -> String {
    format!("\"{entry}\"")
}

impl IfMatch {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self(None));
        }
        let number = text.strip_prefix('"')?.strip_suffix('"')?;
        Some(Self(Some(number.parse().ok()?)))
    }
}

impl FromRequestParts<App> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, ApiError> {
        let mut values = parts.headers.get_all(header::IF_MATCH).iter();
        let parsed = match (values.next(), values.next()) {
            (None, _) => Some(Self(None)),
            (Some(value), None) => value.to_str().ok().and_then(Self::parse),
            (Some(_), Some(_)) => None,
        };
        parsed.ok_or_else(|| {
            let why = "If-Match is one entity tag as it was answered in ETag, such as \"3\"";
            ApiError::because(RefusalCode::RequestMalformed, why)
        })
    }
}

impl Takes for IfMatch {
    fn describe(operation: &mut Operation<'_>) {
        operation.takes_header(
            "If-Match",
            json!({ "type": "string", "pattern": "^(\\*|\"[0-9]+\")$", "description": "The ETag of the finding \
                as it was looked at: when somebody has decided since, nothing is written." }),
        );
        operation.refuses(&[RefusalCode::RequestMalformed, RefusalCode::FindingChanged]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_comes_back() {
        for (text, parsed) in [
            (entity_tag(3).as_str(), Some(IfMatch(Some(3)))),
            ("\"0\"", Some(IfMatch(Some(0)))),
            ("*", Some(IfMatch(None))),
            ("3", None),
            ("W/\"3\"", None),
            ("\"3\", \"4\"", None),
            ("", None),
        ] {
            assert_eq!(IfMatch::parse(text), parsed, "{text}");
        }
    }
}
