//! The list of what has arrived.

use crate::program::{Bursar, token};
use crate::server::{Act, Server, answer};

const PAGE: &str = r#"{"items":[{"uploadId":"upl_01k00000000000000000000000","customer":"acme",
    "unit":"acme","fileType":"APT","fileName":"a_20261123.csv","bytes":3,"sha256":"00",
    "receivedAt":"2026-11-23T10:00:00Z","status":"received"}],"next":"upl_01k00000000000000000000000"}"#;

fn uploads(server: &Server) -> Bursar {
    Bursar::bare()
        .env("BURSAR_TOKEN", &token())
        .args(["uploads", "--wait-second-ms", "1"])
        .at(server)
}

#[test]
fn a_page_is_listed() {
    let server = Server::start([
        Act::Answer(answer(503, &[], "")),
        Act::Answer(answer(200, &["Content-Type: application/json"], PAGE)),
    ]);
    let run =
        uploads(&server).args(["--limit", "7", "--after", "upl_01k00000000000000000000001"]).run();
    assert_eq!(run.code, 0, "{run:?}");
    for words in ["a_20261123.csv", "APT", "received", "--after upl_01k"] {
        assert!(run.out.contains(words), "{words} {run:?}");
    }
    let head = &server.got()[1].head;
    let line = "GET /customers/acme/units/acme/Uploads?limit=7&after=upl_01k00000000000000000000001 HTTP/1.1";
    assert_eq!(head.lines().next(), Some(line));
    let run = uploads(&server).args(["--json"]).run();
    let page: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(page["items"][0]["bytes"], 3);
}

#[test]
fn a_service_without_a_list_is_told() {
    for (status, body, code, words) in [
        (404, "", 20, "the vendor's service has none"),
        (401, "", 12, "bursar token inspect"),
        (200, "<html>", 20, "not a list of uploads"),
        (201, PAGE, 24, "201"),
    ] {
        let server = Server::start([Act::Answer(answer(status, &[], body))]);
        let run = uploads(&server).run();
        assert_eq!(run.code, code, "{run:?}");
        assert!(run.err.contains(words), "{run:?}");
    }
}
