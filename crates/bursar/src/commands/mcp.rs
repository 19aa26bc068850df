//! `bursar mcp`: a Bursar server's tools for an agent that starts programs, over standard input and output.
//!
//! Not for: the tools themselves, which the server has. Each line is a message of the Model Context Protocol;
//! it goes to the server with the access token, and the answer comes back as a line, in the order of the
//! lines.
//!
//! Invariant: nothing but messages is on standard output; what the server says in the protocol is passed on
//! as it is, and what goes wrong on the way is said to the agent as the answer to its message, and to a
//! person on standard error.

mod headers;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use self::headers::Agreement;
use crate::args::McpArgs;
use crate::net::answer::Answer;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{Output, OutputMode};
use crate::system::System;
use crate::transfer::client::{Client, Question};
use crate::transfer::route::server_route;

/// Where a server speaks with agents.
const PATH: &str = "/mcp";
/// The largest answer: a server keeps its answers to agents small.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The code by which JSON-RPC says that the other side has failed.
const FAILED: i64 = -32603;

pub async fn run(args: &McpArgs, system: &System) -> ExitCode {
    let output = Output::new(OutputMode::Human, system.terminal);
    match carry(args, system, &output).await {
        Ok(()) => ExitCode::Ok,
        Err(failure) => {
            output.failure("not done", &failure);
            failure.exit
        }
    }
}

/// Carries messages to the server until there are no more.
async fn carry(args: &McpArgs, system: &System, output: &Output) -> Result<(), Failure> {
    let route = server_route(&args.settings, &args.profile, system, output).await?;
    let client = Client { route: &route, system, output };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut agreement = Agreement::default();
    loop {
        let line = lines.next_line().await.map_err(|fault| {
            Failure::new(
                ExitCode::SourceUnreadable,
                format!("standard input cannot be read: {fault}"),
                "Start it by an agent that speaks the Model Context Protocol over standard input.",
            )
        })?;
        let Some(line) = line else { return Ok(()) };
        if line.trim().is_empty() {
            continue;
        }
        if let Some(answer) = answer(client, &mut agreement, &line).await {
            output.print(&answer.to_string());
        }
    }
}

/// The server's answer to one message; none to what takes none.
async fn answer(client: Client<'_>, agreement: &mut Agreement, line: &str) -> Option<Value> {
    let message: Value = match serde_json::from_str(line) {
        Ok(message) => message,
        Err(why) => return Some(failed(&Value::Null, &format!("the line is no JSON: {why}"))),
    };
    let answer = ask(client, agreement, &message).await;
    // Nobody waits for an answer to a notification.
    let id = message.get("id")?;
    match answer {
        Ok(answer) => answer.map(|answer| named(answer, id)),
        Err(failure) => Some(failed(id, &format!("{}. {}", failure.what, failure.next))),
    }
}

async fn ask(
    client: Client<'_>,
    agreement: &mut Agreement,
    message: &Value,
) -> Result<Option<Value>, Failure> {
    let asked = exchange(client, agreement, message).await;
    asked.inspect_err(|failure| client.output.failure("a message was not answered", failure))
}

async fn exchange(
    client: Client<'_>,
    agreement: &mut Agreement,
    message: &Value,
) -> Result<Option<Value>, Failure> {
    let question = Question {
        method: Method::POST,
        accept: "application/json, text/event-stream",
        headers: agreement.headers(message),
        body: Some(message),
        bytes_max: ANSWER_BYTES_MAX,
        ..Question::get(PATH)
    };
    let attempts = client.ask(&question).await?;
    let status = attempts.status();
    if let Ok(answer) = &attempts.result
        && let Some(said) = said_by_the_protocol(answer)
    {
        agreement.note(message, &said, &answer.headers);
        return Ok(Some(said));
    }
    if status == Some(StatusCode::ACCEPTED) {
        return Ok(None);
    }
    let answer = attempts.expect(StatusCode::OK, &client.route.link.target);
    answer.map_err(|failure| with_advice(failure, status))?;
    Err(Failure::new(
        ExitCode::Refused,
        "the answer is not what a Bursar server says to an agent",
        "Look at --url: something other than a Bursar server may have answered.",
    ))
}

/// The message that an answer is, whatever its status: an error that the protocol knows, such as that of a
/// version, tells an agent what to do next.
fn said_by_the_protocol(answer: &Answer) -> Option<Value> {
    answer.json().filter(|json| json["jsonrpc"] == "2.0")
}

/// The answer with the id of its message, which a server that could not read it does not know.
fn named(mut answer: Value, id: &Value) -> Value {
    if answer["id"].is_null() {
        answer["id"] = id.clone();
    }
    answer
}

fn with_advice(mut failure: Failure, status: Option<StatusCode>) -> Failure {
    let next = match status {
        Some(StatusCode::FORBIDDEN) => {
            "An agent takes a token of the role viewer, or analyst where it is to decide: bursard token issue \
             --role viewer."
        }
        Some(StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) => {
            "The server speaks with no agents: its operator turns that on with serve = true under [agents]."
        }
        _ => return failure,
    };
    next.clone_into(&mut failure.next);
    failure
}

fn failed(id: &Value, why: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": FAILED, "message": why } })
}
