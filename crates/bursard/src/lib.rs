//! `bursard`: the Bursar server program. Reads the configuration, wires the parts, runs a command.
//!
//! Not for: anything a second program would need; that lives in `server` and `store`.
//!
//! Invariant: this program alone reads the clock, the system's randomness, the environment and the
//! command line; everything below gets them as values.

mod backup_folder;
mod checkpoint_file;
mod cli;
mod commands;
mod config;
mod deployment;
mod ledgers;
mod output;
mod ownership;
mod served_url;
mod system;

use std::process::ExitCode;

use crate::cli::Cli;

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    // No command: a process that this program starts of itself.
    if std::env::args_os().nth(1).is_some_and(|word| word == ledgers::READ_PDF) {
        return ledgers::read_alone();
    }
    let cli = Cli::read();
    // Two cryptography libraries are in the program (object_store brings ring): the choice is made here.
    let installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    debug_assert!(installed.is_ok(), "nothing installs a provider before main");
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::failure(&anyhow::Error::from(error).context("cannot start the runtime"));
            return ExitCode::from(cli::EXIT_COULD_NOT_RUN);
        }
    };
    let ended = runtime.block_on(commands::run(cli));
    // A file that is still being read after the time a stop allows must not keep the program.
    runtime.shutdown_background();
    match ended {
        Ok(code) => code,
        Err(error) => {
            output::failure(&error);
            ExitCode::from(cli::EXIT_COULD_NOT_RUN)
        }
    }
}

/// The command line, for its reference.
pub fn command() -> clap::Command {
    Cli::whole_command()
}
