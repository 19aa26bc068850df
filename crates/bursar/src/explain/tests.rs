use std::collections::HashSet;

use bytes::Bytes;
use domain::{RefusalCode, local_authority};
use http::{HeaderMap, StatusCode};

use super::*;
use crate::net::link::{CertificateFault, TransportError};
use crate::net::tls::ChainSummary;

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
fn a_conflict_is_not_taken_for_one_of_ours() {
    let target = Target::from_url("https://bursar.example").unwrap();
    let failure = explain_answer(&answer(409), &target);
    assert!(failure.what.starts_with("409. the request conflicts with another"), "{failure}");
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

#[test]
fn a_refusal_of_ours_says_what_happened_and_what_to_do_once() {
    let target = Target::from_url("https://bursar.example").unwrap();
    for code in RefusalCode::ALL {
        let mut said = answer(code.status());
        let problem = serde_json::json!({
            "code": code, "title": code.title(), "detail": code.advice(), "status": code.status(),
        });
        said.body = Bytes::from(problem.to_string());
        let failure = explain_answer(&said, &target);
        assert_eq!(failure.what, format!("{}. {}", code.status(), code.title()), "{failure}");
        assert!(!failure.next.contains(code.title()), "{failure}");
        // With a reason of its own that comes first.
        let problem = serde_json::json!({
            "code": code, "title": code.title(), "detail": format!("It is so. {}", code.advice()),
        });
        said.body = Bytes::from(problem.to_string());
        let failure = explain_answer(&said, &target);
        assert!(failure.what.contains(". It is so. "), "{failure}");
    }
}

#[test]
fn an_unknown_authority_is_told_by_how_its_certificate_is_got() {
    let target = Target::from_url("https://bursar.example").unwrap();
    for (signer, words) in [
        (local_authority::NAME, "--ca-file ca.pem"),
        ("Contoso Issuing CA", "leaves out its intermediate"),
        ("Zscaler Intermediate Root CA", "--ca-file root.pem"),
    ] {
        let presented = ChainSummary {
            signer: signer.to_owned(),
            is_self_signed: false,
            is_alone: true,
            not_before: None,
            not_after: None,
            names: Vec::new(),
        };
        let fault = TransportError::Certificate(CertificateFault::IssuerUnknown, Some(presented));
        let failure = explain_transport_error(&fault, &target);
        assert_eq!(failure.exit, ExitCode::IssuerUnknown, "{failure}");
        assert!(failure.what.contains(signer) && failure.next.contains(words), "{failure}");
    }
}
