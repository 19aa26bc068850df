//! Where a service is a file: a unit of systemd, a list of launchd.
//!
//! Not for: what stands in it (`text`). Invariants: only a file of ours is removed; what cannot be started
//! leaves no file behind, and what cannot be stopped keeps none.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::plan::ServicePlan;
use super::text;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;

/// The file and the commands of a service manager, each a program and its arguments.
struct ServiceTools {
    path: &'static str,
    start: &'static [&'static [&'static str]],
    stop: &'static [&'static str],
    /// When the file is gone.
    reload: &'static [&'static [&'static str]],
    status: &'static [&'static str],
}

const SYSTEMD: ServiceTools = ServiceTools {
    path: "/etc/systemd/system/bursar.service",
    start: &[&["systemctl", "daemon-reload"], &["systemctl", "enable", "--now", "bursar.service"]],
    stop: &["systemctl", "disable", "--now", "bursar.service"],
    reload: &[&["systemctl", "daemon-reload"]],
    status: &["systemctl", "--no-pager", "status", "bursar.service"],
};
const LAUNCHD: ServiceTools = ServiceTools {
    path: "/Library/LaunchDaemons/com.bursar.uploader.plist",
    start: &[&[
        "launchctl",
        "bootstrap",
        "system",
        "/Library/LaunchDaemons/com.bursar.uploader.plist",
    ]],
    stop: &["launchctl", "bootout", "system", "/Library/LaunchDaemons/com.bursar.uploader.plist"],
    reload: &[],
    status: &["launchctl", "print", "system/com.bursar.uploader"],
};
const TOOLS: &ServiceTools = if cfg!(target_os = "macos") { &LAUNCHD } else { &SYSTEMD };
/// There while systemd runs the machine, as `sd_booted` looks for it.
const SYSTEMD_RUNS: &str = "/run/systemd/system";

/// The file of a service, and how its service manager is told of it.
struct ServiceFile<'a> {
    path: &'a Path,
    tools: &'a ServiceTools,
    run: &'a dyn Fn(&[&str]) -> Result<(), Failure>,
}

fn installed() -> ServiceFile<'static> {
    ServiceFile { path: Path::new(TOOLS.path), tools: TOOLS, run: &run_tool }
}

pub(super) fn install(plan: &ServicePlan, output: &Output) -> Result<(), Failure> {
    if !cfg!(target_os = "macos") && !Path::new(SYSTEMD_RUNS).is_dir() {
        return Err(Failure::usage(
            "systemd does not run this machine, so it can run no service here",
            "In a container, let its command be bursar run. --print shows the unit for another machine.",
        ));
    }
    refuse_unknown_user(plan.account())?;
    installed().install(&text::render(plan))?;
    output.result(&format!(
        "installed {} and started; bursar service status says how it is",
        TOOLS.path
    ));
    Ok(())
}

pub(super) fn remove(output: &Output) -> Result<(), Failure> {
    let path = TOOLS.path;
    if !Path::new(path).exists() {
        return Err(Failure::usage(
            format!("there is no {path}"),
            "bursar service install writes it.",
        ));
    }
    if let Some(failure) = installed().remove()? {
        output.warn(&format!("{}; the service may run until the machine stops", failure.what));
    }
    output.result(&format!("removed {path}; the outbox and bursar.toml stay"));
    Ok(())
}

pub(super) fn status(output: &Output) -> Result<(), Failure> {
    if !Path::new(TOOLS.path).exists() {
        return Err(Failure::usage("it is not installed", "bursar service install does that."));
    }
    run_tool(TOOLS.status)?;
    output.note("the health page of [service] in bursar.toml says how each job is");
    Ok(())
}

impl ServiceFile<'_> {
    /// Writes the file and has the service started; where that fails, a file that was not there before goes
    /// again.
    fn install(&self, text: &str) -> Result<(), Failure> {
        let is_new = !self.path.exists();
        fs::write(self.path, text).map_err(|fault| unwritable(self.path, &fault))?;
        let started = self.tools.start.iter().try_for_each(|command| (self.run)(command));
        started.map_err(|mut failure| {
            if is_new && self.remove().is_ok() {
                failure.next = format!(
                    "{} {} was taken away again; --print shows what stood in it.",
                    failure.next,
                    self.path.display()
                );
            }
            failure
        })
    }

    /// Has the service stopped and removes its file, also where nobody can be told; gives the first failure
    /// to tell somebody.
    fn remove(&self) -> Result<Option<Failure>, Failure> {
        let unstopped = (self.run)(self.tools.stop).err();
        fs::remove_file(self.path).map_err(|fault| unwritable(self.path, &fault))?;
        let unloaded = self.tools.reload.iter().try_for_each(|command| (self.run)(command)).err();
        Ok(unstopped.or(unloaded))
    }
}

/// Refuses a user who is not there: the service would end before its first line.
fn refuse_unknown_user(user: &str) -> Result<(), Failure> {
    let mut id = Command::new("id");
    match id.args(["-u", user]).stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if !status.success() => Err(Failure::usage(
            format!("there is no user {user} on this machine"),
            format!(
                "Name the owner of the folders it watches with --user NAME, or make that user: useradd \
                 --system {user}"
            ),
        )),
        // Without id nobody can tell, and the service manager will.
        _ => Ok(()),
    }
}

fn run_tool(command: &[&str]) -> Result<(), Failure> {
    let [program, args @ ..] = command else { return Ok(()) };
    let shown = command.join(" ");
    let failed = |what: String| {
        Failure::new(
            ExitCode::OutputFailed,
            what,
            "Run it by hand, as an administrator, and see what it says.",
        )
    };
    match Command::new(program).args(args).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(format!("{shown} failed ({status})"))),
        Err(fault) => Err(failed(format!("{shown} cannot be run: {fault}"))),
    }
}

fn unwritable(path: &Path, fault: &std::io::Error) -> Failure {
    Failure::new(
        ExitCode::OutputFailed,
        format!("{} cannot be written: {fault}", path.display()),
        "Run it as root, or print the text with --print and put it there.",
    )
}

#[cfg(test)]
mod tests;
