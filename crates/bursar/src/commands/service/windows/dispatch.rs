//! The program as the service manager of Windows runs it: told by it to stop, telling it how far it is.
//!
//! Not for: what the service does (`run`).
//!
//! Invariant: no stop comes twice. The binding frees what the handler holds at the first stop, so the
//! handler holds nothing, and no control is accepted once it has been told.

use std::panic;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use windows_service::service::{
    ServiceControl, ServiceControlAccept, ServiceExitCode, ServiceState, ServiceStatus, ServiceType,
};
use windows_service::service_control_handler::{
    self, ServiceControlHandlerResult, ServiceStatusHandle,
};
use windows_service::service_dispatcher;

use super::super::text::NAME;
use super::STOP_TIMEOUT;
use crate::args::Cli;
use crate::report::exit_code::ExitCode;
use crate::system::Supervisor;

/// An outbox is opened within it, even when another program holds it for a while.
const START_TIMEOUT: Duration = Duration::from_mins(1);

type Execute = fn(Cli, Option<Supervisor>) -> ExitCode;

// Windows calls two functions and hands neither of them anything of ours.
static PENDING_WORK: Mutex<Option<(Cli, Execute)>> = Mutex::new(None);
static HANDLE: OnceLock<ServiceStatusHandle> = OnceLock::new();
static STOP: LazyLock<CancellationToken> = LazyLock::new(CancellationToken::new);
static ENDED: OnceLock<ExitCode> = OnceLock::new();

/// Runs until the service has stopped; as usual, when it was a person who started the program.
pub(in super::super) fn run(cli: Cli, execute: Execute) -> ExitCode {
    *PENDING_WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some((cli, execute));
    let dispatched = service_dispatcher::start(NAME, service_main);
    match (dispatched, take_work()) {
        (Err(_), Some((cli, execute))) => execute(cli, None),
        _ => ENDED.get().copied().unwrap_or(ExitCode::OwnFault),
    }
}

fn take_work() -> Option<(Cli, Execute)> {
    PENDING_WORK.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// Called by Windows on a thread of its own. What is typed after `sc start Bursar` is not looked at.
extern "system" fn service_main(_count: u32, _words: *mut *mut u16) {
    // A panic that reached Windows would end the process before it is told anything.
    let code = panic::catch_unwind(|| {
        let Ok(handle) = service_control_handler::register(NAME, handle_control) else {
            return ExitCode::OwnFault;
        };
        HANDLE.set(handle).unwrap_or_else(|_is_set_once| ());
        set_status(ServiceState::StartPending, ServiceExitCode::NO_ERROR);
        let supervisor = Supervisor {
            stop: STOP.clone(),
            report_started: || set_status(ServiceState::Running, ServiceExitCode::NO_ERROR),
        };
        take_work().map_or(ExitCode::OwnFault, |(cli, execute)| execute(cli, Some(supervisor)))
    })
    .unwrap_or_else(|_said_by_the_hook| ExitCode::OwnFault);
    ENDED.set(code).unwrap_or_else(|_is_set_once| ());
    let exit = match code {
        ExitCode::Ok => ServiceExitCode::NO_ERROR,
        other => ServiceExitCode::ServiceSpecific(other.number().into()),
    };
    set_status(ServiceState::Stopped, exit);
}

fn handle_control(control: ServiceControl) -> ServiceControlHandlerResult {
    match control {
        ServiceControl::Stop | ServiceControl::Shutdown => {
            // Told before the work can end, so that this never follows `Stopped`.
            set_status(ServiceState::StopPending, ServiceExitCode::NO_ERROR);
            STOP.cancel();
            ServiceControlHandlerResult::NoError
        }
        ServiceControl::Interrogate => ServiceControlHandlerResult::NoError,
        _ => ServiceControlHandlerResult::NotImplemented,
    }
}

fn set_status(state: ServiceState, exit_code: ServiceExitCode) {
    let Some(handle) = HANDLE.get() else { return };
    let controls_accepted = match state {
        ServiceState::Running => ServiceControlAccept::STOP | ServiceControlAccept::SHUTDOWN,
        _ => ServiceControlAccept::empty(),
    };
    let wait_hint = match state {
        ServiceState::StartPending => START_TIMEOUT,
        ServiceState::StopPending => STOP_TIMEOUT,
        _ => Duration::ZERO,
    };
    let status = ServiceStatus {
        service_type: ServiceType::OWN_PROCESS,
        current_state: state,
        controls_accepted,
        exit_code,
        checkpoint: 0,
        wait_hint,
        process_id: None,
    };
    handle.set_service_status(status).unwrap_or_else(|_nobody_else_listens| ());
}
