//! Traces from upload to finding, as a collector sees them that others' definitions decode; and what
//! a collector costs that never answers.

mod collector;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{JsonAnswer as _, Server, command};
use collector::{Collector, SentSpan};

const SUPPLIERS: &str = "Supplier Ref,Supplier Name\nS1,Harrow & Vale\nS2,Globex\n";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SENDERS_SPAN: &str = "00f067aa0ba902b7";
const CREDENTIAL: &str = "Bearer hunter2";
/// The steps from the request to the findings, each the child of another.
const CHAIN: [(&str, &str); 7] = [
    ("receive upload", "POST upload"),
    ("read upload", "receive upload"),
    ("prepare rows", "read upload"),
    ("commit to the ledger", "read upload"),
    ("check unit", "read upload"),
    ("look for findings", "check unit"),
    ("keep findings", "check unit"),
];
/// A stop waits three seconds for a collector; all else is quick, also on a machine that is busy.
const STOP_WITHIN: Duration = Duration::from_secs(20);

/// `bursard work` beside a server; killed when dropped.
struct Worker(Child);

impl Worker {
    fn start(server: &Server, config: &str) -> Self {
        let file = server.folder.path().join("worker.toml");
        fs::write(&file, config).unwrap();
        let mut command = command(server.folder.path());
        command.arg("--config").arg(file).arg("work");
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Two invoices that are one, and others.
fn ledger() -> String {
    let line = |id: &str, supplier: usize, number: &str, date: &str, amount: &str| {
        format!(
            "{id},S{supplier},Harrow & Vale {supplier},{number},{date},{date},{amount},{amount}\n"
        )
    };
    let head = "Unique ID,Supplier Ref,Supplier Name,Invoice Number,Invoice Date,Entered Date,Invoice Amount,\
        Base Amount\n";
    let others = (0..50).map(|row| {
        let (number, date) = (format!("INV-{row}7{row}"), format!("2026-03-{:02}", row % 28 + 1));
        line(&format!("U{row}"), row % 5, &number, &date, &format!("{row}31.25"))
    });
    let twice = ["X1", "X2"].map(|id| line(id, 1, "QQ-100", "2026-04-01", "5000.00"));
    std::iter::once(head.to_owned()).chain(others).chain(twice).collect()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

fn one<'a>(spans: &'a [SentSpan], name: &str) -> &'a SentSpan {
    let found: Vec<&SentSpan> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(found.len(), 1, "{name}: {spans:#?}");
    found[0]
}

#[tokio::test]
async fn an_upload_is_one_trace_from_its_sender_to_its_findings() {
    let collector = Collector::start();
    let secrets = tempfile::tempdir().unwrap();
    let headers = secrets.path().join("headers");
    fs::write(&headers, format!("Authorization: {CREDENTIAL}\n")).unwrap();
    fs::set_permissions(&headers, fs::Permissions::from_mode(0o600)).unwrap();
    // Of what begins here nothing is recorded; what a sender records is.
    let traces = format!(
        "[traces]\nendpoint = \"http://{}\"\nsample_ratio = 0\nheaders_file = \"{}\"\n",
        collector.address,
        headers.display(),
    );
    let server = Server::start_with(&format!("[limits]\nworkers = 0\n{traces}"));
    let token = server.token();
    let untraced = server.post(&token, "Suppliers/suppliers_1.csv").body(SUPPLIERS).send();
    assert_eq!(untraced.await.unwrap().status(), 201);
    let traced = server
        .post(&token, "APT/invoices_hidden.csv")
        .header("traceparent", format!("00-{TRACE}-{SENDERS_SPAN}-01"))
        .body(ledger())
        .send()
        .await
        .unwrap();
    assert_eq!(traced.status(), 201);
    let upload = traced.json_value().await["uploadId"].as_str().unwrap().to_owned();
    let mut worker = Worker::start(&server, &traces);
    let mut spans =
        collector.until(&[("POST upload", 1), ("receive upload", 1), ("check unit", 1)]);
    assert!(worker.0.try_wait().unwrap().is_none(), "it goes on working");
    drop(worker);
    spans.extend(collector.rest());

    let request = one(&spans, "POST upload");
    assert_eq!((&*request.trace, &*request.parent), (TRACE, SENDERS_SPAN));
    assert_eq!(request.attributes["http.response.status_code"], "201");
    for (name, parent) in CHAIN {
        assert_eq!(one(&spans, name).parent, one(&spans, parent).id, "{name}");
    }
    for span in &spans {
        assert_eq!(
            span.trace, TRACE,
            "of what its sender did not record nothing is sent: {span:?}"
        );
        assert_eq!(span.resource["service.name"], "bursard");
        assert_eq!(span.authorization.as_deref(), Some(CREDENTIAL));
    }
    let (received, read) = (one(&spans, "receive upload"), one(&spans, "read upload"));
    for span in [received, read] {
        assert_eq!(span.attributes["bursar.upload"], upload);
    }
    let instance = |span: &SentSpan| span.resource["service.instance.id"].clone();
    assert_ne!(instance(received), instance(read), "by the node that received, and the worker");
    assert_eq!(read.attributes["bursar.state"], "read");
    assert_eq!(read.attributes["bursar.rows"], "52");
    let found: u64 =
        one(&spans, "keep findings").attributes["bursar.findings.new"].parse().unwrap();
    assert!(found > 0, "{spans:#?}");
    assert!(server.log().contains(&format!("trace={TRACE}")), "{}", server.log());
    let said = format!("{spans:?}").replace(CREDENTIAL, "");
    for hidden in ["invoices_hidden", "Harrow", "hunter2", "QQ-100", &token, "tok_"] {
        assert!(!said.contains(hidden), "{hidden}: {said}");
    }
}

#[tokio::test]
async fn uploads_that_share_a_run_have_it_each_in_their_trace() {
    let collector = Collector::start();
    let traces = format!("[traces]\nendpoint = \"http://{}/v1/traces\"\n", collector.address);
    let server = Server::start_with(&format!("[limits]\nworkers = 0\n{traces}"));
    let token = server.token();
    for (name, body) in [("Suppliers/s_1.csv", SUPPLIERS), ("APT/a_1.csv", &*ledger())] {
        let sent = server.post(&token, name).body(body.to_owned()).send().await.unwrap();
        assert_eq!(sent.status(), 201);
    }
    let _worker = Worker::start(&server, &traces);
    let spans = collector.until(&[("receive upload", 2), ("check unit", 2)]);
    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let received: Vec<&str> = named("receive upload").iter().map(|span| &*span.trace).collect();
    assert_ne!(received[0], received[1], "a trace each");
    for span in named("check unit") {
        assert!(received.contains(&&*span.trace), "{spans:#?}");
        assert!(span.attributes["bursar.run"].starts_with("run_"), "{span:?}");
    }
    let runs = named("check unit");
    assert_ne!(runs[0].trace, runs[1].trace, "{spans:#?}");
    let links: Vec<&String> = runs.iter().flat_map(|run| &run.links).collect();
    let first = &one(&spans, "keep findings").trace;
    assert_eq!(links, [first], "the other names the one in which it was done");
}

#[tokio::test]
async fn a_collector_that_never_answers_costs_nothing() {
    // Whoever connects is taken by the system, and heard by nobody.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let mut server = Server::start_with(&format!("[traces]\nendpoint = \"http://{address}\"\n"));
    let token = server.token();
    for number in 0..20 {
        let more = (0..number).map(|another| format!("T{another},Another {another}\n"));
        let body = SUPPLIERS.to_owned() + &more.collect::<String>();
        let path = format!("Suppliers/suppliers_{number}.csv");
        let sent = server.post(&token, &path).body(body).send().await.unwrap();
        assert_eq!(sent.status(), 201);
    }
    server.all_read(&token).await;
    let began = Instant::now();
    server.signal("-TERM");
    assert!(server.wait().success());
    assert!(began.elapsed() < STOP_WITHIN, "{:?}", began.elapsed());
}

#[test]
fn a_collector_is_tried_and_its_headers_are_not_shown() {
    let collector = Collector::start();
    let server = Server::start_receiving_only();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, says) in [
        (collector.address, "good  traces"),
        // It was free a moment ago.
        (nobody, "BAD   traces"),
    ] {
        let file = server.folder.path().join("traces.toml");
        fs::write(&file, format!("[traces]\nendpoint = \"http://{address}\"\n")).unwrap();
        for words in [&["check-config", "--connect"][..], &["doctor"]] {
            let mut command = command(server.folder.path());
            command.arg("--config").arg(&file).args(words);
            let output = command.env("BURSARD_TRACES_HEADERS", "Api-Key: hunter2").output();
            let said = text(&output.unwrap());
            let line = said.lines().find(|line| line.starts_with(says));
            let line = line.unwrap_or_else(|| panic!("{words:?}: {said}"));
            assert!(line.contains(&format!("http://{address}/v1/traces")), "{line}");
            assert!(!said.contains("hunter2") && !said.contains("no setting"), "{said}");
        }
    }
}
