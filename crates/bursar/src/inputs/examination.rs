//! An extract read here as a server will read it.
//!
//! Not for: how extracts are read (`extract`), or what is said of one (`commands::check`).
//!
//! Invariants: nothing leaves this machine; memory does not grow with the file; rows of types that
//! hold personal data are shown by their shape only.

use std::io::{self, Read, Seek, SeekFrom};

use domain::FileType;
use domain::file_name::FileFormat;
use extract::limits::FAILED_PER_MILLE_MAX;
use extract::{NonRows, Options, ReadError, Reading, Refusal, Require};
use jiff::civil::Date;

use crate::explain::explain_source;
use crate::report::exit_code::ExitCode;
use crate::report::failure::Failure;
use crate::report::format::{group_digits, plural};
use crate::report::output::Output;
use crate::report::progress::Progress;
use crate::report::remedy;
use crate::source::Source;
use domain::ReadingRules;

mod examples;

pub use examples::{CheckExamples, Example, ExampleBounds, Excerpt};

/// The way a file is to be read: its type, its format and its rules.
#[derive(Debug)]
pub struct ReadingPlan {
    pub file_type: FileType,
    pub format: FileFormat,
    pub rules: ReadingRules,
    /// The day by which dates that lie ahead are told.
    pub today: Date,
}

/// The result of reading a file whole.
#[derive(Debug)]
pub struct Examination {
    /// None when not even the columns could be told.
    pub reading: Option<Reading>,
    /// Why a server would refuse the file whole.
    pub refusal: Option<Refusal>,
    pub examples: CheckExamples,
}

/// Reads the whole file, keeping so many examples of what is wrong with it.
pub fn examine(
    source: &Source,
    plan: &ReadingPlan,
    bounds: ExampleBounds,
    output: &Output,
) -> Result<Examination, Failure> {
    let progress = Progress::new(source.bytes(), output);
    let mut examples = CheckExamples::new(plan, bounds);
    let outcome = read(source, &plan.options(Require::Mandatory), &mut examples, &progress);
    let (reading, refusal) = match outcome {
        Ok(reading) => {
            let refusal = reading.check_failed(FAILED_PER_MILLE_MAX).err();
            (Some(reading), refusal)
        }
        // What else is wrong with the file is worth knowing before its columns are mended.
        Err(ReadError::Refused(
            refusal @ (Refusal::MissingColumns { .. }
            | Refusal::MissingMappedColumns { .. }
            | Refusal::MissingMappedField { .. }
            | Refusal::MissingNamesake { .. }),
        )) => {
            examples.clear();
            let survey = plan.options(Require::WhatIsThere);
            (read(source, &survey, &mut examples, &progress).ok(), Some(refusal))
        }
        Err(ReadError::Refused(refusal)) => (None, Some(refusal)),
        Err(fault) => return Err(unreadable(&fault)),
    };
    progress.finish();
    Ok(Examination { reading, refusal, examples })
}

fn read(
    source: &Source,
    options: &Options<'_>,
    examples: &mut CheckExamples,
    progress: &Progress,
) -> Result<Reading, ReadError> {
    let file = source.reopen().map_err(io::Error::other)?;
    extract::read(ProgressReader { file, progress }, options, examples)
}

/// Reads the first record alone: the headings.
pub fn first_record(source: &Source, plan: &ReadingPlan) -> Result<Vec<String>, Failure> {
    let file = source.reopen().map_err(|fault| explain_source(&fault))?;
    let options = plan.options(Require::WhatIsThere);
    extract::first_record(file, &options).map_err(|fault| match fault {
        ReadError::Refused(refusal) => explain_refusal(&refusal),
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

/// Explains a refusal: its one sentence becomes two, what happened and what to do.
pub(super) fn explain_refusal(refusal: &Refusal) -> Failure {
    let sentence = refusal.to_string();
    let parts = match refusal {
        Refusal::Workbook { .. } => sentence.split_once(". "),
        _ => sentence.rsplit_once("; ").or_else(|| sentence.rsplit_once(": ")),
    };
    let (what, next) = parts.unwrap_or((&sentence, "mend the extract"));
    let mut rest = next.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    let stop = if next.ends_with(['.', '?']) { "" } else { "." };
    let advice = remedy::advice(refusal.remedy());
    let advice = advice.map(|advice| format!(" {advice}")).unwrap_or_default();
    Failure::new(ExitCode::WouldBeRefused, what, format!("{first}{}{stop}{advice}", rest.as_str()))
}

impl ReadingPlan {
    /// The options of `extract`; failed rows are counted to the end, however many they are.
    fn options(&self, require: Require) -> Options<'_> {
        let by_rules = Options::by_rules(self.file_type, self.format, &self.rules).on(self.today);
        Options { require, failed_per_mille_max: 1_000, ..by_rules }
    }
}

impl Examination {
    /// The failure for which a server would refuse the file.
    pub fn failure(&self) -> Option<Failure> {
        self.refusal.as_ref().map(explain_refusal)
    }

    /// The warning about a file that is accepted: it has rows that are not, or none at all.
    pub fn warning(&self) -> Option<String> {
        let reading = self.reading.as_ref().filter(|_| self.refusal.is_none())?;
        if self.rows() == 0 {
            return Some("it has headings and no rows".to_owned());
        }
        let counts = || format!("{} (bursar check shows which)", counts(reading));
        (reading.rows_set_aside > 0).then(counts)
    }

    /// Counts the rows, with those that a server would set aside.
    pub fn rows(&self) -> u64 {
        self.reading.as_ref().map_or(0, |reading| reading.rows_read + reading.rows_set_aside)
    }

    pub fn exit(&self) -> ExitCode {
        match (&self.refusal, self.warning()) {
            (Some(_), _) => ExitCode::WouldBeRefused,
            (None, Some(_)) if self.rows() == 0 => ExitCode::NothingToSend,
            (None, Some(_)) => ExitCode::RowsSetAside,
            (None, None) => ExitCode::Ok,
        }
    }
}

/// A file whose reader shows how far it is.
struct ProgressReader<'a> {
    file: std::fs::File,
    progress: &'a Progress,
}

impl Read for ProgressReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

impl Seek for ProgressReader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = self.file.seek(to)?;
        self.progress.go_to(at);
        Ok(at)
    }
}

/// Counts a reading: `41,220 rows ready, 3 set aside; 1 total and 2 blank rows skipped`.
pub fn counts(reading: &Reading) -> String {
    let ready = format!("{} ready", plural(reading.rows_read, "row"));
    let aside = format!("{} set aside", group_digits(reading.rows_set_aside));
    let NonRows { titles, headers, blank, totals, footers } = reading.non_rows;
    let skipped: Vec<String> = [
        (titles, "title"),
        // The first is the header itself.
        (headers.saturating_sub(1), "repeated header"),
        (blank, "blank row"),
        (totals, "total"),
        (footers, "footer"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, name)| plural(count, name))
    .collect();
    let skipped = match skipped.as_slice() {
        [] => String::new(),
        kinds => format!("; skipped: {}", kinds.join(", ")),
    };
    format!("{ready}, {aside}{skipped}")
}
