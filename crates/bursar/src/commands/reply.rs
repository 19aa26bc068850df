//! What a command that asks a Bursar server comes to: its reply, said for `--json` and for a person.
//!
//! Not for: commands that send files of a job (`send`, `run`), whose reports are their own.

use serde_json::Value;

use crate::args::ServerArgs;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::system::System;
use crate::transfer::client::Client;
use crate::transfer::route::resolve;

/// The result of a command, for `--json` and for a person.
pub(super) struct Reply {
    pub(super) json: Value,
    pub(super) words: String,
}

/// Asks the server of a command line, and says what came of it.
pub(super) async fn answer(
    server: ServerArgs,
    system: &System,
    work: impl AsyncFnOnce(Client<'_>) -> Result<Reply, Failure>,
) -> ExitCode {
    let output = Output::new(server.output.mode(), system.terminal);
    let done = async {
        server.settings.refuse_file_flags()?;
        let resolved = resolve(server.settings, &server.profile, system)?;
        let route = resolved.route(&server.profile, system, &output).await?;
        work(Client { route: &route, system, output: &output }).await
    };
    match done.await {
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
