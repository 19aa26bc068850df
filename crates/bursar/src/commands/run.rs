//! `bursar run`: the jobs of bursar.toml, once or for ever.
//!
//! Not for: one round of a job (`round`), watching (`service`).
//!
//! Invariant: what a job finds is in the outbox before it is sent, so that being killed at any moment
//! loses nothing and doubles nothing.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::Deserialize;

use crate::args::RunArgs;
use crate::commands::outbox;
use crate::config::job::{Job, JobFile};
use crate::config::profile;
use crate::journal::Journal;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{LogPlan, Output, Voice};
use crate::source::{Pace, parse_rate};
use crate::system::Machine;

mod admit;
mod after;
mod follow;
mod health;
mod look;
mod make;
mod prove;
mod round;
mod service;
mod standing;
mod tally;
mod vet;
mod watch;

pub use service::SERVICE_PATIENCE;

use follow::Following;
use round::Round;
use tally::Tally;

/// File events are lost on network shares and when too many come at once; a look now and then is not.
const RESCAN_SECONDS: u64 = 60;
const RESCAN_SECONDS_MAX: u64 = 86_400;
/// Read in a minute by a person, and no disk is filled.
const LOG_MEGABYTES: u64 = 10;
const LOG_KEEP: u8 = 5;
/// Beside bursar.toml, where nobody sees what is printed.
const LOG_NAME: &str = "bursar.log";

/// `[service]` as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceFile {
    parallel: Option<u8>,
    limit_rate: Option<String>,
    rescan_seconds: Option<u64>,
    heartbeat: Option<PathBuf>,
    health: Option<String>,
    log: Option<PathBuf>,
    log_megabytes: Option<u64>,
    log_keep: Option<u8>,
}

/// A bursar.toml with its jobs, checked.
#[derive(Debug)]
struct Orders {
    jobs: Vec<Job>,
    parallel: usize,
    pace: Option<Pace>,
    rescan: std::time::Duration,
    heartbeat: Option<PathBuf>,
    health: Option<std::net::SocketAddr>,
    log: Option<LogPlan>,
}

/// What every round of every job shares.
struct Desk<'a> {
    args: &'a RunArgs,
    machine: &'a Machine,
    output: Output,
    journal: Rc<Journal>,
}

/// Proves, runs once, or serves.
pub async fn run(args: RunArgs, machine: &Machine) -> ExitCode {
    let output = Output::new(Voice::of(args.voice), machine);
    let output = if args.once { output.awaited() } else { output };
    if args.as_service && machine.supervisor.is_none() {
        let failure = Failure::usage(
            "--as-service is for the service manager of Windows alone",
            "Leave it out to run the jobs here; on Windows, bursar service install makes the service and \
             sc.exe start Bursar starts it.",
        );
        output.failure("not run", &failure);
        return failure.exit;
    }
    let orders = orders(&args, machine);
    if args.check
        && let Ok(orders) = &orders
    {
        return prove::run(orders, &args, machine, &output).await;
    }
    let plan = match &orders {
        Ok(orders) => orders.log.clone(),
        Err(_) => log_without_orders(&args, machine),
    };
    let logged = match plan {
        None => Ok(output.clone()),
        Some(plan) => output.clone().to_log(&plan, machine.now),
    };
    let (orders, output) = match (orders, logged) {
        (Ok(orders), Ok(logged)) => (orders, logged),
        (Ok(_), Err(failure)) => {
            output.failure("not run", &failure);
            return failure.exit;
        }
        (Err(failure), logged) => {
            logged.unwrap_or_else(|_worse_is_said| output).failure("not run", &failure);
            return failure.exit;
        }
    };
    let journal = match outbox::open(&args.outbox, &args.profile(None), machine).await {
        Ok(journal) => Rc::new(journal),
        Err(failure) => {
            output.failure("not run", &failure);
            return failure.exit;
        }
    };
    let desk = Desk { args: &args, machine, output, journal };
    if args.once { once(&orders, &desk).await } else { service::run(orders, &desk).await }
}

/// The jobs that are named, or all, one after the other; then what the server made of what they sent.
async fn once(orders: &Orders, desk: &Desk<'_>) -> ExitCode {
    let mut tallies = Vec::new();
    for job in &orders.jobs {
        let mut seen = look::Seen::default();
        let tally = match Round::new(job, desk, orders).once(&mut seen).await {
            Ok(tally) => tally,
            Err(failure) => {
                desk.output.failure(&format!("{}: not done", job.name), &failure);
                Tally::of_failure(&failure)
            }
        };
        if job.wait.is_none() {
            summarise(job, &tally, desk);
        }
        tallies.push(tally);
    }
    // Together, so that no job waits for what another sent.
    let followed = orders.jobs.iter().zip(&mut tallies).filter_map(|(job, tally)| {
        let following = Following::of(job, desk)?;
        Some(async move {
            following.to_the_end(tally).await;
            summarise(job, tally, desk);
        })
    });
    futures_util::future::join_all(followed).await;
    Tally::exit_of_all(&tallies)
}

fn summarise(job: &Job, tally: &Tally, desk: &Desk<'_>) {
    desk.output.summary(&format!("{}: {tally}", job.name));
    desk.output.json(&tally.to_json(&job.name));
}

fn orders(args: &RunArgs, machine: &Machine) -> Result<Orders, Failure> {
    let named = args.config.as_deref();
    let (file, folder) = profile::read(named, machine)?;
    let unusable =
        |what: String| Failure::usage(what, "Correct bursar.toml; examples/bursar.toml shows all.");
    let mut jobs = Vec::new();
    for (name, job) in file.job {
        if args.jobs.is_empty() || args.jobs.contains(&name) {
            let parse = |job: JobFile| job.parse(&name, &folder);
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
    let pace = service.limit_rate.as_deref().map(parse_rate).transpose();
    let rescan = service.rescan_seconds.unwrap_or(RESCAN_SECONDS);
    if rescan == 0 || rescan > RESCAN_SECONDS_MAX {
        return Err(unusable("[service] rescan-seconds is 1 to 86400".to_owned()));
    }
    let health = service.health.as_deref().map(health::parse).transpose();
    let log = log_plan(&service, &folder, usual_log(args));
    Ok(Orders {
        jobs,
        parallel: usize::from(service.parallel.unwrap_or(1).clamp(1, 16)),
        pace: pace
            .map_err(|fault| unusable(format!("[service] limit-rate: {fault}")))?
            .map(Pace::new),
        rescan: std::time::Duration::from_secs(rescan),
        heartbeat: service.heartbeat.map(|path| folder.join(path)),
        health: health.map_err(|fault| unusable(format!("[service] health: {fault}")))?,
        log,
    })
}

/// What is asked for, or the usual one.
fn log_plan(service: &ServiceFile, folder: &Path, usual: Option<&str>) -> Option<LogPlan> {
    let path = service.log.clone().or_else(|| usual.map(PathBuf::from))?;
    Some(LogPlan {
        path: folder.join(path),
        bytes_max: service.log_megabytes.unwrap_or(LOG_MEGABYTES).max(1) * 1_000_000,
        keep: service.log_keep.unwrap_or(LOG_KEEP),
    })
}

fn usual_log(args: &RunArgs) -> Option<&'static str> {
    args.as_service.then_some(LOG_NAME)
}

/// Where it is said that bursar.toml cannot be used.
fn log_without_orders(args: &RunArgs, machine: &Machine) -> Option<LogPlan> {
    let path = profile::path(args.config.as_deref(), machine)?;
    log_plan(&ServiceFile::default(), path.parent()?, usual_log(args))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_log_whatever_is_written() {
        for (written, usual, expected) in [
            ("", None, None),
            ("", Some(LOG_NAME), Some(("conf/bursar.log", 10_000_000, 5))),
            ("log = 'a.log'", None, Some(("conf/a.log", 10_000_000, 5))),
            ("log = 'a.log'", Some(LOG_NAME), Some(("conf/a.log", 10_000_000, 5))),
            (
                "log-megabytes = 2\nlog-keep = 1",
                Some(LOG_NAME),
                Some(("conf/bursar.log", 2_000_000, 1)),
            ),
        ] {
            let service: ServiceFile = toml::from_str(written).unwrap();
            let expected = expected.map(|(path, bytes_max, keep)| LogPlan {
                path: path.into(),
                bytes_max,
                keep,
            });
            assert_eq!(log_plan(&service, Path::new("conf"), usual), expected, "{written}");
        }
    }
}
