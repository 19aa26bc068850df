//! `bursar findings`: what a Bursar server found, and what people decide about it.
//!
//! Not for: the vendor's service, which has no such list; that is said.
//!
//! Invariant: a decision is sent once; whether one that broke off arrived is for a person to look at, as
//! sending it again would write it down twice.

mod decide;
mod explain;
mod export;
mod list;
mod runs;
mod totals;
mod view;

use http::StatusCode;

use super::reply::{self, Reply};
use super::resource::{FailedQuestion, Resource, ResourceClient};
use crate::args::{FindingsArgs, FindingsCommand, ServerArgs};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::system::System;

const FINDINGS: Resource = Resource { name: "findings", advice };

/// Carries out one of the commands.
pub async fn run(args: FindingsArgs, system: &System) -> ExitCode {
    let Some(command) = args.command else {
        let listing = list::Listing {
            filter: args.filter,
            limit: args.limit,
            after: args.after,
            all: args.all,
        };
        return answer(&args.server, system, async |client| listing.page(client).await).await;
    };
    match command {
        FindingsCommand::Show { key, server } => {
            answer(&server, system, async |client| explain::one(client, &key).await).await
        }
        FindingsCommand::Decide(args) => {
            let request = decide::request(&args);
            let (keys, server) = (args.keys, args.server);
            answer(&server, system, async |client| decide::decide(client, &keys, request).await)
                .await
        }
        FindingsCommand::Confirm { key, server } => {
            answer(&server, system, async |client| decide::confirm(client, &key).await).await
        }
        FindingsCommand::Undo { keys, server } => {
            answer(&server, system, async |client| decide::undo(client, &keys).await).await
        }
        FindingsCommand::Assign { keys, to, server } => {
            let to = to.as_deref();
            answer(&server, system, async |client| decide::assign(client, &keys, to).await).await
        }
        FindingsCommand::Comment { key, text, server } => {
            answer(&server, system, async |client| decide::comment(client, &key, &text).await).await
        }
        FindingsCommand::Totals { filter, server } => {
            answer(&server, system, async |client| totals::totals(client, &filter).await).await
        }
        FindingsCommand::Export { file, filter, server } => {
            answer(&server, system, async |client| export::save(client, &filter, &file).await).await
        }
        FindingsCommand::Runs { runs, server } => {
            answer(&server, system, async |client| runs::runs(client, &runs).await).await
        }
        FindingsCommand::Verdicts { end, server } => {
            answer(&server, system, async |client| decide::verdicts(client, end).await).await
        }
    }
}

async fn answer(
    server: &ServerArgs,
    system: &System,
    work: impl AsyncFnOnce(ResourceClient<'_>) -> Result<Reply, Failure>,
) -> ExitCode {
    reply::answer(FINDINGS, server, system, work).await
}

/// The next step after a failed question about findings.
fn advice(failed: FailedQuestion) -> Option<&'static str> {
    match (failed.status, failed.exit) {
        (Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED), _) => Some(
            "Look at the key, --customer and --unit; bursar findings lists what there is. The vendor's \
             service has no findings.",
        ),
        (Some(StatusCode::CONFLICT), _) => {
            Some("Nothing was changed. Look at it with: bursar findings show KEY.")
        }
        (Some(StatusCode::FORBIDDEN), _) => Some(
            "Findings take a token of the role viewer or analyst, deciding one of analyst: bursard token \
             issue --role analyst. The token of an uploader is for sending files.",
        ),
        (_, ExitCode::ConnectionLost | ExitCode::TimedOut) if !failed.is_reading => {
            Some("Whether it was written down is not known. Look first: bursar findings show KEY.")
        }
        _ => None,
    }
}
