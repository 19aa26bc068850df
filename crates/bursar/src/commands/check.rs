//! `bursar check`: an extract read here as a server will read it, and what came of it said.
//!
//! Not for: sending, or how extracts are read (`extract`).
//!
//! Invariants: nothing leaves this machine; memory does not grow with the file; rows of types that
//! hold personal data are shown by their shape only.

use std::io::{self, Read, Seek, SeekFrom};

use domain::FileType;
use domain::file_name::FileFormat;
use extract::limits::FAILED_PER_MILLE_MAX;
use extract::{DateOrder, Mapping, Options, ReadError, Reading, Refusal, Require};

use crate::args::{CheckArgs, ReadArgs};
use crate::config::settings::Settings;
use crate::config::{mapping_file, profile};
use crate::explain::explain_source;
use crate::net::target::SafeName;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::output::{Output, Voice};
use crate::report::progress::Progress;
use crate::source::Source;
use crate::system::Machine;
use crate::transfer::plan::type_for;

mod report;
mod seen;
mod words;

use report::Report;
use seen::Seen;

/// Examples of problems that are shown unless more are asked for: a screen of them.
pub const EXAMPLES_DEFAULT: u16 = 10;

/// How a file is to be read.
#[derive(Debug)]
pub struct Manner {
    pub file_type: FileType,
    pub format: FileFormat,
    pub mapping: Option<Mapping>,
    pub date_order: DateOrder,
}

/// What came of reading a file.
#[derive(Debug)]
pub struct Examination {
    /// None when not even the columns could be told.
    reading: Option<Reading>,
    /// Why a server would refuse the file whole.
    refusal: Option<Refusal>,
    seen: Seen,
}

/// What stands in the command line's way of reading.
pub fn mapping_and_order(args: &ReadArgs) -> Result<(Option<Mapping>, DateOrder), Failure> {
    let mapping = args.mapping.as_deref().map(mapping_file::read).transpose()?;
    Ok((mapping, args.date_order.map(DateOrder::from).unwrap_or_default()))
}

/// Reads one file and says what came of it.
pub fn run(args: &CheckArgs, machine: &Machine) -> ExitCode {
    let output = Output::new(Voice::of(args.voice), machine);
    let mut report = Report::new(&args.file);
    let shown = args.file.display();
    match check(args, machine, &output, &mut report) {
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
    machine: &Machine,
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
    let format = SafeName::of(&name).map_err(unusable)?.name().format();
    let (file_type, is_guess) = type_for(file_type(args, machine)?, &name)?;
    if is_guess {
        let shown = args.file.display();
        output
            .note(&format!("{shown}: taken as {file_type}, by its name (say --type if it is not)"));
    }
    let (mapping, date_order) = mapping_and_order(&args.read)?;
    let manner = Manner { file_type, format, mapping, date_order };
    let source = Source::open(&args.file).map_err(|fault| explain_source(&fault))?;
    let examination = examine(&source, &manner, args.problems.into(), output)?;
    report.examined(&manner, &examination);
    output.result(&words::describe(&args.file, &manner, &examination));
    if let Some(path) = &args.write_mapping {
        let headers = match &examination.reading {
            Some(reading) => reading.columns.iter().map(|column| column.header.clone()).collect(),
            None => first_record(&source, &manner)?,
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

/// As `send` would take it: said, or in the environment, or in the profile.
fn file_type(args: &CheckArgs, machine: &Machine) -> Result<Option<FileType>, Failure> {
    let asked = Settings { file_type: args.file_type, ..Settings::default() }
        .or(Settings::from_variables(machine.variable)?);
    let weakest =
        profile::load(args.profile.config.as_deref(), args.profile.profile.as_deref(), machine)?;
    Ok(asked.or(weakest).file_type)
}

/// Reads the whole file, keeping so many examples of what is wrong with it.
pub fn examine(
    source: &Source,
    manner: &Manner,
    examples: usize,
    output: &Output,
) -> Result<Examination, Failure> {
    let progress =
        if output.shows_progress() { Progress::shown(source.bytes()) } else { Progress::hidden() };
    let mut seen = Seen::new(manner, examples);
    let outcome = read(source, &manner.options(Require::Mandatory), &mut seen, &progress);
    let (reading, refusal) = match outcome {
        Ok(reading) => {
            let refusal = reading.check_failed(FAILED_PER_MILLE_MAX).err();
            (Some(reading), refusal)
        }
        // What else is wrong with the file is worth knowing before its columns are mended.
        Err(ReadError::Refused(refusal @ Refusal::MissingColumns { .. })) => {
            seen.forget();
            let survey = manner.options(Require::WhatIsThere);
            (read(source, &survey, &mut seen, &progress).ok(), Some(refusal))
        }
        Err(ReadError::Refused(refusal)) => (None, Some(refusal)),
        Err(fault) => return Err(unreadable(&fault)),
    };
    progress.finish();
    Ok(Examination { reading, refusal, seen })
}

fn read(
    source: &Source,
    options: &Options<'_>,
    seen: &mut Seen,
    progress: &Progress,
) -> Result<Reading, ReadError> {
    let file = source.reopen().map_err(io::Error::other)?;
    extract::read(Watched { file, progress }, options, seen)
}

fn first_record(source: &Source, manner: &Manner) -> Result<Vec<String>, Failure> {
    let file = source.reopen().map_err(|fault| explain_source(&fault))?;
    let options = manner.options(Require::WhatIsThere);
    extract::first_record(file, &options).map_err(|fault| match fault {
        ReadError::Refused(refusal) => refused(&refusal),
        fault => unreadable(&fault),
    })
}

fn unreadable(fault: &ReadError) -> Failure {
    let why = std::error::Error::source(fault).map(|why| format!(": {why}")).unwrap_or_default();
    Failure::new(
        ExitCode::SourceUnreadable,
        format!("it cannot be read to its end{why}"),
        "Look at the disk or the share it is on, and whether another program holds it.",
    )
}

/// A refusal's one sentence as two: what happened, what to do.
fn refused(refusal: &Refusal) -> Failure {
    let sentence = refusal.to_string();
    let parts = match refusal {
        Refusal::Workbook(_) => sentence.split_once(". "),
        _ => sentence.rsplit_once("; ").or_else(|| sentence.rsplit_once(": ")),
    };
    let (what, next) = parts.unwrap_or((&sentence, "mend the extract"));
    let mut rest = next.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if next.ends_with(['.', '?']) { "" } else { "." };
    Failure::new(ExitCode::WouldBeRefused, what, format!("{first}{}{stop}", rest.as_str()))
}

impl Manner {
    /// Failed rows are counted to the end, however many they are.
    fn options(&self, require: Require) -> Options<'_> {
        Options {
            mapping: self.mapping.as_ref(),
            date_order: self.date_order,
            require,
            failed_per_mille_max: 1_000,
            ..Options::new(self.file_type, self.format)
        }
    }
}

impl Examination {
    /// Why a server would refuse the file.
    pub fn failure(&self) -> Option<Failure> {
        self.refusal.as_ref().map(refused)
    }

    /// What is to be said of a file that is accepted: it has rows that are not, or none at all.
    pub fn warning(&self) -> Option<String> {
        let reading = self.reading.as_ref().filter(|_| self.refusal.is_none())?;
        if self.rows() == 0 {
            return Some("it has headings and no rows".to_owned());
        }
        let counts = || format!("{} (bursar check shows which)", words::counts(reading));
        (reading.rows_set_aside > 0).then(counts)
    }

    /// With those that a server would set aside.
    pub fn rows(&self) -> u64 {
        self.reading.as_ref().map_or(0, |reading| reading.rows_read + reading.rows_set_aside)
    }

    fn exit(&self) -> ExitCode {
        match (&self.refusal, self.warning()) {
            (Some(_), _) => ExitCode::WouldBeRefused,
            (None, Some(_)) if self.rows() == 0 => ExitCode::NothingToSend,
            (None, Some(_)) => ExitCode::RowsSetAside,
            (None, None) => ExitCode::Ok,
        }
    }
}

/// A file whose reader shows how far it is.
struct Watched<'a> {
    file: std::fs::File,
    progress: &'a Progress,
}

impl Read for Watched<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.file.seek(to)?;
        self.progress.go_to(at);
        Ok(at)
    }
}
