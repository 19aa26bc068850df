//! A connection over TLS on which any bytes can be sent, and answers of HTTP/1.1 read back.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::harness::Server;

/// A server of ours that neither answers nor closes within this has failed.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// A server that requests are sent to, the authority of its certificate, and how long it may be silent.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) port: u16,
    pub(super) authority: PathBuf,
    pub(super) silence_max: Duration,
}

impl From<&Server> for Peer {
    fn from(server: &Server) -> Self {
        Self { port: server.port, authority: server.authority(), silence_max: SILENCE_MAX }
    }
}

pub(super) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    read: Vec<u8>,
}

/// An answer of HTTP/1.1.
pub(super) struct Answer {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
    pub(super) closes: bool,
}

impl Answer {
    /// Returns `true` when the answer has a field, or `100 continue` came before it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.field(name).is_some() || self.head.to_ascii_lowercase().contains(&format!(" {name}"))
    }

    fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(':'));
        let mut found = fields.filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.next_back().map(|(_, value)| value.trim())
    }
}

impl Connection {
    pub(super) fn open(peer: &Peer, protocols: &[&[u8]]) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&peer.authority).unwrap()).unwrap();
        let mut config =
            ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let socket = TcpStream::connect(("localhost", peer.port)).unwrap();
        socket.set_read_timeout(Some(peer.silence_max)).unwrap();
        Self { stream: StreamOwned::new(connection, socket), read: Vec::new() }
    }

    /// Sends what the server still takes.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        // A server that has closed has said why, which is read next.
        let _closed = self.stream.write_all(bytes).and_then(|()| self.stream.flush());
    }

    /// Ends what is sent; answers are read on.
    pub(super) fn end(&mut self) {
        self.stream.conn.send_close_notify();
        self.stream.flush().unwrap();
        self.stream.sock.shutdown(Shutdown::Write).unwrap();
    }

    /// The next answer; none where the server closed before one.
    pub(super) fn answer(&mut self) -> Option<Answer> {
        let mut answer = self.answer_to_head()?;
        if answer.status != 204 && answer.status != 304 {
            answer.body = self.body(&answer);
        }
        Some(answer)
    }

    /// The next answer to a request for no more than the head of one.
    pub(super) fn answer_to_head(&mut self) -> Option<Answer> {
        let mut before = String::new();
        loop {
            let end = self.find(b"\r\n\r\n")? + 4;
            let head = before + &String::from_utf8_lossy(&self.read[..end]);
            let line = head.lines().rfind(|line| line.starts_with("HTTP/1.")).unwrap().to_owned();
            let status: u16 = line.split(' ').nth(1).unwrap().parse().unwrap();
            self.read.drain(..end);
            if status < 200 {
                before = head;
                continue;
            }
            let closes = head.to_ascii_lowercase().contains("\r\nconnection: close\r\n")
                || line.starts_with("HTTP/1.0");
            return Some(Answer { status, head, body: String::new(), closes });
        }
    }

    fn body(&mut self, answer: &Answer) -> String {
        if let Some(length) = answer.field("content-length") {
            return self.take(length.parse().unwrap());
        }
        let mut body = String::new();
        if answer.field("transfer-encoding").is_none() {
            // One without a length ends with the connection.
            while self.read_more().is_some() {}
            return self.take(self.read.len());
        }
        loop {
            let end = self.find(b"\r\n").expect("a chunk begins with its length");
            let line = self.take(end + 2);
            let length = usize::from_str_radix(line.trim(), 16).unwrap();
            body += self.take(length + 2).trim_end_matches("\r\n");
            if length == 0 {
                return body;
            }
        }
    }

    fn find(&mut self, wanted: &[u8]) -> Option<usize> {
        loop {
            let found = self.read.windows(wanted.len()).position(|bytes| bytes == wanted);
            if found.is_some() {
                return found;
            }
            self.read_more()?;
        }
    }

    fn take(&mut self, length: usize) -> String {
        String::from_utf8_lossy(&self.take_bytes(length).expect("the answer is whole")).into_owned()
    }

    /// So many bytes; none where the server closes before them.
    pub(super) fn take_bytes(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.read.len() < length {
            self.read_more()?;
        }
        Some(self.read.drain(..length).collect())
    }

    fn read_more(&mut self) -> Option<()> {
        let mut piece = [0; 16 * 1024];
        match self.stream.read(&mut piece) {
            Ok(0) => None,
            Ok(read) => {
                self.read.extend_from_slice(&piece[..read]);
                Some(())
            }
            Err(fault) if fault.kind() == std::io::ErrorKind::WouldBlock => {
                panic!("the server neither answered nor closed")
            }
            // A close without close_notify, or a reset.
            Err(_closed) => None,
        }
    }
}
