//! The command that checks one unit on the cluster, and says how what it comes to differs from one machine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use analysis::{Check, Checker, Engine, EngineLimits, Ledgers, Retention, RunSettings};
use clap::Args;
use domain::finding::{CheckEnd, CheckRequest, CheckedUnit, RunOutcome};
use domain::{CustomerName, UnitName};
use jiff::Timestamp;

use crate::certificates::Certificates;
use crate::client::{BallistaClient, stays_here};
use crate::comparison;
use crate::parts::LedgerStore;

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// The customer's short name
    #[arg(long)]
    customer: CustomerName,
    /// The unit's short name
    #[arg(long)]
    unit: UnitName,
    /// The scheduler
    #[arg(long, default_value = "localhost:50050", value_name = "NAME:PORT")]
    scheduler: String,
    /// Only these checks, by their names, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    only: Option<Vec<String>>,
    /// Parts into which what is grouped or joined is split: twice the threads of all executors is a good
    /// number
    #[arg(long, default_value_t = 8, value_name = "NUMBER")]
    partitions: usize,
    /// Seconds that the cluster has for one check; after them it is run here
    #[arg(long, default_value_t = 1800, value_name = "SECONDS")]
    seconds: u64,
    /// MiB of memory for what is run here
    #[arg(long, default_value_t = 768, value_name = "MIB")]
    memory: usize,
    /// Run everything on this machine too, and name every finding that differs
    #[arg(long)]
    compare: bool,
    /// Write the findings to this file, as JSON
    #[arg(long, value_name = "FILE")]
    findings: Option<PathBuf>,
}

#[expect(clippy::print_stdout, reason = "the report is what the command is for")]
pub(crate) async fn run(
    args: CheckArgs,
    certificates: Certificates,
    store: LedgerStore,
) -> anyhow::Result<ExitCode> {
    let limits = EngineLimits { memory_bytes: args.memory << 20, ..EngineLimits::default() };
    let engine = Arc::new(Engine::new(limits)?);
    let ledgers = Ledgers::new(store.whole(), Retention::default());
    let cluster = Arc::new(BallistaClient {
        scheduler: args.scheduler.clone(),
        certificates,
        partitions: args.partitions,
        time: Duration::from_secs(args.seconds),
        not_answered: Mutex::default(),
    });
    let here = || Checker::new(ledgers.clone(), Arc::clone(&engine));
    let (request, settings) = (request(&args), settings(&args));
    let began = Instant::now();
    let on = here().on_cluster(Arc::clone(&cluster) as _);
    let told = |_done: f64, what: &str| tracing::info!("{what}");
    let found = on.check_with(&request, settings.clone(), told).await?;
    let not_answered = cluster.not_answered.lock().unwrap_or_else(PoisonError::into_inner).clone();
    println!("cluster: {:.1} s, {} findings", began.elapsed().as_secs_f64(), found.findings.len());
    println!("{}", table(&found, &not_answered));
    if let Some(path) = &args.findings {
        std::fs::write(path, serde_json::to_vec_pretty(&comparison::plain(&found))?)?;
    }
    let mut is_well = not_answered.is_empty();
    if args.compare {
        let began = Instant::now();
        let local = here().check_with(&request, settings, |_, _| {}).await?;
        let seconds = began.elapsed().as_secs_f64();
        println!("here: {seconds:.1} s, {} findings", local.findings.len());
        println!("{}", table(&local, &BTreeMap::new()));
        let differences = comparison::differences(&found, &local);
        for difference in &differences {
            println!("differs: {difference}");
        }
        if differences.is_empty() {
            println!("every check comes to the same on the cluster and here");
        }
        is_well &= differences.is_empty();
    }
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn request(args: &CheckArgs) -> CheckRequest {
    let of = CheckedUnit { customer: args.customer.clone(), unit: args.unit.clone() };
    CheckRequest::new(of, Timestamp::now())
}

fn settings(args: &CheckArgs) -> RunSettings {
    RunSettings { only: args.only.clone(), ..RunSettings::default() }
}

/// One line a check: findings, milliseconds, and who ran it.
fn table(found: &RunOutcome, not_answered: &BTreeMap<&'static str, String>) -> String {
    let mut lines = Vec::new();
    for report in &found.checks {
        let check = Check::all().iter().find(|check| report.check.as_str() == check.name);
        let place = match (&report.end, check.and_then(stays_here)) {
            (CheckEnd::NotRun { why }, _) => format!("not run: {why}"),
            (_, Some(why)) => format!("here: {why}"),
            _ => match not_answered.get(report.check.as_str()) {
                Some(why) => format!("here: the cluster said {why}"),
                None => String::new(),
            },
        };
        let line = format!(
            "  {:<28} {:>7} findings {:>8} ms  {place}",
            report.check, report.findings, report.milliseconds
        );
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}
