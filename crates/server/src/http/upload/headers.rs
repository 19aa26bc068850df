//! What the head of an upload says, parsed in the contract's order.

use domain::access_token::AccessScope;
use domain::media_type::MediaTypeRefusal;
use domain::{ContentCoding, FileName, FileType, MediaType, RefusalCode, Sha256Digest};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;

use crate::http::access::out_of_scope;
use crate::http::error::ApiError;
use crate::http::path::upload_segments;
use crate::limits::Limits;

pub(super) const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
const UNENCODED_DIGEST: HeaderName = HeaderName::from_static("unencoded-digest");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Keys in use are UUIDs or shorter; the draft leaves the limit to the server.
pub(super) const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;

/// The head of an upload that was parsed.
#[derive(Debug)]
pub(super) struct UploadHead {
    pub(super) file_type: FileType,
    pub(super) file_name: FileName,
    pub(super) coding: ContentCoding,
    /// `Content-Length`: of the body as sent.
    pub(super) declared_bytes: Option<u64>,
    /// The digest that the stored bytes must have.
    pub(super) stored_digest: Option<Sha256Digest>,
    /// The digest that the bytes on the wire must have, where they differ from the stored ones.
    pub(super) wire_digest: Option<Sha256Digest>,
    pub(super) idempotency_key: Option<String>,
}

impl UploadHead {
    pub(super) fn parse(
        parts: &Parts,
        scope: &AccessScope,
        limits: &Limits,
    ) -> Result<Self, ApiError> {
        let (file_type, file_name) = upload_segments(parts.uri.path());
        let file_type = parse_file_type(file_type)?;
        if !scope.allows_type(file_type) {
            return Err(out_of_scope(scope));
        }
        let file_name = FileName::from_path_segment(file_name)
            .map_err(|why| ApiError::saying(RefusalCode::FileNameUnusable, why))?;
        let headers = &parts.headers;
        check_media_type(headers)?;
        let coding = parse_coding(headers)?;
        check_expectation(headers)?;
        let declared_bytes = parse_length(headers, limits)?;

        // Both fields are of the bytes as sent (RFC 9530 sections 2 and 3); only the draft field
        // Unencoded-Digest is of the unpacked ones.
        let as_sent = digest(headers, &REPR_DIGEST)?.or(digest(headers, &CONTENT_DIGEST)?);
        let unpacked = digest(headers, &UNENCODED_DIGEST)?;
        let (stored_digest, wire_digest) = match coding {
            ContentCoding::Identity => (as_sent.or(unpacked), None),
            ContentCoding::Gzip | ContentCoding::Zstd => (unpacked, as_sent),
        };
        let idempotency_key = parse_idempotency_key(headers)?;
        Ok(Self {
            file_type,
            file_name,
            coding,
            declared_bytes,
            stored_digest,
            wire_digest,
            idempotency_key,
        })
    }
}

fn parse_file_type(segment: &str) -> Result<FileType, ApiError> {
    segment.parse().map_err(|why| {
        let allowed: Vec<_> = FileType::ALL.map(FileType::as_str).into();
        ApiError::saying(RefusalCode::FileTypeUnknown, why).with_allowed(&allowed)
    })
}

/// The text of a value; what is no text is no value that anything here goes by, and is refused like
/// one.
fn text_of(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or_else(|_not_text| "not text")
}

fn check_media_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut fields = headers.get_all(header::CONTENT_TYPE).iter();
    let field = fields.next().map(text_of);
    let checked = match fields.next() {
        Some(_several) => Err(MediaTypeRefusal::Other),
        None => MediaType::from_field(field).map(drop),
    };
    checked.map_err(|why| {
        let allowed: Vec<_> = MediaType::ALL.map(MediaType::as_str).into();
        let accept = HeaderValue::try_from(allowed.join(", ")).expect("media types are ASCII");
        ApiError::saying(RefusalCode::MediaTypeUnsupported, why)
            .with_allowed(&allowed)
            .with_header(header::ACCEPT, accept)
    })
}

fn parse_coding(headers: &HeaderMap) -> Result<ContentCoding, ApiError> {
    let mut fields = headers.get_all(header::CONTENT_ENCODING).iter();
    let coding = match fields.next() {
        None => Some(ContentCoding::Identity),
        Some(value) => text_of(value).trim().parse().ok(),
    };
    coding.filter(|_| fields.next().is_none()).ok_or_else(|| {
        ApiError::new(RefusalCode::ContentCodingUnsupported)
            .with_allowed(&["gzip", "zstd"])
            .with_header(header::ACCEPT_ENCODING, HeaderValue::from_static(ContentCoding::ACCEPTED))
    })
}

fn check_expectation(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get(header::EXPECT) {
        Some(value) if !value.as_bytes().eq_ignore_ascii_case(b"100-continue") => {
            Err(ApiError::new(RefusalCode::ExpectationUnknown))
        }
        _ => Ok(()),
    }
}

fn parse_length(headers: &HeaderMap, limits: &Limits) -> Result<Option<u64>, ApiError> {
    let Some(value) = headers.get(header::CONTENT_LENGTH) else {
        return Ok(None);
    };
    let declared = value.to_str().ok().and_then(|text| text.parse::<u64>().ok());
    match declared {
        None => Err(ApiError::because(
            RefusalCode::RequestMalformed,
            "the Content-Length header is not a number",
        )),
        Some(bytes) if bytes > limits.body_bytes_max => {
            Err(too_large(bytes, limits.body_bytes_max))
        }
        some => Ok(some),
    }
}

pub(super) fn too_large(bytes: u64, max: u64) -> ApiError {
    ApiError::because(
        RefusalCode::BodyTooLarge,
        format_args!("the file has {bytes} bytes or more, and this server takes {max} at the most"),
    )
}

fn digest(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Sha256Digest>, ApiError> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    Sha256Digest::from_field(text_of(value)).map_err(|why| {
        ApiError::because(RefusalCode::DigestMalformed, format_args!("{name}: {why}"))
    })
}

/// The key without its quotes: the draft has a structured string, much software sends it bare.
fn parse_idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let malformed = || ApiError::new(RefusalCode::IdempotencyKeyMalformed);
    let text = value.to_str().map_err(|_not_ascii| malformed())?.trim();
    let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"';
    let fits = (1..=IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(is_plain);
    if fits && values.next().is_none() { Ok(Some(key.to_owned())) } else { Err(malformed()) }
}
