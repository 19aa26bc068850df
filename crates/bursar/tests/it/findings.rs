//! Findings: what is asked of the server, what is shown, and what is sent once only.

use serde_json::{Value, json};

use crate::program::{Bursar, Run, path_text, token};
use crate::server::{Act, Server, answer};

const KEY: &str = "fnd_00000000000000000000000000000001";
const RUN: &str = "run_01k00000000000000000000000";

fn json_act(status: u16, body: &Value) -> Act {
    Act::Answer(answer(status, &["Content-Type: application/json"], &body.to_string()))
}

fn item(key: &str) -> Value {
    json!({
        "key": key, "check": "duplicate_invoices", "kind": "same_number", "state": "open",
        "title": "Invoice 10983 looks paid twice", "probability": 0.97,
        "atRisk": { "amount": "4310.00", "currency": "GBP" },
    })
}

fn finding() -> Value {
    let mut finding = item(KEY);
    finding["rows"] = json!([{ "ledger": "APT", "id": "1", "fields": { "amount": "4310.00" } }]);
    finding["evidence"] = json!([{ "field": "amount", "words": "the same amount", "bits": 3.5 }]);
    finding["innocentIf"] = json!("it is rent");
    finding["history"] = json!([]);
    finding
}

fn run_of(status: &str) -> Value {
    json!({
        "runId": RUN, "askedAt": "2026-11-23T10:00:00Z", "status": status, "done": 0.25,
        "doing": "comparing invoices", "findings": 12, "newFindings": 3, "gone": 1,
        "suppressed": 40, "why": "the checks failed 5 times",
    })
}

fn findings(server: &Server, args: &[&str]) -> Run {
    let (command, rest) = match args.first() {
        Some(first) if !first.starts_with('-') => (vec!["findings", first], &args[1..]),
        _ => (vec!["findings"], args),
    };
    Bursar::bare()
        .env("BURSAR_TOKEN", &token())
        .args(command)
        .args(["--wait-second-ms", "1"])
        .args(rest.iter().copied())
        .at(server)
        .run()
}

fn first_line(server: &Server, place: usize) -> String {
    server.got()[place].head.lines().next().unwrap().to_owned()
}

#[test]
fn findings_are_listed_a_page_or_all() {
    let page = json!({ "items": [item(KEY)], "next": KEY });
    let server = Server::start([json_act(503, &Value::Null), json_act(200, &page)]);
    let run =
        findings(&server, &["--state", "open", "--min-amount", "1000", "--supplier", "A & B"]);
    assert_eq!(run.code, 0, "{run:?}");
    for words in ["4,310.00 GBP", "97%", "same_number", KEY, "there are more: --after fnd_"] {
        assert!(run.out.contains(words), "{words} {run:?}");
    }
    let line = "GET /customers/acme/units/acme/findings?limit=50&min_amount=1000%2E00\
                &state=open&supplier=A%20%26%20B HTTP/1.1";
    assert_eq!(first_line(&server, 1), line);

    let last = json!({ "items": [item("fnd_00000000000000000000000000000002")] });
    let server = Server::start([json_act(200, &page), json_act(200, &last)]);
    let run = findings(&server, &["--all", "--json"]);
    let all: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((all["items"].as_array().unwrap().len(), all["next"].is_null()), (2, true));
    assert!(first_line(&server, 1).contains("?after=fnd%5F0"), "{}", first_line(&server, 1));
}

#[test]
fn one_is_explained() {
    let server = Server::start([json_act(200, &finding())]);
    let run = findings(&server, &["show", KEY]);
    assert_eq!(run.code, 0, "{run:?}");
    for words in ["97% probable", "APT 1", "+3.5  the same amount", "legitimate if: it is rent"] {
        assert!(run.out.contains(words), "{words} {run:?}");
    }
}

#[test]
fn decisions_are_sent_once() {
    let decided = json!({ "decided": 1 });
    let server = Server::start([json_act(200, &decided)]);
    let args = ["decide", KEY, "--duplicate", "--because", "they agree", "--recovered", "4310"];
    let run = findings(&server, &args);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.out.contains("1 finding is now duplicate"), "{run:?}");
    let sent: Value = serde_json::from_slice(&server.got()[0].body).unwrap();
    let verdict = json!({ "state": "duplicate", "because": "they agree", "recovered": "4310.00",
        "remember": "none", "until": null, "due": null });
    assert_eq!(sent, json!({ "findings": [KEY], "verdict": verdict }));

    // More than is at risk is right where it is said twice.
    let server = Server::start([json_act(200, &decided)]);
    let above = findings(&server, &[&args[..], &["--above", "4310"]].concat());
    assert_eq!(above.code, 0, "{above:?}");
    let sent: Value = serde_json::from_slice(&server.got()[0].body).unwrap();
    assert_eq!(sent["verdict"]["above"], "4310.00");

    let server = Server::start([json_act(503, &Value::Null), json_act(200, &decided)]);
    let until = ["decide", KEY, "--not-duplicate", "--because", "rent", "--remember", "pattern"];
    let run = findings(&server, &[&until[..], &["--until", "2027-03-31"]].concat());
    assert_eq!((run.code, server.got().len()), (26, 1), "{run:?}");
    let sent: Value = serde_json::from_slice(&server.got()[0].body).unwrap();
    assert_eq!(sent["verdict"]["until"], "2027-04-01T00:00:00Z");

    let server = Server::start([json_act(200, &finding())]);
    assert_eq!(findings(&server, &["undo", KEY]).code, 0);
    assert!(first_line(&server, 0).starts_with("POST /customers/acme/units/acme/findings/fnd_"));
}

#[test]
fn what_cannot_be_decided_is_said_before_anything_is_sent() {
    for args in [
        &["decide", KEY, "--because", "x"][..],
        &["decide", KEY, "--duplicate"],
        &["decide", KEY, "--duplicate", "--not-duplicate", "--because", "x"],
        &["decide", KEY, "--not-duplicate", "--because", "x", "--recovered", "1"],
        &["decide", KEY, "--duplicate", "--because", "x", "--remember", "rows"],
        &["decide", KEY, "--duplicate", "--because", "x", "--above", "1"],
        &["decide", KEY, "--not-duplicate", "--because", "x", "--until", "2027-03-31"],
        &["decide", "--duplicate", "--because", "x"],
        &["export", "findings.doc"],
        &["show", "fnd_1"],
    ] {
        let server = Server::start([json_act(200, &finding())]);
        let run = findings(&server, args);
        assert_eq!((run.code, server.got().len()), (2, 0), "{args:?} {run:?}");
    }
}

#[test]
fn a_file_is_written_whole_or_not_at_all() {
    for (status, name, code) in [(200, "f.csv", 0), (200, "f.xlsx", 0), (409, "f.parquet", 20)] {
        let server = Server::start([Act::Answer(answer(status, &[], "key,check\r\n"))]);
        let path = server.folder.path().join(name);
        let run = findings(&server, &["export", path_text(&path), "--check", "benford"]);
        assert_eq!(run.code, code, "{run:?}");
        assert_eq!(path.exists(), code == 0);
        let (_, extension) = name.split_once('.').unwrap();
        let line = format!("/findings.{extension}?check=benford ");
        assert!(first_line(&server, 0).contains(&line), "{}", first_line(&server, 0));
    }
}

#[test]
fn runs_are_listed_and_followed() {
    let page = json!({ "items": [run_of("running"), run_of("done")] });
    let server = Server::start([json_act(200, &page)]);
    let run = findings(&server, &["runs"]);
    assert!(run.out.contains("running, 25%: comparing invoices"), "{run:?}");
    assert!(run.out.contains("done: 12 findings, 3 new, 1 gone, 40 suppressed"), "{run:?}");
    for (end, code, words) in [
        ("done", 0, "12 findings, 3 new"),
        ("failed", 26, "the checks failed 5 times"),
        ("waiting", 52, "after 9.0 s it is waiting"),
    ] {
        let acts = [json_act(202, &run_of("waiting")), json_act(200, &run_of(end))];
        let server = Server::start(acts);
        let run = findings(&server, &["runs", "--new", "--wait", "--wait-max", "9s"]);
        assert_eq!(run.code, code, "{run:?}");
        assert!(format!("{}{}", run.out, run.err).contains(words), "{words} {run:?}");
    }
}

#[test]
fn an_uploaders_token_is_told_from_an_analysts() {
    let detail = json!({ "detail": "The token's role is uploader." });
    let server = Server::start([json_act(403, &detail)]);
    let run = findings(&server, &["show", KEY]);
    assert_eq!(run.code, 13, "{run:?}");
    assert!(run.err.contains("token issue --role analyst"), "{run:?}");
}
