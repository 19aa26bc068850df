//! `bursar service`: a system runs `bursar run` from its start on, and starts it again when it ends.
//!
//! Not for: what the service does (`run`).
//!
//! Invariant: no token stands in what a system is told; systemd hands it over as a credential.

use crate::args::{Cli, InstallArgs, ServiceArgs, ServiceCommand, ServiceSystem};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{Output, OutputMode};
use crate::system::{Supervisor, System};

#[cfg(not(windows))]
mod files;
mod plan;
mod text;
#[cfg(windows)]
mod windows;

#[cfg(not(windows))]
use files as platform;
use plan::{HostSystem, ServicePlan};
#[cfg(windows)]
use windows as platform;

pub fn run(args: &ServiceArgs, system: &System) -> ExitCode {
    let output = Output::new(OutputMode::Human, system.terminal);
    let done = match &args.command {
        ServiceCommand::Install(args) => install(args, system, &output),
        ServiceCommand::Remove => platform::remove(&output),
        ServiceCommand::Status => platform::status(&output),
    };
    match done {
        Ok(()) => ExitCode::Ok,
        Err(failure) => {
            output.failure("not done", &failure);
            failure.exit
        }
    }
}

/// Carries a command out: under the service manager of Windows, where that started the program.
pub fn run_supervised(cli: Cli, execute: fn(Cli, Option<Supervisor>) -> ExitCode) -> ExitCode {
    #[cfg(windows)]
    if let crate::args::Command::Run(args) = &cli.command
        && args.as_service
    {
        return windows::dispatch::run(cli, execute);
    }
    execute(cli, None)
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

fn install(args: &InstallArgs, system: &System, output: &Output) -> Result<(), Failure> {
    let program = std::env::current_exe().map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("this program does not know where it lies: {fault}"),
            "Call it by its whole path.",
        )
    })?;
    let program_data = system.env_var("PROGRAMDATA");
    let host = HostSystem { system: this_system(), program: &program, program_data };
    let plan = ServicePlan::new(args, &host)?;
    if args.print {
        output.print(&text::render(&plan));
        return Ok(());
    }
    platform::install(&plan, output)
}
