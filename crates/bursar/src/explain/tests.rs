use std::collections::HashSet;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::*;

fn answer(status: u16) -> Answer {
    Answer {
        status: StatusCode::from_u16(status).unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        is_whole: true,
    }
}

#[test]
fn every_status_is_explained_once() {
    let target = Target::from_url("https://bursar.example").unwrap();
    let mut listed = HashSet::new();
    for row in ROWS {
        assert!(row.statuses.iter().all(|status| listed.insert(*status)), "{:?}", row.statuses);
    }
    for status in 200..600 {
        let failure = explain_answer(&answer(status), &target);
        assert!(failure.what.starts_with(&status.to_string()), "{failure}");
        assert!(failure.next.ends_with('.'), "{failure}");
        assert_ne!(failure.exit, ExitCode::Ok, "{failure}");
    }
}

#[test]
fn what_the_server_says_comes_first() {
    let target = Target::from_url("https://bursar.example").unwrap();
    let mut said = answer(403);
    said.body = Bytes::from_static(br#"{"detail":"Not for unit uk.","requestId":"req_1"}"#);
    let failure = explain_answer(&said, &target);
    assert_eq!(failure.what, "403. Not for unit uk");
    assert!(failure.next.ends_with("Request: req_1."), "{failure}");
}
