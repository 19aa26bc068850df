//! `bursar check`: an extract read here as a server will read it, and what came of it said.
//!
//! Not for: sending, or how extracts are read (`extract`).
//!
//! Invariants: nothing leaves this machine; memory does not grow with the file; rows of types that
//! hold personal data are shown by their shape only.

use std::path::Path;

use domain::{FileFormat, FileType, ReadingRules};
use extract::guess_file_type;

use crate::args::CheckArgs;
use crate::config::naming::{format_for, untold};
use crate::config::settings::Settings;
use crate::config::{mapping_file, profile};
use crate::explain::explain_source;
use crate::inputs::examination::{Examination, ExampleBounds, ReadingPlan, examine, first_record};
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{Output, OutputMode};
use crate::source::{Source, own_name};
use crate::system::System;

mod report;
mod text;

use report::Report;

/// Reads one file and says what came of it.
pub fn run(args: &CheckArgs, system: &System) -> ExitCode {
    let output = Output::new(args.output.mode(), system.terminal);
    let mut report = Report::new(&args.file);
    let shown = args.file.display();
    match check(args, system, &output, &mut report) {
        Ok(examination) => {
            let failure = examination.failure();
            if let Some(failure) = &failure {
                output.failure(&format!("{shown}: would be refused"), failure);
            }
            let exit = examination.exit();
            if let Some(warning) = examination.warning().filter(|_| exit == ExitCode::NothingToSend)
            {
                output.warn(&format!("{shown}: {warning}; look at what makes the extract"));
            }
            output.json(&report.ended(exit, failure.as_ref()));
            exit
        }
        Err(failure) => {
            output.failure(&format!("{shown}: not checked"), &failure);
            output.json(&report.ended(failure.exit, Some(&failure)));
            failure.exit
        }
    }
}

fn check(
    args: &CheckArgs,
    system: &System,
    output: &Output,
    report: &mut Report,
) -> Result<Examination, Failure> {
    let name = args.name.clone().unwrap_or_else(|| own_name(&args.file).into_owned());
    let format = format_for(&name)?;
    let rules = args.read.load()?;
    let source = Source::open(&args.file).map_err(|fault| explain_source(&fault))?;
    let file_type = if let Some(given) = file_type(args, system)? {
        given
    } else {
        let (told, by) = type_and_reason(&source, &name, format, &rules)?;
        let shown = args.file.display();
        output.note(&format!("{shown}: taken as {told}, {by} (say --type if it is not)"));
        told
    };
    let plan = ReadingPlan { file_type, format, rules, today: system.today() };
    let examination = examine(&source, &plan, bounds(args), output)?;
    report.examined(&plan, &examination);
    output.result(&text::describe(&args.file, &plan, &examination));
    if let Some(path) = &args.write_mapping {
        let headers = match &examination.reading {
            Some(reading) => reading.columns.iter().map(|column| column.header.clone()).collect(),
            None => first_record(&source, &plan)?,
        };
        mapping_file::write(path, file_type, &headers)?;
        report.mapping_written(path);
        output.result(&format!(
            "{} was written; edit it, then: {}",
            path.display(),
            next_command(args, file_type, path)
        ));
    }
    Ok(examination)
}

/// The examples that are kept: a program has all rows that share an identifier, as far as anybody may ask
/// for.
fn bounds(args: &CheckArgs) -> ExampleBounds {
    let asked = usize::from(args.problems);
    let all = usize::from(u16::MAX);
    let shared_identifiers = if args.output.mode() == OutputMode::Json { all } else { asked };
    ExampleBounds { set_aside: asked, shared_identifiers }
}

/// The type that a file's name tells, as `send` takes it, or else its columns; and how it is known.
fn type_and_reason(
    source: &Source,
    name: &str,
    format: FileFormat,
    rules: &ReadingRules,
) -> Result<(FileType, String), Failure> {
    let file = source.reopen().map_err(|fault| explain_source(&fault))?;
    // Reading says what is wrong with a file of which not even this can be told.
    let by_columns = guess_file_type(file, format, rules).ok().flatten();
    match (FileType::guess(name), by_columns) {
        (Some(by_name), Some(other)) if by_name != other => {
            let words = other.spec().words.many;
            Ok((by_name, format!("by its name, though its columns speak of {words}")))
        }
        (Some(by_name), _) => Ok((by_name, "by its name".to_owned())),
        (None, Some(by_columns)) => {
            Ok((by_columns, format!("by its columns; to send it takes --type {by_columns}")))
        }
        (None, None) => Err(untold(name)),
    }
}

/// The command that checks the file by a mapping that was just written.
fn next_command(args: &CheckArgs, file_type: FileType, mapping: &Path) -> String {
    let name = args.name.as_ref().map(|name| format!(" --name {}", quoted(name)));
    format!(
        "bursar check --type {file_type}{} --mapping {} {}",
        name.unwrap_or_default(),
        quoted(&mapping.display().to_string()),
        quoted(&args.file.display().to_string())
    )
}

/// A text as a shell takes it.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@\\".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// The file type as `send` would take it: by flag, from the environment or the profile.
fn file_type(args: &CheckArgs, system: &System) -> Result<Option<FileType>, Failure> {
    let asked = Settings { file_type: args.file_type, ..Settings::default() }
        .or(Settings::from_variables(system.variable)?);
    let weakest =
        profile::load(args.profile.config.as_deref(), args.profile.profile.as_deref(), system)?;
    Ok(asked.or(weakest).file_type)
}
