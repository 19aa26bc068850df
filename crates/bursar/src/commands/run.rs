//! `bursar run`: the jobs of bursar.toml, once or for ever.
//!
//! Not for: one round of a job (`round`), watching (`service`).
//!
//! Invariant: what a job finds is in the outbox before it is sent, so that being killed at any moment
//! loses nothing and doubles nothing.

use std::rc::Rc;

use crate::args::RunArgs;
use crate::config::job::Job;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::system::System;
use crate::transfer::outbox_folder;

mod admit;
mod after;
mod context;
mod folder_scan;
mod follow;
mod health;
mod open_problems;
mod phase;
mod produce;
mod prove;
mod round;
mod run_plan;
mod send;
mod service;
mod tally;
mod vet;
mod watch;

pub use service::STOP_GRACE;

use context::JobContext;
use follow::Following;
use round::Round;
use run_plan::RunPlan;
use tally::Tally;

/// Proves the jobs, runs them once, or serves them.
pub async fn run(args: RunArgs, system: &System) -> ExitCode {
    let output = Output::new(args.output.mode(), system.terminal);
    let output = if args.once { output.with_echo() } else { output };
    if args.as_service && system.supervisor.is_none() {
        let failure = Failure::usage(
            "--as-service is for the service manager of Windows alone",
            "Leave it out to run the jobs here; on Windows, bursar service install makes the service and \
             sc.exe start Bursar starts it.",
        );
        output.failure("not run", &failure);
        return failure.exit;
    }
    let run_plan = run_plan::read(&args, system);
    if args.check
        && let Ok(run_plan) = &run_plan
    {
        return prove::run(run_plan, &args, system, &output).await;
    }
    let plan = match &run_plan {
        Ok(run_plan) => run_plan.log.clone(),
        Err(_) => run_plan::log_without_plan(&args, system),
    };
    let logged = match plan {
        None => Ok(output.clone()),
        Some(plan) => output.clone().with_log(&plan, system.now),
    };
    let (run_plan, output) = match (run_plan, logged) {
        (Ok(run_plan), Ok(logged)) => (run_plan, logged),
        (Ok(_), Err(failure)) => {
            output.failure("not run", &failure);
            return failure.exit;
        }
        (Err(failure), logged) => {
            logged.unwrap_or_else(|_worse_is_said| output).failure("not run", &failure);
            return failure.exit;
        }
    };
    let journal = match outbox_folder::open(&args.outbox, &args.profile(None), system).await {
        Ok(journal) => Rc::new(journal),
        Err(failure) => {
            output.failure("not run", &failure);
            return failure.exit;
        }
    };
    let context = JobContext { args: &args, system, output, journal };
    if args.once { once(&run_plan, &context).await } else { service::run(run_plan, &context).await }
}

/// Runs the jobs one after the other; then hears what the server made of what they sent.
async fn once(run_plan: &RunPlan, context: &JobContext<'_>) -> ExitCode {
    let mut tallies = Vec::new();
    for job in &run_plan.jobs {
        let mut state = folder_scan::FolderState::default();
        let tally = match Round::new(job, context, run_plan).once(&mut state).await {
            Ok(tally) => tally,
            Err(failure) => {
                context.output.failure(&format!("{}: not done", job.name), &failure);
                Tally::from_failure(&failure)
            }
        };
        if job.wait.is_none() {
            summarise(job, &tally, context);
        }
        tallies.push(tally);
    }
    // Together, so that no job waits for what another sent.
    let followed = run_plan.jobs.iter().zip(&mut tallies).filter_map(|(job, tally)| {
        let following = Following::new(job, context)?;
        Some(async move {
            following.to_the_end(tally).await;
            summarise(job, tally, context);
        })
    });
    futures_util::future::join_all(followed).await;
    Tally::exit_of_all(&tallies)
}

fn summarise(job: &Job, tally: &Tally, context: &JobContext<'_>) {
    context.output.summary(&format!("{}: {tally}", job.name));
    context.output.json(&tally.to_json(&job.name));
}
