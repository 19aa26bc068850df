//! Where a service is a file: a unit of systemd, a list of launchd.
//!
//! Not for: what stands in it (`text`). Invariant: only a file of ours is removed.

use std::path::Path;
use std::process::Command;

use super::plan::ServicePlan;
use super::text;
use crate::args::ServiceSystem;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;

const UNIT: &str = "/etc/systemd/system/bursar.service";
const PLIST: &str = "/Library/LaunchDaemons/com.bursar.uploader.plist";
const IS_LAUNCHD: bool = cfg!(target_os = "macos");

pub(super) fn install(plan: &ServicePlan, output: &Output) -> Result<(), Failure> {
    let (path, start): (&str, &[&[&str]]) = match plan.system {
        ServiceSystem::Launchd => (PLIST, &[&["launchctl", "bootstrap", "system", PLIST]]),
        _ => (
            UNIT,
            &[&["systemctl", "daemon-reload"], &["systemctl", "enable", "--now", "bursar.service"]],
        ),
    };
    std::fs::write(path, text::render(plan)).map_err(|fault| unwritable(path, &fault))?;
    for command in start {
        run_tool(command)?;
    }
    output.result(&format!("installed {path} and started; bursar service status says how it is"));
    Ok(())
}

pub(super) fn remove(output: &Output) -> Result<(), Failure> {
    let (path, stop, after): (&str, &[&str], &[&str]) = if IS_LAUNCHD {
        (PLIST, &["launchctl", "bootout", "system", PLIST], &[])
    } else {
        (
            UNIT,
            &["systemctl", "disable", "--now", "bursar.service"],
            &["systemctl", "daemon-reload"],
        )
    };
    if !Path::new(path).exists() {
        return Err(Failure::usage(
            format!("there is no {path}"),
            "bursar service install writes it.",
        ));
    }
    run_tool(stop)?;
    std::fs::remove_file(path).map_err(|fault| unwritable(path, &fault))?;
    if !after.is_empty() {
        run_tool(after)?;
    }
    output.result(&format!("removed {path}; the outbox and bursar.toml stay"));
    Ok(())
}

pub(super) fn status(output: &Output) -> Result<(), Failure> {
    let (path, ask): (&str, &[&str]) = if IS_LAUNCHD {
        (PLIST, &["launchctl", "print", "system/com.bursar.uploader"])
    } else {
        (UNIT, &["systemctl", "--no-pager", "status", "bursar.service"])
    };
    if !Path::new(path).exists() {
        return Err(Failure::usage("it is not installed", "bursar service install does that."));
    }
    run_tool(ask)?;
    output.note("the health page of [service] in bursar.toml says how each job is");
    Ok(())
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

fn unwritable(path: &str, fault: &std::io::Error) -> Failure {
    Failure::new(
        ExitCode::OutputFailed,
        format!("{path} cannot be written: {fault}"),
        "Run it as root, or print the text with --print and put it there.",
    )
}
