//! The program `bursar`: takes clock, chance and environment from the machine and runs one command.

use std::io::IsTerminal as _;
use std::panic::{self, AssertUnwindSafe};
use std::process;
use std::sync::Arc;
use std::thread;

use bursar::args::Cli;
use bursar::commands::{self, service};
use bursar::report::exit_code::ExitCode;
use bursar::report::output::{Terminal, report_panic};
use bursar::system::{Supervisor, System};
use hyper_util::client::proxy::matcher::Matcher;
use jiff::Timestamp;

fn main() -> process::ExitCode {
    // The place alone: what a panic says may hold what was read or sent.
    panic::set_hook(Box::new(|fault| report_panic(fault.location())));
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(message) => {
            // Help and version are no faults; a closed pipe is not worth a word.
            message.print().unwrap_or_else(|_pipe_is_closed| ());
            return if message.use_stderr() { ExitCode::Usage } else { ExitCode::Ok }.into();
        }
    };
    // AWS-LC frees its source of randomness as the program ends, also below a thread that still reads it:
    // a short command would end by a signal, and its exit code would be lost. The scope waits for it.
    let code = thread::scope(|scope| {
        let gathering = thread::Builder::new().spawn_scoped(scope, gather_randomness);
        // Without a thread the first who needs randomness gathers it.
        drop(gathering);
        service::run_supervised(cli, execute)
    });
    code.into()
}

/// Does what AWS-LC does once and for 30 ms, beside the reading of outbox and trusted roots. Whoever needs
/// randomness first waits for it; the byte thrown away here is not used.
fn gather_randomness() {
    aws_lc_rs::rand::fill(&mut [0]).unwrap_or_else(|_met_at_first_use| ());
}

fn execute(cli: Cli, supervisor: Option<Supervisor>) -> ExitCode {
    let system = System {
        now: Timestamp::now,
        rng,
        new_id,
        variable: |name| std::env::var(name).ok(),
        terminal: if std::io::stderr().is_terminal() {
            Terminal::Watched
        } else {
            Terminal::Unwatched
        },
        proxies: Arc::new(Matcher::from_system()),
        supervisor,
    };
    // One thread for the network; files are read and hashed on another.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let carried_out = panic::catch_unwind(AssertUnwindSafe(|| {
                runtime.block_on(commands::execute(cli, &system))
            }));
            let code = carried_out.unwrap_or_else(|_said_by_the_hook| ExitCode::OwnFault);
            // A reader that hangs on a file must not keep the program.
            runtime.shutdown_background();
            code
        }
        Err(_) => ExitCode::OutputFailed,
    }
}

fn rng() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness the wait is the longest one.
    match aws_lc_rs::rand::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 1.0,
    }
}

fn new_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
