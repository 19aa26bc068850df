//! The head of a request: its lines, and the length of the body behind it.
//!
//! Not for: what a field means beyond that. Invariant: a head that is let through has one meaning for every
//! reader of RFC 9112: each line ends in CRLF, and the length is said once, in one way.

use http::Uri;

use super::body::{Body, Chunks, is_field_text, is_token};
use crate::http::FramingFault;
use crate::limits::{HEADER_BYTES_MAX, HEADER_FIELDS_MAX, TARGET_BYTES_MAX};

/// Longer than any method there is.
const METHOD_BYTES_MAX: usize = 32;
/// Empty lines before a request that are passed over, as RFC 9112, section 2.2, wants it of robust servers.
const EMPTY_LINES_MAX: usize = 4;
/// The digits of a Content-Length: longer numbers are larger than any file.
const LENGTH_DIGITS_MAX: usize = 18;

/// A head, as far as it has arrived.
#[derive(Debug, Default)]
pub(super) struct Head {
    bytes: Vec<u8>,
    /// Where the line begins that is not whole yet.
    line: usize,
    empty_lines: usize,
    request_line: Option<RequestLine>,
    fields: usize,
    length: BodyLength,
}

#[derive(Debug, Clone, Copy)]
struct RequestLine {
    is_http10: bool,
}

/// The length of the body, as far as the fields say it.
#[derive(Debug, Clone, Copy, Default)]
struct BodyLength {
    /// By Content-Length.
    bytes: Option<u64>,
    /// By Transfer-Encoding.
    is_chunked: bool,
}

/// The place up to which a head has come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Partial,
    Whole {
        /// The number of bytes that arrived last and were still of it.
        taken: usize,
        body: Option<Body>,
    },
}

impl Head {
    pub(super) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// Takes what arrived, up to the end of the head.
    pub(super) fn take(&mut self, arrived: &[u8]) -> Result<Progress, FramingFault> {
        let mut taken = 0;
        while taken < arrived.len() {
            let rest = &arrived[taken..];
            let end = rest.iter().position(|byte| *byte == b'\n').map(|place| place + 1);
            let piece = &rest[..end.unwrap_or(rest.len())];
            taken += piece.len();
            self.bytes.extend_from_slice(piece);
            if end.is_none() {
                break;
            }
            if self.take_line()? {
                return Ok(Progress::Whole { taken, body: self.body()? });
            }
        }
        self.check_size()?;
        Ok(Progress::Partial)
    }

    /// Takes the line that has become whole; says whether it is the end of the head.
    fn take_line(&mut self) -> Result<bool, FramingFault> {
        self.check_size()?;
        let line = &self.bytes[self.line..];
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return Err(malformed(
                "a line of the header ends in a line feed without a carriage return",
            ));
        };
        if self.request_line.is_none() {
            if line.is_empty() {
                self.empty_lines += 1;
                self.bytes.clear();
                return if self.empty_lines > EMPTY_LINES_MAX {
                    Err(malformed("empty lines stand where a request is to begin"))
                } else {
                    Ok(false)
                };
            }
            self.request_line = Some(RequestLine::parse(line)?);
        } else if line.is_empty() {
            return Ok(true);
        } else {
            self.length.read_field(line)?;
            self.fields += 1;
        }
        self.line = self.bytes.len();
        Ok(false)
    }

    fn check_size(&self) -> Result<(), FramingFault> {
        if self.request_line.is_none() {
            let line = &self.bytes[self.line..];
            let method = line.split(|byte| *byte == b' ').next().unwrap_or_default();
            if method.len() > METHOD_BYTES_MAX {
                return Err(malformed("the request does not begin with a method"));
            }
            if line.len() > METHOD_BYTES_MAX + TARGET_BYTES_MAX {
                return Err(FramingFault::url_too_long());
            }
        }
        if self.bytes.len() > HEADER_BYTES_MAX || self.fields > HEADER_FIELDS_MAX {
            return Err(FramingFault::header_too_large());
        }
        Ok(())
    }

    /// The body that follows, by RFC 9112, section 6.3.
    fn body(&self) -> Result<Option<Body>, FramingFault> {
        let is_http10 = self.request_line.is_some_and(|line| line.is_http10);
        match (self.length.bytes, self.length.is_chunked) {
            (Some(_), true) => Err(malformed(
                "the length of the body is said by Content-Length and by Transfer-Encoding",
            )),
            (None, true) if is_http10 => Err(malformed("HTTP/1.0 has no Transfer-Encoding")),
            (None, true) => Ok(Some(Body::Chunks(Chunks::new()))),
            (None | Some(0), false) => Ok(None),
            (Some(length), false) => Ok(Some(Body::Length(length))),
        }
    }
}

impl RequestLine {
    fn parse(line: &[u8]) -> Result<Self, FramingFault> {
        let mut words = line.split(|byte| *byte == b' ');
        let (Some(method), Some(target), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(malformed(
                "the request line is not a method, a URL and a version with one blank between each two",
            ));
        };
        if method.is_empty() || !method.iter().copied().all(is_token) {
            return Err(malformed("the request does not begin with a method"));
        }
        let is_http10 = match version {
            b"HTTP/1.1" => false,
            b"HTTP/1.0" => true,
            _ => return Err(malformed("the request line does not end in HTTP/1.1 or HTTP/1.0")),
        };
        check_target(method, target)?;
        Ok(Self { is_http10 })
    }
}

/// The forms of RFC 9112, section 3.2, but for the one that asks a proxy for a tunnel.
fn check_target(method: &[u8], target: &[u8]) -> Result<(), FramingFault> {
    if target.len() > TARGET_BYTES_MAX {
        return Err(FramingFault::url_too_long());
    }
    let is_uri = Uri::try_from(target).is_ok();
    let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
    if !is_uri || !target.iter().all(u8::is_ascii_graphic) || path.contains(&b'\\') {
        return Err(malformed("the URL holds what has to be percent-encoded in one"));
    }
    if target.contains(&b'#') {
        return Err(malformed("the URL has a fragment, which is for the client alone"));
    }
    match target {
        b"*" if method == b"OPTIONS" => Ok(()),
        b"*" => Err(malformed("`*` in the place of a URL goes with OPTIONS only")),
        _ if method == b"CONNECT" => Err(malformed("CONNECT is for proxies, and this is none")),
        [b'/', ..] => Ok(()),
        _ if is_absolute(target) => Ok(()),
        _ => Err(malformed("the URL begins neither with / nor with https://")),
    }
}

fn is_absolute(target: &[u8]) -> bool {
    let begins = |scheme: &[u8]| {
        target.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    begins(b"https://") || begins(b"http://")
}

impl BodyLength {
    /// Checks one field, and takes from it what it says of the length.
    fn read_field(&mut self, line: &[u8]) -> Result<(), FramingFault> {
        let (name, value) = field(line)?;
        if name.eq_ignore_ascii_case(b"content-length") {
            if self.bytes.is_some() {
                return Err(malformed("there are several Content-Length headers"));
            }
            self.bytes = Some(content_length(value)?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.is_chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(malformed("the only Transfer-Encoding that is taken is one `chunked`"));
            }
            self.is_chunked = true;
        }
        Ok(())
    }
}

/// The name and the value of a field.
fn field(line: &[u8]) -> Result<(&[u8], &[u8]), FramingFault> {
    if matches!(line, [b' ' | b'\t', ..]) {
        return Err(malformed(
            "a line of the header begins with a blank: fields are not folded any more",
        ));
    }
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return Err(malformed("a line of the header has no colon"));
    };
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    if name.is_empty() || !name.iter().copied().all(is_token) {
        return Err(malformed(
            "a field of the header has no name, or one with blanks or odd signs in it",
        ));
    }
    if !value.iter().copied().all(is_field_text) {
        return Err(malformed("a field of the header holds a control character"));
    }
    Ok((name, value.trim_ascii()))
}

fn content_length(value: &[u8]) -> Result<u64, FramingFault> {
    let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
    let has_zeros = value.len() > 1 && value[0] == b'0';
    if !is_number || has_zeros || value.len() > LENGTH_DIGITS_MAX {
        return Err(malformed("the Content-Length is not a number in plain digits"));
    }
    Ok(value.iter().fold(0, |length, digit| length * 10 + u64::from(digit - b'0')))
}

const fn malformed(why: &'static str) -> FramingFault {
    FramingFault::malformed(why)
}
