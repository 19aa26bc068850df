//! Answers in gzip, for those who take it.
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
const LEVEL: Compression = Compression::new(3);
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

/// Returns `true` when whoever asked takes gzip, and no other origin made them ask. A browser
/// that does not say who did may be any that has a cookie.
pub(super) fn is_taken(request: &HeaderMap) -> bool {
    let is_own = match request.get(FETCH_SITE) {
        Some(site) => site == "same-origin" || site == "none",
        None => !request.contains_key(header::COOKIE),
    };
    is_own && request.get_all(header::ACCEPT_ENCODING).iter().any(names_gzip)
}

/// Returns `true` when a list of codings has gzip with a weight above zero (RFC 9110, 12.5.3).
fn names_gzip(field: &HeaderValue) -> bool {
    let Ok(field) = field.to_str() else { return false };
    field.split(',').any(|member| {
        let mut parts = member.split(';').map(str::trim);
        let is_gzip = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_gzip
            && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

/// Compresses an answer that is worth it. The entity tag of one that has any names these very
/// bytes, so it stays as it is.
pub(super) async fn compress(response: Response) -> Response {
    if !is_worth_it(&response) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(collected) = body.collect().await else {
        // It was whole before; a body of bytes in memory has no faults.
        unreachable!("a body in memory can be read")
    };
    let mut encoder = GzEncoder::new(Vec::new(), LEVEL);
    encoder.write_all(&collected.to_bytes()).expect("memory takes what is written");
    let bytes = encoder.finish().expect("memory takes what is written");
    head.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
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
        fields.iter().map(field).collect()
    }

    #[test]
    fn who_takes_gzip_is_told_by_the_weights_and_by_the_site() {
        for (fields, is_wanted) in [
            (&[][..], false),
            (&[("accept-encoding", "gzip")], true),
            (&[("accept-encoding", "br, GZIP;q=0.5")], true),
            (&[("accept-encoding", "gzip;q=0")], false),
            (&[("accept-encoding", "gzip; q=0.000")], false),
            (&[("accept-encoding", "identity, x-gzipped")], false),
            (&[("accept-encoding", "gzip"), ("sec-fetch-site", "same-origin")], true),
            (&[("accept-encoding", "gzip"), ("sec-fetch-site", "none"), ("cookie", "a=b")], true),
            (&[("accept-encoding", "gzip"), ("sec-fetch-site", "cross-site")], false),
            (&[("accept-encoding", "gzip"), ("sec-fetch-site", "same-site")], false),
            (&[("accept-encoding", "gzip"), ("cookie", "a=b")], false),
        ] {
            assert_eq!(is_taken(&asking(fields)), is_wanted, "{fields:?}");
        }
    }

    #[tokio::test]
    async fn a_long_page_becomes_short_and_says_so() {
        let page = "<p>Two invoices look like one.</p>".repeat(2_000);
        let answer = |media: &'static str, body: Body| {
            Response::builder().header(header::CONTENT_TYPE, media).body(body).unwrap()
        };
        let short = compress(answer("text/html; charset=utf-8", Body::from(page.clone()))).await;
        assert_eq!(short.headers()[header::CONTENT_ENCODING], "gzip");
        assert_eq!(short.headers()[header::VARY], "accept-encoding");
        let bytes = short.into_body().collect().await.unwrap().to_bytes();
        assert!(bytes.len() * 20 < page.len(), "{} bytes", bytes.len());
        let mut read = String::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut read).unwrap();
        assert_eq!(read, page);

        let stream = Body::new(http_body_util::StreamBody::new(futures_util::stream::empty::<
            Result<http_body::Frame<axum::body::Bytes>, std::convert::Infallible>,
        >()));
        for other in [
            answer("text/html", Body::from("short")),
            answer("application/octet-stream", Body::from(page.clone())),
            answer("text/html", stream),
        ] {
            assert!(!compress(other).await.headers().contains_key(header::CONTENT_ENCODING));
        }
    }
}
