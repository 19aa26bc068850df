//! A server on this machine that does what it is told, connection by connection, and keeps what it got.
//!
//! Written on a plain socket, for no HTTP library would answer too early, cut a connection or lie.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use tempfile::TempDir;

/// What to do with a connection.
#[derive(Clone)]
pub(crate) enum Act {
    /// Read the whole request, then answer.
    Answer(Vec<u8>),
    /// Answer from the headers alone, then read what still comes.
    AnswerEarly(Vec<u8>),
    /// Answer from the headers alone and close, with bytes of the client still on their way.
    AnswerAndClose(Vec<u8>),
    /// Read so many bytes of the body, then vanish.
    Cut(usize),
    /// Read the whole request and say nothing until the client gives up.
    KeepSilent,
    /// Read the whole request, then answer byte by byte with a pause after each, until the client goes.
    Drip(Vec<u8>, Duration),
    /// Read the first bytes of the body, do this, read the rest and answer.
    Meanwhile(Arc<dyn Fn() + Send + Sync>, Vec<u8>),
}

/// What came.
#[derive(Clone, Default)]
pub(crate) struct ReceivedRequest {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// Runs until the test ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) folder: TempDir,
    got: Arc<Mutex<Vec<ReceivedRequest>>>,
}

/// The certificate to present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presents {
    Good,
    Expired,
    NotYetValid,
    OtherHost,
    SelfSigned,
    /// With its intermediate, as it should be.
    Intermediate,
    /// Without, as servers are set up that only browsers were tried on.
    MissingIntermediate,
}

impl Server {
    pub(crate) fn start(acts: impl Into<Vec<Act>>) -> Self {
        Self::presenting(Presents::Good, acts)
    }

    pub(crate) fn presenting(presents: Presents, acts: impl Into<Vec<Act>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Arc::new(tls(presents, &folder.path().join("ca.pem")));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self { address: listener.local_addr().unwrap(), folder, got: Arc::default() };
        let (acts, got) = (acts.into(), Arc::clone(&server.got));
        thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let act = acts[number.min(acts.len() - 1)].clone();
                // A handshake the client ends is part of some cases.
                let _gone = serve(stream.unwrap(), Arc::clone(&config), &act, &got);
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    pub(crate) fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The certificate that is presented.
    pub(crate) fn presented(&self) -> PathBuf {
        self.folder.path().join("presented.pem")
    }

    pub(crate) fn got(&self) -> Vec<ReceivedRequest> {
        self.got.lock().unwrap().clone()
    }
}

/// An answer with these header lines (without line ends) and this body.
pub(crate) fn answer(status: u16, headers: &[&str], body: &str) -> Vec<u8> {
    // One answer is all that a connection gets here.
    let mut text = format!(
        "HTTP/1.1 {status} Said\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    format!("{text}\r\n{body}").into_bytes()
}

fn serve(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    act: &Act,
    got: &Mutex<Vec<ReceivedRequest>>,
) -> std::io::Result<()> {
    // Longer than any case; a client that hangs must not hang the test.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut tls = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut request = read_head(&mut tls)?;
    let place = {
        let mut all = got.lock().unwrap();
        all.push(request.clone());
        all.len() - 1
    };
    let length = declared_length(&request.head);
    let expects = request.head.to_ascii_lowercase().contains("expect: 100-continue");
    let early = matches!(act, Act::AnswerEarly(_) | Act::AnswerAndClose(_));
    if expects && !early {
        tls.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    match act {
        Act::Answer(bytes) => {
            read_body(&mut tls, &mut request, length)?;
            got.lock().unwrap()[place] = request;
            tls.write_all(bytes)?;
        }
        Act::AnswerEarly(bytes) => {
            tls.write_all(bytes)?;
            tls.flush()?;
            let _cut = read_body(&mut tls, &mut request, length);
            got.lock().unwrap()[place] = request;
        }
        Act::AnswerAndClose(bytes) => {
            tls.write_all(bytes)?;
            tls.flush()?;
        }
        Act::Cut(bytes) => read_body(&mut tls, &mut request, (*bytes).min(length))?,
        Act::KeepSilent => {
            read_body(&mut tls, &mut request, length)?;
            let _gone = tls.read(&mut [0]);
        }
        Act::Drip(bytes, pause) => {
            read_body(&mut tls, &mut request, length)?;
            got.lock().unwrap()[place] = request;
            for byte in bytes {
                tls.write_all(&[*byte])?;
                tls.flush()?;
                thread::sleep(*pause);
            }
        }
        Act::Meanwhile(act, bytes) => {
            let some = 1.max(request.body.len());
            read_body(&mut tls, &mut request, some)?;
            act();
            read_body(&mut tls, &mut request, length)?;
            got.lock().unwrap()[place] = request;
            tls.write_all(bytes)?;
        }
    }
    tls.flush()
}

fn read_head(from: &mut impl Read) -> std::io::Result<ReceivedRequest> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            let head = String::from_utf8(bytes).unwrap();
            return Ok(ReceivedRequest { head, body });
        }
        let read = from.read(&mut chunk)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&chunk[..read]);
    }
}

fn read_body(
    from: &mut impl Read,
    request: &mut ReceivedRequest,
    length: usize,
) -> std::io::Result<()> {
    let mut chunk = vec![0; 64 * 1024];
    while request.body.len() < length {
        let read = from.read(&mut chunk)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        request.body.extend_from_slice(&chunk[..read]);
    }
    Ok(())
}

fn declared_length(head: &str) -> usize {
    head.lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
        .unwrap_or(0)
}

fn tls(presents: Presents, ca_file: &std::path::Path) -> ServerConfig {
    tls_of(presents, ca_file, rustls::DEFAULT_VERSIONS)
}

/// Writes the authority's certificate to this file.
pub(crate) fn tls_of(
    presents: Presents,
    ca_file: &std::path::Path,
    versions: &[&'static SupportedProtocolVersion],
) -> ServerConfig {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.distinguished_name.push(DnType::CommonName, "Contoso Proxy CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = Issuer::new(authority.clone(), KeyPair::generate().unwrap());
    let certificate = authority.self_signed(issuer.key()).unwrap();
    std::fs::write(ca_file, certificate.pem()).unwrap();
    std::fs::write(ca_file.with_extension("der"), certificate.der()).unwrap();

    let names = match presents {
        Presents::OtherHost => vec!["other.example".to_owned()],
        _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
    };
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "server of the test");
    match presents {
        Presents::Expired => params.not_after = date_time_ymd(2020, 2, 29),
        Presents::NotYetValid => params.not_before = date_time_ymd(2999, 1, 1),
        _ => {}
    }
    let key = KeyPair::generate().unwrap();
    let middle = Issuer::new(middle_params(), KeyPair::generate().unwrap());
    let mut chain = Vec::new();
    let certificate = match presents {
        Presents::SelfSigned => params.self_signed(&key).unwrap(),
        Presents::Intermediate | Presents::MissingIntermediate => {
            let signed = middle_params().signed_by(middle.key(), &issuer).unwrap();
            if presents == Presents::Intermediate {
                chain.push(signed.der().clone());
            }
            params.signed_by(&key, &middle).unwrap()
        }
        _ => params.signed_by(&key, &issuer).unwrap(),
    };
    chain.insert(0, certificate.der().clone());
    std::fs::write(ca_file.with_file_name("presented.pem"), certificate.pem()).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap()
}

fn middle_params() -> CertificateParams {
    let mut middle = CertificateParams::new([]).unwrap();
    middle.distinguished_name.push(DnType::CommonName, "Contoso Issuing CA");
    middle.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    middle
}
