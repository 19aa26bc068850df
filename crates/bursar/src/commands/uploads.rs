//! `bursar uploads`: what has arrived at a Bursar server, and what came of one file.
//!
//! Not for: the vendor's service, which has no such list; that is said.
//!
//! Invariant: `--json` prints one object: the page as the server gave it, or what is known of one file
//! with always the same members.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::UploadsArgs;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::system::System;
use crate::transfer::client::{Client, view};
use crate::transfer::route::server_route;

mod client;
mod follow;
mod list;
mod problems;
mod text;
mod view;

pub use client::UploadsClient;
pub use follow::{FollowResult, POLL_FIRST, POLL_GROWTH, POLL_LONGEST, follow_subject};

/// Lists one page, or shows one upload.
pub async fn run(args: &UploadsArgs, system: &System) -> ExitCode {
    let Some(upload) = args.upload else {
        return list_page(args, system).await;
    };
    let output = Output::new(args.server.output.mode(), system.terminal);
    let id = upload.to_string();
    let server = &args.server;
    let route = match server_route(&server.settings, &server.profile, system, &output).await {
        Ok(route) => route,
        Err(failure) => return tell(&output, nothing_known(&id), Some(&failure)),
    };
    let client = UploadsClient(Client { route: &route, system, output: &output });
    let mut report = nothing_known(&id);
    let failure = match show(args, client, &id, &mut report).await {
        Ok(verdict) => verdict,
        Err(failure) => Some(failure),
    };
    tell(&output, report, failure.as_ref())
}

async fn list_page(args: &UploadsArgs, system: &System) -> ExitCode {
    let output = Output::new(args.server.output.mode(), system.terminal);
    let listed = async {
        if args.wait.wait {
            return Err(Failure::usage(
                "--wait follows one upload, and none is named",
                "Name it: bursar uploads --wait UPLOAD; bursar uploads lists them.",
            ));
        }
        let server = &args.server;
        let route = server_route(&server.settings, &server.profile, system, &output).await?;
        let client = UploadsClient(Client { route: &route, system, output: &output });
        list::page(client, args.limit, args.after).await
    };
    match listed.await {
        Ok(page) => {
            output.json(&page);
            output.result(&list::to_text(&page));
            ExitCode::Ok
        }
        Err(failure) => {
            output.failure("not listed", &failure);
            failure.exit
        }
    }
}

/// Shows an upload and fills the report; the failure says why the file is not read, when that was waited for.
async fn show(
    args: &UploadsArgs,
    client: UploadsClient<'_>,
    id: &str,
    report: &mut Value,
) -> Result<Option<Failure>, Failure> {
    let result = if args.wait.wait {
        client.follow_to_its_end(id, args.wait.wait_max).await?
    } else {
        let upload = client.upload(id).await?;
        FollowResult { upload, problems: Value::Null, verdict: None }
    };
    report["upload"] = result.upload.clone();
    report["problems"] = result.problems.clone();
    match &args.csv {
        // What is piped must stand alone on standard output.
        Some(path) if path == Path::new(problems::STANDARD_OUTPUT) => {
            problems::print(client, id).await?;
        }
        Some(path) => {
            client.0.output.result(&result.to_text());
            let written = problems::save(client, id, path).await?;
            client.0.output.result(&text::saved(written, path));
            report["csvWritten"] = path.display().to_string().into();
        }
        None if args.problems => {
            let all = problems::all(client, id).await?;
            client.0.output.result(&text::list_problems(&view(&all), &result.view()));
            report["problems"] = all;
        }
        None => client.0.output.result(&result.to_text()),
    }
    Ok(result.verdict)
}

fn nothing_known(id: &str) -> Value {
    json!({
        "uploadId": id,
        "exitCode": ExitCode::Ok.number(),
        "upload": null,
        "problems": null,
        "csvWritten": null,
        "failure": null,
    })
}

fn tell(output: &Output, mut report: Value, failure: Option<&Failure>) -> ExitCode {
    let exit = failure.map_or(ExitCode::Ok, |failure| failure.exit);
    report["exitCode"] = exit.number().into();
    report["failure"] = failure.map(Failure::to_json).into();
    if let Some(failure) = failure {
        output.failure(follow_subject(failure.exit), failure);
    }
    output.json(&report);
    exit
}
