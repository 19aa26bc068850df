//! The requests of `wire`, sent to other servers: what hyper lets through that stands in front of it here,
//! and, in `cargo xtask prove wire`, the scores of those that Debian brings.
//!
//! Each answers every request with 200 and its path, so that what is told apart is how messages are framed
//! and not what is done with them. A server that neither answers nor closes has failed.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{TcpListener, TcpStream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio_rustls::TlsAcceptor;

use super::connection::Peer;
use super::{Case, Level, Verdict, all_cases, names, perform};
use crate::harness::Server;
use crate::nginx_config::nginx_config;

/// `cargo xtask prove wire` sets to how many seconds other servers are waited for: some wait themselves.
const SECONDS_VARIABLE: &str = "BURSAR_WIRE_SECONDS";
const STARTED_MAX: Duration = Duration::from_secs(30);
/// Requests whose answer says what this server does with a file or a page, and not how it frames messages.
const OF_OUR_OWN: [&str; 3] = ["{runs}", "{analyst}", "{token}"];

/// A server of somebody else's, with the certificate of ours.
struct Other {
    port: u16,
    /// Stops it when dropped.
    _running: Running,
}

enum Running {
    Program { child: Child, _folder: TempDir },
    Runtime(#[expect(dead_code, reason = "it serves until it is dropped")] tokio::runtime::Runtime),
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Self::Program { child, .. } = self {
            let _ended = child.kill();
            let _reaped = child.wait();
        }
    }
}

struct Certificate {
    chain: PathBuf,
    key: PathBuf,
}

impl Certificate {
    fn of(server: &Server) -> Self {
        let tls = server.data_dir().join("tls");
        Self { chain: tls.join("server.pem"), key: tls.join("server-key.pem") }
    }
}

/// hyper as it comes, with the time for headers that it has by default.
fn hyper(certificate: &Certificate) -> Other {
    let chain = CertificateDer::pem_file_iter(&certificate.chain).unwrap();
    let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(&certificate.key).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
    let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(socket).await else { return };
                let service = hyper::service::service_fn(echo_path);
                let mut http1 = hyper::server::conn::http1::Builder::new();
                let served = http1.timer(TokioTimer::new());
                let _closed = served.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Other { port, _running: Running::Runtime(runtime) }
}

async fn echo_path(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let status = if request.into_body().collect().await.is_ok() { 200 } else { 400 };
    Ok(Response::builder().status(status).body(Full::from(path)).expect("a status and a body"))
}

/// A program and the configuration it is started with.
fn program(name: &str, certificate: &Certificate) -> Option<Other> {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let at = folder.path();
    let (chain, key) = (certificate.chain.display(), certificate.key.display());
    let (text, arguments) = match name {
        "nginx" => {
            let server = format!(
                "server {{\nlisten 127.0.0.1:{port} ssl;\nssl_certificate {chain};\n\
                 ssl_certificate_key {key};\nlocation / {{ return 200 $request_uri; }}\n}}\n"
            );
            (nginx_config(at, "master_process off;", &server), vec!["-p", ".", "-c"])
        }
        _ => (
            format!(
                "{{\n\tadmin off\n\tauto_https disable_redirects\n}}\nhttps://localhost:{port} {{\n\
                 \tbind 127.0.0.1\n\ttls {chain} {key}\n\trespond {{uri}} 200\n}}\n"
            ),
            vec!["run", "--adapter", "caddyfile", "--config"],
        ),
    };
    let file = at.join("configuration");
    std::fs::write(&file, text).unwrap();
    let mut command = Command::new(name);
    command.args(arguments).arg(&file).current_dir(at);
    command.env("HOME", at).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let child = command.spawn().ok()?;
    let other = Other { port, _running: Running::Program { child, _folder: folder } };
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < STARTED_MAX, "{name} did not start");
        std::thread::yield_now();
    }
    Some(other)
}

/// The verdicts by level, and the requests of MUST that failed.
#[derive(Default)]
struct Score {
    counts: BTreeMap<(Level, Verdict), usize>,
    failed: Vec<String>,
}

fn score(
    other: &Other,
    authority: &Path,
    silence_max: Duration,
    ours: &BTreeMap<&'static str, String>,
) -> Score {
    let peer = Peer { port: other.port, authority: authority.to_owned(), silence_max };
    let mut names = ours.clone();
    names.insert("host", format!("localhost:{}", other.port));
    let mut score = Score::default();
    for case in all_cases().iter().filter(|case| is_of_framing(case)) {
        // What is no HTTP, or no answer at all, is said by a panic.
        let outcome = catch_unwind(AssertUnwindSafe(|| perform(&peer, case, &names)));
        let verdict = outcome.map_or(Verdict::Fail, |outcome| case.verdict(&outcome));
        *score.counts.entry((case.level, verdict)).or_default() += 1;
        if verdict == Verdict::Fail && case.level == Level::Must {
            score.failed.push(case.name.clone());
        }
    }
    score
}

/// Returns `true` for a request about framing: the fields of an answer are a matter of what was asked for.
fn is_of_framing(case: &Case) -> bool {
    let is_of_fields = case.says.is_some() || case.without.is_some();
    !is_of_fields && !OF_OUR_OWN.iter().any(|name| case.send.contains(name))
}

#[test]
fn hyper_alone_lets_through_what_is_refused_before_it() {
    let server = Server::start_receiving_only();
    let certificate = Certificate::of(&server);
    let seconds = std::env::var(SECONDS_VARIABLE).ok();
    let ours = names(&server);
    let authority = server.authority();
    let silence_max =
        Duration::from_secs(seconds.as_deref().map_or(1, |text| text.parse().unwrap()));

    let alone = score(&hyper(&certificate), &authority, silence_max, &ours);
    print("hyper", &alone);
    if seconds.is_some() {
        for name in ["nginx", "caddy"] {
            match program(name, &certificate) {
                Some(other) => print(name, &score(&other, &authority, silence_max, &ours)),
                None => println!("{name} is not installed"),
            }
        }
    }

    assert!(!alone.failed.is_empty(), "the requests tell nothing apart");
}

fn print(name: &str, score: &Score) {
    let of = |level, verdict| score.counts.get(&(level, verdict)).copied().unwrap_or(0);
    let counts: Vec<String> = [Level::Must, Level::Should, Level::May]
        .map(|level| {
            let [passed, warned, failed] =
                [Verdict::Pass, Verdict::Warn, Verdict::Fail].map(|verdict| of(level, verdict));
            format!("{level:?} {passed} pass, {warned} warn, {failed} fail")
        })
        .into();
    println!("{name}: {}\n  of MUST failed: {}", counts.join("; "), score.failed.join(" "));
}
