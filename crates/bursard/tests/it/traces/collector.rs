//! A collector of traces: it takes what is posted to it by OTLP and passes on each span.
//!
//! Not for: what a span should be.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// As long as a busy machine takes to read a file and run the checks.
const SPAN_WITHIN: Duration = Duration::from_secs(90);
const TAKEN: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";

/// A span as it was posted.
#[derive(Debug, Clone)]
pub(super) struct SentSpan {
    pub(super) name: String,
    pub(super) trace: String,
    pub(super) id: String,
    /// Empty for the first of a trace.
    pub(super) parent: String,
    /// Traces of other spans that it names.
    pub(super) links: Vec<String>,
    pub(super) attributes: BTreeMap<String, String>,
    /// Of the process that sent it.
    pub(super) resource: BTreeMap<String, String>,
    /// `Authorization` of the request that brought it.
    pub(super) authorization: Option<String>,
}

pub(super) struct Collector {
    pub(super) address: SocketAddr,
    spans: Receiver<SentSpan>,
}

impl Collector {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, spans) = channel();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let sender = sender.clone();
                std::thread::spawn(move || take(connection.unwrap(), &sender));
            }
        });
        Self { address, spans }
    }

    /// All spans until there are so many of each of these names.
    pub(super) fn until(&self, wished: &[(&str, usize)]) -> Vec<SentSpan> {
        let mut all: Vec<SentSpan> = Vec::new();
        let is_there = |all: &[SentSpan], (name, number): &(&str, usize)| {
            all.iter().filter(|span| span.name == *name).count() >= *number
        };
        while !wished.iter().all(|wished| is_there(&all, wished)) {
            let span = self.spans.recv_timeout(SPAN_WITHIN);
            all.push(span.unwrap_or_else(|why| panic!("{why}; so far: {all:#?}")));
        }
        all
    }

    /// The rest, once nobody sends any more.
    pub(super) fn rest(&self) -> Vec<SentSpan> {
        self.spans.try_iter().collect()
    }
}

/// Takes requests of one connection until it ends.
fn take(connection: TcpStream, sender: &Sender<SentSpan>) {
    let mut reader = BufReader::new(connection);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap() == 0 {
                return;
            }
        }
        let field = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(": "));
            let mut found = lines.filter(|(field, _)| field.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.to_owned())
        };
        assert!(head.starts_with("POST /v1/traces "), "{head}");
        assert_eq!(field("content-type").as_deref(), Some("application/x-protobuf"));
        let length = field("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
        // Before the answer, so that whoever ends after it finds all of them.
        for span in spans(request, field("authorization").as_deref()) {
            // The test may have seen enough.
            drop(sender.send(span));
        }
        reader.get_mut().write_all(TAKEN).unwrap();
    }
}

fn spans(request: ExportTraceServiceRequest, authorization: Option<&str>) -> Vec<SentSpan> {
    let mut all = Vec::new();
    for of_process in request.resource_spans {
        let resource = attributes(of_process.resource.unwrap().attributes);
        for span in of_process.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            all.push(sent(span, &resource, authorization));
        }
    }
    all
}

fn sent(span: Span, resource: &BTreeMap<String, String>, authorization: Option<&str>) -> SentSpan {
    assert!(span.start_time_unix_nano <= span.end_time_unix_nano, "{span:?}");
    SentSpan {
        name: span.name,
        trace: hexadecimal(&span.trace_id),
        id: hexadecimal(&span.span_id),
        parent: hexadecimal(&span.parent_span_id),
        links: span.links.iter().map(|link| hexadecimal(&link.trace_id)).collect(),
        attributes: attributes(span.attributes),
        resource: resource.clone(),
        authorization: authorization.map(str::to_owned),
    }
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    pairs.into_iter().map(|pair| (pair.key, text(pair.value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(is_so)) => is_so.to_string(),
        other => format!("{other:?}"),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}
