//! Starts `bursard` in a folder of its own and talks to it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use reqwest::{Certificate, Client, Method, RequestBuilder};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;
use tempfile::TempDir;

/// Nothing here needs more than one customer and one other.
pub(crate) const CUSTOMER: &str = "acme";

/// `cargo xtask prove` names the folder of the release build's programs.
const PROGRAMS_VARIABLE: &str = "BURSAR_PROGRAMS";

/// How long a server may take until its next line while it starts, on a machine that is busy.
const READY_MAX: Duration = Duration::from_secs(90);

/// The calls by which bytes and names come to be, reach the disk, or go to a client.
const TRACED: &str = "trace=write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,ftruncate,fallocate,\
    fsync,fdatasync,mkdir,mkdirat,openat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir";

/// A running server and its folder; killed when dropped.
pub(crate) struct Server {
    pub(crate) folder: TempDir,
    child: Child,
    pub(crate) port: u16,
    pub(crate) first_lines: Vec<String>,
}

impl Server {
    /// With nothing configured but a free port.
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// Receives and reads nothing: for what is asked of receiving alone.
    pub(crate) fn start_receiving_only() -> Self {
        Self::start_with("[limits]\nworkers = 0\n")
    }

    /// With a configuration file.
    pub(crate) fn start_with(config: &str) -> Self {
        Self::start_in(with_config(config))
    }

    /// In a folder that may have been used before.
    pub(crate) fn start_in(folder: TempDir) -> Self {
        Self::start_by(folder, Command::new(program()), "ready ", &[])
    }

    /// By somebody whose files everybody may read and write unless a program says otherwise.
    pub(crate) fn start_unmasked() -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "umask 0; exec \"$0\" \"$@\""]).arg(program());
        Self::start_by(with_config(""), shell, "ready ", &[])
    }

    /// With a configuration that it does not get ready with: it waits and serves.
    pub(crate) fn start_waiting(config: &str) -> Self {
        Self::start_until(config, "wait  ", &[])
    }

    /// With flags, and until it says a line that begins so.
    pub(crate) fn start_until(config: &str, says: &str, flags: &[&str]) -> Self {
        Self::start_by(with_config(config), Command::new(program()), says, flags)
    }

    /// With its system calls on files and sockets written down in `traces`, a file per thread.
    pub(crate) fn start_traced(config: &str, traces: &Path) -> Self {
        let mut tracer = Command::new("strace");
        // As a grandchild, so that the child is the server itself.
        tracer.args([
            "-D",
            "-ff",
            "-qq",
            "-y",
            "--absolute-timestamps=format:unix,precision:ns",
            "--syscall-times=ns",
        ]);
        tracer.args(["--string-limit=0", "-e", TRACED, "-o"]).arg(traces.join("calls"));
        tracer.arg("--").arg(program());
        Self::start_by(with_config(config), tracer, "ready ", &[])
    }

    fn start_by(folder: TempDir, program: Command, says: &str, flags: &[&str]) -> Self {
        install_provider();
        let (child, port, first_lines) = spawn(folder.path(), program, says, flags);
        Self { folder, child, port, first_lines }
    }

    /// All lines of its log so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Ends the process as a power cut would, and gives the folder back.
    pub(crate) fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap())
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        data_dir(self.folder.path())
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.data_dir().join("tls/ca.pem")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.pid().to_string()]).status().unwrap();
        assert!(status.success());
    }

    pub(crate) fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// `bursard` with `arguments`, on this server's folder.
    pub(crate) fn bursard(&self, arguments: &[&str]) -> Output {
        bursard(self.folder.path(), arguments)
    }

    pub(crate) fn token(&self) -> String {
        self.token_with(&["--customer", CUSTOMER])
    }

    pub(crate) fn token_with(&self, arguments: &[&str]) -> String {
        let output = self.bursard(&[&["token", "issue"], arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The token in a file that only its owner may read.
    pub(crate) fn token_file(&self) -> PathBuf {
        let path = self.folder.path().join("token");
        fs::write(&path, self.token()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    /// A client that trusts this server, speaking HTTP/1.1.
    pub(crate) fn client(&self) -> Client {
        let authority = Certificate::from_pem(&fs::read(self.authority()).unwrap()).unwrap();
        Client::builder().http1_only().no_proxy().tls_certs_only([authority]).build().unwrap()
    }

    /// A connection on which anything can be said, by one of these protocols.
    pub(crate) fn tls(&self, protocols: &[&[u8]]) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.authority()).unwrap()).unwrap();
        let mut config =
            ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        let socket = TcpStream::connect(("localhost", self.port)).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        StreamOwned::new(connection, socket)
    }

    /// A POST of a file with the usual headers.
    pub(crate) fn post(&self, token: &str, rest: &str) -> RequestBuilder {
        let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads/upload/{rest}");
        self.client()
            .request(Method::POST, self.url(&path))
            .header("Content-Type", "text/csv")
            .bearer_auth(token)
    }

    pub(crate) async fn get_json(&self, token: &str, path: &str) -> Value {
        let answer = self.client().get(self.url(path)).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json_value().await
    }

    /// Waits until nothing is received or read any more; every file must have been read.
    pub(crate) async fn all_read(&self, token: &str) {
        let path = format!("/customers/{CUSTOMER}/units/{CUSTOMER}/Uploads?limit=500");
        loop {
            let page = self.get_json(token, &path).await;
            let uploads = page["items"].as_array().unwrap();
            let ended =
                |upload: &&Value| upload["status"] == "refused" || upload["status"] == "held";
            if let Some(bad) = uploads.iter().find(ended) {
                panic!("not read: {bad}");
            }
            if uploads.iter().all(|upload| upload["status"] == "read") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// All rows of a ledger as CSV.
    pub(crate) fn exported(&self, file_type: &str) -> String {
        let output =
            self.bursard(&["ledger", "export", "--customer", CUSTOMER, "--type", file_type]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Waits until an upload is being received: its temporary object is there.
    pub(crate) async fn receiving(&self) {
        let temporaries = self.data_dir().join("objects/tmp");
        // Readiness is tried there as well, under another name.
        let is_temporary = |path: &PathBuf| {
            path.starts_with(&temporaries)
                && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("upl_"))
        };
        while !self.object_files().iter().any(is_temporary) {
            tokio::task::yield_now().await;
        }
    }

    /// Everything that lies in the folder of objects, published or not.
    pub(crate) fn object_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        collect_files(&self.data_dir().join("objects"), &mut files);
        files
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// `reqwest` is built without its JSON feature.
pub(crate) trait JsonAnswer {
    async fn json_value(self) -> Value;
}

impl JsonAnswer for reqwest::Response {
    async fn json_value(self) -> Value {
        serde_json::from_slice(&self.bytes().await.unwrap()).unwrap()
    }
}

/// More than the server holds of a file before there is one on its disk.
pub(crate) fn first_piece() -> String {
    "Supplier,Amount\n".repeat(20_000)
}

/// A body whose pieces are sent one by one; it ends when the sender is dropped.
pub(crate) fn pieces() -> (tokio::sync::mpsc::Sender<String>, reqwest::Body) {
    let (sender, receiver) = tokio::sync::mpsc::channel::<String>(1);
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async {
        let piece = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(piece), receiver))
    });
    (sender, reqwest::Body::wrap_stream(Box::pin(stream)))
}

pub(crate) async fn gzip(bytes: &[u8]) -> Vec<u8> {
    read_all(async_compression::tokio::bufread::GzipEncoder::new(bytes)).await
}

pub(crate) async fn zstd(bytes: &[u8]) -> Vec<u8> {
    read_all(async_compression::tokio::bufread::ZstdEncoder::new(bytes)).await
}

async fn read_all(mut reader: impl tokio::io::AsyncRead + Unpin) -> Vec<u8> {
    let mut bytes = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut bytes).await.unwrap();
    bytes
}

pub(crate) fn bursard(folder: &Path, arguments: &[&str]) -> Output {
    command(folder).args(arguments).output().unwrap()
}

pub(crate) fn install_provider() {
    // Another test of this process may have done it.
    let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// The program under test: the one built with this test, or of the build that a proof names.
fn program() -> PathBuf {
    let named =
        std::env::var_os(PROGRAMS_VARIABLE).map(|folder| Path::new(&folder).join("bursard"));
    named.unwrap_or_else(|| env!("CARGO_BIN_EXE_bursard").into())
}

/// The program of that name beside the one under test; building the workspace makes both.
pub(crate) fn sibling(name: &str) -> PathBuf {
    let path = program().with_file_name(name);
    assert!(path.exists(), "{} is missing: run `cargo build --workspace` first", path.display());
    path
}

pub(crate) fn command(folder: &Path) -> Command {
    by(Command::new(program()), folder)
}

/// The program with what every call of it is given.
fn by(mut command: Command, folder: &Path) -> Command {
    command.arg("--data-dir").arg(data_dir(folder)).env_remove("RUST_LOG");
    command
}

/// A new folder with a configuration file, unless that is empty.
pub(crate) fn with_config(config: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    if !config.is_empty() {
        fs::create_dir_all(data_dir(folder.path())).unwrap();
        let path = data_dir(folder.path()).join("bursard.toml");
        fs::write(&path, config).unwrap();
        // It may name a database with its password.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    folder
}

fn data_dir(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// `says` is what the line begins with that names the server's address and is waited for; the rest of its
/// output is read by nobody.
fn spawn(folder: &Path, program: Command, says: &str, flags: &[&str]) -> (Child, u16, Vec<String>) {
    let log = fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut child = by(program, folder)
        .args(["--listen", "127.0.0.1:0"])
        .args(flags)
        .arg("serve")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let (sender, printed) = mpsc::channel();
    // Read on a thread of its own, so that a server that never gets ready is seen to hang.
    std::thread::spawn(move || while_taken(&sender, &mut output));
    let mut lines = Vec::new();
    while let Ok(line) = printed.recv_timeout(READY_MAX) {
        let port = line
            .strip_prefix(says)
            .and_then(|rest| rest.split_once("https://localhost:"))
            .and_then(|(_, rest)| rest.split(|end: char| !end.is_ascii_digit()).next())
            .map(|port| port.parse().unwrap());
        lines.push(line);
        if let Some(port) = port {
            return (child, port, lines);
        }
    }
    // It may have ended already.
    let _killed = child.kill();
    let _ended = child.wait();
    let log = fs::read_to_string(folder.join("log")).unwrap_or_else(|fault| fault.to_string());
    panic!("bursard did not get ready: {lines:?}\n{log}");
}

/// Passes lines on until nobody takes them any more.
fn while_taken(
    taker: &mpsc::Sender<String>,
    lines: &mut impl Iterator<Item = std::io::Result<String>>,
) {
    for line in lines {
        if taker.send(line.unwrap()).is_err() {
            return;
        }
    }
}

fn collect_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_files(&path, files);
        } else {
            files.push(path);
        }
    }
}
