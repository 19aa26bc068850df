//! The token of a form that sends a file: its first part, looked at before anything else is read.
//!
//! Not for: the parts that follow; whoever receives the file reads them, this one again among them.
//!
//! Invariant: no more than [`PEEKED_BYTES_MAX`] and one piece are held, and the body goes on as it was sent.

use axum::body::Body;
use bytes::BytesMut;
use futures_util::{StreamExt as _, stream};
use http::header::{self, HeaderMap};

/// A boundary of 70 characters, the header of the part and the token are about 200.
const PEEKED_BYTES_MAX: usize = 1024;
const FORM: &str = "multipart/form-data";
/// The head of the part, as every browser writes it.
const HEAD: &str = "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n";

/// The boundary between the parts; none when it is no such form.
pub(crate) fn boundary(headers: &HeaderMap) -> Option<String> {
    let media = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let kind = media.split(';').next()?.trim();
    kind.eq_ignore_ascii_case(FORM).then(|| multer::parse_boundary(media).ok()).flatten()
}

/// The token, empty when the form does not begin with it, and the body as it was.
pub(super) async fn peek(boundary: &str, body: Body) -> (String, Body) {
    let mut pieces = body.into_data_stream();
    let mut peeked = BytesMut::new();
    while peeked.len() < PEEKED_BYTES_MAX && token(boundary, &peeked).is_none() {
        match pieces.next().await {
            Some(Ok(piece)) => peeked.extend_from_slice(&piece),
            Some(Err(error)) => {
                return (
                    String::new(),
                    Body::from_stream(stream::iter([Err::<BytesMut, _>(error)])),
                );
            }
            None => break,
        }
    }
    let found = token(boundary, &peeked).unwrap_or_default().to_owned();
    let head = stream::iter([Ok(peeked.freeze())]);
    (found, Body::from_stream(head.chain(pieces)))
}

fn token<'b>(boundary: &str, bytes: &'b [u8]) -> Option<&'b str> {
    let rest = bytes.strip_prefix(b"--")?.strip_prefix(boundary.as_bytes())?;
    let rest = rest.strip_prefix(HEAD.as_bytes())?;
    let end = rest.iter().position(|byte| *byte == b'\r')?;
    std::str::from_utf8(&rest[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_is_found_in_front_and_the_body_goes_on() {
        let good = format!("--B{HEAD}AAAA\r\n--B\r\nmore");
        for (body, found) in [
            (good.as_str(), "AAAA"),
            ("--B\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nAAAA\r\n--B", ""),
            ("--C\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nAAAA\r\n", ""),
            ("csrf=AAAA", ""),
            ("", ""),
        ] {
            let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
                body.bytes().map(|byte| Ok(vec![byte])).collect();
            let (token, after) = peek("B", Body::from_stream(stream::iter(pieces))).await;
            assert_eq!(token, found, "{body}");
            let after = axum::body::to_bytes(after, 4096).await.unwrap();
            assert_eq!(after, body.as_bytes());
        }
    }

    #[test]
    fn only_such_a_form_has_a_boundary() {
        for (media, found) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Form-Data; boundary=\"a b\"", Some("a b")),
            ("multipart/form-data", None),
            ("multipart/mixed; boundary=abc", None),
            ("text/csv", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media));
            assert_eq!(boundary(&headers).as_deref(), found, "{media}");
        }
    }
}
