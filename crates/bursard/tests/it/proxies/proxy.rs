//! A proxy of Debian, set up by its example of `examples/proxy` with the addresses of a test.
//!
//! Invariant: whatever a test changes stands in the example, letter by letter.

use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::harness::Server;
use crate::nginx_config::nginx_config;

const STARTED_MAX: Duration = Duration::from_secs(30);

/// A proxy, the example it is set up by, and what bursard is told of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setup {
    pub(super) program: &'static str,
    pub(super) example: &'static str,
    pub(super) prefix: &'static str,
    /// Beside the public URL and whom to trust.
    pub(super) config: &'static str,
}

impl Setup {
    /// The host that its example names.
    const fn host(self) -> &'static str {
        if self.prefix.is_empty() { "bursar.example.org" } else { "example.org" }
    }
}

pub(super) const fn setup(
    program: &'static str,
    example: &'static str,
    prefix: &'static str,
) -> Setup {
    Setup { program, example, prefix, config: "" }
}

/// A running proxy, killed when dropped.
pub(super) struct Proxy {
    child: Child,
    _folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/proxy");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Puts what a test has in the place of what the example names; each has to be there.
fn adapted(mut text: String, changes: &[(&str, String)]) -> String {
    for (from, to) in changes {
        assert!(text.contains(from), "the example says {from}");
        text = text.replace(from, to);
    }
    text
}

/// The files of a proxy that a test starts, and the port it listens on.
struct Files {
    folder: TempDir,
    chain: PathBuf,
    key: PathBuf,
    authority: PathBuf,
    port: u16,
}

/// The configuration that a proxy reads, and the arguments it is started with.
type Configuration = (String, Vec<String>);

impl Files {
    fn new(server: &Server, port: u16) -> Self {
        let tls = server.data_dir().join("tls");
        let (chain, key) = (tls.join("server.pem"), tls.join("server-key.pem"));
        Self {
            folder: tempfile::tempdir().unwrap(),
            chain,
            key,
            authority: server.authority(),
            port,
        }
    }

    /// The example of a setup, with the server and the authority of the test.
    fn example(&self, setup: Setup, server: &Server) -> String {
        let text = example(setup.example);
        let address = ("127.0.0.1:8443", format!("127.0.0.1:{}", server.port));
        let authority = ("/var/lib/bursard/tls/ca.pem", path(&self.authority));
        // Who passes bytes on looks at no certificate.
        let changes = [address, authority];
        adapted(text.clone(), if text.contains("mode tcp") { &changes[..1] } else { &changes })
    }

    fn nginx(&self, setup: Setup, text: String, file: &Path) -> Configuration {
        let port = self.port;
        let text = adapted(
            text,
            &[
                ("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
                (&format!("server_name {}", setup.host()), "server_name localhost".to_owned()),
                ("/etc/ssl/bursar.pem", path(&self.chain)),
                ("/etc/ssl/private/bursar.pem", path(&self.key)),
            ],
        );
        let at = self.folder.path().display();
        let text = nginx_config(self.folder.path(), "master_process off;", &text);
        (text, vec!["-p".to_owned(), at.to_string(), "-c".to_owned(), path(file)])
    }

    fn haproxy(&self, text: String, file: &Path) -> Configuration {
        let mut changes = vec![("bind :443", format!("bind 127.0.0.1:{}", self.port))];
        if !text.contains("mode tcp") {
            let pair = self.folder.path().join("pair.pem");
            let both = [&self.chain, &self.key].map(|part| fs::read(part).unwrap());
            fs::write(&pair, both.concat()).unwrap();
            changes.push(("/etc/haproxy/bursar.pem", path(&pair)));
        }
        (adapted(text, &changes), vec!["-db".to_owned(), "-f".to_owned(), path(file)])
    }

    fn caddy(&self, setup: Setup, text: String, file: &Path) -> Configuration {
        let (port, chain, key) = (self.port, path(&self.chain), path(&self.key));
        let site = format!("https://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {chain} {key}\n");
        let begins = format!("\n{} {{\n", setup.host());
        let text = adapted(text, &[(&begins, format!("\n{site}"))]);
        let options = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n";
        let arguments = ["run", "--adapter", "caddyfile", "--config", &path(file)];
        (format!("{options}{text}"), arguments.map(str::to_owned).to_vec())
    }
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

impl Proxy {
    pub(super) fn start(setup: Setup, server: &Server, port: u16) -> Self {
        let files = Files::new(server, port);
        let file = files.folder.path().join(setup.example);
        let text = files.example(setup, server);
        let (text, arguments) = match setup.program {
            "nginx" => files.nginx(setup, text, &file),
            "haproxy" => files.haproxy(text, &file),
            _ => files.caddy(setup, text, &file),
        };
        let folder = files.folder;
        fs::write(&file, text).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        // Servers are on the path of root only.
        let system = Path::new("/usr/sbin").join(setup.program);
        let program = if system.is_file() { system } else { setup.program.into() };
        let mut child = Command::new(program)
            .args(arguments)
            .env("HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|why| {
                panic!("{}: {why}; cargo xtask setup installs it", setup.program)
            });
        let deadline = Instant::now() + STARTED_MAX;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = fs::read_to_string(folder.path().join("log")).unwrap();
            assert!(child.try_wait().unwrap().is_none(), "{} ended: {log}", setup.program);
            assert!(Instant::now() < deadline, "{} does not listen: {log}", setup.program);
            std::thread::yield_now();
        }
        Self { child, _folder: folder }
    }
}
