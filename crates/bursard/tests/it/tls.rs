//! TLS as strangers' programs see it, and answers that arrive while the client still sends.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};

use crate::harness::{CUSTOMER, Server};

/// The suites Cloudflare's list and rustls share, by OpenSSL's names.
const TLS13_SUITES: [&str; 3] =
    ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];
const ECDSA_SUITES: [&str; 3] = [
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
];
const RSA_SUITES: [&str; 3] =
    ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"];
const WEAK_SUITES: [&str; 3] = ["ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256", "AES256-SHA"];

fn s_client(server: &Server, arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(["s_client", "-connect", &format!("localhost:{}", server.port)])
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn curl(server: &Server, authority: &Path, arguments: &[&str]) -> std::process::Output {
    Command::new("curl")
        .args(["--silent", "--show-error", "--cacert"])
        .arg(authority)
        .args(arguments)
        .arg(server.url("/healthz"))
        .output()
        .unwrap()
}

/// A pair for localhost made by OpenSSL, as an operator would; returns the configuration for it.
fn operators_pair(folder: &Path, key: &[&str]) -> String {
    let (chain, private) = (folder.join("chain.pem"), folder.join("key.pem"));
    let status = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-newkey"])
        .args(key)
        .arg("-keyout")
        .arg(&private)
        .arg("-out")
        .arg(&chain)
        .output()
        .unwrap()
        .status;
    assert!(status.success());
    format!("[tls]\nchain = \"{}\"\nkey = \"{}\"\n", chain.display(), private.display())
}

const RSA: [&str; 1] = ["rsa:2048"];
const P256: [&str; 3] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

#[test]
fn old_protocols_are_refused_and_new_ones_served() {
    let server = Server::start();
    let authority = server.authority();
    assert!(!curl(&server, &authority, &["--tlsv1.0", "--tls-max", "1.1"]).status.success());
    for version in ["1.2", "1.3"] {
        let output =
            curl(&server, &authority, &[&format!("--tlsv{version}"), "--tls-max", version]);
        assert!(output.status.success(), "{version}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for protocol in ["--http1.1", "--http2"] {
        assert!(curl(&server, &authority, &[protocol]).status.success(), "{protocol}");
    }
}

#[test]
fn each_of_the_nine_suites_handshakes_and_weaker_ones_do_not() {
    let server = Server::start();
    for suite in TLS13_SUITES {
        let said = s_client(&server, &["-tls1_3", "-ciphersuites", suite]);
        assert!(said.contains(&format!("Cipher is {suite}")), "{suite}: {said}");
    }
    for suite in ECDSA_SUITES {
        let said = s_client(&server, &["-tls1_2", "-cipher", suite]);
        assert!(said.contains(&format!("Cipher is {suite}")), "{suite}: {said}");
    }
    for suite in WEAK_SUITES {
        let said = s_client(&server, &["-tls1_2", "-cipher", suite]);
        assert!(said.contains("Cipher is (NONE)"), "{suite}: {said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(&operators_pair(folder.path(), &RSA));
    for suite in RSA_SUITES {
        let said = s_client(&server, &["-tls1_2", "-cipher", suite]);
        assert!(said.contains(&format!("Cipher is {suite}")), "{suite}: {said}");
    }
}

#[test]
fn a_new_pair_is_served_and_a_bad_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(&operators_pair(folder.path(), &P256));
    let first = folder.path().join("first.pem");
    fs::copy(folder.path().join("chain.pem"), &first).unwrap();
    assert!(curl(&server, &first, &[]).status.success());

    // A key that does not belong to the chain: the old pair stays, and the log says so.
    let other = tempfile::tempdir().unwrap();
    operators_pair(other.path(), &P256);
    fs::copy(other.path().join("key.pem"), folder.path().join("key.pem")).unwrap();
    server.signal("-HUP");
    wait_for_log(&server, "the old one is served on");
    assert!(curl(&server, &first, &[]).status.success());

    fs::copy(other.path().join("chain.pem"), folder.path().join("chain.pem")).unwrap();
    server.signal("-HUP");
    wait_for_log(&server, "certificate reloaded");
    assert!(!curl(&server, &first, &[]).status.success());
    assert!(curl(&server, &other.path().join("chain.pem"), &[]).status.success());
}

fn wait_for_log(server: &Server, text: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !fs::read_to_string(server.folder.path().join("log")).unwrap().contains(text) {
        assert!(Instant::now() < deadline, "{text} never appeared in the log");
        std::thread::yield_now();
    }
}

#[test]
fn plain_http_is_told_and_not_redirected() {
    let server = Server::start();
    let output = Command::new("curl")
        .args(["--silent", "--include", &format!("http://localhost:{}/healthz", server.port)])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("HTTP/1.1 400") && said.contains("https://"), "{said}");
    assert!(said.ends_with("without TLS.\n") && !said.contains("Location"), "{said}");
}

fn connect(server: &Server) -> StreamOwned<ClientConnection, std::net::TcpStream> {
    server.tls(&[])
}

fn head(token: &str, length: usize, more: &str) -> String {
    format!(
        "POST /customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/a_20261123.csv HTTP/1.1\r\n\
         Host: localhost\r\nContent-Type: text/csv\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: {length}\r\n{more}\r\n"
    )
}

/// What the server sends until it closes.
fn read_to_close(stream: &mut impl std::io::Read) -> String {
    let mut said = Vec::new();
    // A close without close_notify is an error to rustls; what came before it counts.
    let _closed = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn a_client_that_sends_on_reads_the_refusal_and_not_a_reset() {
    let server = Server::start();
    let mut stream = connect(&server);
    let body = vec![b'x'; 32 * 1024 * 1024];
    stream.write_all(head("nonsense", body.len(), "").as_bytes()).unwrap();
    // All of it is written before anything is read, as Python's http.client does.
    stream.write_all(&body).unwrap();
    let said = read_to_close(&mut stream);
    assert!(said.starts_with("HTTP/1.1 401"), "{said}");
    assert!(said.contains("token_invalid") && said.to_lowercase().contains("connection: close"));
    assert_eq!(said.matches("HTTP/1.1").count(), 1, "the body was not taken for requests");
}

#[test]
fn a_refused_expectation_gets_no_100() {
    let server = Server::start();
    let token = server.token();
    let expect = "Expect: 100-continue\r\n";
    let mut stream = connect(&server);
    stream.write_all(head("nonsense", 1000, expect).as_bytes()).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 401");

    let mut stream = connect(&server);
    stream.write_all(head(&token, 9, expect).as_bytes()).unwrap();
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 100");
    stream.write_all(b"Supplier\n").unwrap();
    let mut rest = [0; 64];
    stream.read_exact(&mut rest).unwrap();
    assert!(String::from_utf8_lossy(&rest).contains("HTTP/1.1 201"));
}

#[test]
fn a_body_cut_short_leaves_nothing() {
    let server = Server::start();
    let token = server.token();
    for sent in [0, 1, 511, 4095, 65_536] {
        let mut stream = connect(&server);
        stream.write_all(head(&token, 65_537, "").as_bytes()).unwrap();
        stream.write_all(&vec![b'x'; sent]).unwrap();
        stream.flush().unwrap();
        stream.sock.shutdown(std::net::Shutdown::Both).unwrap();
    }
    // The next request is answered after the others were given up.
    let mut stream = connect(&server);
    stream.write_all(head(&token, 9, "Connection: close\r\n").as_bytes()).unwrap();
    stream.write_all(b"Supplier\n").unwrap();
    assert!(read_to_close(&mut stream).starts_with("HTTP/1.1 201"));
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.object_files().len() != 1 {
        assert!(Instant::now() < deadline, "{:?}", server.object_files());
        std::thread::yield_now();
    }
}

#[test]
fn framing_that_smuggles_is_refused() {
    let server = Server::start();
    let token = server.token();
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for headers in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: 0x5\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Bad Header: x\r\nContent-Length: 5\r\n",
    ] {
        let mut stream = connect(&server);
        let request = format!(
            "POST /customers/acme/units/acme/Uploads/upload/APT/a_20261123.csv HTTP/1.1\r\n\
             Host: localhost\r\nContent-Type: text/csv\r\nAuthorization: Bearer {token}\r\n{headers}\r\n\
             0\r\n\r\n{smuggled}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let said = read_to_close(&mut stream);
        assert!(!said.contains("200 OK"), "{headers}: {said}");
        assert!(said.matches("HTTP/1.1 ").count() <= 1, "{headers}: {said}");
        assert!(said.is_empty() || said.to_lowercase().contains("connection: close"), "{said}");
        assert!(said.starts_with("HTTP/1.1 400"), "{headers}: {said}");
    }
}

#[tokio::test]
async fn all_that_is_kept_is_private_whatever_the_mask() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::start_unmasked();
    let token = server.token();
    let sent = server.post(&token, "Suppliers/a_20261123.csv").body("Supplier\nS1\n").send().await;
    assert_eq!(sent.unwrap().status(), 201);
    let mut folders = vec![server.data_dir()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} {mode:o}", folder.display());
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            // Others of the server's files come and go meanwhile.
            let Ok(found) = fs::metadata(&path) else { continue };
            if found.is_dir() {
                folders.push(path);
                continue;
            }
            seen += 1;
            let is_certificate = path.ends_with("tls/ca.pem") || path.ends_with("tls/server.pem");
            let mode = found.permissions().mode();
            assert!(is_certificate || mode.trailing_zeros() >= 6, "{} {mode:o}", path.display());
        }
    }
    assert!(seen >= 6, "{seen}");
}

#[test]
fn the_own_authority_is_limited_to_its_names() {
    let server = Server::start();
    let text = openssl(&["x509", "-noout", "-text", "-in"], &server.authority());
    for part in
        ["X509v3 Name Constraints: critical", "DNS:localhost", "IP:127.0.0.1/255.255.255.255"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Whoever has its key makes a certificate for another name, which nobody believes.
    let (tls, folder) = (server.data_dir().join("tls"), tempfile::tempdir().unwrap());
    let [key, request, forged] = ["key", "request", "forged"].map(|name| folder.path().join(name));
    let run = |arguments: &[&str]| Command::new("openssl").args(arguments).output().unwrap();
    let shown = |path: &Path| path.display().to_string();
    for (name, is_believed) in [("localhost", true), ("evil.example", false)] {
        let subject = format!("subjectAltName=DNS:{name}");
        let made = run(&[
            "req",
            "-new",
            "-nodes",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-subj",
            "/CN=x",
            "-addext",
            &subject,
            "-keyout",
            &shown(&key),
            "-out",
            &shown(&request),
        ]);
        assert!(made.status.success(), "{made:?}");
        let signed = run(&[
            "x509",
            "-req",
            "-in",
            &shown(&request),
            "-CA",
            &shown(&tls.join("ca.pem")),
            "-CAkey",
            &shown(&tls.join("ca-key.pem")),
            "-CAcreateserial",
            "-CAserial",
            &shown(&folder.path().join("serial")),
            "-copy_extensions",
            "copyall",
            "-days",
            "30",
            "-out",
            &shown(&forged),
        ]);
        assert!(signed.status.success(), "{signed:?}");
        let verified = run(&["verify", "-CAfile", &shown(&tls.join("ca.pem")), &shown(&forged)]);
        assert_eq!(verified.status.success(), is_believed, "{name}: {verified:?}");
    }
}

#[test]
fn other_names_make_another_certificate_or_are_refused() {
    let server = Server::start_with("[tls]\nnames = [\"localhost\", \"bursar.example.org\"]\n");
    let chain = server.data_dir().join("tls/server.pem");
    let before = openssl(&["x509", "-noout", "-text", "-in"], &chain);
    assert!(before.contains("DNS:localhost, DNS:bursar.example.org"), "{before}");
    let folder = server.kill();
    let set = |names: &str| {
        fs::write(folder.path().join("data/bursard.toml"), format!("[tls]\nnames = [{names}]\n"))
            .unwrap();
    };
    set("\"localhost\", \"evil.example\"");
    let refused = crate::harness::bursard(folder.path(), &["--listen", "127.0.0.1:0", "serve"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("evil.example") && said.contains("tls.names"),
        "{said}"
    );
    set("\"localhost\"");
    let server = Server::start_in(folder);
    let after =
        openssl(&["x509", "-noout", "-text", "-in"], &server.data_dir().join("tls/server.pem"));
    assert!(after.contains("DNS:localhost") && !after.contains("bursar.example.org"), "{after}");
}

fn openssl(arguments: &[&str], file: &Path) -> String {
    let output = Command::new("openssl").args(arguments).arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
