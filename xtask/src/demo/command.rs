//! The commands of the quick start: shown as a person would type them, then run.
//!
//! Not for: which ones. Invariant: a program sees none of the person's own settings.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::output;

/// A program that sees none of the person's own settings: with them, the demo could write to the
/// database of a real server.
pub(super) fn untouched(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BURSAR") {
            command.env_remove(name);
        }
    }
    command
}

/// Shows the command as a person would type it, then runs it.
pub(super) fn follow(command: &mut Command) -> Result<(), String> {
    let name = announce(command);
    let ended = command.status().map_err(|fault| format!("{name} did not start: {fault}"))?;
    succeeded(&name, ended)
}

/// Shows the command, runs it, and hands on what it said on standard output.
pub(super) fn hear(command: &mut Command) -> Result<String, String> {
    let name = announce(command);
    let answer = command.stderr(Stdio::inherit()).output();
    let answer = answer.map_err(|fault| format!("{name} did not start: {fault}"))?;
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    output::say(said.trim_end());
    succeeded(&name, answer.status).map(|()| said)
}

/// Shows a command; its name.
fn announce(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str()).display().to_string();
    let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    output::say(&format!("\n$ {name} {}", arguments.join(" ")));
    name
}

fn succeeded(name: &str, status: ExitStatus) -> Result<(), String> {
    if status.success() { Ok(()) } else { Err(format!("{name} ended with {status}")) }
}
