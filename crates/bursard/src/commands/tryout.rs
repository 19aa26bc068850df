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
mod unit;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use domain::FileType;
use domain::digits::counted;
use domain::finding::{CheckEnd, CheckReport};
use server::report::{LeftOutFile, NextStep, ReportParts, findings_workbook, render};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{
    EXIT_COULD_NOT_RUN, EXIT_FOUND_BAD, Format, SAMPLE_INVOICES, SAMPLE_UNTIL, Sampling, TryArgs,
};
use crate::output;
use crate::system;
use folder::Folder;
use inputs::{Inputs, RulesByType};
use places::Places;
use summary::{Summary, say_files};
use unit::{Outcome, TryoutUnit};

/// Names of files that a title holds.
const NAMES_IN_TITLE: usize = 2;
/// What a report of no file of anybody's is called.
const SAMPLE_TITLE: &str = "A made organisation";

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
    let rules = RulesByType::new(&args.rules)?;
    let mut inputs = Inputs::look_at(args, &rules)?;
    let folder = Folder::make(args.keep.as_deref())?;
    let tryout = TryoutUnit::make(folder.path(), args.unit_title.as_ref()).await?;
    let outcome = read_and_check(&tryout, &mut inputs, &rules).await?;
    output::status("");
    if outcome.reports.is_empty() {
        say_files(&outcome.files, &inputs.left_out);
        output::note("nothing could be read, so that there is no report");
        return Ok(ExitCode::from(EXIT_COULD_NOT_RUN));
    }
    let title = args.unit_title.as_ref().map_or_else(
        || if sample.is_some() { SAMPLE_TITLE.to_owned() } else { title(&inputs) },
        ToString::to_string,
    );
    let steps = next_steps(args, &outcome, (sample.is_some(), args.keep.as_deref()));
    let workbook_name = places.workbook.file_name().map(|name| name.to_string_lossy().into_owned());
    let parts = ReportParts {
        title: &title,
        made_at: system::now(),
        files: &outcome.files,
        left_out: &inputs.left_out,
        checks: tryout.checks(),
        reports: &outcome.reports,
        findings: &outcome.findings,
        more: outcome.more,
        suppressed: outcome.suppressed,
        workbook: workbook_name.as_deref(),
        next_steps: &steps,
    };
    let html = render(&parts).context("the report could not be made")?;
    let workbook =
        findings_workbook(&outcome.findings).context("the workbook could not be made")?;
    let places = places.write(&html, &workbook)?;
    let summary = Summary {
        outcome: &outcome,
        left_out: &inputs.left_out,
        checks: tryout.checks(),
        report: &places.report,
        workbook: &places.workbook,
        kept: args.keep.as_deref(),
    };
    let code =
        if summary.is_partial() { ExitCode::from(EXIT_FOUND_BAD) } else { ExitCode::SUCCESS };
    if args.format.json {
        output::json(&summary.to_json());
    } else {
        summary.say();
        say_places(&places, &steps);
    }
    tryout.close().await;
    folder.finish()?;
    Ok(code)
}

async fn read_and_check(
    tryout: &TryoutUnit,
    inputs: &mut Inputs,
    rules: &RulesByType,
) -> anyhow::Result<Outcome> {
    let mut received = Vec::new();
    for file_type in FileType::ALL {
        tryout.set_rules(file_type, &rules.of(file_type)).await?;
    }
    let of = inputs.files.len();
    for (number, input) in (1..).zip(&inputs.files) {
        output::status(&format!("reading  file {number} of {of}  {}", input.name));
        match tryout.read(input).await? {
            Ok(upload) => received.push((input, upload)),
            Err(why) => {
                let name = input.name.clone();
                inputs.left_out.push(LeftOutFile { name, why });
            }
        }
    }
    tryout.check().await?;
    let outcome = tryout.outcome(&received).await?;
    for file_type in FileType::ALL {
        tryout.forget_assumptions(file_type, rules.of(file_type).mapping).await?;
    }
    Ok(outcome)
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

/// `invoices.csv, suppliers.csv and 3 more files`
fn title(inputs: &Inputs) -> String {
    let names: Vec<&str> = inputs.files.iter().map(|input| input.name.as_str()).collect();
    match names.as_slice() {
        [first, second, _, others @ ..] => {
            let more = counted(others.len() as u64 + 1, "more file", "more files");
            format!("{first}, {second} and {more}")
        }
        few => few[..few.len().min(NAMES_IN_TITLE)].join(" and "),
    }
}

fn next_steps(
    args: &TryArgs,
    outcome: &Outcome,
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
    steps.extend(FileType::ALL.into_iter().filter_map(|file_type| more_files(outcome, file_type)));
    match kept {
        Some(folder) => steps.push(step(
            "Go on where this ends: people sign in, look at the findings and decide about them, and what \
             they decide is remembered. The command prints the link for the first administrator.",
            Some(format!("bursard --data-dir {} serve", quoted(folder))),
        )),
        None => steps.push(step(
            if outcome.findings.is_empty() {
                "Go on with a server: keep what was read in a new folder, and what comes later is checked \
                 together with it."
            } else {
                "Work through the findings together, with decisions that are remembered: keep what was read \
                 in a new folder, and start a server on it."
            },
            Some(format!(
                "bursard try{} --keep bursar-data\nbursard --data-dir bursar-data serve",
                if is_sample { String::new() } else { format!(" {}", named(&args.files)) }
            )),
        )),
    }
    steps
}

/// The step of giving files of a type that none were given of; none where no check needs any.
fn more_files(outcome: &Outcome, file_type: FileType) -> Option<NextStep> {
    let why = file_type.none_sent();
    let waits =
        |report: &&CheckReport| matches!(&report.end, CheckEnd::NotRun { why: of } if *of == why);
    let checks = outcome.reports.iter().filter(waits).count() as u64;
    (checks > 0).then(|| NextStep {
        words: format!(
            "Give the {} as well: {} can run then.",
            file_type.spec().words.many,
            counted(checks, "more check", "more checks")
        ),
        command: None,
    })
}

/// The files as they were typed, where they are few.
fn named(files: &[PathBuf]) -> String {
    match files {
        few @ ([_] | [_, _] | [_, _, _]) => {
            few.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(" ")
        }
        _ => "FILE…".to_owned(),
    }
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
