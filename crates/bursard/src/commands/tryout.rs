//! `bursard try`: extracts read and checked here and now, without a server, and what was found as a report.
//!
//! Not for: reading or checking otherwise than a server does: it makes a deployment in a temporary folder and
//! gives the files to it.
//!
//! Invariant: nothing leaves the machine, and but for the report and the workbook nothing is left on it,
//! unless the folder is kept.

mod folder;
mod inputs;
mod places;
mod progress;
mod summary;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use server::report::{NextStep, ReportParts, findings_workbook, render, steps_to_more_files};
use server::tryout::{Inputs, ReadFiles, TryoutFindings, TryoutParts, TryoutUnit};
use tokio::signal::unix::{SignalKind, signal};

use super::serve::FIRST_CUSTOMER;
use crate::cli::{
    EXIT_COULD_NOT_RUN, EXIT_FOUND_BAD, Format, SAMPLE_INVOICES, SAMPLE_UNTIL, Sampling, Settings,
    TryArgs,
};
use crate::config::Config;
use crate::ledgers;
use crate::output;
use crate::system;
use folder::Folder;
use inputs::{given_files, rules_by_type};
use places::Places;
use progress::StatusLine;
use summary::{Summary, say_files};

/// The title of a report on no file of anybody's.
const SAMPLE_TITLE: &str = "A sample organisation";
/// The sentence on a file that does not tell its type.
const UNTOLD: &str = "neither its columns nor its name tell what it holds; say it with --as APT \
    (transactions), --as Suppliers, --as Employees or --as IMS (invoices not yet posted), and with --mapping which column is which field";
/// Where a report was made, and what became of the files.
const MADE_WHERE: &str = "Made on this machine by Bursar; nothing was sent anywhere.";

pub(super) async fn run(args: &TryArgs) -> anyhow::Result<ExitCode> {
    let mut interrupted = signal(SignalKind::interrupt()).context("cannot watch for SIGINT")?;
    let mut ended = signal(SignalKind::terminate()).context("cannot watch for SIGTERM")?;
    // Dropped, the work takes its temporary folder with it.
    let tried = tokio::select! {
        tried = attempt(args) => tried,
        _ = interrupted.recv() => Err(anyhow::anyhow!("stopped; nothing was written")),
        _ = ended.recv() => Err(anyhow::anyhow!("stopped; nothing was written")),
    };
    output::status("");
    tried
}

async fn attempt(args: &TryArgs) -> anyhow::Result<ExitCode> {
    let places = Places::choose(args)?;
    let sample = args.files.is_empty().then(make_sample).transpose()?;
    let with_sample = sample.as_ref().map(|sample| with_files(args, sample)).transpose()?;
    let args = with_sample.as_ref().unwrap_or(args);
    let rules = rules_by_type(&args.rules)?;
    let given = given_files(args)?;
    let folder = Folder::make(args.keep.as_deref())?;
    let parts = parts(args, &folder)?;
    let inputs = Inputs::examine(&*parts.ledgers, given, &rules, UNTOLD)?;
    let tryout = TryoutUnit::make(parts).await?;
    let read = tryout.read(inputs, &rules).await?;
    let found = tryout.check(&read).await?;
    output::status("");
    if found.reports.is_empty() {
        say_files(&read.files, &read.left_out);
        output::note("nothing could be read, so that there is no report");
        return Ok(ExitCode::from(EXIT_COULD_NOT_RUN));
    }
    tryout.close().await;
    let kept = args.keep.as_deref();
    let steps = next_steps(args, &found, (sample.is_some(), kept));
    let title = args.unit_title.as_ref().map_or_else(
        || if sample.is_some() { SAMPLE_TITLE.to_owned() } else { read.title() },
        ToString::to_string,
    );
    let places = write(places, (&title, &steps), &read, &found)?;
    folder.finish()?;
    let summary = Summary {
        read: &read,
        found: &found,
        checks: &ledgers::checks(),
        report: &places.report,
        workbook: &places.workbook,
        kept,
    };
    let code =
        if summary.is_partial() { ExitCode::from(EXIT_FOUND_BAD) } else { ExitCode::SUCCESS };
    if args.format.json {
        output::json(&summary.to_json());
    } else {
        summary.say();
        say_places(&places, &steps);
    }
    Ok(code)
}

/// The parts of the unit that files are tried in, as a first start makes it in that folder.
fn parts(args: &TryArgs, folder: &Folder) -> anyhow::Result<TryoutParts> {
    let settings = Settings { data_dir: Some(folder.path().to_owned()), ..Settings::default() };
    let config = Config::read(&settings)?;
    Ok(TryoutParts {
        store: config.store,
        spill: folder.path().join("spill"),
        ledgers: ledgers::for_tryouts(config.keep_days, system::clock()),
        customer: FIRST_CUSTOMER.parse()?,
        title: args.unit_title.clone(),
        region: config.region,
        checks: ledgers::checks(),
        limits: config.limits,
        rows_max: u64::MAX,
        listener: Arc::new(StatusLine),
        clock: system::clock(),
        randomness: system::randomness(),
    })
}

/// Writes the report and the workbook.
fn write(
    places: Places,
    (title, steps): (&str, &[NextStep]),
    read: &ReadFiles,
    found: &TryoutFindings,
) -> anyhow::Result<Places> {
    let workbook_name = places.workbook.file_name().map(|name| name.to_string_lossy().into_owned());
    let report = render(&ReportParts {
        title,
        made_at: system::now(),
        files: &read.files,
        left_out: &read.left_out,
        checks: &ledgers::checks(),
        reports: &found.reports,
        findings: &found.findings,
        more: found.more,
        suppressed: found.suppressed,
        workbook: workbook_name.as_deref(),
        next_steps: steps,
        made_where: MADE_WHERE,
    });
    let report = report.context("the report could not be made")?;
    let workbook = findings_workbook(&ledgers::checks(), &found.findings)
        .context("the workbook could not be made")?;
    places.write(&report.document, &workbook)
}

/// Files of an organisation that does not exist, in a temporary folder.
fn make_sample() -> anyhow::Result<(tempfile::TempDir, Vec<String>)> {
    output::status("making an organisation to try");
    let folder = tempfile::Builder::new().prefix("bursard-sample-").tempdir();
    let folder = folder.context("no temporary folder can be made")?;
    let sampling = Sampling {
        folder: folder.path().to_owned(),
        seed: 1,
        invoices: SAMPLE_INVOICES,
        suppliers: None,
        employees: None,
        until: SAMPLE_UNTIL,
        format: Format { json: false },
    };
    let made = sample::write(folder.path(), &super::sample::plan(&sampling)?)?;
    Ok((folder, made.files.into_iter().map(|file| file.name).collect()))
}

fn with_files(
    args: &TryArgs,
    (folder, names): &(tempfile::TempDir, Vec<String>),
) -> anyhow::Result<TryArgs> {
    if !args.types.is_empty() {
        bail!("--as says what files hold; name the files");
    }
    let files = names.iter().map(|name| folder.path().join(name)).collect();
    Ok(TryArgs { files, ..args.clone() })
}

fn next_steps(
    args: &TryArgs,
    found: &TryoutFindings,
    (is_sample, kept): (bool, Option<&Path>),
) -> Vec<NextStep> {
    let step = |words: &str, command: Option<String>| NextStep { words: words.to_owned(), command };
    let mut steps = Vec::new();
    if is_sample {
        steps.push(step(
            "Try your own extracts: a list of invoices or payments is enough; suppliers and employees \
             beside it make more checks possible.",
            Some("bursard try invoices.csv suppliers.csv employees.csv".to_owned()),
        ));
    }
    steps.extend(steps_to_more_files(&found.reports));
    match kept {
        Some(folder) => steps.push(step(
            "Go on where this ends: people sign in, look at the findings and decide about them, and what \
             they decide is remembered. The command prints the link for the first administrator.",
            Some(format!("bursard --data-dir {} serve", quoted(folder))),
        )),
        None => steps.push(step(
            if found.findings.is_empty() {
                "Go on with a server: keep what was read in a new folder, and what comes later is checked \
                 together with it."
            } else {
                "Work through the findings together, with decisions that are remembered: keep what was read \
                 in a new folder, and start a server on it."
            },
            Some(format!(
                "bursard try{} --keep bursar-data\nbursard --data-dir bursar-data serve",
                if is_sample { String::new() } else { format!(" {}", named(args)) }
            )),
        )),
    }
    steps
}

/// The files as they were typed, where they are few, and the mapping they were read by.
fn named(args: &TryArgs) -> String {
    let files = match args.files.as_slice() {
        few @ ([_] | [_, _] | [_, _, _]) => {
            few.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(" ")
        }
        _ => "FILE…".to_owned(),
    };
    let mapping = args.rules.mapping.as_ref();
    mapping.map_or(files.clone(), |path| format!("{files} --mapping {}", quoted(path)))
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@".contains(c);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn say_places(places: &Places, steps: &[NextStep]) {
    output::line("");
    output::line(format_args!("report    {}", places.report.display()));
    output::line(format_args!("workbook  {}", places.workbook.display()));
    if let Some(command) = steps.iter().find_map(|step| step.command.as_ref()) {
        output::line(format_args!("next      {}", command.replace('\n', "\n          ")));
    }
}
