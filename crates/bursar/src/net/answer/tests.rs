use super::*;

fn answer(headers: &[(&'static str, &str)], body: &str) -> Answer {
    Answer {
        status: StatusCode::CREATED,
        headers: headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        is_whole: true,
    }
}

fn digest_of(bytes: &[u8]) -> Sha256Digest {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    Sha256Digest::from_bytes(digest.as_ref().try_into().unwrap())
}

#[test]
fn a_receipt_is_compared_with_what_was_sent_where_it_can_be() {
    let sent = SentFile { bytes: 3, sha256: digest_of(b"abc") };
    let (right, wrong) = (sent.sha256, digest_of(b"x"));
    let json = |digest, bytes: u64| format!(r#"{{"sha256":"{digest}","bytes":{bytes},"new":[]}}"#);
    for (field, body, confirmed) in [
        (None, String::new(), Ok(false)),
        (None, "thank you".to_owned(), Ok(false)),
        (None, r#"{"id":"9"}"#.to_owned(), Ok(false)),
        (None, json(right, 3), Ok(true)),
        (Some(right.to_field()), "{}".to_owned(), Ok(true)),
        (Some(digest_of(b"{}").to_field()), "{}".to_owned(), Ok(false)),
        (Some("junk".to_owned()), "{}".to_owned(), Ok(false)),
        (Some(wrong.to_field()), "{}".to_owned(), Err("digest")),
        (None, json(wrong, 3), Err("digest")),
        (None, json(right, 2), Err("length")),
    ] {
        let headers: Vec<_> = field.iter().map(|value| ("repr-digest", value.as_str())).collect();
        let outcome = answer(&headers, &body).receipt(sent);
        let outcome =
            outcome.map(|receipt| receipt.is_digest_confirmed).map_err(|difference| difference.of);
        assert_eq!(outcome, confirmed, "{field:?} {body}");
    }
}

#[test]
fn a_page_is_told_from_an_answer() {
    for (headers, body, html) in [
        (&[("content-type", "text/html; charset=utf-8")][..], "", true),
        (&[], "  <!DOCTYPE HTML><html>", true),
        (&[], "<html><head>", true),
        (&[("content-type", "application/problem+json")], "{}", false),
        (&[], "", false),
    ] {
        assert_eq!(answer(headers, body).is_html(), html, "{headers:?} {body}");
    }
}

#[test]
fn the_text_of_a_stranger_is_harmless() {
    let body = r#"{"detail":"no\u001b[31m such\n type\u202e"}"#;
    assert_eq!(answer(&[], body).detail().unwrap(), "no[31m such  type");
    let long = format!(r#"{{"detail":"{}"}}"#, "x".repeat(9000));
    assert_eq!(answer(&[], &long).detail().unwrap().len(), 600);
    assert_eq!(answer(&[], r#"{"detail":""}"#).detail(), None);
}

#[test]
fn the_id_of_a_receipt_moves_no_cursor() {
    for (json, shown) in [
        (Some(serde_json::json!({ "uploadId": "upl_1" })), "  upl_1"),
        (Some(serde_json::json!({ "id": "7\u{1b}[2J\n" })), "  7·[2J⏎"),
        (Some(serde_json::json!({ "id": 7 })), ""),
        (None, ""),
    ] {
        let receipt = ServerReceipt { json, is_digest_confirmed: false };
        assert_eq!(receipt.id_behind_name(), shown);
    }
}
