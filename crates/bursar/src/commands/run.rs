//! `bursar run`: the jobs of bursar.toml, once or for ever.
//!
//! Not for: one round of a job (`round`), watching (`service`).
//!
//! Invariant: what a job finds is in the outbox before it is sent, so that being killed at any moment
//! loses nothing and doubles nothing.

use std::path::PathBuf;
use std::rc::Rc;

use crate::args::RunArgs;
use crate::config::job::{Job, JobSection};
use crate::config::profile;
use crate::config::service_section::{LOG_NAME, ServiceSection};
use crate::journal::Journal;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{LogPlan, Output};
use crate::source::{RateLimit, parse_rate};
use crate::system::System;
use crate::transfer::outbox_folder;

mod admit;
mod after;
mod folder_scan;
mod follow;
mod health;
mod open_problems;
mod phase;
mod produce;
mod prove;
mod round;
mod send;
mod service;
mod tally;
mod vet;
mod watch;

pub use service::STOP_GRACE;

use follow::Following;
use round::Round;
use tally::Tally;

/// File events are lost on network shares and when too many come at once; a look now and then is not.
const RESCAN_SECONDS: u64 = 60;
const RESCAN_SECONDS_MAX: u64 = 86_400;
/// A bursar.toml with its jobs, checked.
#[derive(Debug)]
struct RunPlan {
    jobs: Vec<Job>,
    parallel: usize,
    rate_limit: Option<RateLimit>,
    rescan: std::time::Duration,
    heartbeat: Option<PathBuf>,
    health: Option<std::net::SocketAddr>,
    log: Option<LogPlan>,
}

/// The things that every round of every job shares.
struct Context<'a> {
    args: &'a RunArgs,
    system: &'a System,
    output: Output,
    journal: Rc<Journal>,
}

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
    let run_plan = run_plan(&args, system);
    if args.check
        && let Ok(run_plan) = &run_plan
    {
        return prove::run(run_plan, &args, system, &output).await;
    }
    let plan = match &run_plan {
        Ok(run_plan) => run_plan.log.clone(),
        Err(_) => log_without_orders(&args, system),
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
    let context = Context { args: &args, system, output, journal };
    if args.once { once(&run_plan, &context).await } else { service::run(run_plan, &context).await }
}

/// Runs the jobs one after the other; then hears what the server made of what they sent.
async fn once(run_plan: &RunPlan, context: &Context<'_>) -> ExitCode {
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

fn summarise(job: &Job, tally: &Tally, context: &Context<'_>) {
    context.output.summary(&format!("{}: {tally}", job.name));
    context.output.json(&tally.to_json(&job.name));
}

fn run_plan(args: &RunArgs, system: &System) -> Result<RunPlan, Failure> {
    let named = args.config.as_deref();
    let (file, folder) = profile::read(named, system)?;
    let unusable =
        |what: String| Failure::usage(what, "Correct bursar.toml; examples/bursar.toml shows all.");
    let mut jobs = Vec::new();
    for (name, job) in file.job {
        if args.jobs.is_empty() || args.jobs.contains(&name) {
            let parse = |job: JobSection| job.parse(&name, &folder);
            jobs.push(parse(job).map_err(|fault| unusable(format!("[job.{name}] {fault}")))?);
        }
    }
    if let Some(unknown) = args.jobs.iter().find(|name| !jobs.iter().any(|job| job.name == **name))
    {
        return Err(unusable(format!("there is no [job.{unknown}]")));
    }
    if jobs.is_empty() {
        return Err(unusable("there is no job in it".to_owned()));
    }
    let service = file.service;
    let rate_limit = service.limit_rate.as_deref().map(parse_rate).transpose();
    let rescan = service.rescan_seconds.unwrap_or(RESCAN_SECONDS);
    if rescan == 0 || rescan > RESCAN_SECONDS_MAX {
        return Err(unusable("[service] rescan-seconds is 1 to 86400".to_owned()));
    }
    let health = service.health.as_deref().map(health::parse).transpose();
    let log = service.log_plan(&folder, usual_log(args));
    Ok(RunPlan {
        jobs,
        parallel: usize::from(service.parallel.unwrap_or(1).clamp(1, 16)),
        rate_limit: rate_limit
            .map_err(|fault| unusable(format!("[service] limit-rate: {fault}")))?
            .map(RateLimit::new),
        rescan: std::time::Duration::from_secs(rescan),
        heartbeat: service.heartbeat.map(|path| folder.join(path)),
        health: health.map_err(|fault| unusable(format!("[service] health: {fault}")))?,
        log,
    })
}

fn usual_log(args: &RunArgs) -> Option<&'static str> {
    args.as_service.then_some(LOG_NAME)
}

/// The log in which it is said that bursar.toml cannot be used.
fn log_without_orders(args: &RunArgs, system: &System) -> Option<LogPlan> {
    let path = profile::path(args.config.as_deref(), system)?;
    ServiceSection::default().log_plan(path.parent()?, usual_log(args))
}
