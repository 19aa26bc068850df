//! `bursar service`: the text by which a system runs `bursar run` from its start on.
//!
//! Not for: what the service does (`run`).
//!
//! Invariant: no token stands in any of these texts; systemd hands it over as a credential.

use std::path::Path;
use std::process::Command;

use crate::cli::{InstallArgs, ServiceArgs, ServiceCommand, ServiceSystem};
use crate::exit_code::ExitCode;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::output::{Output, Voice};

mod text;

const UNIT: &str = "/etc/systemd/system/bursar.service";
const PLIST: &str = "/Library/LaunchDaemons/com.bursar.uploader.plist";

pub fn run(args: &ServiceArgs, machine: &Machine) -> ExitCode {
    let output = Output::new(Voice::Talk, machine);
    let done = match &args.command {
        ServiceCommand::Install(args) => install(args, &output),
        ServiceCommand::Remove => remove(&output),
        ServiceCommand::Status => status(&output),
    };
    match done {
        Ok(()) => ExitCode::Ok,
        Err(failure) => {
            output.failure("not done", &failure);
            failure.exit
        }
    }
}

const fn this_system() -> ServiceSystem {
    if cfg!(windows) {
        ServiceSystem::Windows
    } else if cfg!(target_os = "macos") {
        ServiceSystem::Launchd
    } else {
        ServiceSystem::Systemd
    }
}

fn install(args: &InstallArgs, output: &Output) -> Result<(), Failure> {
    let system = args.system.unwrap_or(this_system());
    let program = std::env::current_exe().map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("this program does not know where it lies: {fault}"),
            "Call it by its whole path.",
        )
    })?;
    let text = text::of(system, &program, args);
    if args.print || system == ServiceSystem::Windows {
        output.print(&text);
        return Ok(());
    }
    let (path, start): (&str, &[&[&str]]) = match system {
        ServiceSystem::Launchd => (PLIST, &[&["launchctl", "bootstrap", "system", PLIST]]),
        _ => (
            UNIT,
            &[&["systemctl", "daemon-reload"], &["systemctl", "enable", "--now", "bursar.service"]],
        ),
    };
    std::fs::write(path, text).map_err(|fault| unwritable(path, &fault))?;
    for command in start {
        tell(command)?;
    }
    output.result(&format!("installed {path} and started; bursar service status says how it is"));
    Ok(())
}

fn remove(output: &Output) -> Result<(), Failure> {
    let (path, stop, after): (&str, &[&str], &[&str]) = match this_system() {
        ServiceSystem::Windows => return tell(&["schtasks", "/Delete", "/F", "/TN", text::TASK]),
        ServiceSystem::Launchd => (PLIST, &["launchctl", "bootout", "system", PLIST], &[]),
        ServiceSystem::Systemd => (
            UNIT,
            &["systemctl", "disable", "--now", "bursar.service"],
            &["systemctl", "daemon-reload"],
        ),
    };
    if !Path::new(path).exists() {
        return Err(Failure::usage(
            format!("there is no {path}"),
            "bursar service install writes it.",
        ));
    }
    tell(stop)?;
    std::fs::remove_file(path).map_err(|fault| unwritable(path, &fault))?;
    if !after.is_empty() {
        tell(after)?;
    }
    output.result(&format!("removed {path}; the outbox and bursar.toml stay"));
    Ok(())
}

fn status(output: &Output) -> Result<(), Failure> {
    let asked: &[&str] = match this_system() {
        ServiceSystem::Windows => &["schtasks", "/Query", "/TN", text::TASK],
        ServiceSystem::Launchd => &["launchctl", "print", "system/com.bursar.uploader"],
        ServiceSystem::Systemd => &["systemctl", "--no-pager", "status", "bursar.service"],
    };
    let installed = match this_system() {
        ServiceSystem::Systemd => Path::new(UNIT).exists(),
        ServiceSystem::Launchd => Path::new(PLIST).exists(),
        ServiceSystem::Windows => true,
    };
    if !installed {
        return Err(Failure::usage("it is not installed", "bursar service install does that."));
    }
    tell(asked)?;
    output.note("the health page of [service] in bursar.toml says how each job is");
    Ok(())
}

fn tell(command: &[&str]) -> Result<(), Failure> {
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
