//! Clients of SFTP that others wrote.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use super::place::SftpPlace;

/// Where `cargo xtask setup` puts Python with paramiko, below the home folder.
const PARAMIKO: &str = ".cache/bursar/sftp-client/bin/python";

/// What a client came to, with all it said.
pub(super) struct ClientOutcome {
    pub(super) succeeded: bool,
    pub(super) text: String,
}

/// OpenSSH's `sftp` with a key and a folder of its own.
pub(super) struct OpenSsh {
    folder: TempDir,
    port: u16,
}

/// A client that has signed in and does nothing.
pub(super) struct IdleClient(Child);

async fn run_client(command: &mut Command, input: &str) -> ClientOutcome {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Who is refused reads nothing.
    drop(stdin.write_all(input.as_bytes()).await);
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    ClientOutcome { succeeded: output.status.success(), text }
}

impl OpenSsh {
    pub(super) fn new(place: &SftpPlace) -> Self {
        Self::with_key(place, &["-t", "ed25519"])
    }

    pub(super) fn with_key(place: &SftpPlace, kind: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut keygen = std::process::Command::new("ssh-keygen");
        keygen
            .args(kind)
            .args(["-q", "-N", "", "-C", "erp@fs01", "-f"])
            .arg(folder.path().join("key"));
        assert!(keygen.status().unwrap().success());
        Self { folder, port: place.port }
    }

    pub(super) fn public_key(&self) -> String {
        fs::read_to_string(self.path("key.pub")).unwrap()
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub(super) fn write_bytes(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// The fingerprint of the server as the client has kept it.
    pub(super) fn known_host(&self) -> String {
        let mut keygen = std::process::Command::new("ssh-keygen");
        let output = keygen.arg("-lf").arg(self.path("known_hosts")).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.split(' ').nth(1).unwrap().to_owned()
    }

    /// Commands by key; the first that fails ends it.
    pub(super) async fn batch(&self, user: &str, commands: &[&str]) -> ClientOutcome {
        let mut sftp = self.command("sftp", "publickey");
        sftp.args(["-b", "-"]).arg(format!("{user}@127.0.0.1"));
        run_client(&mut sftp, &format!("{}\n", commands.join("\n"))).await
    }

    pub(super) async fn batch_with_password(
        &self,
        user: &str,
        password: &str,
        commands: &[&str],
    ) -> ClientOutcome {
        let ask = self.path("ask.sh");
        fs::write(&ask, format!("#!/bin/sh\necho '{password}'\n")).unwrap();
        fs::set_permissions(&ask, Permissions::from_mode(0o700)).unwrap();
        let batch = self.path("batch");
        fs::write(&batch, format!("{}\n", commands.join("\n"))).unwrap();
        let mut sftp = self.command("sftp", "password");
        // A batch forbids questions; the last of two options of one name loses.
        sftp.args(["-o", "BatchMode=no", "-b"]).arg(batch).arg(format!("{user}@127.0.0.1"));
        sftp.env("SSH_ASKPASS", ask).env("SSH_ASKPASS_REQUIRE", "force");
        run_client(&mut sftp, "").await
    }

    pub(super) async fn ssh(&self, user: &str, arguments: &[&str]) -> ClientOutcome {
        let mut ssh = self.command("ssh", "publickey");
        ssh.arg(format!("{user}@127.0.0.1")).args(arguments);
        run_client(&mut ssh, "").await
    }

    /// A client that is signed in once this returns.
    pub(super) async fn signed_in(&self, user: &str) -> IdleClient {
        let mut sftp = self.command("sftp", "publickey");
        sftp.args(["-b", "-"]).arg(format!("{user}@127.0.0.1"));
        sftp.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = sftp.spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(b"pwd\n").await.unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains("Remote working directory") {
                break;
            }
        }
        IdleClient(child)
    }

    fn command(&self, program: &str, method: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).args(["-F", "none"]);
        let port = if program == "sftp" { "-P" } else { "-p" };
        command.args([port, &self.port.to_string()]);
        for option in [
            "BatchMode=no",
            "IdentitiesOnly=yes",
            "NumberOfPasswordPrompts=1",
            "StrictHostKeyChecking=accept-new",
            &format!("UserKnownHostsFile={}", self.path("known_hosts").display()),
            &format!("PreferredAuthentications={method}"),
        ] {
            command.args(["-o", option]);
        }
        command.arg("-i").arg(self.path("key")).env_remove("SSH_AUTH_SOCK");
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl IdleClient {
    /// Returns `true` when nothing is answered any more: what it asks for fails.
    pub(super) async fn has_been_closed(mut self) -> bool {
        let mut stdin = self.0.stdin.take().unwrap();
        stdin.write_all(b"ls\n").await.unwrap();
        drop(stdin);
        !self.0.wait().await.unwrap().success()
    }
}

/// rclone copies a folder of files with one text into the transactions, four at once.
pub(super) async fn rclone(
    place: &SftpPlace,
    password: &str,
    files: &[String],
    text: &str,
) -> ClientOutcome {
    let folder = tempfile::tempdir().unwrap();
    for name in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let obscured = run_client(Command::new("rclone").args(["obscure", "-"]), password).await;
    let mut copy = Command::new("rclone");
    copy.args(["copy", "--retries", "1", "--sftp-host", "127.0.0.1", "--sftp-user", "acme"]);
    copy.args(["--sftp-port", &place.port.to_string(), "--sftp-pass", obscured.text.trim()]);
    copy.arg("--config").arg(folder.path().join("none.conf"));
    copy.args(["--include", "*.csv"]).arg(folder.path()).arg(":sftp:acme/Transactions");
    run_client(&mut copy, "").await
}

/// A program for paramiko, told the port and the password; none where it is not installed.
pub(super) async fn paramiko(
    place: &SftpPlace,
    password: &str,
    program: &str,
) -> Option<ClientOutcome> {
    let home = std::env::var_os("HOME").unwrap_or_default();
    let python = Path::new(&home).join(PARAMIKO);
    if !python.exists() {
        return None;
    }
    let mut run = Command::new(python);
    run.args(["-c", program, &place.port.to_string(), password]);
    Some(run_client(&mut run, "").await)
}
