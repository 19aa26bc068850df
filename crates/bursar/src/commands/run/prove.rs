//! `bursar run --check`: what would stand in the way of each job, without sending anything.

use serde_json::json;

use super::folder_scan;
use super::run_plan::RunPlan;
use crate::args::RunArgs;
use crate::config::job::{After, Job, JobSource, Links};
use crate::inputs::query::Proof;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::date_time;
use crate::report::output::Output;
use crate::system::System;
use crate::transfer::outbox_folder;
use crate::transfer::plan::SendPlan;
use crate::transfer::route::resolve;

/// The number of coming times that are shown.
const TIMES_SHOWN: usize = 3;

pub(super) async fn run(
    run_plan: &RunPlan,
    args: &RunArgs,
    system: &System,
    output: &Output,
) -> ExitCode {
    let mut codes = Vec::new();
    let mut say = |what: &str, proof: Result<String, Failure>| match proof {
        Ok(told) => {
            output.result(&format!("good  {what} {told}"));
            output.json(&json!({ "what": what, "exitCode": 0, "told": told, "failure": null }));
        }
        Err(failure) => {
            output.failure(what, &failure);
            output.json(&json!({
                "what": what, "exitCode": failure.exit.number(), "told": null,
                "failure": failure.to_json(),
            }));
            codes.push(failure.exit);
        }
    };
    let journal = outbox_folder::open(&args.outbox, &args.profile(None), system).await;
    say("outbox", journal.map(|journal| journal.folder().display().to_string()));
    for job in &run_plan.jobs {
        say(&format!("[job.{}]", job.name), prove(job, args, system, output).await);
    }
    if codes.is_empty() { ExitCode::Ok } else { ExitCode::combine(&codes) }
}

async fn prove(
    job: &Job,
    args: &RunArgs,
    system: &System,
    output: &Output,
) -> Result<String, Failure> {
    let profile = args.profile(job.profile.clone());
    let resolved = resolve(job.settings.clone(), &profile, system)?;
    let route = resolved.route(&profile, system, output).await?;
    SendPlan::for_job(job, &resolved.settings)?;
    let from = match &job.source {
        JobSource::Files { folder, pattern, links, .. } => {
            check_readable(folder, *links)?;
            format!("{}/{pattern}", folder.display())
        }
        JobSource::Command { name, .. } => format!("a command, as {name}"),
        JobSource::Sql { query, database, name } => {
            match crate::inputs::query::prove(query, database).await? {
                Proof::Prepared => format!("a query that the database has prepared, as {name}"),
                Proof::Connected => {
                    format!("a query that the database cannot describe before it runs, as {name}")
                }
            }
        }
    };
    match &job.after {
        After::MoveTo(folder) => {
            if folder.exists() {
                check_writable(folder)?;
            }
        }
        After::Delete => {
            if let JobSource::Files { folder, .. } = &job.source {
                check_writable(folder)?;
            }
        }
        After::Keep => {}
    }
    if let Some(folder) = job.refused_to.as_ref().filter(|folder| folder.exists()) {
        check_writable(folder)?;
    }
    let place = &route.address;
    let mut told = format!("{from} to {}, {} of {}", route.link.target, place.unit, place.customer);
    if let Some(schedule) = &job.schedule {
        let mut at = (system.now)();
        let mut times = Vec::new();
        while let Some(next) = schedule.next_after(at).filter(|_| times.len() < TIMES_SHOWN) {
            times.push(date_time(next));
            at = next;
        }
        told = format!("{told}\n      at {schedule}: {}, ...", times.join(", "));
    }
    Ok(told)
}

fn check_readable(folder: &std::path::Path, links: Links) -> Result<(), Failure> {
    folder_scan::open(folder, links).map(|_| ()).map_err(|fault| {
        Failure::new(
            ExitCode::SourceUnreadable,
            format!("the folder {} cannot be looked into: {fault}", folder.display()),
            "Make it, mount it, or let the user who runs bursar read it.",
        )
    })
}

fn check_writable(folder: &std::path::Path) -> Result<(), Failure> {
    tempfile::NamedTempFile::new_in(folder).map(|_| ()).map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("nothing can be put into or taken out of {}: {fault}", folder.display()),
            "Let the user who runs bursar write to that folder.",
        )
    })
}
