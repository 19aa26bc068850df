//! `bursar findings`: what a Bursar server found, and what people decide about it.
//!
//! Not for: the vendor's service, which has no such list; that is said.
//!
//! Invariant: a decision is sent once; whether one that broke off arrived is for a person to look at, as
//! sending it again would write it down twice.

mod ask;
mod decide;
mod explain;
mod export;
mod list;
mod runs;

use serde_json::Value;

use crate::args::{AskArgs, FindingsArgs, FindingsCommand};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{Output, Voice};
use crate::system::Machine;
use crate::transfer::plan::resolve;
use ask::Desk;

/// What a command came to, for `--json` and for a person.
struct Said {
    json: Value,
    words: String,
}

/// Carries out one of the commands.
pub async fn run(args: FindingsArgs, machine: &Machine) -> ExitCode {
    let Some(command) = args.command else {
        let listing = list::Listing {
            filter: args.filter,
            limit: args.limit,
            after: args.after,
            all: args.all,
        };
        return carry_out(args.ask, machine, async |desk| listing.page(desk).await).await;
    };
    match command {
        FindingsCommand::Show { key, ask } => {
            carry_out(ask, machine, async |desk| explain::one(desk, &key).await).await
        }
        FindingsCommand::Decide(args) => {
            let request = decide::request(&args);
            let (keys, ask) = (args.keys, args.ask);
            carry_out(ask, machine, async |desk| decide::decide(desk, &keys, request).await).await
        }
        FindingsCommand::Undo { key, ask } => {
            carry_out(ask, machine, async |desk| decide::undo(desk, &key).await).await
        }
        FindingsCommand::Assign { key, to, ask } => {
            carry_out(ask, machine, async |desk| decide::assign(desk, &key, to.as_deref()).await)
                .await
        }
        FindingsCommand::Comment { key, text, ask } => {
            carry_out(ask, machine, async |desk| decide::comment(desk, &key, &text).await).await
        }
        FindingsCommand::Export { file, filter, ask } => {
            carry_out(ask, machine, async |desk| export::save(desk, &filter, &file).await).await
        }
        FindingsCommand::Runs { runs, ask } => {
            carry_out(ask, machine, async |desk| runs::runs(desk, &runs).await).await
        }
        FindingsCommand::Verdicts { end, ask } => {
            carry_out(ask, machine, async |desk| decide::verdicts(desk, end).await).await
        }
    }
}

async fn carry_out(
    ask: AskArgs,
    machine: &Machine,
    work: impl AsyncFnOnce(Desk<'_>) -> Result<Said, Failure>,
) -> ExitCode {
    let output = Output::new(Voice::of(ask.voice), machine);
    let done = async {
        let resolved = resolve(ask.settings, &ask.profile, machine)?;
        let route = resolved.route(&ask.profile, machine, &output).await?;
        work(Desk { route: &route, machine, output: &output }).await
    };
    match done.await {
        Ok(said) => {
            output.json(&said.json);
            output.result(&said.words);
            ExitCode::Ok
        }
        Err(failure) => {
            output.failure("not done", &failure);
            failure.exit
        }
    }
}
