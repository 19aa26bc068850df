//! The header fields of resumable uploads, which are structured (RFC 9651): integers and booleans.
//!
//! Not for: what they mean for a file.
//!
//! Invariant: a field of another form is as good as absent, as the draft asks for; one that has to be there
//! is then said to be missing.

use axum::body::Body;
use domain::RefusalCode;
use http::HeaderMap;
use http::header::{self, HeaderName};
use http_body::Body as _;

use crate::http::error::ApiError;

pub(super) const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_LIMIT: HeaderName = HeaderName::from_static("upload-limit");
/// The media type of what is added.
pub(super) const PARTIAL_UPLOAD: &str = "application/partial-upload";
/// Structured integers have no more digits.
const INTEGER_DIGITS_MAX: usize = 15;

/// The end of the file: with the body of a request, or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http::upload) enum Complete {
    Now,
    Later,
}

/// The head of a request that appends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AppendHead {
    pub(super) offset: u64,
    pub(super) complete: Complete,
    /// `Content-Length`, of the body.
    pub(super) declared: Option<u64>,
    /// `Upload-Length`, of the whole file, where it is said.
    pub(super) length: Option<u64>,
}

/// Reads whether the body of a request ends the file; `None` where a file comes in one request and no more
/// is said.
pub(in crate::http::upload) fn completeness(headers: &HeaderMap) -> Option<Complete> {
    match item(headers, &UPLOAD_COMPLETE)? {
        "?1" => Some(Complete::Now),
        "?0" => Some(Complete::Later),
        _ => None,
    }
}

impl AppendHead {
    pub(super) fn parse(headers: &HeaderMap) -> Result<Self, ApiError> {
        let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.and_then(|media| media.split(';').next()).map(str::trim);
        if !media.is_some_and(|media| media.eq_ignore_ascii_case(PARTIAL_UPLOAD)) {
            let why = format_args!("what is added to a file has the media type {PARTIAL_UPLOAD}");
            return Err(ApiError::because(RefusalCode::MediaTypeUnsupported, why)
                .with_allowed(&[PARTIAL_UPLOAD]));
        }
        let missing = |name: &HeaderName, form: &str| {
            malformed(format_args!("the {name} header is missing or is not {form}"))
        };
        let offset = integer(headers, &UPLOAD_OFFSET);
        Ok(Self {
            offset: offset.ok_or_else(|| missing(&UPLOAD_OFFSET, "a number of bytes"))?,
            complete: completeness(headers).ok_or_else(|| missing(&UPLOAD_COMPLETE, "?0 or ?1"))?,
            declared: declared_bytes(headers),
            length: integer(headers, &UPLOAD_LENGTH),
        })
    }

    /// The head of a request that begins a file, with its first bytes in its body.
    pub(super) fn of_first(headers: &HeaderMap, complete: Complete) -> Self {
        let (declared, length) = (declared_bytes(headers), integer(headers, &UPLOAD_LENGTH));
        Self { offset: 0, complete, declared, length }
    }

    /// The head in front of its body: where there is none, nothing need be said of its length.
    pub(super) fn before(self, body: &Body) -> Self {
        if body.is_end_stream() { Self { declared: Some(0), ..self } } else { self }
    }

    /// The length of the whole file, as far as this request says it or it is known: said in one way by all.
    pub(super) fn whole_length(&self, known: Option<u64>) -> Result<Option<u64>, ApiError> {
        let from_content = match (self.complete, self.declared) {
            (Complete::Now, Some(declared)) => Some(self.offset.saturating_add(declared)),
            _ => None,
        };
        let mut said = [known, self.length, from_content].into_iter().flatten();
        let Some(length) = said.next() else { return Ok(None) };
        if said.any(|other| other != length) {
            return Err(malformed("the length of the file is another than was said before"));
        }
        Ok(Some(length))
    }
}

pub(super) fn malformed(why: impl std::fmt::Display) -> ApiError {
    ApiError::because(RefusalCode::RequestMalformed, why)
}

fn declared_bytes(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn integer(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    let text = item(headers, name)?;
    let is_integer = (1..=INTEGER_DIGITS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit());
    is_integer.then(|| text.parse().expect("so few digits are a number"))
}

/// The bare item of a field that stands once, without its parameters.
fn item<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    let bare = value.split_once(';').map_or(value, |(bare, _parameters)| bare);
    values.next().is_none().then(|| bare.trim())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(fields: &[(HeaderName, &str)]) -> HeaderMap {
        let field = |(name, value): &(HeaderName, &str)| {
            (name.clone(), HeaderValue::from_str(value).unwrap())
        };
        fields.iter().map(field).collect()
    }

    #[test]
    fn fields_of_another_form_are_as_good_as_absent() {
        for (value, complete) in [
            ("?1", Some(Complete::Now)),
            ("?0", Some(Complete::Later)),
            (" ?0 ;a=1", Some(Complete::Later)),
            ("1", None),
            ("true", None),
            ("", None),
        ] {
            let headers = headers(&[(UPLOAD_COMPLETE, value)]);
            assert_eq!(completeness(&headers), complete, "{value}");
        }
        for (value, number) in [
            ("0", Some(0)),
            ("4294967296", Some(4_294_967_296)),
            ("999999999999999;x", Some(999_999_999_999_999)),
            ("1000000000000000", None),
            ("-1", None),
            ("1.0", None),
            ("", None),
        ] {
            let headers = headers(&[(UPLOAD_OFFSET, value)]);
            assert_eq!(integer(&headers, &UPLOAD_OFFSET), number, "{value}");
        }
    }

    #[test]
    fn a_request_that_appends_says_all_it_has_to() {
        let whole = [
            (header::CONTENT_TYPE, "Application/Partial-Upload; x=1"),
            (UPLOAD_OFFSET, "7"),
            (UPLOAD_COMPLETE, "?1"),
        ];
        let head = AppendHead::parse(&headers(&whole)).unwrap();
        let expected =
            AppendHead { offset: 7, complete: Complete::Now, declared: None, length: None };
        assert_eq!(head, expected);
        for missing in 0..whole.len() {
            let mut some = whole.to_vec();
            some.remove(missing);
            AppendHead::parse(&headers(&some)).unwrap_err();
        }
    }

    #[test]
    fn the_length_is_said_in_one_way_by_all() {
        let head =
            |complete, declared, length| AppendHead { offset: 7, complete, declared, length };
        for (head, known, whole) in [
            (head(Complete::Now, Some(3), None), None, Some(Some(10))),
            (head(Complete::Now, Some(3), Some(10)), Some(10), Some(Some(10))),
            (head(Complete::Later, Some(3), None), None, Some(None)),
            (head(Complete::Later, Some(3), None), Some(20), Some(Some(20))),
            (head(Complete::Now, None, None), Some(20), Some(Some(20))),
            (head(Complete::Now, Some(3), Some(11)), None, None),
            (head(Complete::Now, Some(3), None), Some(11), None),
            (head(Complete::Later, None, Some(9)), Some(11), None),
        ] {
            assert_eq!(head.whole_length(known).ok(), whole, "{head:?} {known:?}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_looked_at(value in "[ -~]{0,40}") {
            let headers = headers(&[(UPLOAD_OFFSET, &value), (UPLOAD_COMPLETE, &value)]);
            let digits = value.split(';').next().unwrap_or(&value).trim();
            if integer(&headers, &UPLOAD_OFFSET).is_some() {
                prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
            }
            prop_assert_eq!(completeness(&headers).is_some(), matches!(digits, "?0" | "?1"));
        }
    }
}
