//! Strangers who hold connections and send nothing, trickle, or never read, beside honest uploads.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::harness::{CUSTOMER, Server};

/// `cargo xtask prove strangers` sets 8000.
const STRANGERS_VARIABLE: &str = "BURSAR_STRANGERS";
const STRANGERS: usize = 300;
/// Threads on which they connect; each holds its share from then on.
const THREADS: usize = 8;
/// Uploads sent one beside the other, and the size of each: enough that their time can be told.
const UPLOADS: usize = 10;
const UPLOAD_MIB: usize = 8;
/// Uploads take at most so much longer beside strangers; a test shares its machine with others.
const TIMES_MAX: f64 = 1.5;
const TIMES_MAX_SHORT: f64 = 4.0;
/// Memory of the server beside the pages of the program itself.
const MEMORY_KIB_MAX: u64 = 300 * 1024;
/// Answers that one stranger asks for and never reads: more than a socket holds.
const UNREAD_ANSWERS: usize = 400;

type Connection = StreamOwned<ClientConnection, TcpStream>;

/// The ways in which a stranger holds a connection.
#[derive(Clone, Copy)]
enum Stranger {
    /// Connects, and does not even begin with TLS.
    Silent,
    /// Ends the handshake and asks for nothing.
    Idle,
    /// Sends a header byte by byte.
    Trickling,
    /// Announces a form and sends none of it.
    Formless,
    /// Announces a file without a token, and sends it byte by byte.
    Refused,
    /// Asks for much and reads nothing.
    Unreading,
}

const STRANGERS_OF_EVERY_KIND: [Stranger; 6] = [
    Stranger::Silent,
    Stranger::Idle,
    Stranger::Trickling,
    Stranger::Formless,
    Stranger::Refused,
    Stranger::Unreading,
];

impl Stranger {
    /// Connects and begins; from an address of its own, as one address has a bound of its own.
    fn begin(
        self,
        server: &Server,
        config: &ClientConfig,
        number: usize,
    ) -> Option<HeldConnection> {
        let socket = connect(server.port, number)?;
        if matches!(self, Self::Silent) {
            return Some(HeldConnection { socket: HeldSocket::Plain(socket), stranger: self });
        }
        let name = ServerName::try_from("localhost").unwrap();
        let client = ClientConnection::new(config.clone().into(), name).unwrap();
        let mut connection = StreamOwned::new(client, socket);
        let upload = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/a.csv");
        let asked = match self {
            Self::Silent | Self::Idle => String::new(),
            Self::Trickling => "GET / HTTP/1.1\r\nHost: localhost\r\nX-".to_owned(),
            Self::Formless => {
                "POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\n\r\n"
                    .to_owned()
            }
            Self::Refused => format!(
                "POST {upload} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n\
                 Content-Length: 90000000\r\n\r\n"
            ),
            Self::Unreading => {
                "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(UNREAD_ANSWERS)
            }
        };
        // One that the server has closed already is held all the same.
        let _closed = connection.write_all(asked.as_bytes()).and_then(|()| connection.flush());
        Some(HeldConnection { socket: HeldSocket::Tls(Box::new(connection)), stranger: self })
    }
}

/// A connection that a stranger holds.
struct HeldConnection {
    socket: HeldSocket,
    stranger: Stranger,
}

enum HeldSocket {
    Plain(TcpStream),
    Tls(Box<Connection>),
}

impl HeldConnection {
    /// Sends the next byte, where this one trickles.
    fn trickle(&mut self) {
        if let HeldSocket::Tls(connection) = &mut self.socket
            && matches!(self.stranger, Stranger::Trickling | Stranger::Refused)
        {
            let _closed = connection.write_all(b"a").and_then(|()| connection.flush());
        }
    }

    /// Returns `true` once the server has ended the connection.
    fn is_ended(&mut self) -> bool {
        let socket = match &mut self.socket {
            HeldSocket::Plain(socket) => socket,
            HeldSocket::Tls(connection) => &mut connection.sock,
        };
        socket.set_nonblocking(true).unwrap();
        let mut bytes = [0; 4096];
        loop {
            match socket.read(&mut bytes) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(fault) => return fault.kind() != std::io::ErrorKind::WouldBlock,
            }
        }
    }
}

/// A socket of one of 250 addresses of this machine.
fn connect(port: u16, number: usize) -> Option<TcpStream> {
    use socket_of::connect_from;
    connect_from([127, 0, 1, u8::try_from(number % 250).unwrap() + 1], port)
}

/// Sockets bound to an address of one's own choosing, by way of tokio, which needs no unsafe code for it.
mod socket_of {
    use std::net::{SocketAddr, TcpStream};

    use tokio::net::TcpSocket;

    pub(super) fn connect_from(address: [u8; 4], port: u16) -> Option<TcpStream> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let connected = runtime.block_on(async {
            let socket = TcpSocket::new_v4()?;
            socket.bind(SocketAddr::from((address, 0)))?;
            socket.connect(SocketAddr::from(([127, 0, 0, 1], port))).await?.into_std()
        });
        let socket = connected.ok()?;
        socket.set_nonblocking(false).unwrap();
        Some(socket)
    }
}

/// The strangers, and how many of them are connected.
struct Crowd<'c> {
    server: &'c Server,
    config: ClientConfig,
    size: usize,
    connected: AtomicUsize,
    is_over: AtomicBool,
}

impl Crowd<'_> {
    /// One thread's share: connects them all, then lets them trickle until it is over.
    fn hold(&self, thread: usize) -> (usize, usize) {
        let mut held = Vec::new();
        for number in (thread..self.size).step_by(THREADS) {
            let kind = STRANGERS_OF_EVERY_KIND[number % STRANGERS_OF_EVERY_KIND.len()];
            held.extend(kind.begin(self.server, &self.config, number));
            self.connected.fetch_add(1, Ordering::Relaxed);
        }
        while !self.is_over.load(Ordering::Relaxed) {
            held.iter_mut().for_each(HeldConnection::trickle);
            std::thread::park_timeout(Duration::from_millis(500));
        }
        let ended = held.iter_mut().filter_map(|held| held.is_ended().then_some(())).count();
        (held.len(), ended)
    }
}

/// Sends the files one beside the other; the time until the last was received.
fn send(server: &Server, token: &str, turn: &str) -> Duration {
    let body = b"Supplier,Amount\n".repeat(UPLOAD_MIB << 16);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body");
    fs::write(&file, body).unwrap();
    let begun = Instant::now();
    let clients: Vec<_> = (0..UPLOADS)
        .map(|number| {
            let path = format!(
                "/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/{turn}_{number}.csv"
            );
            std::process::Command::new("curl")
                .args(["--silent", "--show-error", "--fail", "--output", "/dev/null"])
                .args(["--header", "Content-Type: text/csv", "--header"])
                .arg(format!("Authorization: Bearer {token}"))
                .arg("--cacert")
                .arg(server.authority())
                .args(["--request", "POST", "--upload-file"])
                .arg(&file)
                .arg(server.url(&path))
                .spawn()
                .unwrap()
        })
        .collect();
    for mut client in clients {
        assert!(client.wait().unwrap().success(), "{turn}");
    }
    begun.elapsed()
}

/// The memory of the server that is its own, in KiB: what the pages of the program take is left out.
fn memory_kib(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let of = |name: &str| -> u64 {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    of("VmHWM:").saturating_sub(of("RssFile:"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[test]
fn strangers_hold_up_no_honest_upload() {
    let asked = std::env::var(STRANGERS_VARIABLE).ok();
    let size = asked.as_deref().map_or(STRANGERS, |size| size.parse().unwrap());
    let server = Server::start_receiving_only();
    let token = server.token();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(server.authority()).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let (connected, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let crowd = Crowd { server: &server, config, size, connected, is_over };

    let alone = median((0..3).map(|turn| send(&server, &token, &format!("alone{turn}"))).collect());
    let (sender, counts) = mpsc::channel();
    let beside = std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (crowd, sender) = (&crowd, sender.clone());
            scope.spawn(move || sender.send(crowd.hold(thread)).unwrap());
        }
        while crowd.connected.load(Ordering::Relaxed) < size {
            std::thread::yield_now();
        }
        let times = (0..3).map(|turn| send(&server, &token, &format!("beside{turn}"))).collect();
        crowd.is_over.store(true, Ordering::Relaxed);
        median(times)
    });
    drop(sender);
    let (held, ended) = counts.iter().fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1));
    let times = beside.as_secs_f64() / alone.as_secs_f64();
    let memory = memory_kib(&server);
    println!(
        "{held} of {size} strangers, of whom {ended} were ended meanwhile: {UPLOADS} uploads of \
         {UPLOAD_MIB} MiB took {beside:.2?}, alone {alone:.2?}: {times:.2} times; {memory} KiB"
    );
    assert!(held * 10 >= size * 9, "only {held} could connect");
    assert!(memory < MEMORY_KIB_MAX, "{memory} KiB");
    let times_max = if asked.is_some() { TIMES_MAX } else { TIMES_MAX_SHORT };
    assert!(times < times_max, "{times:.2} times");
}
