//! A refusal reaches every client that people send files with, however large the file is and however slow
//! the line.
//!
//! Those that are not installed are left out, and named.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::harness::{CUSTOMER, Server};

/// `cargo xtask prove refusals` sets 200: so many megabytes at full speed, and the same over a slow line.
const MEGABYTES_VARIABLE: &str = "BURSAR_REFUSED_MB";
/// More than sockets on both sides hold.
const MEGABYTES: u64 = 16;
/// Of the slow line.
const BYTES_PER_SECOND: u64 = 1_000_000;
/// Debian's packages for Python are of its own Python, whatever stands before it on the path.
const PYTHON: &str = "/usr/bin/python3";
const STATUS: &str = "401";

/// A client, and the arguments it is started with: `{url}`, `{file}`, `{ca}` and `{scripts}` are filled in.
struct Client {
    name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
    /// Set when it is quick enough for every run of the tests.
    is_quick: bool,
}

/// A client that every run of the tests tries.
const fn client(
    name: &'static str,
    program: &'static str,
    arguments: &'static [&'static str],
) -> Client {
    Client { name, program, arguments, is_quick: true }
}

impl Client {
    /// A client that builds its program first, which takes its time.
    const fn slow(self) -> Self {
        Self { is_quick: false, ..self }
    }
}

const PY: &str = "{scripts}/client.py";
const JS: &str = "{scripts}/client.mjs";
const BEARER: &str = "Authorization: Bearer nonsense";
const CSV: &str = "Content-Type: text/csv";

/// curl is told not to ask before it sends, which it does of its own with large bodies.
const fn curl(version: &'static str) -> [&'static str; 19] {
    [
        version,
        "-sS",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "--cacert",
        "{ca}",
        "-H",
        BEARER,
        "-H",
        CSV,
        "-H",
        "Expect:",
        "-X",
        "POST",
        "-T",
        "{file}",
        "{url}",
    ]
}

const CURL_1: [&str; 19] = curl("--http1.1");
const CURL_2: [&str; 19] = curl("--http2");

const CLIENTS: [Client; 17] = [
    client("curl, HTTP/1.1", "curl", &CURL_1),
    client("curl, HTTP/2", "curl", &CURL_2),
    client(
        "wget",
        "wget",
        &[
            "--tries=1",
            "--server-response",
            "-O",
            "/dev/null",
            "--ca-certificate={ca}",
            "--header",
            BEARER,
            "--header",
            CSV,
            "--method=POST",
            "--body-file={file}",
            "{url}",
        ],
    ),
    client("Python, http.client", PYTHON, &[PY, "http.client", "{url}", "{file}", "{ca}"]),
    client("Python, urllib", PYTHON, &[PY, "urllib", "{url}", "{file}", "{ca}"]),
    client("Python, requests", PYTHON, &[PY, "requests", "{url}", "{file}", "{ca}"]),
    client("Python, httpx over HTTP/1.1", PYTHON, &[PY, "httpx-h1", "{url}", "{file}", "{ca}"]),
    client("Python, httpx over HTTP/2", PYTHON, &[PY, "httpx-h2", "{url}", "{file}", "{ca}"]),
    client("Node, fetch", "node", &[JS, "fetch", "{url}", "{file}"]),
    client("Node, https", "node", &[JS, "https", "{url}", "{file}"]),
    client("Go, HTTP/1.1", "go", &["run", "{scripts}/client.go", "{url}", "{file}", "{ca}", "h1"])
        .slow(),
    client("Go, HTTP/2", "go", &["run", "{scripts}/client.go", "{url}", "{file}", "{ca}", "h2"])
        .slow(),
    client(
        "Java, HttpClient over HTTP/1.1",
        "java",
        &["{scripts}/Client.java", "{url}", "{file}", "{ca}", "h1"],
    )
    .slow(),
    client(
        "Java, HttpClient over HTTP/2",
        "java",
        &["{scripts}/Client.java", "{url}", "{file}", "{ca}", "h2"],
    )
    .slow(),
    client("Perl, LWP", "perl", &["-e", LWP, "{url}", "{file}", "{ca}"]),
    client("our upload.py", PYTHON, &["{scripts}/../../../../../examples/upload.py", "{file}"]),
    client("our upload.sh", "sh", &["{scripts}/../../../../../examples/upload.sh", "{file}"]),
];

const LWP: &str = r#"
use LWP::UserAgent; use HTTP::Request::Common;
$HTTP::Request::Common::DYNAMIC_FILE_UPLOAD = 1;
my $agent = LWP::UserAgent->new(ssl_opts => { SSL_ca_file => $ARGV[2] });
open(my $file, "<", $ARGV[1]); binmode $file;
my $read = sub { my $n = read($file, my $piece, 65536); $n ? $piece : "" };
my $request = HTTP::Request->new(POST => $ARGV[0], ["Authorization" => "Bearer nonsense", "Content-Type" => "text/csv", "Content-Length" => -s $ARGV[1]], $read);
print $agent->request($request)->code;
"#;

/// What a client needs to be there beside its program, as a command that succeeds.
fn is_there(client: &Client) -> bool {
    let library = client.name.strip_prefix("Python, ").and_then(|name| name.split(' ').next());
    let arguments: &[&str] = match (library, client.program) {
        (Some("httpx"), _) => &["-c", "import httpx, h2"],
        (Some("requests"), _) => &["-c", "import requests"],
        (_, "perl") => &["-MLWP::UserAgent", "-MLWP::Protocol::https", "-e1"],
        (_, "sh") => &["-c", "curl --version"],
        (_, "go") => &["version"],
        _ => &["--version"],
    };
    let mut command = Command::new(client.program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A line that carries what a client sends at a rate, and what the server answers at once.
struct SlowLine {
    port: u16,
}

impl SlowLine {
    fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), TcpStream::connect(("127.0.0.1", server)));
                let server = server.unwrap();
                let (back, answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || carry(client, server, Some(BYTES_PER_SECOND)));
                std::thread::spawn(move || carry(answers, back, None));
            }
        });
        Self { port }
    }
}

/// Carries bytes until one side ends, and ends the other then.
fn carry(mut from: TcpStream, mut to: TcpStream, bytes_per_second: Option<u64>) {
    let (begun, mut carried) = (Instant::now(), 0);
    let mut piece = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        if to.write_all(&piece[..read]).is_err() {
            break;
        }
        carried += read as u64;
        if let Some(rate) = bytes_per_second {
            let due = Duration::from_millis(carried * 1_000 / rate);
            std::thread::park_timeout(due.saturating_sub(begun.elapsed()));
        }
    }
    // It may have ended on both sides.
    let _ended = to.shutdown(std::net::Shutdown::Write);
}

/// A refused sending by every client, over one line.
struct Sending<'s> {
    server: &'s Server,
    port: u16,
    file: &'s Path,
    token: &'s Path,
}

impl Sending<'_> {
    /// Returns what the client said, and `true` when it has seen the status.
    fn by(&self, client: &Client) -> (bool, String) {
        let path =
            format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/APT/a_20261123.csv");
        let url = format!("https://localhost:{}{path}", self.port);
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/refusals");
        let authority = self.server.authority();
        let fill = |argument: &&str| {
            argument
                .replace("{url}", &url)
                .replace("{file}", self.file.to_str().unwrap())
                .replace("{ca}", authority.to_str().unwrap())
                .replace("{scripts}", scripts.to_str().unwrap())
        };
        let output = Command::new(client.program)
            .args(client.arguments.iter().map(fill))
            .env("NODE_EXTRA_CA_CERTS", &authority)
            .env("BURSAR_URL", format!("https://localhost:{}", self.port))
            .env("BURSAR_CUSTOMER", CUSTOMER)
            .env("BURSAR_TYPE", "APT")
            .env("BURSAR_TOKEN_FILE", self.token)
            .env("BURSAR_CA_FILE", &authority)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (said.contains(STATUS), said)
    }
}

#[test]
fn a_refusal_reaches_every_client() {
    let asked = std::env::var(MEGABYTES_VARIABLE).ok();
    let megabytes = asked.as_deref().map_or(MEGABYTES, |size| size.parse().unwrap());
    let server = Server::start_receiving_only();
    let file = sparse(server.folder.path(), megabytes);
    let token = server.folder.path().join("nonsense");
    fs::write(&token, "nonsense").unwrap();
    let wanted = |client: &&Client| client.is_quick || asked.is_some();
    let (here, absent): (Vec<_>, Vec<_>) =
        CLIENTS.iter().filter(wanted).partition(|client| is_there(client));
    for client in absent {
        println!("{} is not installed", client.name);
    }
    let mut lost = Vec::new();
    let mut look =
        |client: &Client, line: &str, (is_seen, said): (bool, String), took: Duration| {
            println!(
                "{}, {megabytes} MB {line}: {} after {took:.1?}",
                client.name,
                if is_seen { STATUS } else { "lost" }
            );
            if !is_seen {
                lost.push(format!("{}, {line}: {said}", client.name));
            }
        };
    let sending = Sending { server: &server, port: server.port, file: &file, token: &token };
    for client in &here {
        let begun = Instant::now();
        look(client, "at full speed", sending.by(client), begun.elapsed());
    }
    if asked.is_some() {
        let line = SlowLine::to(server.port);
        let sending = Sending { port: line.port, ..sending };
        let (sender, outcomes) = mpsc::channel();
        std::thread::scope(|scope| {
            for client in &here {
                let (sending, sender, begun) = (&sending, sender.clone(), Instant::now());
                scope.spawn(move || {
                    let seen = sending.by(client);
                    sender.send((*client, seen, begun.elapsed())).unwrap();
                });
            }
        });
        drop(sender);
        for (client, seen, took) in outcomes {
            look(client, "at 1 MB/s", seen, took);
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// A file of that size which takes no room on the disk.
fn sparse(folder: &Path, megabytes: u64) -> PathBuf {
    let path = folder.join("ledger_20261123.csv");
    File::create(&path).unwrap().set_len(megabytes * 1_000_000).unwrap();
    path
}
