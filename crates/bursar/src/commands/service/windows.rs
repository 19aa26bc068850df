//! The service manager of Windows: a service is made or brought up to date, taken away, looked at.
//!
//! Not for: what runs as the service (`dispatch`).
//!
//! Invariant: installing twice is the same as once, and an account that a person has set stays.

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use windows_service::Error;
use windows_service::service::{
    Service, ServiceAccess, ServiceAction, ServiceActionType, ServiceConfig, ServiceErrorControl,
    ServiceExitCode, ServiceFailureActions, ServiceFailureResetPeriod, ServiceInfo,
    ServiceStartType, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_manager::{ServiceManager, ServiceManagerAccess};

use super::plan::ServicePlan;
use super::text::{
    self, DESCRIPTION, DISPLAY_NAME, FAILURES_FORGOTTEN_SECONDS, NAME, RESTART_SECONDS,
};
use crate::commands::run::STOP_GRACE;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;

pub(super) mod dispatch;

/// For the file on its way, and a little for the end of the program.
const STOP_TIMEOUT: Duration = Duration::from_secs(STOP_GRACE.as_secs() + 10);
/// The pause between two looks at whether it has stopped.
const STOP_LOOK: Duration = Duration::from_millis(200);

// What Windows says, by its numbers.
const ACCESS_DENIED: i32 = 5;
const NO_SUCH_SERVICE: i32 = 1060;
const UNKNOWN_SETTING: i32 = 124;
const NOT_ACTIVE: i32 = 1062;
const MARKED_FOR_DELETION: i32 = 1072;
const NEVER_STARTED: u32 = 1077;

pub(super) fn install(plan: &ServicePlan, output: &Output) -> Result<(), Failure> {
    // Restarts are actions of the service manager, and only who may start a service may ask for them.
    let access = ServiceAccess::CHANGE_CONFIG | ServiceAccess::START;
    let services = connect(ServiceManagerAccess::CONNECT | ServiceManagerAccess::CREATE_SERVICE)?;
    let (service, done) = match services.open_service(NAME, access) {
        Ok(service) => {
            let info = info(plan, plan.user.as_deref());
            service.change_config(&info).map_err(|fault| explain_error("changed", &fault))?;
            (service, "brought up to date; if it runs, start it again")
        }
        Err(Error::Winapi(fault)) if fault.raw_os_error() == Some(NO_SUCH_SERVICE) => {
            let info = info(plan, Some(plan.account()));
            let service = services.create_service(&info, access);
            (
                service.map_err(|fault| explain_error("made", &fault))?,
                "installed; it starts with Windows",
            )
        }
        Err(fault) => return Err(explain_error("opened", &fault)),
    };
    service.set_description(DESCRIPTION).map_err(|fault| explain_error("described", &fault))?;
    match restart_after_failures(&service) {
        Ok(()) => {}
        // It works all the same.
        Err(Error::Winapi(fault)) if fault.raw_os_error() == Some(UNKNOWN_SETTING) => output.warn(
            "this Windows cannot start a service again that ends with an exit code; watch its health page",
        ),
        Err(fault) => return Err(explain_error("told to start again after a failure", &fault)),
    }
    output.result(&format!("the service {NAME} is {done}"));
    let folder = Path::new(&plan.config).parent().unwrap_or(Path::new("")).display();
    output.note(&format!(
        "let its account work beside bursar.toml: icacls \"{folder}\" /grant \"{}:(OI)(CI)M\"\n\
         then start it: sc.exe start {NAME}",
        plan.account()
    ));
    Ok(())
}

fn info(plan: &ServicePlan, account: Option<&str>) -> ServiceInfo {
    ServiceInfo {
        name: NAME.into(),
        display_name: DISPLAY_NAME.into(),
        service_type: ServiceType::OWN_PROCESS,
        start_type: ServiceStartType::AutoStart,
        error_control: ServiceErrorControl::Normal,
        executable_path: plan.program.clone().into(),
        launch_arguments: text::service_words(&plan.config).map(OsString::from).to_vec(),
        dependencies: Vec::new(),
        account_name: account.map(OsString::from),
        account_password: None,
    }
}

fn restart_after_failures(service: &Service) -> windows_service::Result<()> {
    let restart = |seconds| ServiceAction {
        action_type: ServiceActionType::Restart,
        delay: Duration::from_secs(seconds),
    };
    service.update_failure_actions(ServiceFailureActions {
        reset_period: ServiceFailureResetPeriod::After(Duration::from_secs(
            FAILURES_FORGOTTEN_SECONDS,
        )),
        reboot_msg: None,
        command: None,
        actions: Some(RESTART_SECONDS.map(restart).to_vec()),
    })?;
    // Also when it ends by itself with an exit code: a folder or a network may be back in a minute.
    service.set_failure_actions_on_non_crash_failures(true)
}

pub(super) fn remove(output: &Output) -> Result<(), Failure> {
    let service = open(ServiceAccess::STOP | ServiceAccess::QUERY_STATUS | ServiceAccess::DELETE)?;
    stop(&service)?;
    service.delete().map_err(|fault| explain_error("removed", &fault))?;
    output.result(&format!("the service {NAME} is removed; the outbox and bursar.toml stay"));
    Ok(())
}

fn stop(service: &Service) -> Result<(), Failure> {
    let is_stopped = || match service.query_status() {
        Ok(status) => Ok(status.current_state == ServiceState::Stopped),
        Err(fault) => Err(explain_error("asked how it is", &fault)),
    };
    if is_stopped()? {
        return Ok(());
    }
    match service.stop() {
        Ok(_) => {}
        // It has stopped meanwhile.
        Err(Error::Winapi(fault)) if fault.raw_os_error() == Some(NOT_ACTIVE) => {}
        Err(fault) => return Err(explain_error("stopped", &fault)),
    }
    let begun = Instant::now();
    while !is_stopped()? {
        if begun.elapsed() > STOP_TIMEOUT {
            return Err(Failure::new(
                ExitCode::OutputFailed,
                format!("the service {NAME} has not stopped within {} s", STOP_TIMEOUT.as_secs()),
                "Nothing was removed. End bursar.exe in the Task Manager, then try again; what was not \
                 sent stays in the outbox.",
            ));
        }
        std::thread::sleep(STOP_LOOK);
    }
    Ok(())
}

/// Says how the service is; ends with the exit code with which the service itself has ended, so that a script
/// can act on it.
pub(super) fn status(output: &Output) -> Result<(), Failure> {
    let service = open(ServiceAccess::QUERY_STATUS | ServiceAccess::QUERY_CONFIG)?;
    let status =
        service.query_status().map_err(|fault| explain_error("asked how it is", &fault))?;
    let config =
        service.query_config().map_err(|fault| explain_error("asked how it is", &fault))?;
    output.print(&status_text(&status, &config));
    if status.current_state != ServiceState::Stopped {
        return Ok(());
    }
    match status.exit_code {
        ServiceExitCode::Win32(0 | NEVER_STARTED) => Ok(()),
        ServiceExitCode::ServiceSpecific(number) => Err(ended_with(number)),
        ServiceExitCode::Win32(number) => Err(Failure::new(
            ExitCode::OwnFault,
            format!("it did not end by itself: Windows gives the reason {number}"),
            format!("net helpmsg {number} explains it; bursar.log may say more."),
        )),
    }
}

fn status_text(status: &ServiceStatus, config: &ServiceConfig) -> String {
    let state = match status.current_state {
        ServiceState::Running => "runs",
        ServiceState::StartPending => "starts",
        ServiceState::StopPending => "stops",
        ServiceState::Stopped if status.exit_code == ServiceExitCode::Win32(NEVER_STARTED) => {
            "was not started since Windows was"
        }
        ServiceState::Stopped => "is stopped",
        _ => "is paused",
    };
    let process = status.process_id.filter(|id| *id != 0);
    let process = process.map_or(String::new(), |id| format!(" (process {id})"));
    let start = match config.start_type {
        ServiceStartType::AutoStart => "with Windows",
        ServiceStartType::Disabled => "never: it is disabled",
        _ => "when asked",
    };
    let account = config.account_name.clone().unwrap_or_default();
    format!(
        "{NAME} {state}{process}\nstarts   {start}\naccount  {}\ncommand  {}",
        account.display(),
        config.executable_path.display()
    )
}

fn ended_with(number: u32) -> Failure {
    let code = u8::try_from(number).ok().and_then(ExitCode::from_number);
    let code = code.unwrap_or(ExitCode::OwnFault);
    Failure::new(
        code,
        format!("it ended with exit code {number}: {}", code.meaning()),
        "bursar.log beside bursar.toml says more. Where there is none, the account of the service may not \
         write there.",
    )
}

fn connect(access: ServiceManagerAccess) -> Result<ServiceManager, Failure> {
    ServiceManager::local_computer(None::<&str>, access)
        .map_err(|fault| explain_error("reached", &fault))
}

fn open(access: ServiceAccess) -> Result<Service, Failure> {
    connect(ServiceManagerAccess::CONNECT)?
        .open_service(NAME, access)
        .map_err(|fault| explain_error("opened", &fault))
}

fn explain_error(what: &str, fault: &Error) -> Failure {
    let number = match fault {
        Error::Winapi(fault) => fault.raw_os_error(),
        _ => None,
    };
    match number {
        Some(NO_SUCH_SERVICE) => {
            Failure::usage("it is not installed", "bursar service install does that.")
        }
        Some(ACCESS_DENIED) => Failure::new(
            ExitCode::OutputFailed,
            "Windows lets only an administrator do that",
            "Run it in a command prompt or PowerShell that was started as administrator.",
        ),
        Some(MARKED_FOR_DELETION) => Failure::new(
            ExitCode::OutputFailed,
            format!("the service {NAME} that was removed is still held open by a program"),
            "Close services.msc, the Task Manager and the event viewer, then try again.",
        ),
        _ => {
            let said = match fault {
                Error::Winapi(fault) => fault.to_string(),
                other => other.to_string(),
            };
            Failure::new(
                ExitCode::OutputFailed,
                format!("the service {NAME} cannot be {what}: {said}"),
                "Look at Bursar in services.msc, as an administrator.",
            )
        }
    }
}
