//! Many connections at once, each of which sends one small file after the other.
//!
//! A thread for each and HTTP/1.1 by hand: the client shares the cores with what is measured.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::{Arc, Barrier};
use std::time::Instant;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::cost::SendingTimes;

pub(super) const CONNECTIONS: usize = 32;
const FILE_BYTES: usize = 64 * 1024;

/// Files of each connection.
pub(super) struct Load {
    pub(super) files: usize,
    pub(super) authority: PathBuf,
}

type Connection = BufReader<StreamOwned<ClientConnection, TcpStream>>;

impl Load {
    /// Sends them all; every answer has to be 201. Connecting is not counted: an uploader keeps its
    /// connection.
    pub(super) fn send(
        &self,
        port: u16,
        method: &str,
        prefix: &str,
        headers: &str,
    ) -> SendingTimes {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&self.authority).unwrap()).unwrap();
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let (config, body, barrier) = (Arc::new(config), body(), Barrier::new(CONNECTIONS + 1));
        std::thread::scope(|scope| {
            let (config, body, barrier) = (&config, &body, &barrier);
            let senders: Vec<_> = (0..CONNECTIONS)
                .map(|sender| {
                    scope.spawn(move || {
                        let mut connection = connect(Arc::clone(config), port);
                        barrier.wait();
                        let one = |number| {
                            let head = format!(
                                "{method} {prefix}{sender}_{number}.csv HTTP/1.1\r\n\
                                 Host: localhost:{port}\r\nContent-Type: text/csv\r\n\
                                 Content-Length: {FILE_BYTES}\r\n{headers}\r\n"
                            );
                            let began = Instant::now();
                            exchange(&mut connection, head.as_bytes(), body);
                            began.elapsed()
                        };
                        (0..self.files).map(one).collect::<Vec<_>>()
                    })
                })
                .collect();
            barrier.wait();
            let began = Instant::now();
            #[expect(
                clippy::disallowed_methods,
                reason = "its panic goes on where it is unwrapped"
            )]
            let each = senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect();
            SendingTimes { each, wall: began.elapsed() }
        })
    }
}

/// Lines of a ledger, as many as there is room for.
pub(super) fn body() -> Vec<u8> {
    b"4711,Made Up Supplies,10.00,2026\n".iter().copied().cycle().take(FILE_BYTES).collect()
}

fn connect(config: Arc<ClientConfig>, port: u16) -> Connection {
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(config, name).unwrap();
    let mut socket = TcpStream::connect(("localhost", port)).unwrap();
    socket.set_nodelay(true).unwrap();
    while connection.is_handshaking() {
        connection.complete_io(&mut socket).unwrap();
    }
    BufReader::new(StreamOwned::new(connection, socket))
}

fn exchange(connection: &mut Connection, head: &[u8], body: &[u8]) {
    connection.get_mut().write_all(head).unwrap();
    connection.get_mut().write_all(body).unwrap();
    connection.get_mut().flush().unwrap();
    let (mut status, mut length) = (String::new(), 0);
    connection.read_line(&mut status).unwrap();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        }
    }
    let mut answer = vec![0; length];
    connection.read_exact(&mut answer).unwrap();
    assert!(status.starts_with("HTTP/1.1 201"), "{status}{}", String::from_utf8_lossy(&answer));
}
