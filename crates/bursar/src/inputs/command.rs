//! What a command prints, as a file.
//!
//! Invariant: a command that fails gives no file, whatever it printed before.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncReadExt as _;

use crate::explain::explain_source;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::source::{CHUNK_BYTES, SpooledFile, Spooler, outbox_unwritable};

/// Runs a command in the shell and keeps what it prints in this folder.
pub async fn run_command(command: &str, folder: &Path, name: &str) -> Result<SpooledFile, Failure> {
    let failed = |what: String| {
        let next = "Run it by hand: it must print the extract and nothing else, and end with 0.";
        Failure::new(ExitCode::SourceUnreadable, what, next)
    };
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut child = tokio::process::Command::new(shell)
        .args([flag, command])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .map_err(|fault| failed(format!("the command cannot be started: {fault}")))?;
    let mut printed =
        child.stdout.take().ok_or_else(|| failed("the command prints nowhere".to_owned()))?;
    let mut spooler = Spooler::begin(folder, name).map_err(|fault| explain_source(&fault))?;
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = printed.read(&mut chunk).await;
        let read =
            read.map_err(|fault| failed(format!("what the command prints is lost: {fault}")))?;
        if read == 0 {
            break;
        }
        spooler
            .write_all(&chunk[..read])
            .map_err(|fault| explain_source(&outbox_unwritable(folder, &fault)))?;
    }
    let status = child.wait().await;
    let status =
        status.map_err(|fault| failed(format!("how the command ended is lost: {fault}")))?;
    if !status.success() {
        return Err(failed(format!("the command failed ({status}); what it printed is not sent")));
    }
    spooler.keep().map_err(|fault| explain_source(&fault))
}
