//! Runs `bursar` with nothing of the machine's own settings round it.
//!
//! Invariant: what it writes never holds the token, except where a case asks for the token.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tempfile::TempDir;

use crate::server::Server;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// One run to be.
pub(crate) struct Bursar {
    command: Command,
    input: Option<Vec<u8>>,
    token: String,
    /// A new one for each run, unless the case brings its own.
    outbox: TempDir,
}

impl Bursar {
    /// With no token and no settings.
    pub(crate) fn bare() -> Self {
        let built = env!("CARGO_BIN_EXE_bursar").into();
        // A proof runs the release build.
        let mut command = Command::new(std::env::var_os("BURSAR_PROGRAM").unwrap_or(built));
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let outbox = tempfile::tempdir().unwrap();
        command.env("BURSAR_OUTBOX", outbox.path());
        Self { command, input: None, token: token(), outbox }
    }

    /// `send` to this server with everything that is needed but the files.
    pub(crate) fn send(server: &Server) -> Self {
        let mut bursar = Self::bare().args(["send", "--wait-second-ms", "1"]).at(server);
        let token = bursar.token.clone();
        bursar.command.env("BURSAR_TOKEN", token);
        bursar
    }

    pub(crate) fn at(self, server: &Server) -> Self {
        let ca = server.ca();
        self.args(["--url", &server.url(), "--customer", "acme", "--ca-file", path_text(&ca)])
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<Path>) -> Self {
        self.command.arg(arg.as_ref());
        self
    }

    pub(crate) fn args<'a>(mut self, args: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn input(mut self, bytes: &[u8]) -> Self {
        self.input = Some(bytes.to_vec());
        self
    }

    /// Started by another program, which is given these arguments before its own name.
    pub(crate) fn under(mut self, program: &str, args: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(args).arg(self.command.get_program()).args(self.command.get_args());
        command.env_clear();
        for (name, value) in self.command.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        self.command = command;
        self
    }

    pub(crate) fn run(mut self) -> Run {
        let token = self.token.clone();
        let run = self.done();
        refuse_token(&token, format!("{}{}", run.out, run.err).as_bytes(), &format!("{run:?}"));
        refuse_token_below(&token, self.outbox.path());
        run
    }

    /// For `token clean`, which is there to print the token.
    pub(crate) fn run_unsearched(mut self) -> Run {
        self.done()
    }

    /// Without waiting for its end.
    pub(crate) fn spawn(mut self) -> (Child, TempDir) {
        let silent = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        (silent.spawn().unwrap(), self.outbox)
    }

    fn done(&mut self) -> Run {
        let stdin = if self.input.is_some() { Stdio::piped() } else { Stdio::null() };
        let mut child = self
            .command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        if let Some(bytes) = self.input.take() {
            // A program that refuses first does not read.
            let _refused = child.stdin.take().unwrap().write_all(&bytes);
        }
        let done = child.wait_with_output().unwrap();
        Run {
            code: done.status.code().unwrap(),
            out: String::from_utf8(done.stdout).unwrap(),
            err: String::from_utf8(done.stderr).unwrap(),
        }
    }
}

/// A file that nobody else may read, as one with a password in it has to be.
pub(crate) fn write_private(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// No part of the token may be there.
pub(crate) fn refuse_token(token: &str, bytes: &[u8], place: &str) {
    for part in token.split('.') {
        let is_there = bytes.windows(part.len()).any(|window| window == part.as_bytes());
        assert!(!is_there, "the token is in {place}");
    }
}

/// The same for every file below a folder: journals, logs, what is kept.
pub(crate) fn refuse_token_below(token: &str, folder: &Path) {
    for item in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = item.path();
        if path.is_dir() {
            refuse_token_below(token, &path);
        } else {
            refuse_token(token, &std::fs::read(&path).unwrap(), &path.display().to_string());
        }
    }
}

/// A token that a server has no reason to refuse for its form; it ends in the year 2999.
pub(crate) fn token() -> String {
    token_of(r#"{"iss":"bursar","sub":"customer/acme","exp":32472144000}"#)
}

pub(crate) fn token_of(claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signature = part("this is the signature of the token of the tests");
    format!("{}.{}.{signature}", part(r#"{"alg":"EdDSA","kid":"k1"}"#), part(claims))
}

/// A file in the server's folder.
pub(crate) fn file(server: &Server, name: &str, content: &[u8]) -> PathBuf {
    let path = server.folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

pub(crate) fn path_text(path: &Path) -> &str {
    path.to_str().unwrap()
}
