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
use crate::report::output::{Output, Voice};
use crate::system::Machine;
use crate::transfer::plan::{Route, resolve};

mod ask;
mod follow;
mod list;
mod problems;
mod words;

pub use ask::Asker;
pub use follow::{Followed, Follower, POLL_FIRST, POLL_GROWTH, POLL_LONGEST, follow_subject};

/// Lists one page, or shows one upload.
pub async fn run(args: &UploadsArgs, machine: &Machine) -> ExitCode {
    let Some(upload) = args.upload else {
        return list_page(args, machine).await;
    };
    let output = Output::new(Voice::of(args.voice), machine);
    let id = upload.to_string();
    let route = match route(args, machine, &output).await {
        Ok(route) => route,
        Err(failure) => return tell(&output, nothing_known(&id), Some(&failure)),
    };
    let asker = Asker { route: &route, machine, output: &output };
    let mut report = nothing_known(&id);
    let failure = match show(args, asker, &id, &mut report).await {
        Ok(verdict) => verdict,
        Err(failure) => Some(failure),
    };
    tell(&output, report, failure.as_ref())
}

async fn list_page(args: &UploadsArgs, machine: &Machine) -> ExitCode {
    let voice = if args.voice.json { Voice::Json } else { Voice::Talk };
    let output = Output::new(voice, machine);
    let listed = async {
        if args.wait.wait {
            return Err(Failure::usage(
                "--wait follows one upload, and none is named",
                "Name it: bursar uploads --wait UPLOAD; bursar uploads lists them.",
            ));
        }
        let route = route(args, machine, &output).await?;
        let asker = Asker { route: &route, machine, output: &output };
        list::page(asker, args.limit, args.after).await
    };
    match listed.await {
        Ok(page) => {
            output.json(&page);
            output.result(&list::in_words(&page));
            ExitCode::Ok
        }
        Err(failure) => {
            output.failure("not listed", &failure);
            failure.exit
        }
    }
}

async fn route(args: &UploadsArgs, machine: &Machine, output: &Output) -> Result<Route, Failure> {
    let resolved = resolve(args.settings.clone(), &args.profile, machine)?;
    resolved.route(&args.profile, machine, output).await
}

/// Fills the report; the verdict is why the file is not read, when that was waited for.
async fn show(
    args: &UploadsArgs,
    asker: Asker<'_>,
    id: &str,
    report: &mut Value,
) -> Result<Option<Failure>, Failure> {
    let follower = Follower { asker };
    let followed = if args.wait.wait {
        follower.to_its_end(id, args.wait.wait_max).await?
    } else {
        let upload = follower.upload(id).await?;
        Followed { upload, problems: Value::Null, verdict: None }
    };
    report["upload"] = followed.upload.clone();
    report["problems"] = followed.problems.clone();
    match &args.csv {
        // What is piped must stand alone on standard output.
        Some(path) if path == Path::new(problems::STANDARD_OUTPUT) => {
            problems::save(asker, id, path).await?;
        }
        Some(path) => {
            asker.output.result(&followed.in_words());
            let written = problems::save(asker, id, path).await?;
            asker.output.result(&words::saved(written, path));
            report["csvWritten"] = path.display().to_string().into();
        }
        None if args.problems => {
            let all = problems::all(asker, id).await?;
            asker.output.result(&words::list_problems(&all, &words::name(&followed.upload)));
            report["problems"] = all;
        }
        None => asker.output.result(&followed.in_words()),
    }
    Ok(followed.verdict)
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
    report["failure"] =
        failure.map(|failure| json!({ "what": failure.what, "next": failure.next })).into();
    if let Some(failure) = failure {
        output.failure(follow_subject(failure.exit), failure);
    }
    output.json(&report);
    exit
}
