//! Certificates and connections that are not right, each with its own exit code.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use crate::program::{Bursar, file, path_text, token};
use crate::server::{Act, Presents, Server, answer};

fn good() -> [Act; 1] {
    [Act::Answer(answer(201, &[], "{}"))]
}

#[test]
fn each_fault_of_a_certificate_has_its_exit_code_and_its_words() {
    for (presents, code, words) in [
        (Presents::Good, 0, "received"),
        (Presents::Expired, 41, "expired on 29 Feb 2020"),
        (Presents::NotYetValid, 42, "valid only from 1 Jan 2999"),
        (Presents::OtherHost, 43, "other.example"),
        (Presents::SelfSigned, 40, "signed by itself (\"server of the test\")"),
        (Presents::Intermediate, 0, "received"),
        (Presents::MissingIntermediate, 40, "signed by \"Contoso Issuing CA\", which"),
    ] {
        let server = Server::presenting(presents, good());
        let run = Bursar::send(&server).arg(file(&server, "apt.csv", b"a\n")).run();
        assert_eq!(run.code, code, "{presents:?} {run:?}");
        assert!(format!("{}{}", run.out, run.err).contains(words), "{presents:?} {run:?}");
        assert_eq!(server.got().len(), usize::from(code == 0), "{presents:?}: a token went out");
        assert!(!run.err.contains("trying again"), "{presents:?} {run:?}");
        let is_missing = presents == Presents::MissingIntermediate;
        assert_eq!(run.err.contains("leaves out"), is_missing, "{presents:?} {run:?}");
    }
}

#[test]
fn an_unknown_issuer_is_named() {
    let server = Server::start(good());
    let path = file(&server, "apt.csv", b"a\n");
    let of_the_same_name = Server::start(good());
    // Another authority, so that there is one even where the machine has none.
    let another = Server::presenting(Presents::SelfSigned, good());
    for (trusted, words) in [
        (another.presented(), "is signed by \"Contoso Proxy CA\", which"),
        (of_the_same_name.ca(), "in the name of \"Contoso Proxy CA\", but not with the key"),
    ] {
        let run = Bursar::bare()
            .env("BURSAR_TOKEN", &token())
            .args(["send", "--customer", "acme", "--url", &server.url()])
            .arg(&path)
            .args(["--ca-file", path_text(&trusted)])
            .run();
        assert_eq!(run.code, 40, "{run:?}");
        assert!(run.err.contains(words), "{run:?}");
    }
    assert_eq!(server.got().len(), 0);
}

#[test]
fn an_authority_may_be_given_as_der() {
    let server = Server::start(good());
    let path = file(&server, "apt.csv", b"a\n");
    let send = |ca: &str| {
        Bursar::bare()
            .env("BURSAR_TOKEN", &token())
            .env("BURSAR_CA_FILE", ca)
            .args(["send", "--customer", "acme", "--url", &server.url(), "--tls-min", "1.3"])
            .arg(&path)
            .run()
    };
    let run = send(path_text(&server.ca().with_extension("der")));
    assert_eq!(run.code, 0, "{run:?}");
    for content in [
        &b"junk"[..],
        b"-----BEGIN CERTIFICATE-----\njunk",
        b"-----BEGIN X-----\n-----END X-----\n",
    ] {
        let bad = file(&server, "bad.pem", content);
        let run = send(path_text(&bad));
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.err.contains("bad.pem"), "{run:?}");
    }
}

#[test]
fn faults_before_tls_are_told_apart() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let plain = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let plain_port = plain.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in plain.incoming() {
            let mut stream = stream.unwrap();
            let _hello = stream.read(&mut [0; 64]);
            let _gone = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
        }
    });
    let server = Server::start(good());
    let path = file(&server, "apt.csv", b"a\n");
    for (url, code, words) in [
        (format!("https://localhost:{closed}"), 31, "cannot be reached"),
        ("https://nowhere.invalid".to_owned(), 30, "cannot be resolved"),
        (format!("https://localhost:{plain_port}"), 45, "does not speak TLS"),
        ("http://bursar.example".to_owned(), 2, "not encrypted"),
        ("bursar.example".to_owned(), 2, "not a URL"),
    ] {
        let run = Bursar::bare()
            .env("BURSAR_TOKEN", &token())
            .args(["send", "--customer", "acme", "--url", &url, "--retries", "1"])
            .args(["--wait-second-ms", "1", "--ca-file", path_text(&server.ca())])
            .arg(&path)
            .run();
        assert_eq!(run.code, code, "{url} {run:?}");
        assert!(run.err.contains(words), "{url} {run:?}");
        let tried = run.err.contains("Tried 2 times.");
        assert_eq!(tried, code == 30 || code == 31, "{url} {run:?}");
    }
}

#[test]
fn plain_http_is_for_this_machine_only() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\na\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        stream.write_all(&answer(201, &[], "{}")).unwrap();
        String::from_utf8(request).unwrap()
    });
    let server = Server::start(good());
    let run = Bursar::bare()
        .env("BURSAR_TOKEN", &token())
        .args(["send", "--customer", "acme", "--url", &url, "--ca-file", path_text(&server.ca())])
        .arg(file(&server, "apt.csv", b"a\n"))
        .run();
    assert_eq!(run.code, 0, "{run:?}");
    assert!(served.join().unwrap().starts_with("POST /customers/acme/"));
}

#[test]
fn a_redirect_takes_no_token_to_another_host() {
    let other = Server::start(good());
    for status in [301, 302, 303, 307, 308] {
        let to = format!("Location: {}/customers/acme", other.url());
        let server = Server::start([Act::Answer(answer(status, &[&to], ""))]);
        let run = Bursar::send(&server).arg(file(&server, "apt.csv", b"a\n")).run();
        assert_eq!(run.code, 23, "{run:?}");
    }
    assert_eq!(other.got().len(), 0);
}

#[test]
fn a_proxy_is_used_and_its_refusals_are_told() {
    const UNAUTHORIZED: &str = "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
    let server = Server::start(good());
    let path = file(&server, "apt.csv", b"a\n");
    for (user, reply, words) in [
        ("", UNAUTHORIZED, "wants a user name and password (407)"),
        ("user:hunter2@", UNAUTHORIZED, "does not accept the user name and password"),
        ("user:hunter2@", UNAUTHORIZED, "@ as %40"),
        ("user:hunter2@", "HTTP/1.1 403 Forbidden\r\n\r\n", "did not connect"),
    ] {
        let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{user}127.0.0.1:{}", proxy.local_addr().unwrap().port());
        let seen = thread::spawn(move || {
            let (mut stream, _) = proxy.accept().unwrap();
            let mut head = vec![0; 4096];
            let read = stream.read(&mut head).unwrap();
            stream.write_all(reply.as_bytes()).unwrap();
            String::from_utf8_lossy(&head[..read]).into_owned()
        });
        let run = Bursar::send(&server).args(["--proxy", &url, "--retries", "0"]).arg(&path).run();
        assert_eq!(run.code, 34, "{run:?}");
        assert!(run.err.contains(words), "{run:?}");
        assert!(!run.err.contains("hunter2"), "{run:?}");
        let head = seen.join().unwrap();
        assert!(
            head.starts_with(&format!("CONNECT localhost:{}", server.address.port())),
            "{head}"
        );
        assert_eq!(head.contains("Proxy-Authorization: Basic "), !user.is_empty(), "{head}");
    }
}

#[test]
fn a_silent_proxy_is_told_from_a_silent_server() {
    let server = Server::start(good());
    let path = file(&server, "apt.csv", b"a\n");
    // Connections are made and nobody takes them up, as where HTTP is spoken and SOCKS was asked for.
    let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("socks5://127.0.0.1:{}", proxy.local_addr().unwrap().port());
    let within = ["--connect-timeout", "1", "--retries", "0"];
    let run = Bursar::send(&server).args(["--proxy", &url]).args(within).arg(&path).run();
    assert_eq!(run.code, 34, "{run:?}");
    assert!(run.err.contains(&format!("the proxy {url} made no connection")), "{run:?}");
}
