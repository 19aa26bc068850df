//! `bursar findings`: what a Bursar server found, and what people decide about it.
//!
//! Not for: the vendor's service, which has no such list; that is said.
//!
//! Invariant: a decision is sent once; whether one that broke off arrived is for a person to look at, as
//! sending it again would write it down twice.

mod client;
mod decide;
mod explain;
mod export;
mod list;
mod runs;
mod view;

use super::reply::{self, Reply};
use crate::args::{FindingsArgs, FindingsCommand, ServerArgs};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::system::System;
use client::FindingsClient;

/// Carries out one of the commands.
pub async fn run(args: FindingsArgs, system: &System) -> ExitCode {
    let Some(command) = args.command else {
        let listing = list::Listing {
            filter: args.filter,
            limit: args.limit,
            after: args.after,
            all: args.all,
        };
        return answer(args.server, system, async |client| listing.page(client).await).await;
    };
    match command {
        FindingsCommand::Show { key, server } => {
            answer(server, system, async |client| explain::one(client, &key).await).await
        }
        FindingsCommand::Decide(args) => {
            let request = decide::request(&args);
            let (keys, server) = (args.keys, args.server);
            answer(server, system, async |client| decide::decide(client, &keys, request).await)
                .await
        }
        FindingsCommand::Confirm { key, server } => {
            answer(server, system, async |client| decide::confirm(client, &key).await).await
        }
        FindingsCommand::Undo { keys, server } => {
            answer(server, system, async |client| decide::undo(client, &keys).await).await
        }
        FindingsCommand::Assign { keys, to, server } => {
            let to = to.as_deref();
            answer(server, system, async |client| decide::assign(client, &keys, to).await).await
        }
        FindingsCommand::Comment { key, text, server } => {
            answer(server, system, async |client| decide::comment(client, &key, &text).await).await
        }
        FindingsCommand::Export { file, filter, server } => {
            answer(server, system, async |client| export::save(client, &filter, &file).await).await
        }
        FindingsCommand::Runs { runs, server } => {
            answer(server, system, async |client| runs::runs(client, &runs).await).await
        }
        FindingsCommand::Verdicts { end, server } => {
            answer(server, system, async |client| decide::verdicts(client, end).await).await
        }
    }
}

async fn answer(
    server: ServerArgs,
    system: &System,
    work: impl AsyncFnOnce(FindingsClient<'_>) -> Result<Reply, Failure>,
) -> ExitCode {
    reply::answer(server, system, async move |client| work(FindingsClient(client)).await).await
}
