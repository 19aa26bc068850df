//! A server that misbehaves on purpose, as a table: how each case ends, what is said, that no token goes
//! elsewhere, and that no file is lost or doubled.
//!
//! The server here counts as a service would: a whole body is a file received, known by the name in the
//! path and its bytes, so that a repeat is the same file.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::program::{Bursar, Run, file, path_text, token};
use crate::server::{Act, Server, answer};

const CONTENT: &[u8] = b"Unique ID,Invoice Amount\n1,12.50\n";
const HTML: &str = "Content-Type: text/html; charset=UTF-8";

/// One kind of misbehaviour and how it ends.
struct Case {
    what: &'static str,
    acts: Vec<Act>,
    code: i32,
    words: &'static str,
    /// How many requests came.
    requests: usize,
    state: &'static str,
}

fn answer_act(status: u16, headers: &[&str], body: &str) -> Act {
    Act::Answer(answer(status, headers, body))
}

fn good() -> Act {
    answer_act(201, &[], r#"{"uploadId":"upl_1"}"#)
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn cases(elsewhere: &str) -> Vec<Case> {
    let page = "<!DOCTYPE html><title>| 520: Web server is returning an unknown error</title>";
    let to = format!("Location: {elsewhere}/customers/acme");
    let case = |what, acts, code, words, requests, state| Case {
        what,
        acts,
        code,
        words,
        requests,
        state,
    };
    let twice = |first: Act| vec![first, good()];
    vec![
        case(
            "500 x 3",
            [500, 500, 500].map(|s| answer_act(s, &[], "")).into_iter().chain([good()]).collect(),
            0,
            "received apt",
            4,
            "received",
        ),
        case(
            "429, seconds",
            twice(answer_act(429, &["Retry-After: 2"], "")),
            0,
            "again in 2.0 s",
            2,
            "received",
        ),
        case(
            "429, a date",
            twice(answer_act(429, &["Retry-After: Fri, 31 Dec 2999 23:59:59 GMT"], "")),
            0,
            "again in 300 s",
            2,
            "received",
        ),
        case(
            "429, a date gone by",
            twice(answer_act(429, &["Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"], "")),
            0,
            "again in 0.0 s",
            2,
            "received",
        ),
        case(
            "429, absurd",
            twice(answer_act(429, &["Retry-After: 99999999999999999999"], "")),
            0,
            "again in 300 s",
            2,
            "received",
        ),
        case(
            "429, garbage",
            twice(answer_act(429, &["Retry-After: soon"], "")),
            0,
            "again in",
            2,
            "received",
        ),
        case(
            "429, negative",
            twice(answer_act(429, &["Retry-After: -5"], "")),
            0,
            "again in",
            2,
            "received",
        ),
        case("201 lost", twice(Act::Cut(CONTENT.len())), 0, "received apt", 2, "received"),
        case(
            "201 lost, then in use",
            vec![
                Act::Cut(CONTENT.len()),
                answer_act(
                    409,
                    &["Content-Type: application/problem+json"],
                    r#"{"code":"idempotency_key_in_use","retryable":true,"detail":"Being received."}"#,
                ),
                good(),
            ],
            0,
            "received apt",
            3,
            "received",
        ),
        case(
            "201 lost for ever",
            vec![Act::Cut(CONTENT.len())],
            33,
            "was lost before an answer",
            4,
            "waiting",
        ),
        case(
            "201 without a body",
            vec![answer_act(201, &[], "")],
            0,
            "without a receipt",
            1,
            "received",
        ),
        case(
            "201 of other bytes",
            vec![answer_act(201, &[], r#"{"bytes":7}"#)],
            25,
            "length it received is 7",
            1,
            "failed",
        ),
        case(
            "201, half a body",
            vec![Act::Answer(
                b"HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n{\"uploadId\":".to_vec(),
            )],
            0,
            "without a receipt",
            1,
            "received",
        ),
        case("200", vec![answer_act(200, &[], "{}")], 24, "Only 201 means", 1, "waiting"),
        case("204", vec![answer_act(204, &[], "")], 24, "Only 201 means", 1, "waiting"),
        case("301", vec![answer_act(301, &[&to], "")], 23, "never followed", 1, "waiting"),
        case("302", vec![answer_act(302, &[&to], "")], 23, "never followed", 1, "waiting"),
        case("307", vec![answer_act(307, &[&to], "")], 23, "never followed", 1, "waiting"),
        case("308", vec![answer_act(308, &[&to], "")], 23, "never followed", 1, "waiting"),
        case(
            "413 from an edge",
            vec![answer_act(413, &[HTML], page)],
            21,
            "from a proxy or an edge",
            1,
            "failed",
        ),
        case(
            "520 from an edge",
            vec![answer_act(520, &[HTML], page)],
            26,
            "Cloudflare",
            4,
            "waiting",
        ),
        case(
            "524 from an edge",
            vec![answer_act(524, &[HTML], page)],
            26,
            "from a proxy or an edge",
            4,
            "waiting",
        ),
        case("524 once", twice(answer_act(524, &[HTML], page)), 0, "received apt", 2, "received"),
        case(
            "not HTTP",
            vec![Act::Answer(b"220 mail.example ESMTP\r\n".to_vec())],
            20,
            "does not speak HTTP",
            1,
            "failed",
        ),
        case("no answer", vec![Act::KeepSilent], 32, "nothing moved for 1 s", 4, "waiting"),
        case("no answer once", twice(Act::KeepSilent), 0, "received apt", 2, "received"),
        case(
            "slow drip",
            vec![Act::Drip(answer(201, &[], "{}"), Duration::from_millis(200))],
            32,
            "nothing moved for 1 s",
            4,
            "waiting",
        ),
    ]
}

fn send(server: &Server, folder: &std::path::Path) -> Run {
    Bursar::send(server)
        .env("BURSAR_OUTBOX", path_text(folder))
        .args(["--retries", "3", "--timeout", "1"])
        .arg(server.folder.path().join("apt.csv"))
        .run()
}

/// The name and the bytes of every file that came whole.
fn received(server: &Server) -> BTreeSet<(String, Vec<u8>)> {
    let whole = |got: &crate::server::ReceivedRequest| got.body == CONTENT;
    let named = |got: crate::server::ReceivedRequest| {
        let path = got.head.split(' ').nth(1).unwrap().to_owned();
        (path, got.body)
    };
    server.got().into_iter().filter(whole).map(named).collect()
}

fn state(folder: &std::path::Path) -> Value {
    let args = ["outbox", "list", "--all", "--json"];
    let run = Bursar::bare().env("BURSAR_OUTBOX", path_text(folder)).args(args).run();
    assert_eq!(run.out.lines().count(), 1, "one file, one entry: {run:?}");
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn each_ends_in_its_exit_code_and_loses_or_doubles_no_file() {
    let other = Server::start([good()]);
    // Most of them wait for a clock: all at once.
    thread::scope(|scope| {
        for case in cases(&other.url()) {
            scope.spawn(|| hold(case));
        }
    });
    assert_eq!(other.got().len(), 0, "a token went to another host");
}

fn hold(case: Case) {
    let what = case.what;
    let server = Server::start(case.acts);
    file(&server, "apt.csv", CONTENT);
    let folder = tempfile::tempdir().unwrap();
    let run = send(&server, folder.path());
    assert_eq!(run.code, case.code, "{what} {run:?}");
    assert!(format!("{}{}", run.out, run.err).contains(case.words), "{what} {run:?}");
    assert_eq!(server.got().len(), case.requests, "{what} {run:?}");
    let entry = state(folder.path());
    assert_eq!(entry["state"], case.state, "{what}");
    if case.code != 0 {
        assert_eq!(entry["exitCode"], case.code, "{what}: the journal says the same");
    }
    assert!(received(&server).len() <= 1, "{what}: doubled");
    assert!(case.state != "received" || !received(&server).is_empty(), "{what}: lost");
}

#[test]
fn a_connection_cut_at_any_byte_costs_one_more_try() {
    for bytes in 0..=CONTENT.len() {
        let server = Server::start([Act::Cut(bytes), good()]);
        file(&server, "apt.csv", CONTENT);
        let folder = tempfile::tempdir().unwrap();
        let run = send(&server, folder.path());
        assert_eq!((run.code, server.got().len()), (0, 2), "{bytes} {run:?}");
        assert_eq!(received(&server).len(), 1, "{bytes}");
        assert_eq!(state(folder.path())["state"], "received", "{bytes}");
    }
}

#[test]
fn a_receipt_cut_at_any_byte_of_its_head_is_asked_for_again() {
    let receipt = answer(201, &["Location: /customers/acme"], r#"{"uploadId":"upl_1"}"#);
    let head = receipt.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    for bytes in (1..head).step_by(5) {
        let server = Server::start([Act::Answer(receipt[..bytes].to_vec()), good()]);
        file(&server, "apt.csv", CONTENT);
        let folder = tempfile::tempdir().unwrap();
        let run = send(&server, folder.path());
        assert_eq!((run.code, server.got().len()), (0, 2), "{bytes} {run:?}");
        assert_eq!(received(&server).len(), 1, "{bytes}: a repeat has the name of the first");
    }
}

/// Before TLS stands: each does something to the bare connection.
#[test]
fn connections_that_come_to_nothing_end_by_the_clock_or_at_once() {
    type Do = fn(TcpStream);
    let cases: [(&str, Do, i32, &str); 4] = [
        (
            "half open",
            |stream| {
                let _until_the_client_goes = (&stream).read(&mut [0; 1]).and_then(|_| {
                    let mut rest = Vec::new();
                    (&stream).read_to_end(&mut rest)
                });
            },
            32,
            "no connection to localhost within 1 s",
        ),
        ("closed at once", drop, 33, "was lost before an answer"),
        ("closed for writing", |stream| stream.shutdown(Shutdown::Write).unwrap(), 33, "was lost"),
        (
            "another protocol",
            |mut stream| {
                let _gone = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
                let _until = stream.read(&mut [0; 512]);
            },
            45,
            "does not speak TLS",
        ),
    ];
    let trusted = Server::start([good()]);
    let path = file(&trusted, "apt.csv", CONTENT);
    for (what, act, code, words) in cases {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        thread::spawn(move || listener.incoming().map(Result::unwrap).for_each(act));
        let folder = tempfile::tempdir().unwrap();
        let run = Bursar::bare()
            .env("BURSAR_TOKEN", &token())
            .env("BURSAR_OUTBOX", path_text(folder.path()))
            .args(["send", "--customer", "acme", "--url", &url, "--retries", "1"])
            .args(["--wait-second-ms", "1", "--connect-timeout", "1", "--timeout", "1"])
            .args(["--ca-file", path_text(&trusted.ca())])
            .arg(&path)
            .run();
        assert_eq!(run.code, code, "{what} {run:?}");
        assert!(run.err.contains(words), "{what} {run:?}");
        assert_eq!(state(folder.path())["state"], "waiting", "{what}");
    }
}
