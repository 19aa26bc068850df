//! Whom a request is for: every way of not saying it is refused by name, over HTTP/1.1 and HTTP/2.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use rustls::{ClientConnection, StreamOwned};

use crate::harness::Server;

const KNOWN: &str = "public_url = \"https://bursar.example.org\"\nhosts = [\"localhost\"]\n\
                     [limits]\nworkers = 0\n";
const PATH: &str = "/.well-known/jwks.json";

/// What is answered to an HTTP/1.1 request with these lines for a header.
#[expect(clippy::format_collect, reason = "a few lines")]
fn ask(server: &Server, target: &str, lines: &[&str]) -> String {
    let mut stream = server.tls(&[b"http/1.1"]);
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let request = format!("GET {target} HTTP/1.1\r\n{lines}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut said = Vec::new();
    let _closed = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn a_request_of_http_1_names_one_host_that_is_ours() {
    let server = Server::start_with(KNOWN);
    let absolute = format!("https://localhost{PATH}");
    for (target, lines, status, said) in [
        (PATH, &["Host: localhost"][..], 200, "\"keys\""),
        (PATH, &["Host: LOCALHOST:8443"], 200, "\"keys\""),
        (PATH, &["Host: bursar.example.org"], 200, "\"keys\""),
        (&absolute, &["Host: localhost"], 200, "\"keys\""),
        ("/healthz", &["Host: 10.0.0.5:8443"], 200, ""),
        (PATH, &[], 400, "no Host header"),
        (PATH, &["Host:"], 400, "is empty"),
        (PATH, &["Host: localhost", "Host: localhost"], 400, "2 Host headers"),
        (PATH, &["Host: localhost", "Host: evil.example"], 400, "2 Host headers"),
        (PATH, &["Host: ann:secret@localhost"], 400, "holds a user"),
        (PATH, &["Host: localhost/path"], 400, "holds a path"),
        (PATH, &["Host: https://localhost"], 400, "holds a path"),
        (PATH, &["Host: localhost, evil.example"], 400, "names several hosts"),
        (PATH, &["Host: localhost:x"], 400, "has no port"),
        (PATH, &["Host: local_$(id)"], 400, "is no name"),
        (&absolute, &["Host: bursar.example.org"], 400, "its Host header says bursar.example.org"),
        (&absolute, &[], 400, "no Host header"),
        (PATH, &["Host: evil.example"], 421, "https://bursar.example.org"),
        (PATH, &["Host: 127.0.0.1"], 421, "hosts in bursard.toml"),
    ] {
        let answer = ask(&server, target, lines);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{lines:?}: {answer}");
        assert!(answer.contains(said) && !answer.contains("secret"), "{lines:?}: {answer}");
        let code = match status {
            400 => "host_malformed",
            421 => "host_unknown",
            _ => "",
        };
        assert!(answer.contains(code), "{lines:?}: {answer}");
    }
}

/// A field of a header block: an index of the static table, or a name of it with a value, neither indexed nor
/// compressed (RFC 7541).
fn field(name: u8, value: &str) -> Vec<u8> {
    let name = if name < 15 { vec![name] } else { vec![15, name - 15] };
    [&name[..], &[u8::try_from(value.len()).unwrap()], value.as_bytes()].concat()
}

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    [&[0, 0, length, kind, flags, 0, 0, 0, stream][..], payload].concat()
}

/// What is answered to a request over HTTP/2, as bytes: bodies are legible in them.
fn ask_h2(server: &Server, authority: Option<&str>, host: Option<&str>) -> String {
    let (authority_name, method_get, path_name, scheme_https, host_name): (u8, u8, u8, u8, u8) =
        (1, 0x82, 4, 0x87, 38);
    let mut block = vec![method_get, scheme_https];
    block.extend(field(path_name, PATH));
    block.extend(authority.map(|name| field(authority_name, name)).unwrap_or_default());
    block.extend(host.map(|name| field(host_name, name)).unwrap_or_default());
    let mut stream = server.tls(&[b"h2"]);
    let begin = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let (settings, headers) = (frame(4, 0, 0, &[]), frame(1, 5, 1, &block));
    stream.write_all(&[&begin[..], &settings, &headers].concat()).unwrap();
    until_ended(&mut stream)
}

/// Reads frames until one ends or resets the stream of the request.
fn until_ended(stream: &mut StreamOwned<ClientConnection, TcpStream>) -> String {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RESET: u8 = 3;
    let mut said = Vec::new();
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut payload).unwrap();
        let (kind, flags) = (head[3], head[4]);
        said.extend(payload);
        if kind == RESET || (matches!(kind, DATA | HEADERS) && flags & 1 == 1) {
            return String::from_utf8_lossy(&said).into_owned();
        }
    }
}

#[test]
fn a_request_of_http_2_names_one_host_that_is_ours() {
    let server = Server::start_with(KNOWN);
    for (authority, host, said) in [
        (Some("localhost"), None, "\"keys\""),
        (Some("localhost"), Some("localhost"), "\"keys\""),
        (None, Some("bursar.example.org"), "\"keys\""),
        (None, None, "host_malformed"),
        (Some("localhost"), Some("evil.example"), "host_malformed"),
        (Some("evil.example"), Some("localhost"), "host_malformed"),
        (Some("ann:secret@localhost"), None, "host_malformed"),
        (Some("localhost"), Some("ann:secret@localhost"), "host_malformed"),
        (Some("evil.example"), None, "host_unknown"),
    ] {
        let answer = ask_h2(&server, authority, host);
        assert!(answer.contains(said), "{authority:?} {host:?}: {answer}");
        assert!(!answer.contains("secret"), "{answer}");
    }
}
