//! What a command that asks a Bursar server comes to: its reply, said for `--json` and for a person.
//!
//! Not for: commands that send files of a job (`send`, `run`), whose reports are their own.

use serde_json::Value;

use super::resource::{Resource, ResourceClient};
use crate::args::ServerArgs;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::system::System;
use crate::transfer::client::Client;
use crate::transfer::route::server_route;

/// The result of a command, for `--json` and for a person.
pub(super) struct Reply {
    pub(super) json: Value,
    pub(super) words: String,
}

/// Asks the server of a command line about a resource, and prints what came of it.
pub(super) async fn answer(
    resource: Resource,
    server: &ServerArgs,
    system: &System,
    work: impl AsyncFnOnce(ResourceClient<'_>) -> Result<Reply, Failure>,
) -> ExitCode {
    let output = Output::new(server.output.mode(), system.terminal);
    let done = async {
        let route = server_route(&server.settings, &server.profile, system, &output).await?;
        let client = Client { route: &route, system, output: &output };
        work(ResourceClient { client, resource }).await
    };
    print(&output, done.await)
}

/// Prints the result of a command.
pub(super) fn print(output: &Output, result: Result<Reply, Failure>) -> ExitCode {
    match result {
        Ok(reply) => {
            output.json(&reply.json);
            output.result(&reply.words);
            ExitCode::Ok
        }
        Err(failure) => {
            output.failure("not done", &failure);
            failure.exit
        }
    }
}
