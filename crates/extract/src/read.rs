//! Reading one extract from its first byte to its last.
//!
//! Not for: formats of files (`text`, `xlsx`) or of values. Here is the order of things: find the
//! header, look at the beginning to learn how dates and amounts are written, then read every record;
//! when the whole file tells something else than its beginning, read it once more.
//!
//! Invariant: rows read, rows set aside and non-rows add up to the records of the file.

use std::io::{Read, Seek};

use domain::problem::{Level, Problem, ProblemCount, Reason};
use domain::{DateOrder, FileFormat, FileType, Mapping};

use crate::error::{ReadError, Refusal};
use crate::fields::{Field, FieldKind, alternatives};
use crate::formats::{ColumnFormat, DecidedBy, Signs, decide};
use crate::headers::{Column, Header, Matcher};
use crate::limits::{FAILED_PER_MILLE_MAX, HEADER_SEARCH_RECORDS, INFERENCE_RECORDS};
use crate::non_rows::{NonRow, NonRows};
use crate::problem::shown;
use crate::record::{Record, RecordSource};
use crate::report::{Report, Sink};
use crate::rows::Rows;
use crate::text::{Encoding, TextSource};
use crate::xlsx::XlsxRecords;

/// How an extract is to be read.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    pub file_type: FileType,
    pub format: FileFormat,
    pub mapping: Option<&'a Mapping>,
    /// The unit's order of day and month, where a file leaves it open.
    pub date_order: DateOrder,
    pub require: Require,
    /// Failed rows in 1,000 above which the file is refused whole.
    pub failed_per_mille_max: u32,
}

impl Options<'_> {
    pub fn new(file_type: FileType, format: FileFormat) -> Self {
        Self {
            file_type,
            format,
            mapping: None,
            date_order: DateOrder::default(),
            require: Require::Mandatory,
            failed_per_mille_max: FAILED_PER_MILLE_MAX,
        }
    }
}

/// Which columns a file must have, and a row filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Require {
    /// All mandatory ones: what an upload must have.
    Mandatory,
    /// Those it has: to look at a file that was not made for us.
    WhatIsThere,
}

/// What a file was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub columns: Vec<ColumnUse>,
    /// None for a workbook, as are the delimiter's.
    pub encoding: Option<Encoding>,
    pub delimiter: Option<char>,
    /// Line of the header, from 1.
    pub header_line: u64,
    pub rows_read: u64,
    pub rows_set_aside: u64,
    pub non_rows: NonRows,
    /// Every problem counted, given out or not; the most frequent first.
    pub problems: Vec<ProblemCount>,
}

impl Reading {
    /// Records of the file, its header among them; lines without anything are none.
    pub const fn records(&self) -> u64 {
        self.rows_read + self.rows_set_aside + self.non_rows.all()
    }

    /// Refuses a file of which more than so many rows in 1,000 failed.
    pub fn check_failed(&self, per_mille_max: u32) -> Result<(), Refusal> {
        let set_aside = self.rows_set_aside;
        let rows = self.rows_read + set_aside;
        if set_aside.saturating_mul(1_000) <= rows.saturating_mul(per_mille_max.into()) {
            return Ok(());
        }
        let most_often = self.problems.iter().find(|problem| problem.level == Level::SetAside);
        let most_often = most_often.map_or_else(String::new, |problem| match &problem.column {
            Some(column) => format!("{column}: {}", problem.reason),
            None => problem.reason.to_string(),
        });
        Err(Refusal::TooManyFailedRows { set_aside, rows, per_mille_max, most_often })
    }
}

/// What a column was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnUse {
    /// As it stands in the file; empty when the column has no header.
    pub header: String,
    /// None: kept as text in [`crate::EXTRA_COLUMN`].
    pub field: Option<Field>,
    pub format: ColumnFormat,
}

/// Reads an extract, giving rows and problems to `sink` on the way. After an error what the sink has
/// taken is void, except that the problems say why a refused file was refused.
pub fn read<R: Read + Seek>(
    source: R,
    options: &Options<'_>,
    sink: &mut dyn Sink,
) -> Result<Reading, ReadError> {
    let matcher = Matcher::new(options.file_type, options.mapping)?;
    let mut report = Report::new(sink);
    if options.format == FileFormat::Xlsx {
        let mut source = XlsxRecords::open(source)?;
        return File::open(&mut source, &matcher, options)?.read(&mut report);
    }
    let mut source = TextSource::open(source, options.format, &matcher)?;
    let reading = File::open(&mut source, &matcher, options)?.read(&mut report)?;
    Ok(Reading {
        encoding: Some(source.encoding()),
        delimiter: Some(source.delimiter().into()),
        ..reading
    })
}

/// The cells of the first record: what a mapping has to name where no header was recognised.
pub fn first_record<R: Read + Seek>(
    source: R,
    options: &Options<'_>,
) -> Result<Vec<String>, ReadError> {
    let mut record = Record::default();
    let is_there = if options.format == FileFormat::Xlsx {
        XlsxRecords::open(source)?.next(&mut record)?
    } else {
        let matcher = Matcher::new(options.file_type, options.mapping)?;
        TextSource::open(source, options.format, &matcher)?.next(&mut record)?
    };
    if !is_there {
        return Err(Refusal::Empty.into());
    }
    Ok(record.cells().map(|cell| cell.trim().to_owned()).collect())
}

/// A file whose header was found.
struct File<'a> {
    source: &'a mut dyn RecordSource,
    options: &'a Options<'a>,
    header: Header,
    header_line: u64,
}

/// What one passage over the rows gave.
struct Passage {
    signs: Vec<(Option<FieldKind>, Signs)>,
    rows_read: u64,
    rows_set_aside: u64,
    non_rows: NonRows,
}

impl<'a> File<'a> {
    fn open(
        source: &'a mut dyn RecordSource,
        matcher: &Matcher,
        options: &'a Options<'a>,
    ) -> Result<Self, ReadError> {
        let mut first = Vec::new();
        while first.len() < HEADER_SEARCH_RECORDS {
            let mut record = Record::default();
            if !source.next(&mut record)? {
                break;
            }
            first.push(record);
        }
        let Some(top) = first.first() else { return Err(Refusal::Empty.into()) };
        let Some(header) = matcher.find(first.iter().map(Record::cells)) else {
            return Err(Refusal::NoHeader { first: shown_record(top, options.file_type) }.into());
        };
        if options.require == Require::Mandatory {
            check_columns(options.file_type, &header.columns)?;
        }
        let header_line = first[header.index].line;
        Ok(Self { source, options, header, header_line })
    }

    fn read(mut self, report: &mut Report<'_>) -> Result<Reading, ReadError> {
        let formats = self.formats_of_beginning()?;
        let mut passage = self.pass(&formats, report)?;
        let of_whole = decide(&passage.signs, self.options.date_order);
        if of_whole.iter().zip(&formats).any(|(whole, beginning)| !whole.reads_as(*beginning)) {
            report.restart()?;
            passage = self.pass(&of_whole, report)?;
        }
        if passage.rows_read + passage.rows_set_aside == 0 {
            report.of_file(Problem::of_file(Reason::NoRows))?;
        }
        self.say_notes(&of_whole, report)?;
        let header = |position: usize| self.header.columns[position].header.clone();
        let problems = report.counts(header);
        let columns = self.header.columns.iter().zip(of_whole);
        let reading = Reading {
            columns: columns
                .map(|(column, format)| ColumnUse {
                    header: column.header.clone(),
                    field: column.field,
                    format,
                })
                .collect(),
            encoding: None,
            delimiter: None,
            header_line: self.header_line,
            rows_read: passage.rows_read,
            rows_set_aside: passage.rows_set_aside,
            non_rows: passage.non_rows,
            problems,
        };
        reading.check_failed(self.options.failed_per_mille_max)?;
        Ok(reading)
    }

    /// What the first records tell, so that a second passage is rare.
    fn formats_of_beginning(&mut self) -> Result<Vec<ColumnFormat>, ReadError> {
        let columns = self.header.columns.iter();
        let silent = columns.map(|column| (column.field.map(Field::kind), Signs::default()));
        let any = decide(&silent.collect::<Vec<_>>(), self.options.date_order);
        let mut rows = self.rows(&any);
        let mut record = Record::default();
        self.skip_header(&mut record)?;
        for _ in 0..INFERENCE_RECORDS {
            if !self.source.next(&mut record)? {
                break;
            }
            rows.look_at(&record);
            rows.leave();
        }
        Ok(decide(&rows.signs(), self.options.date_order))
    }

    fn pass(
        &mut self,
        formats: &[ColumnFormat],
        report: &mut Report<'_>,
    ) -> Result<Passage, ReadError> {
        let mut rows = self.rows(formats);
        let titles = self.header.index as u64;
        let non_rows = NonRows { titles, headers: 1, ..NonRows::default() };
        let mut passage = Passage { signs: vec![], rows_read: 0, rows_set_aside: 0, non_rows };
        let mut record = Record::default();
        self.skip_header(&mut record)?;
        while self.source.next(&mut record)? {
            rows.look_at(&record);
            if let Some(kind) = NonRow::of(&record, &rows, &self.header.columns) {
                rows.leave();
                passage.non_rows.count(kind);
                let said = (kind.reason(), Level::Note);
                report.of_record(&record, None, said, || (None, None))?;
            } else if rows.faults.is_empty() {
                passage.rows_read += 1;
                if let Some(batch) = rows.keep(&record) {
                    report.batch(batch)?;
                }
                self.say(&record, &rows, Level::Note, report)?;
            } else {
                rows.leave();
                passage.rows_set_aside += 1;
                self.say(&record, &rows, Level::SetAside, report)?;
            }
        }
        if let Some(batch) = rows.take() {
            report.batch(batch)?;
        }
        passage.signs = rows.signs();
        Ok(passage)
    }

    fn rows(&self, formats: &[ColumnFormat]) -> Rows {
        let Options { file_type, require, .. } = *self.options;
        Rows::new(file_type, require, &self.header.columns, formats)
    }

    fn skip_header(&mut self, record: &mut Record) -> Result<(), ReadError> {
        self.source.rewind()?;
        for _ in 0..=self.header.index {
            self.source.next(record)?;
        }
        Ok(())
    }

    fn say(
        &self,
        record: &Record,
        rows: &Rows,
        level: Level,
        report: &mut Report<'_>,
    ) -> Result<(), ReadError> {
        let remarks = if level == Level::Note { &rows.notes } else { &rows.faults };
        for remark in remarks {
            let describe = || {
                let Some(position) = remark.position else { return (None, None) };
                let column = &self.header.columns[position];
                let value = shown(record.cell(position), column.field);
                (Some(column.header.clone()), Some(value))
            };
            report.of_record(record, remark.position, (remark.reason, level), describe)?;
        }
        Ok(())
    }

    /// What is worth saying of the file and its columns.
    fn say_notes(
        &self,
        formats: &[ColumnFormat],
        report: &mut Report<'_>,
    ) -> Result<(), ReadError> {
        for note in self.source.notes() {
            report.of_file(note)?;
        }
        if self.header.index > 0 {
            let line = Some(self.header_line);
            report.of_file(Problem { line, ..Problem::of_file(Reason::HeaderBelowTitle) })?;
        }
        for (column, format) in self.header.columns.iter().zip(formats) {
            let reason = match format {
                _ if column.is_twin => Reason::ColumnTwice,
                _ if column.field.is_none() && column.header.is_empty() => continue,
                _ if column.field.is_none() => Reason::UnknownColumn,
                ColumnFormat::Date { by: DecidedBy::Assumption, .. } => Reason::DateOrderAssumed,
                ColumnFormat::Date { by: DecidedBy::OtherColumns, .. } => {
                    Reason::DateOrderFromOthers
                }
                ColumnFormat::Amount { by: DecidedBy::Assumption, .. } => {
                    Reason::DecimalStyleAssumed
                }
                _ => continue,
            };
            let column = Some(column.header.clone());
            report.of_file(Problem { column, ..Problem::of_file(reason) })?;
        }
        Ok(())
    }
}

/// Refuses a file that lacks mandatory columns, naming them all.
fn check_columns(file_type: FileType, columns: &[Column]) -> Result<(), Refusal> {
    let has = |field: Field| columns.iter().any(|column| column.field == Some(field));
    let missing = Field::all(file_type).filter(|field| field.is_mandatory() && !has(*field));
    let mut names: Vec<String> = missing.map(|field| field.title().to_owned()).collect();
    let groups = alternatives(file_type);
    let has_named = |name: &&str| Field::named(file_type, name).is_some_and(has);
    if !groups.is_empty() && !groups.iter().any(|group| group.iter().all(has_named)) {
        let title = |name: &&'static str| Field::named(file_type, name).map_or(*name, Field::title);
        let group =
            |names: &&[&'static str]| names.iter().map(title).collect::<Vec<_>>().join(" and ");
        names.push(groups.iter().map(group).collect::<Vec<_>>().join(" or "));
    }
    if names.is_empty() {
        return Ok(());
    }
    let found = columns.iter().map(|column| column.header.clone());
    Err(Refusal::MissingColumns { names, found: found.filter(|name| !name.is_empty()).collect() })
}

/// A record that was taken for a header, as a refusal may show it. Without a header nothing says what
/// is personal in it, and in transactions nothing is.
fn shown_record(record: &Record, file_type: FileType) -> String {
    let text = record.cells().map(str::trim).collect::<Vec<_>>().join(", ");
    let personal = Field::all(file_type).find(|field| field.is_personal());
    shown(&text, personal)
}

#[cfg(test)]
mod tests;
