//! A folder with a bursar.toml, a service that counts what comes, and `bursar run` over both.

use std::collections::BTreeSet;
use std::fs;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
#[cfg(unix)]
use std::process::Child;

#[cfg(unix)]
use serde_json::Value;

use crate::counting::Counting;
use crate::program::{Bursar, Run, path_text, refuse_token_below, token};

/// A folder with a bursar.toml in it.
pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) server: Counting,
}

impl Desk {
    pub(crate) fn new(jobs: &str) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap(), server: Counting::start() };
        fs::create_dir(desk.path("out")).unwrap();
        desk.config(jobs);
        desk
    }

    pub(crate) fn config(&self, jobs: &str) {
        let text = format!(
            "outbox = 'outbox'\n[defaults]\nurl = '{}'\ncustomer = 'acme'\nretries = 1\n\
             [profile.uk]\nunit = 'acmeuk'\n{jobs}",
            self.server.url()
        );
        let new = self.path("bursar.toml.new");
        fs::write(&new, text).unwrap();
        fs::rename(new, self.path("bursar.toml")).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn command(&self, args: &[&str]) -> Bursar {
        Bursar::bare()
            .env("BURSAR_OUTBOX", "")
            .env("BURSAR_TOKEN", &token())
            .args([
                "run",
                "--wait-second-ms",
                "1",
                "--config",
                path_text(&self.path("bursar.toml")),
            ])
            .args(args.iter().copied())
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        let run = self.command(args).run();
        refuse_token_below(&token(), self.folder.path());
        run
    }

    /// What the server has, by the end of its path.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.server.files().into_keys().collect()
    }

    #[cfg(unix)]
    pub(crate) fn serve(&self) -> Service {
        let (child, own) = self.command(&[]).spawn();
        Service { child, _own: own }
    }
}

#[cfg(unix)]
pub(crate) struct Service {
    child: Child,
    _own: tempfile::TempDir,
}

#[cfg(unix)]
impl Service {
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

#[cfg(unix)]
pub(crate) fn wait_for_words(file: &Path, words: &str) {
    let begin = std::time::Instant::now();
    while !fs::read_to_string(file).is_ok_and(|text| text.contains(words)) {
        assert!(begin.elapsed().as_secs() < 60, "{} lacks: {words}", file.display());
        std::thread::yield_now();
    }
}

#[cfg(unix)]
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The health page: its status and what it holds.
#[cfg(unix)]
pub(crate) fn get(port: u16) -> (u16, Value) {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap())
}
