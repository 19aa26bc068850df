//! What answers as SQL Server does, by the published protocol MS-TDS: the greeting, TLS within it, the
//! login, and batches that a script answers with the tokens it likes.
//!
//! Not for: proving that SQL Server itself is read; there is none to try on where this was written.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

use crate::server::{Presents, tls_of};

const HEADER_BYTES: usize = 8;
/// As SQL Server sends them until it is asked for larger ones.
const PACKET_BYTES: usize = 4096;
const BATCH: u8 = 0x01;
const ANSWER: u8 = 0x04;
const LOGIN: u8 = 0x10;
const GREETING: u8 = 0x12;
/// The status of a packet whose message goes on in another.
const MORE: u8 = 0;
const LAST: u8 = 1;
/// Of the transaction that is begun.
const TRANSACTION: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// How an answer ends.
pub(crate) enum End {
    Whole,
    /// The connection breaks.
    Cut,
}

type Script = dyn Fn(&mut dyn Write) -> End + Send + Sync;

/// Runs until the test ends.
pub(crate) struct Tds {
    address: SocketAddr,
    folder: TempDir,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Tds {
    pub(crate) fn start(script: impl Fn(&mut dyn Write) -> End + Send + Sync + 'static) -> Self {
        Self::presenting(Some(Presents::Good), script)
    }

    /// Without a certificate it declines to encrypt.
    pub(crate) fn presenting(
        presents: Option<Presents>,
        script: impl Fn(&mut dyn Write) -> End + Send + Sync + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ca = folder.path().join("ca.pem");
        // Within the greeting there is nothing newer.
        let versions = [&rustls::version::TLS12];
        let config = presents.map(|presents| Arc::new(tls_of(presents, &ca, &versions)));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server =
            Self { address: listener.local_addr().unwrap(), folder, heard: Arc::default() };
        let heard = Arc::clone(&server.heard);
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A connection the client ends is part of some cases.
                let _gone = serve(stream.unwrap(), config.clone(), &script, &heard);
            }
        });
        server
    }

    /// With this password, trusting the authority that signed the certificate.
    pub(crate) fn url(&self, password: &str) -> String {
        format!("{}?ca-file={}", self.url_as_it_is(password), self.ca().display())
    }

    /// Trusting whom the operating system trusts.
    pub(crate) fn url_as_it_is(&self, password: &str) -> String {
        format!("sqlserver://erp:{password}@localhost:{}/AX", self.address.port())
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// `login` and the text of each batch, over all connections.
    pub(crate) fn received(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn serve(
    mut stream: TcpStream,
    config: Option<Arc<ServerConfig>>,
    script: &Script,
    heard: &Mutex<Vec<String>>,
) -> io::Result<()> {
    // Longer than any case; a client that hangs must not hang the test.
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let (kind, _greeting) = message(&mut stream)?;
    assert_eq!(kind, GREETING);
    // Version and encryption, by their offsets and lengths.
    let encryption = if config.is_some() { 1 } else { 2 };
    let greeting = [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, encryption];
    packet(&mut stream, ANSWER, LAST, &greeting)?;
    let Some(config) = config else {
        let (kind, _login) = message(&mut stream)?;
        heard.lock().unwrap().push(format!("unencrypted {kind}"));
        return Ok(());
    };
    let mut greeted = GreetedSocket { stream, left: 0, is_wrapped: true };
    let mut tls = ServerConnection::new(config).unwrap();
    while tls.is_handshaking() {
        tls.complete_io(&mut greeted)?;
    }
    greeted.is_wrapped = false;
    let mut line = StreamOwned::new(tls, greeted);
    loop {
        let (kind, body) = message(&mut line)?;
        let mut answer = Packets { to: &mut line, held: Vec::new() };
        if kind == LOGIN {
            heard.lock().unwrap().push("login".to_owned());
            answer.write_all(&login_ack())?;
            answer.write_all(&done(0))?;
            answer.end()?;
            continue;
        }
        assert_eq!(kind, BATCH);
        let headers = u32::from_le_bytes(body[..4].try_into().unwrap()) as usize;
        let text = utf16(&body[headers..]);
        heard.lock().unwrap().push(text.clone());
        let end = if text.contains("BEGIN TRANSACTION") {
            answer.write_all(&transaction(8, &TRANSACTION, &[]))?;
            answer.write_all(&done(0))?;
            End::Whole
        } else if text.contains("ROLLBACK") {
            answer.write_all(&transaction(10, &[], &TRANSACTION))?;
            answer.write_all(&done(0))?;
            End::Whole
        } else {
            assert_eq!(body[10..18], TRANSACTION, "not within the transaction");
            script(&mut answer)
        };
        match end {
            End::Whole => answer.end()?,
            End::Cut => {
                answer.send(MORE)?;
                return line.sock.stream.shutdown(std::net::Shutdown::Both);
            }
        }
    }
}

/// The socket, with TLS records inside packets of the greeting until the handshake is over.
struct GreetedSocket {
    stream: TcpStream,
    left: usize,
    is_wrapped: bool,
}

impl Read for GreetedSocket {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if !self.is_wrapped {
            return self.stream.read(to);
        }
        if self.left == 0 {
            self.left = header(&mut self.stream)?.1;
        }
        let most = self.left.min(to.len());
        let read = self.stream.read(&mut to[..most])?;
        self.left -= read;
        Ok(read)
    }
}

impl Write for GreetedSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_wrapped {
            return self.stream.write(bytes);
        }
        packet(&mut self.stream, GREETING, LAST, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Cuts an answer into packets.
struct Packets<'t> {
    to: &'t mut StreamOwned<ServerConnection, GreetedSocket>,
    held: Vec<u8>,
}

impl Packets<'_> {
    fn send(&mut self, status: u8) -> io::Result<()> {
        packet(self.to, ANSWER, status, &self.held)?;
        self.held.clear();
        self.to.flush()
    }

    fn end(mut self) -> io::Result<()> {
        self.send(LAST)
    }
}

impl Write for Packets<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.len() == PACKET_BYTES - HEADER_BYTES {
            self.send(MORE)?;
        }
        let room = PACKET_BYTES - HEADER_BYTES - self.held.len();
        let taken = room.min(bytes.len());
        self.held.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn packet(to: &mut impl Write, kind: u8, status: u8, body: &[u8]) -> io::Result<()> {
    let length = u16::try_from(HEADER_BYTES + body.len()).unwrap().to_be_bytes();
    let mut bytes = vec![kind, status, length[0], length[1], 0, 0, 1, 0];
    bytes.extend_from_slice(body);
    to.write_all(&bytes)
}

/// Kind, bytes that follow, and whether it is the last of its message.
fn header(from: &mut impl Read) -> io::Result<(u8, usize, bool)> {
    let mut bytes = [0; HEADER_BYTES];
    from.read_exact(&mut bytes)?;
    let length = usize::from(u16::from_be_bytes([bytes[2], bytes[3]]));
    Ok((bytes[0], length - HEADER_BYTES, bytes[1] & LAST == LAST))
}

fn message(from: &mut impl Read) -> io::Result<(u8, Vec<u8>)> {
    let mut body = Vec::new();
    loop {
        let (kind, length, is_last) = header(from)?;
        let start = body.len();
        body.resize(start + length, 0);
        from.read_exact(&mut body[start..])?;
        if is_last {
            return Ok((kind, body));
        }
    }
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    char::decode_utf16(units).map(Result::unwrap).collect()
}

fn login_ack() -> Vec<u8> {
    let mut body = vec![1, 0x74, 0, 0, 4];
    body.extend(short_text("Microsoft SQL Server"));
    body.extend([16, 0, 0, 0]);
    token(0xad, &body)
}

/// Begun (8) or rolled back (10).
fn transaction(change: u8, new: &[u8], old: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
    let body = [&[change, length(new)], new, &[length(old)], old].concat();
    token(0xe3, &body)
}

fn token(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap().to_le_bytes();
    [&[kind], &length[..], body].concat()
}

/// A text with its length in characters before it.
fn short_text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut bytes = vec![u8::try_from(units.len()).unwrap()];
    bytes.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    bytes
}

/// The end of a result of so many rows.
pub(crate) fn done(rows: u64) -> Vec<u8> {
    let mut bytes = vec![0xfd, if rows > 0 { 0x10 } else { 0 }, 0, 0xc1, 0];
    bytes.extend(rows.to_le_bytes());
    bytes
}

/// An error of the server, and that the batch ends with it.
pub(crate) fn error(number: u32, text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut body = number.to_le_bytes().to_vec();
    body.extend([1, 16]);
    body.extend(u16::try_from(units.len()).unwrap().to_le_bytes());
    body.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
    body.extend([0, 0, 1, 0, 0, 0]);
    let end = [0xfd, 2, 0, 0xc1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    [token(0xaa, &body), end.to_vec()].concat()
}

/// Columns by their names and the bytes that MS-TDS has for their types.
pub(crate) fn columns(all: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![0x81];
    bytes.extend(u16::try_from(all.len()).unwrap().to_le_bytes());
    for (name, kind) in all {
        // No user type; may be nothing.
        bytes.extend([0, 0, 0, 0, 1, 0]);
        bytes.extend_from_slice(kind);
        bytes.extend(short_text(name));
    }
    bytes
}

/// A row of values, each with its length before it as its type wants.
pub(crate) fn row(values: &[&[u8]]) -> Vec<u8> {
    [&[0xd1], &values.concat()[..]].concat()
}
