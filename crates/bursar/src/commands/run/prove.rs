//! `bursar run --check`: what would stand in the way of each job, without sending anything.

use super::{Orders, look};
use crate::args::RunArgs;
use crate::auth::token::moment;
use crate::commands::outbox;
use crate::config::job::{After, Job, JobSource, Links};
use crate::inputs::query::Proof;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::system::Machine;
use crate::transfer::plan::{SendPlan, resolve};

/// How many of the coming times are shown.
const TIMES_SHOWN: usize = 3;

pub(super) async fn run(
    orders: &Orders,
    args: &RunArgs,
    machine: &Machine,
    output: &Output,
) -> ExitCode {
    let mut codes = Vec::new();
    match outbox::open(&args.outbox, &args.profile(None), machine).await {
        Ok(journal) => output.result(&format!("good  outbox {}", journal.folder().display())),
        Err(failure) => {
            output.failure("outbox", &failure);
            codes.push(failure.exit);
        }
    }
    for job in &orders.jobs {
        match prove(job, args, machine, output).await {
            Ok(told) => output.result(&format!("good  [job.{}] {told}", job.name)),
            Err(failure) => {
                output.failure(&format!("[job.{}]", job.name), &failure);
                codes.push(failure.exit);
            }
        }
    }
    if codes.is_empty() { ExitCode::Ok } else { ExitCode::of_all(&codes) }
}

async fn prove(
    job: &Job,
    args: &RunArgs,
    machine: &Machine,
    output: &Output,
) -> Result<String, Failure> {
    let profile = args.profile(job.profile.clone());
    let resolved = resolve(job.settings.clone(), &profile, machine)?;
    let route = resolved.route(&profile, machine, output).await?;
    SendPlan::of_job(job, &resolved.settings)?;
    let from = match &job.source {
        JobSource::Files { folder, pattern, links, .. } => {
            look_into(folder, *links)?;
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
                write_into(folder)?;
            }
        }
        After::Delete => {
            if let JobSource::Files { folder, .. } = &job.source {
                write_into(folder)?;
            }
        }
        After::Keep => {}
    }
    if let Some(folder) = job.refused_to.as_ref().filter(|folder| folder.exists()) {
        write_into(folder)?;
    }
    let place = &route.place;
    let mut told = format!("{from} to {}, {} of {}", route.link.target, place.unit, place.customer);
    if let Some(schedule) = &job.schedule {
        let mut at = (machine.now)();
        let mut times = Vec::new();
        while let Some(next) = schedule.next_after(at).filter(|_| times.len() < TIMES_SHOWN) {
            times.push(moment(next));
            at = next;
        }
        told = format!("{told}\n      at {schedule}: {}, ...", times.join(", "));
    }
    Ok(told)
}

fn look_into(folder: &std::path::Path, links: Links) -> Result<(), Failure> {
    look::open(folder, links).map(|_| ()).map_err(|fault| {
        Failure::new(
            ExitCode::SourceUnreadable,
            format!("the folder {} cannot be looked into: {fault}", folder.display()),
            "Make it, mount it, or let the user who runs bursar read it.",
        )
    })
}

fn write_into(folder: &std::path::Path) -> Result<(), Failure> {
    tempfile::NamedTempFile::new_in(folder).map(|_| ()).map_err(|fault| {
        Failure::new(
            ExitCode::OutputFailed,
            format!("nothing can be put into or taken out of {}: {fault}", folder.display()),
            "Let the user who runs bursar write to that folder.",
        )
    })
}
