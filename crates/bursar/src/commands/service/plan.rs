//! What `bursar service install` is asked for, completed and known to be possible on that system.
//!
//! Not for: carrying it out. Invariant: every path in a [`ServicePlan`] is whole, for a service begins in a
//! folder of the system's choosing.

use std::path::Path;

use crate::args::{InstallArgs, ServiceSystem};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;

/// Windows makes this account for the service alone: it has no password and may do little.
const VIRTUAL_ACCOUNT: &str = r"NT SERVICE\Bursar";

/// A service as it will be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServicePlan {
    pub(super) system: ServiceSystem,
    pub(super) program: String,
    pub(super) config: String,
    pub(super) token_file: Option<String>,
    /// The user as asked for; [`ServicePlan::account`] is never empty.
    pub(super) user: Option<String>,
}

/// The system on which `bursar service` runs.
#[derive(Debug)]
pub(super) struct HostSystem<'a> {
    pub(super) system: ServiceSystem,
    pub(super) program: &'a Path,
    /// `%PROGRAMDATA%`.
    pub(super) program_data: Option<String>,
}

impl ServicePlan {
    pub(super) fn new(args: &InstallArgs, host: &HostSystem<'_>) -> Result<Self, Failure> {
        let system = args.system.unwrap_or(host.system);
        let is_host = system == host.system;
        if !is_host && !args.print {
            return Err(Failure::usage(
                format!("a service of {} cannot be installed on this machine", name(system)),
                "Add --print to see its text here, or leave --for out to install it for this system.",
            ));
        }
        if args.token_file.is_some() {
            refuse_token_file(system)?;
        }
        if let Some(user) = args.user.as_deref().filter(|_| system == ServiceSystem::Windows) {
            refuse_password(user)?;
        }
        let config = match &args.config {
            Some(path) => whole(path, system, host)?,
            None => usual_config(system, host.program_data.as_deref().filter(|_| is_host)),
        };
        let token_file = args.token_file.as_deref().map(|path| whole(path, system, host));
        Ok(Self {
            system,
            program: if is_host { text(host.program) } else { usual_program(system).to_owned() },
            config,
            token_file: token_file.transpose()?,
            user: args.user.clone(),
        })
    }

    pub(super) fn account(&self) -> &str {
        self.user.as_deref().unwrap_or(match self.system {
            ServiceSystem::Windows => VIRTUAL_ACCOUNT,
            ServiceSystem::Systemd | ServiceSystem::Launchd => "bursar",
        })
    }
}

const fn name(system: ServiceSystem) -> &'static str {
    match system {
        ServiceSystem::Systemd => "systemd",
        ServiceSystem::Launchd => "launchd",
        ServiceSystem::Windows => "Windows",
    }
}

/// Refuses a token file where the system hands no secret over; only systemd does.
fn refuse_token_file(system: ServiceSystem) -> Result<(), Failure> {
    let read_by = match system {
        ServiceSystem::Systemd => return Ok(()),
        ServiceSystem::Launchd => "let the user of the service alone read that file (chmod 600)",
        ServiceSystem::Windows => {
            "let the account of the service read that file: icacls token.txt /inheritance:r /grant \
             \"*S-1-5-32-544:F\" \"NT SERVICE\\Bursar:R\""
        }
    };
    Err(Failure::usage(
        format!("{} hands no access token to a service, so --token-file is no use", name(system)),
        format!("Leave it out, write token-file = \"…\" into bursar.toml, and {read_by}."),
    ))
}

/// Refuses an account with a password, which would have to come from the command line, where everybody sees
/// it.
fn refuse_password(user: &str) -> Result<(), Failure> {
    let own = user.to_ascii_lowercase();
    let is_of_the_system = own.starts_with(r"nt service\") || own.starts_with(r"nt authority\");
    // What ends so is an account whose password the domain keeps itself.
    if is_of_the_system || own == "localsystem" || own.ends_with('$') {
        return Ok(());
    }
    Err(Failure::usage(
        format!("the account {user} has a password, and bursar takes none"),
        "Leave --user out, and set the account on the page Log On of the service Bursar in services.msc, \
         or name one without a password, such as DOMAIN\\name$.",
    ))
}

fn usual_config(system: ServiceSystem, program_data: Option<&str>) -> String {
    match system {
        ServiceSystem::Windows => {
            format!(r"{}\bursar\bursar.toml", program_data.unwrap_or(r"C:\ProgramData"))
        }
        ServiceSystem::Systemd | ServiceSystem::Launchd => "/etc/bursar/bursar.toml".to_owned(),
    }
}

/// Where packages and people put it, for a machine that is not this one.
const fn usual_program(system: ServiceSystem) -> &'static str {
    match system {
        ServiceSystem::Systemd => "/usr/bin/bursar",
        ServiceSystem::Launchd => "/usr/local/bin/bursar",
        ServiceSystem::Windows => r"C:\Program Files\bursar\bursar.exe",
    }
}

/// Completes a path as the system of the service needs it; one of another kind of system cannot be completed
/// here.
fn whole(path: &Path, system: ServiceSystem, host: &HostSystem<'_>) -> Result<String, Failure> {
    let windows = |system| system == ServiceSystem::Windows;
    let shown = path.display();
    if windows(system) != windows(host.system) {
        return if is_whole(&text(path), system) {
            Ok(text(path))
        } else {
            Err(Failure::usage(
                format!("{shown} is not a whole path on {}", name(system)),
                "Write it from its root, as that machine does: C:\\ProgramData\\bursar\\bursar.toml or \
                 /etc/bursar/bursar.toml.",
            ))
        };
    }
    std::path::absolute(path).map(|path| text(&path)).map_err(|fault| {
        Failure::new(
            ExitCode::Usage,
            format!("{shown} cannot be completed to a whole path: {fault}"),
            "Write it from its root.",
        )
    })
}

fn is_whole(path: &str, system: ServiceSystem) -> bool {
    match (system, path.as_bytes()) {
        (ServiceSystem::Windows, [b'\\', b'\\', ..]) => true,
        (ServiceSystem::Windows, [drive, b':', b'\\' | b'/', ..]) => drive.is_ascii_alphabetic(),
        (ServiceSystem::Windows, _) => false,
        (_, path) => path.starts_with(b"/"),
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests;
