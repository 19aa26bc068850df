//! A mail server of Debian's: aiosmtpd, as it is installed.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use server::mail::{MailEncryption, MailSettings, Mailer};
use server::tls::{AuthorityFiles, make_authority};

use crate::desk::now;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/deliveries/mail_server.py");
/// The interpreter that Debian's packages are of.
const PYTHON: &str = "/usr/bin/python3";

/// Ends with the test: it reads until its input is closed.
pub(crate) struct MailServer {
    port: u16,
    lines: BufReader<ChildStdout>,
    authority: Option<Vec<u8>>,
    encryption: MailEncryption,
    _input: ChildStdin,
    child: Child,
}

impl MailServer {
    pub(crate) fn start(folder: &Path, encryption: MailEncryption) -> Self {
        let mode = match encryption {
            MailEncryption::None => "none",
            MailEncryption::StartTls => "starttls",
            MailEncryption::Tls => "tls",
        };
        let mut command = Command::new(PYTHON);
        command.arg(PROGRAM).arg(mode).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut authority = None;
        if encryption != MailEncryption::None {
            let made: AuthorityFiles =
                make_authority(folder, &["localhost".to_owned()], now()).unwrap();
            command.arg(&made.files.chain).arg(&made.files.key);
            authority = Some(std::fs::read(&made.authority).unwrap());
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut port = String::new();
        lines.read_line(&mut port).unwrap();
        let port = port.trim().parse().unwrap();
        let input = child.stdin.take().unwrap();
        Self { port, lines, authority, encryption, _input: input, child }
    }

    /// The settings by which an operator names it.
    pub(crate) fn settings(&self) -> MailSettings {
        let signs_in = self.encryption != MailEncryption::None;
        MailSettings {
            host: "localhost".to_owned(),
            port: self.port,
            encryption: self.encryption,
            user: signs_in.then(|| "bursar".to_owned()),
            password: signs_in.then(|| domain::Secret::new("hunter2".to_owned())),
            from: "Bursar <bursar@example.org>".to_owned(),
            hello: Some("bursar.example.org".to_owned()),
            authority: self.authority.clone(),
        }
    }

    pub(crate) fn mailer(&self) -> Mailer {
        Mailer::new(&self.settings()).unwrap()
    }

    /// The next letter that it took.
    pub(crate) fn letter(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// The letters that it took and nobody has read, once it is stopped.
    pub(crate) fn rest(self) -> Vec<Value> {
        let Self { lines, _input: input, mut child, .. } = self;
        drop(input);
        let rest = lines.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap());
        let rest = rest.collect();
        assert!(child.wait().unwrap().success());
        rest
    }
}
