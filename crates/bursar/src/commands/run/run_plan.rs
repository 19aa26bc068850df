//! The jobs that are to run, and how, as bursar.toml says.

use std::path::PathBuf;

use super::health;
use crate::args::RunArgs;
use crate::config::job::{Job, JobSection};
use crate::config::profile;
use crate::config::service_section::{LOG_NAME, ServiceSection};
use crate::report::failure::Failure;
use crate::report::output::LogPlan;
use crate::source::{RateLimit, parse_rate};
use crate::system::System;

/// File events are lost on network shares and when too many come at once; a look now and then is not.
const RESCAN_SECONDS: u64 = 60;
const RESCAN_SECONDS_MAX: u64 = 86_400;

/// A bursar.toml with its jobs, checked.
#[derive(Debug)]
pub(super) struct RunPlan {
    pub(super) jobs: Vec<Job>,
    pub(super) parallel: usize,
    pub(super) rate_limit: Option<RateLimit>,
    pub(super) rescan: std::time::Duration,
    pub(super) heartbeat: Option<PathBuf>,
    pub(super) health: Option<std::net::SocketAddr>,
    pub(super) log: Option<LogPlan>,
}

/// Reads bursar.toml and checks the jobs that are named, or all.
pub(super) fn read(args: &RunArgs, system: &System) -> Result<RunPlan, Failure> {
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
pub(super) fn log_without_plan(args: &RunArgs, system: &System) -> Option<LogPlan> {
    let path = profile::path(args.config.as_deref(), system)?;
    ServiceSection::default().log_plan(path.parent()?, usual_log(args))
}
