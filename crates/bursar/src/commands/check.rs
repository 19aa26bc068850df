//! `bursar check`: an extract read here as a server will read it, and what came of it said.
//!
//! Not for: sending, or how extracts are read (`extract`).
//!
//! Invariants: nothing leaves this machine; memory does not grow with the file; rows of types that
//! hold personal data are shown by their shape only.

use domain::FileType;

use crate::args::CheckArgs;
use crate::config::naming::type_for;
use crate::config::settings::Settings;
use crate::config::{mapping_file, profile};
use crate::explain::explain_source;
use crate::inputs::examination::{Examination, ReadingPlan, examine, first_record};
use crate::net::target::SafeName;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::Output;
use crate::source::Source;
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
    let own = args.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = args.name.clone().or(own).unwrap_or_default();
    let unusable = |fault: domain::file_name::FileNameRefusal| {
        Failure::usage(
            fault.to_string(),
            "The ending says how to read it; give another name with --name, such as --name invoices.csv",
        )
    };
    let format = SafeName::new(&name).map_err(unusable)?.name().format();
    let (file_type, is_guess) = type_for(file_type(args, system)?, &name)?;
    if is_guess {
        let shown = args.file.display();
        output
            .note(&format!("{shown}: taken as {file_type}, by its name (say --type if it is not)"));
    }
    let plan = ReadingPlan { file_type, format, rules: args.read.load()? };
    let source = Source::open(&args.file).map_err(|fault| explain_source(&fault))?;
    let examination = examine(&source, &plan, args.problems.into(), output)?;
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
            "{} was written; edit it, then: bursar check --mapping {0} {}",
            path.display(),
            args.file.display()
        ));
    }
    Ok(examination)
}

/// The file type as `send` would take it: by flag, from the environment or the profile.
fn file_type(args: &CheckArgs, system: &System) -> Result<Option<FileType>, Failure> {
    let asked = Settings { file_type: args.file_type, ..Settings::default() }
        .or(Settings::from_variables(system.variable)?);
    let weakest =
        profile::load(args.profile.config.as_deref(), args.profile.profile.as_deref(), system)?;
    Ok(asked.or(weakest).file_type)
}
