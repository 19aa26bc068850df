//! Requests as they stand on the wire, well and ill made, over TLS, and what becomes of each.
//!
//! The requests are data, `wire/http1.toml`: what the standard asks of a server about each, and what this
//! one does. Invariant: nothing that a standard says a server must do is done otherwise.

mod connection;
mod http2;
mod peers;

use std::collections::BTreeMap;
use std::process::Command;

use serde::Deserialize;

use crate::harness::{CUSTOMER, Server};
use connection::{Answer, Connection, Peer};

/// Whose place is the last of a connection that stays open: its answer is told from all others by its path.
const LAST_PATH: &str = "/the-last-request";

#[derive(Deserialize)]
struct Requests {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    level: Level,
    section: String,
    send: String,
    pass: Vec<String>,
    #[serde(default)]
    warn: Vec<String>,
    does: String,
    #[serde(default)]
    ends: bool,
    #[serde(default = "one")]
    answers: usize,
    says: Option<String>,
    without: Option<String>,
}

const fn one() -> usize {
    1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Must,
    Should,
    May,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Pass,
    Warn,
    Fail,
}

/// What came back.
struct Outcome {
    answers: Vec<Answer>,
    stays_open: bool,
}

impl Case {
    fn is_of_http11probe(&self) -> bool {
        self.name.contains('-') && !self.name.chars().any(|sign| sign.is_ascii_lowercase())
    }

    fn verdict(&self, outcome: &Outcome) -> Verdict {
        let first = outcome.answers.first();
        let has = |name: &String| first.is_some_and(|answer| answer.has(name));
        if outcome.answers.len() > self.answers
            || self.says.as_ref().is_some_and(|name| !has(name))
            || self.without.as_ref().is_some_and(has)
        {
            return Verdict::Fail;
        }
        let fits = |wanted: &String| match (first, wanted.strip_suffix("xx")) {
            (None, _) => wanted == "close",
            (Some(answer), Some(class)) => (answer.status / 100).to_string() == class,
            (Some(answer), None) => answer.status.to_string() == *wanted,
        };
        match (self.pass.iter().any(fits), self.warn.iter().any(fits)) {
            (true, _) => Verdict::Pass,
            (false, true) => Verdict::Warn,
            (false, false) => Verdict::Fail,
        }
    }
}

impl Outcome {
    fn words(&self) -> String {
        let statuses = self.answers.first().map(|answer| format!("{} ", answer.status));
        let end = if self.stays_open { "open" } else { "close" };
        format!("{}{end}", statuses.unwrap_or_default())
    }
}

/// The bytes of a `send`.
fn bytes(send: &str, names: &BTreeMap<&str, String>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = send;
    while let Some(begin) = rest.find('{') {
        let (text, name) = rest.split_at(begin);
        bytes.extend_from_slice(text.as_bytes());
        let end = name.find('}').expect("what is opened is closed");
        let (name, behind) = (&name[1..end], &name[end + 1..]);
        if let Some(hex) = name.strip_prefix("hex:") {
            let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
            bytes.extend((0..hex.len()).step_by(2).map(digits));
        } else if let Some((text, times)) = name.rsplit_once('*') {
            bytes.extend_from_slice(text.repeat(times.parse().unwrap()).as_bytes());
        } else {
            bytes.extend_from_slice(names[name].as_bytes());
        }
        rest = behind;
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

fn perform(peer: &Peer, case: &Case, names: &BTreeMap<&str, String>) -> Outcome {
    let mut connection = Connection::open(peer, &[]);
    let sent = bytes(&case.send, names);
    connection.send(&sent);
    if case.ends {
        connection.end();
    }
    let is_head = sent.starts_with(b"HEAD ");
    let mut answers: Vec<Answer> = Vec::new();
    while answers.len() < case.answers {
        let answer = if is_head { connection.answer_to_head() } else { connection.answer() };
        let Some(answer) = answer else { break };
        answers.push(answer);
    }
    let stays_open = !case.ends && answers.last().is_some_and(|answer| !answer.closes);
    if stays_open {
        let last = format!(
            "GET {LAST_PATH} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            names["host"]
        );
        connection.send(last.as_bytes());
    }
    // What comes before the last was asked for by nobody.
    while let Some(answer) = connection.answer() {
        if !(stays_open && answer.body.contains(LAST_PATH)) {
            answers.push(answer);
        }
    }
    Outcome { answers, stays_open }
}

fn all_cases() -> Vec<Case> {
    let requests: Requests = toml::from_str(include_str!("wire/http1.toml")).unwrap();
    requests.case
}

fn names(server: &Server) -> BTreeMap<&'static str, String> {
    let bearer = |token: String| format!("Authorization: Bearer {token}\r\n");
    let token = bearer(server.token());
    let analyst = server.token_with(&["--customer", CUSTOMER, "--role", "analyst"]);
    let unit = format!("/customers/{CUSTOMER}/units/{CUSTOMER}");
    BTreeMap::from([
        ("host", format!("localhost:{}", server.port)),
        ("upload", format!("{unit}/Uploads/upload/APT/a_20261123.csv")),
        ("runs", format!("{unit}/runs")),
        ("file", format!("{token}Content-Type: text/csv\r\n")),
        ("token", token),
        ("analyst", bearer(analyst)),
    ])
}

#[test]
fn each_request_of_http1_gets_what_its_standard_asks_for() {
    let server = Server::start_receiving_only();
    let (peer, names) = (Peer::from(&server), names(&server));
    let mut score = BTreeMap::<(bool, Level, Verdict), usize>::new();
    let mut faults = Vec::new();
    for case in &all_cases() {
        let outcome = perform(&peer, case, &names);
        let verdict = case.verdict(&outcome);
        *score.entry((case.is_of_http11probe(), case.level, verdict)).or_default() += 1;
        let is_known = outcome.words() == case.does;
        if verdict == Verdict::Fail || !is_known {
            let (level, section, did) = (case.level, &case.section, outcome.words());
            let answers = outcome.answers.len();
            faults.push(format!(
                "{} ({level:?}, {section}): {verdict:?}, {did}, {answers} answers, not {}",
                case.name, case.does
            ));
        }
    }
    for ((is_theirs, level, verdict), count) in score {
        let whose = if is_theirs { "of Http11Probe" } else { "of ours" };
        println!("{whose}, {level:?}: {count} {verdict:?}");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_is_too_large_for_a_header_is_told_over_both_protocols() {
    let server = Server::start_receiving_only();
    let url = |bytes: usize| server.url(&format!("/{}", "u".repeat(bytes)));
    let field = |bytes: usize| format!("X-Large: {}", "v".repeat(bytes));
    for protocol in ["--http1.1", "--http2"] {
        for (url, field, status) in [
            (url(20_000), field(1), "414"),
            (url(64_000), field(1), "414"),
            (url(1), field(33_000), "431"),
            (url(1), field(60_000), "431"),
            (url(7_900), field(20_000), "404"),
        ] {
            // Twice over one connection where it stays open, and with a body that nobody wants.
            for body in ["", "@-"] {
                let mut curl = Command::new("curl");
                curl.args(["--silent", "--show-error", protocol, "--output", "/dev/null"])
                    .args(["--write-out", "%{http_code}", "--cacert"])
                    .arg(server.authority())
                    .args(["--header", &field, "--data-binary", body, &url]);
                let output = curl.output().unwrap();
                let said = String::from_utf8_lossy(&output.stdout);
                let fault = String::from_utf8_lossy(&output.stderr);
                assert_eq!(said, status, "{protocol}, {} bytes: {fault}", url.len() + field.len());
                assert!(output.status.success(), "{protocol}: {fault}");
            }
        }
    }
}
