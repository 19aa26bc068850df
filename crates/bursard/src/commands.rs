//! One module a command; this one only chooses.

mod audit;
mod backup;
mod check;
mod check_config;
mod customer;
mod doctor;
mod key;
mod ledger;
mod reading_rules;
mod restored;
mod sample;
mod serve;
mod token;
mod tryout;
mod unit;
mod upload;
mod user;
mod work;

use std::process::ExitCode;

use crate::cli::{Cli, Command, KeyCommand, PASSWORD_SHOWN};
use crate::output;

pub(crate) async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = &cli.settings;
    let is_server = matches!(cli.command, Command::Serve(_) | Command::Work);
    if settings.is_password_on_command_line && !is_server {
        output::note(PASSWORD_SHOWN);
    }
    match cli.command {
        Command::Try(args) => tryout::run(&args).await,
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
        Command::Key(KeyCommand::Rotate) => key::rotate(settings).await,
        Command::Key(KeyCommand::Retire { key }) => key::retire(settings, &key).await,
        Command::Audit(command) => audit::run(settings, command).await,
        Command::CheckConfig(format) => check_config::run(settings, format),
        Command::Doctor(examination) => doctor::run(settings, examination).await,
        Command::Backup { folder, format } => backup::run(settings, &folder, format).await,
        Command::Restored(command) => restored::run(settings, command).await,
        Command::Sample(sampling) => sample::run(&sampling),
    }
}
