//! Answers in Brotli or gzip, for those who take one of them.
//!
//! Only what is whole in memory is made smaller, at once: a stream would need an encoder, a
//! quarter of a mebibyte, for as long as its reader takes, and strangers may take none of it.
//!
//! Invariant: a request that another origin may have made a browser send is answered as it is,
//! also one of a neighbour below the same domain, whose requests bear the cookie. What it may
//! learn of an answer is how long it is (BREACH), and that depends on secrets once it is
//! compressed.
//!
//! Not for: what is compressed where it lies (`assets`), and downloads.

use std::io::Write as _;

use axum::body::{Body, HttpBody as _};
use axum::response::Response;
use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::BodyExt as _;

/// Shorter ones fit into a packet either way.
const BYTES_MIN: u64 = 1024;
/// Longer ones are read by programs, on lines that carry them, and would keep a processor busy
/// for a hundredth of a second and more.
const BYTES_MAX: u64 = 1024 * 1024;
/// A page of 70 kB in half a millisecond, to a fifth; the levels above take thrice the time for a
/// tenth less.
const GZIP_LEVEL: Compression = Compression::new(3);
/// The queue of fifty findings is a tenth smaller than in gzip, for half as much time again; 5 would take
/// twice the time for another tenth.
const BROTLI_QUALITY: i32 = 4;
/// The distance over which repeats are looked for, as a power of two: 256 kB are more than nearly every
/// page, and each compression takes a few times as much memory while it lasts.
const BROTLI_WINDOW: i32 = 18;
/// The bytes that the encoder hands on at once.
const BROTLI_BUFFER_BYTES: usize = 16 * 1024;
/// The media types that become much smaller.
const MEDIA_TYPES: [&str; 7] = [
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "image/svg+xml",
    "application/json",
    "application/problem+json",
];
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// A content coding, by how it is called in header fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Brotli,
    Gzip,
}

impl Coding {
    /// The one that makes answers smallest comes first.
    const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    fn encode(self, bytes: &[u8]) -> Vec<u8> {
        const WRITTEN: &str = "memory takes what is written";
        match self {
            Self::Brotli => {
                let params = BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    lgwin: BROTLI_WINDOW,
                    size_hint: bytes.len(),
                    ..BrotliEncoderParams::default()
                };
                let mut encoder =
                    CompressorWriter::with_params(Vec::new(), BROTLI_BUFFER_BYTES, &params);
                encoder.write_all(bytes).expect(WRITTEN);
                encoder.into_inner()
            }
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), GZIP_LEVEL);
                encoder.write_all(bytes).expect(WRITTEN);
                encoder.finish().expect(WRITTEN)
            }
        }
    }
}

/// The coding that whoever asked likes best of those we have; none where they take none, or another
/// origin made them ask. A browser that does not say who did may be any that has a cookie.
pub(super) fn wanted(request: &HeaderMap) -> Option<Coding> {
    let is_own = match request.get(FETCH_SITE) {
        Some(site) => site == "same-origin" || site == "none",
        None => !request.contains_key(header::COOKIE),
    };
    if !is_own {
        return None;
    }
    let fields = || request.get_all(header::ACCEPT_ENCODING).iter();
    let liked = |coding: Coding| fields().filter_map(|field| weight(field, coding)).max();
    let taken = Coding::ALL.into_iter().filter_map(|coding| Some((liked(coding)?, coding)));
    // Of those that are liked alike, the first.
    let best = taken.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, coding)| coding)
}

/// The weight of a coding in a list of them, in thousandths, where it is above zero (RFC 9110, 12.5.3).
fn weight(field: &HeaderValue, coding: Coding) -> Option<u16> {
    const WHOLE: u16 = 1000;
    let members = field.to_str().ok()?.split(',');
    let weights = members.filter_map(|member| {
        let mut parts = member.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case(coding.as_str()) {
            return None;
        }
        match parts.find_map(|part| part.strip_prefix("q=")) {
            None => Some(WHOLE),
            Some(weight) => thousandths(weight),
        }
    });
    weights.filter(|weight| *weight > 0).max()
}

/// `1`, `0.5` and `0.125` in thousandths; none of what is no weight.
fn thousandths(weight: &str) -> Option<u16> {
    const DIGITS: usize = 3;
    let (whole, part) = weight.split_once('.').unwrap_or((weight, ""));
    let is_weight = matches!(whole, "0" | "1")
        && part.len() <= DIGITS
        && part.bytes().all(|byte| byte.is_ascii_digit());
    is_weight.then(|| format!("{whole}{part:0<DIGITS$}").parse().ok()).flatten()
}

/// Compresses an answer that is worth it. The entity tag of one that has any names these very
/// bytes, so it stays as it is.
pub(super) async fn compress(response: Response, coding: Coding) -> Response {
    if !is_worth_it(&response) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(collected) = body.collect().await else {
        // It was whole before; a body of bytes in memory has no faults.
        unreachable!("a body in memory can be read")
    };
    let bytes = coding.encode(&collected.to_bytes());
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.as_str()));
    head.headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(bytes))
}

fn is_worth_it(response: &Response) -> bool {
    let headers = response.headers();
    let media = headers.get(header::CONTENT_TYPE).and_then(|media| media.to_str().ok());
    let media = media.map(|media| media.split(';').next().unwrap_or(media).trim());
    let length = response.body().size_hint().exact();
    response.status() != StatusCode::PARTIAL_CONTENT
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::CONTENT_DISPOSITION)
        && !headers.contains_key(header::ETAG)
        && media.is_some_and(|media| MEDIA_TYPES.contains(&media))
        && length.is_some_and(|length| (BYTES_MIN..=BYTES_MAX).contains(&length))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn asking(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let field = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        // Of a name that stands twice both are kept.
        let mut headers = HeaderMap::new();
        for (name, value) in fields.iter().map(field) {
            headers.append(name, value);
        }
        headers
    }

    #[test]
    fn the_coding_is_told_by_the_weights_and_by_the_site() {
        use Coding::{Brotli, Gzip};
        const BOTH: (&str, &str) = ("accept-encoding", "gzip, deflate, br, zstd");
        for (fields, coding) in [
            (&[][..], None),
            (&[("accept-encoding", "gzip")], Some(Gzip)),
            (&[BOTH], Some(Brotli)),
            (&[("accept-encoding", "br;q=0.4, GZIP;q=0.5")], Some(Gzip)),
            (&[("accept-encoding", "br;q=0, gzip;q=0.001")], Some(Gzip)),
            (&[("accept-encoding", "br, GZIP;q=0.5")], Some(Brotli)),
            (&[("accept-encoding", "gzip"), ("accept-encoding", "BR")], Some(Brotli)),
            (&[("accept-encoding", "gzip;q=0")], None),
            (&[("accept-encoding", "gzip; q=0.000")], None),
            (&[("accept-encoding", "gzip; q=most")], None),
            (&[("accept-encoding", "identity, x-gzipped, brotli")], None),
            (&[BOTH, ("sec-fetch-site", "same-origin")], Some(Brotli)),
            (
                &[("accept-encoding", "gzip"), ("sec-fetch-site", "none"), ("cookie", "a=b")],
                Some(Gzip),
            ),
            (&[BOTH, ("sec-fetch-site", "cross-site")], None),
            (&[BOTH, ("sec-fetch-site", "same-site")], None),
            (&[BOTH, ("cookie", "a=b")], None),
        ] {
            assert_eq!(wanted(&asking(fields)), coding, "{fields:?}");
        }
    }

    #[tokio::test]
    async fn a_long_page_becomes_short_and_says_so() {
        let page = "<p>Two invoices look like one.</p>".repeat(2_000);
        let answer = |media: &'static str, body: Body| {
            Response::builder().header(header::CONTENT_TYPE, media).body(body).unwrap()
        };
        let mut lengths = Vec::new();
        for coding in Coding::ALL {
            let long = answer("text/html; charset=utf-8", Body::from(page.clone()));
            let short = compress(long, coding).await;
            assert_eq!(short.headers()[header::CONTENT_ENCODING], coding.as_str());
            assert_eq!(short.headers()[header::VARY], "accept-encoding");
            let bytes = short.into_body().collect().await.unwrap().to_bytes();
            assert!(bytes.len() * 20 < page.len(), "{} bytes", bytes.len());
            let mut decoder: Box<dyn std::io::Read> = match coding {
                Coding::Brotli => Box::new(brotli::Decompressor::new(&bytes[..], 4096)),
                Coding::Gzip => Box::new(flate2::read::GzDecoder::new(&bytes[..])),
            };
            let mut read = String::new();
            decoder.read_to_string(&mut read).unwrap();
            assert_eq!(read, page);
            lengths.push(bytes.len());
        }
        assert!(lengths.is_sorted(), "the first is the smallest: {lengths:?}");

        let stream = Body::new(http_body_util::StreamBody::new(futures_util::stream::empty::<
            Result<http_body::Frame<axum::body::Bytes>, std::convert::Infallible>,
        >()));
        for other in [
            answer("text/html", Body::from("short")),
            answer("application/octet-stream", Body::from(page.clone())),
            answer("text/html", stream),
        ] {
            let answered = compress(other, Coding::Brotli).await;
            assert!(!answered.headers().contains_key(header::CONTENT_ENCODING));
        }
    }
}
