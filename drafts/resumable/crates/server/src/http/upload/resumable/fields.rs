//! The header fields of resumable uploads, which are structured (RFC 9651): integers and booleans.
//!
//! Invariant: a field of another form is as good as absent, as the draft asks for; one that has to be there is
//! then said to be missing.

use domain::RefusalCode;
use http::HeaderMap;
use http::header::{self, HeaderName};

use crate::http::error::ApiError;

pub(super) const UPLOAD_COMPLETE: HeaderName = HeaderName::from_static("upload-complete");
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
pub(super) const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
pub(super) const UPLOAD_LIMIT: HeaderName = HeaderName::from_static("upload-limit");
/// The media type of a part.
pub(super) const PARTIAL_UPLOAD: &str = "application/partial-upload";
/// Structured integers have no more digits.
const INTEGER_DIGITS_MAX: usize = 15;

/// Whether the file is whole with this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Complete {
    Now,
    Later,
}

/// The head of a request that appends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AppendHead {
    pub(super) offset: u64,
    pub(super) complete: Complete,
    /// Of the whole file, where it is said.
    pub(super) length: Option<u64>,
}

/// Returns `true` for a POST whose body is not the whole file.
pub(in crate::http::upload) fn is_to_be_continued(headers: &HeaderMap) -> bool {
    complete(headers) == Some(Complete::Later)
}

pub(super) fn parse_append(headers: &HeaderMap) -> Result<AppendHead, ApiError> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.and_then(|media| media.split(';').next()).map(str::trim);
    if !media.is_some_and(|media| media.eq_ignore_ascii_case(PARTIAL_UPLOAD)) {
        let why = format_args!("what is added to an upload has the media type {PARTIAL_UPLOAD}");
        return Err(ApiError::because(RefusalCode::MediaTypeUnsupported, why)
            .with_allowed(&[PARTIAL_UPLOAD]));
    }
    let missing = |name: &HeaderName, form: &str| {
        let why = format_args!("the {name} header is missing or is not {form}");
        ApiError::because(RefusalCode::RequestMalformed, why)
    };
    Ok(AppendHead {
        offset: integer(headers, &UPLOAD_OFFSET)
            .ok_or_else(|| missing(&UPLOAD_OFFSET, "a number of bytes"))?,
        complete: complete(headers).ok_or_else(|| missing(&UPLOAD_COMPLETE, "?0 or ?1"))?,
        length: integer(headers, &UPLOAD_LENGTH),
    })
}

/// The length of the whole file, where it is said.
pub(super) fn parse_upload_length(headers: &HeaderMap) -> Result<Option<u64>, ApiError> {
    let length = integer(headers, &UPLOAD_LENGTH);
    if length == Some(0) {
        let why = "an upload of no bytes is sent in one request";
        return Err(ApiError::because(RefusalCode::RequestMalformed, why));
    }
    Ok(length)
}

fn complete(headers: &HeaderMap) -> Option<Complete> {
    match item(headers, &UPLOAD_COMPLETE)? {
        "?1" => Some(Complete::Now),
        "?0" => Some(Complete::Later),
        _ => None,
    }
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
    let bare = value.split(';').next().unwrap_or(value);
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
            assert_eq!(super::complete(&headers), complete, "{value}");
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
        let head = parse_append(&headers(&whole)).unwrap();
        let expected = AppendHead { offset: 7, complete: Complete::Now, length: None };
        assert_eq!(head, expected);
        for missing in 0..whole.len() {
            let mut some = whole.to_vec();
            some.remove(missing);
            parse_append(&headers(&some)).unwrap_err();
        }
    }

    proptest! {
        #[test]
        fn any_value_is_looked_at(value in "[ -~]{0,40}") {
            let headers = headers(&[(UPLOAD_OFFSET, &value), (UPLOAD_COMPLETE, &value)]);
            let digits = value.trim().split(';').next().unwrap_or_default().trim();
            if integer(&headers, &UPLOAD_OFFSET).is_some() {
                prop_assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
    }
}
