//! From a parsed command line to its exit code.

pub mod certs;
pub mod check;
pub mod doctor;
pub mod findings;
pub mod holds;
pub mod mcp;
pub mod outbox;
pub mod payments;
mod reply;
mod resource;
pub mod run;
pub mod screen;
pub mod send;
pub mod service;
pub mod statement;
pub mod uploads;
mod view;

use std::path::{Path, PathBuf};

use domain::access_token::clean;

use crate::args::{Cli, Command, IntendedUseArgs, ProfileArgs, TokenArgs, TokenCommand};
use crate::auth::token::{
    IntendedUse, Token, TokenSource, describe, describe_removed, forecast, forget, store,
    unusable_character,
};
use crate::config::settings::Settings;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{Output, OutputMode};
use crate::source::STANDARD_INPUT;
use crate::system::System;
use crate::transfer::route::resolve;

/// Carries out one command.
pub async fn execute(cli: Cli, system: &System) -> ExitCode {
    let output = Output::new(OutputMode::Human, system.terminal);
    let done = match cli.command {
        Command::Send(args) => return send::run(&args, system).await,
        Command::Check(args) => return check::run(&args, system),
        Command::Uploads(args) => return uploads::run(&args, system).await,
        Command::Findings(args) => return findings::run(*args, system).await,
        Command::Screen(args) => return screen::run(&args, system).await,
        Command::Holds(args) => return holds::run(*args, system).await,
        Command::Payments(args) => return payments::run(*args, system).await,
        Command::Statement(args) => return statement::run(*args, system).await,
        Command::Mcp(args) => return mcp::run(&args, system).await,
        Command::Run(args) => return run::run(*args, system).await,
        Command::Certs(args) => return certs::run(*args, system).await,
        Command::Doctor(args) => return doctor::run(&args, system).await,
        Command::Service(args) => return service::run(&args, system),
        Command::Outbox(args) => return outbox::run(*args, system).await,
        Command::Token(TokenCommand::Inspect { file, source, used, profile }) => {
            inspect(file, source, (&used, &profile), system, &output).await
        }
        Command::Token(TokenCommand::Clean { file }) => clean_token(&file, system, &output).await,
        Command::Token(TokenCommand::Store { file, profile }) => {
            store_token(&file, profile.as_deref(), system, &output).await
        }
        Command::Token(TokenCommand::Forget { profile }) => {
            forget_token(profile.as_deref(), &output).await
        }
        Command::Completions { shell } => {
            output.print(&completions(shell));
            Ok(())
        }
        Command::Man { folder } => manual(folder.as_deref(), &output),
        Command::ExitCodes => {
            output.print(&ExitCode::table());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::Ok,
        Err(failure) => {
            output.failure("not done", &failure);
            failure.exit
        }
    }
}

async fn inspect(
    file: Option<PathBuf>,
    source: TokenArgs,
    (used, profile): (&IntendedUseArgs, &ProfileArgs),
    system: &System,
    output: &Output,
) -> Result<(), Failure> {
    let source = if let Some(file) = file {
        source_of(&file)
    } else {
        let flags = Settings {
            token_file: source.token_file,
            token_command: source.token_command,
            ..Settings::default()
        };
        let resolved = resolve(flags, profile, system)?;
        resolved.token
    };
    let pasted = source.read(system).await?;
    let token = Token::parse(&pasted)?;
    output.print(&describe(&token, (system.now)()));
    let used = IntendedUse {
        customer: used.customer.as_ref(),
        unit: used.unit.as_ref(),
        file_type: used.file_type,
    };
    for line in forecast(&token, used) {
        output.print(&format!("{:<12} {line}", "a server"));
    }
    token.check_time((system.now)())
}

async fn clean_token(file: &Path, system: &System, output: &Output) -> Result<(), Failure> {
    let pasted = source_of(file).read(system).await?;
    let cleaned = clean(pasted.expose()).map_err(unusable_character)?;
    output.note(&describe_removed(&cleaned.removed).unwrap_or("the token was clean".to_owned()));
    output.print(&cleaned.token);
    Ok(())
}

async fn store_token(
    file: &Path,
    profile: Option<&str>,
    system: &System,
    output: &Output,
) -> Result<(), Failure> {
    let token = Token::parse(&source_of(file).read(system).await?)?;
    token.check_time((system.now)())?;
    store(profile, token.secret()).await?;
    output.result("kept in the keyring, and used where no other token is given");
    Ok(())
}

async fn forget_token(profile: Option<&str>, output: &Output) -> Result<(), Failure> {
    if forget(profile).await? {
        output.result(
            "taken out of the keyring; whoever has a copy can still use it until it is revoked",
        );
        return Ok(());
    }
    let named = profile.map_or(String::new(), |profile| format!(" for the profile {profile}"));
    Err(Failure::usage(
        format!("the keyring holds no token{named}"),
        "bursar token store keeps one; --profile says for which profile of bursar.toml.",
    ))
}

fn source_of(file: &Path) -> TokenSource {
    if file == Path::new(STANDARD_INPUT) {
        TokenSource::StandardInput
    } else {
        TokenSource::File(file.to_owned())
    }
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::whole_command(), "bursar", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

fn manual(folder: Option<&Path>, output: &Output) -> Result<(), Failure> {
    let unwritten = |fault: std::io::Error| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("the manual cannot be written: {fault}"),
            "Name a folder that exists and that you may write to.",
        )
    };
    let command = Cli::whole_command();
    if let Some(folder) = folder {
        return clap_mangen::generate_to(command, folder).map_err(unwritten);
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(unwritten)?;
    output.print(&String::from_utf8_lossy(&page));
    Ok(())
}
