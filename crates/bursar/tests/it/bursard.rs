//! The real server, for proofs: it is another package, so a proof names its program.
//!
//! Not for: what CI runs, which has servers of its own that do what a case asks for.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// `cargo xtask prove` names the release build's.
const VARIABLE: &str = "BURSARD_PROGRAM";
/// The most that a page of its list may hold.
const PAGE: &str = "500";

pub(crate) struct Bursard {
    program: PathBuf,
    folder: TempDir,
    child: Child,
    port: u16,
}

/// A line of its list.
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) sha256: String,
}

impl Bursard {
    /// A new one that receives and reads nothing; none, where no program is named.
    pub(crate) fn named() -> Option<Self> {
        let program = PathBuf::from(std::env::var_os(VARIABLE)?);
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let config = folder.path().join("data/bursard.toml");
        fs::write(config, "[limits]\nworkers = 0\n").unwrap();
        let (child, port) = serve(&program, folder.path(), 0);
        Some(Self { program, folder, child, port })
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    pub(crate) fn ca(&self) -> PathBuf {
        self.folder.path().join("data/tls/ca.pem")
    }

    /// For the customer that it makes by itself.
    pub(crate) fn token(&self) -> String {
        self.run_command(&["token", "issue", "--customer", "acme"]).trim().to_owned()
    }

    /// As a power cut would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// In the same folder and on the same port.
    pub(crate) fn restart(&mut self) {
        let (child, _) = serve(&self.program, self.folder.path(), self.port);
        self.child = child;
    }

    /// All that it has, as it says itself.
    pub(crate) fn uploads(&self) -> Vec<Upload> {
        let (mut uploads, mut last) = (Vec::new(), None::<String>);
        loop {
            let mut asked = vec!["upload", "list", "--customer", "acme", "--json", "--limit", PAGE];
            if let Some(last) = &last {
                asked.extend(["--after", last]);
            }
            let page: Value = serde_json::from_str(&self.run_command(&asked)).unwrap();
            let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
            uploads.extend(
                page["items"].as_array().unwrap().iter().map(|item| Upload {
                    name: text(item, "fileName"),
                    sha256: text(item, "sha256"),
                }),
            );
            last = page["next"].as_str().map(str::to_owned);
            if last.is_none() {
                return uploads;
            }
        }
    }

    /// Reads every file that it keeps and holds it against its row.
    pub(crate) fn prove_all(&self) {
        self.run_command(&["doctor", "--deep"]);
    }

    fn run_command(&self, arguments: &[&str]) -> String {
        let done = command(&self.program, self.folder.path()).args(arguments).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {done:?}");
        String::from_utf8(done.stdout).unwrap()
    }
}

impl Drop for Bursard {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("--data-dir").arg(folder.join("data")).env_clear();
    command
}

/// Until it says that it is ready, and on which port.
fn serve(program: &Path, folder: &Path, port: u16) -> (Child, u16) {
    let log = fs::File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut child = command(program, folder)
        .args(["--listen", &format!("127.0.0.1:{port}"), "serve"])
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let ready = lines.filter_map(|line| {
        let rest = line.strip_prefix("ready https://localhost:")?;
        rest.split_whitespace().next()?.parse().ok()
    });
    let port = ready.into_iter().next();
    let port = port.unwrap_or_else(|| {
        let _ended = child.wait();
        panic!("bursard did not get ready: {:?}", fs::read_to_string(folder.join("log")))
    });
    (child, port)
}
