//! One module a command; this one only chooses.

mod audit;
mod backup;
mod check;
mod check_config;
mod customer;
mod diagnostic;
mod doctor;
mod erasure;
mod key;
mod ledger;
mod migrate;
mod reading_rules;
mod restore;
mod restored;
mod sample;
mod serve;
mod sftp;
mod token;
mod tryout;
mod unit;
mod upload;
mod user;
mod work;

use std::process::ExitCode;

use crate::cli::{Cli, Command, PASSWORD_SHOWN, unknown_in_environment};
use crate::output;

pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = &cli.settings;
    let is_server = matches!(cli.command, Command::Serve(_) | Command::Work);
    if settings.is_password_on_command_line && !is_server {
        output::note(PASSWORD_SHOWN);
    }
    if !is_server {
        for sentence in unknown_in_environment() {
            output::note(sentence);
        }
    }
    match cli.command {
        // Boxed: it holds a whole server.
        Command::Try(args) => Box::pin(tryout::run(&args)).await,
        Command::Serve(serving) => serve::run(settings, serving).await,
        Command::Work => work::run(settings).await,
        Command::Upload(command) => upload::run(settings, command).await,
        Command::Check(command) => check::run(settings, command).await,
        Command::Ledger(command) => ledger::run(settings, command).await,
        Command::ReadingRules(command) => reading_rules::run(settings, command).await,
        Command::Customer(command) => customer::run(settings, command).await,
        Command::User(command) => user::run(settings, command).await,
        Command::Unit(command) => unit::run(settings, command).await,
        Command::Token(command) => token::run(settings, command).await,
        Command::Sftp(command) => sftp::run(settings, command).await,
        Command::Key(command) => key::run(settings, command).await,
        Command::Audit(command) => audit::run(settings, command).await,
        Command::CheckConfig(check) => check_config::run(settings, check).await,
        Command::Doctor(examination) => doctor::run(settings, examination).await,
        Command::Backup { folder, base, format } => {
            backup::run(settings, &folder, base.as_deref(), format).await
        }
        Command::Restore(restoring) => restore::run(settings, &restoring).await,
        Command::Migrate { to, format } => migrate::run(settings, &to, format).await,
        Command::Restored(command) => restored::run(settings, command).await,
        Command::Sample(sampling) => sample::run(&sampling),
    }
}
