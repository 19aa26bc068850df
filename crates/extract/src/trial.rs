//! The first records of a file, read by rules that are tried: rows as they would stand in the ledger,
//! and what is wrong with the others.
//!
//! Not for: reading a file (`read`). Whoever tries rules wants to see what they make of a file that lacks
//! columns or has many bad rows, so that neither ends a trial.

use std::io::{Read, Seek};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int64Type};
use arrow_array::{Array as _, RecordBatch};
use domain::amount::Amount;
use domain::problem::{Level, Problem};
use domain::{ColumnKind, TrialColumn, TrialReading, TrialRow};

use crate::encoding::Encoding;
use crate::error::{ReadError, Refusal, SinkError};
use crate::fields::{Field, LINE_COLUMN};
use crate::headers::Matcher;
use crate::options::{Options, Require};
use crate::problem::shown;
use crate::read::{Reading, read_records};
use crate::record::{Doubt, Record, RecordSource};
use crate::report::{Place, Sink};

/// Problems that are given out: somebody who tries rules reads the first few.
const TRIAL_PROBLEMS_MAX: usize = 40;

/// The records that a trial reads, and the rows of them that it shows.
#[derive(Debug, Clone, Copy)]
pub struct TrialSize {
    /// Titles and the header among them.
    pub records: u64,
    pub rows: usize,
}

/// Reads the first records. [`ReadError::Refused`] when the file cannot be read at all.
pub fn trial<R: Read + Seek>(
    source: R,
    options: &Options<'_>,
    size: TrialSize,
) -> Result<TrialReading, ReadError> {
    let matcher = Matcher::new(options.file_type, options.mapping)?;
    let source = crate::source::open(source, options, &matcher)?;
    let mut source = Beginning { source, most: size.records, given: 0, is_whole: true };
    let mut sink = TrialSink { rows_most: size.rows, ..TrialSink::default() };
    // Of a beginning no share of failed rows says anything of the file.
    let all = Options { failed_per_mille_max: 1_000, ..options.clone() };
    let (reading, refusal) = match read_records(&mut source, &matcher, &all, &mut sink) {
        Err(ReadError::Refused(refusal @ Refusal::MissingColumns { .. })) => {
            sink.clear();
            source.rewind()?;
            let survey = Options { require: Require::WhatIsThere, ..all };
            let reading = read_records(&mut source, &matcher, &survey, &mut sink)?;
            (reading, Some(refusal.to_string()))
        }
        other => (other?, None),
    };
    Ok(TrialReading { is_whole: source.is_whole, ..sink.finish(options, &reading, refusal) })
}

/// The first records of a file, as if there were no others.
struct Beginning<'s> {
    source: Box<dyn RecordSource + 's>,
    most: u64,
    given: u64,
    /// Set when no more records were there than were given.
    is_whole: bool,
}

impl RecordSource for Beginning<'_> {
    fn next(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        let is_there = self.source.next(record)?;
        if is_there && self.given == self.most {
            self.is_whole = false;
            return Ok(false);
        }
        self.given += u64::from(is_there);
        Ok(is_there)
    }

    fn rewind(&mut self) -> Result<(), ReadError> {
        self.given = 0;
        self.source.rewind()
    }

    fn encoding(&self) -> Option<Encoding> {
        self.source.encoding()
    }

    fn delimiter(&self) -> Option<u8> {
        self.source.delimiter()
    }

    fn reads_otherwise(&self) -> bool {
        self.source.reads_otherwise()
    }

    fn doubts(&self) -> Vec<Doubt> {
        self.source.doubts()
    }

    fn notes(&self) -> Vec<Problem> {
        self.source.notes()
    }
}

/// Keeps the first rows and problems.
#[derive(Debug, Default)]
struct TrialSink {
    rows_most: usize,
    /// Batches that hold them.
    batches: Vec<RecordBatch>,
    set_aside: Vec<Problem>,
    notes: Vec<Problem>,
}

impl Sink for TrialSink {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        let rows: usize = self.batches.iter().map(RecordBatch::num_rows).sum();
        if rows < self.rows_most {
            let more = batch.num_rows().min(self.rows_most - rows);
            self.batches.push(batch.slice(0, more));
        }
        Ok(())
    }

    fn problem(&mut self, problem: Problem, _place: Option<Place<'_>>) -> Result<(), SinkError> {
        let of_level = match problem.level {
            Level::SetAside => &mut self.set_aside,
            Level::Note => &mut self.notes,
        };
        if of_level.len() < TRIAL_PROBLEMS_MAX {
            of_level.push(problem);
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        self.clear();
        Ok(())
    }
}

impl TrialSink {
    fn clear(&mut self) {
        self.batches.clear();
        self.set_aside.clear();
        self.notes.clear();
    }

    fn finish(
        self,
        options: &Options<'_>,
        reading: &Reading,
        refusal: Option<String>,
    ) -> TrialReading {
        let is_filled = |field: &Field| {
            let of = |batch: &RecordBatch| batch.column_by_name(field.name()).cloned();
            self.batches.iter().filter_map(of).any(|column| column.null_count() < column.len())
        };
        let fields: Vec<Field> = Field::all(options.file_type).filter(is_filled).collect();
        let mut problems = self.set_aside;
        problems.extend(self.notes);
        problems.truncate(TRIAL_PROBLEMS_MAX);
        TrialReading {
            columns: fields
                .iter()
                .map(|field| TrialColumn { title: field.title(), kind: field.kind() })
                .collect(),
            rows: self.batches.iter().flat_map(|batch| rows(batch, &fields)).collect(),
            rows_read: reading.rows_read,
            rows_set_aside: reading.rows_set_aside,
            non_rows: reading.non_rows.all(),
            is_whole: false,
            problems,
            counts: reading.problems.clone(),
            refusal,
        }
    }
}

fn rows(batch: &RecordBatch, fields: &[Field]) -> Vec<TrialRow> {
    let lines = batch.column_by_name(LINE_COLUMN).map(AsArray::as_primitive::<Int64Type>);
    let line = |row: usize| lines.and_then(|lines| u64::try_from(lines.value(row)).ok());
    (0..batch.num_rows())
        .map(|row| TrialRow {
            line: line(row).unwrap_or_default(),
            values: fields.iter().map(|field| value(batch, *field, row)).collect(),
        })
        .collect()
}

fn value(batch: &RecordBatch, field: Field, row: usize) -> String {
    let column = batch.column_by_name(field.name()).filter(|column| !column.is_null(row));
    let Some(column) = column else { return String::new() };
    let text = match field.kind() {
        ColumnKind::Date => {
            let day = column.as_primitive::<Date32Type>().value(row);
            Date32Type::to_naive_date_opt(day).map(|day| day.to_string()).unwrap_or_default()
        }
        ColumnKind::Amount => {
            Amount::nearest(column.as_primitive::<Decimal128Type>().value(row)).to_string()
        }
        ColumnKind::Text
        | ColumnKind::Reference
        | ColumnKind::Identifier
        | ColumnKind::Currency => column.as_string::<i32>().value(row).to_owned(),
    };
    shown(&text, Some(field))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::io::Cursor;

    use domain::problem::Reason;
    use domain::{FileFormat, FileType, ReadingRules};

    use super::*;
    use crate::limits::HEAD_BYTES;

    const HEADER: &str = "Unique ID;Supplier Ref;Supplier Name;Invoice Number;Invoice Amount;Base Amount;Invoice Date;\
                          Entered Date;Colour\n";

    fn tried(text: &str, rules: &ReadingRules, records: u64) -> TrialReading {
        let options = Options::by_rules(FileType::Transactions, FileFormat::Csv, rules);
        let size = TrialSize { records, rows: 2 };
        trial(Cursor::new(text.as_bytes().to_vec()), &options, size).unwrap()
    }

    #[test]
    fn rows_are_shown_as_the_ledger_would_have_them() {
        let mut text = HEADER.to_owned();
        for number in 1..=9 {
            writeln!(text, "U{number};S1;Acme;{number};1.234,5;7,00;03/04/2024;13/04/2024;red")
                .expect("a text takes it");
        }
        text.push_str("U10;S1;Acme;10;viel;7,00;03/04/2024;13/04/2024;red\n");
        let read = tried(&text, &ReadingRules::default(), 100);
        let titles: Vec<_> = read.columns.iter().map(|column| column.title).collect();
        assert!(titles.contains(&"Invoice Amount") && !titles.contains(&"Paid Date"), "{titles:?}");
        assert_eq!(read.rows.len(), 2);
        assert_eq!(read.rows[1].line, 3);
        let values = &read.rows[0].values;
        assert!(values.contains(&"1234.50".to_owned()), "{values:?}");
        assert!(values.contains(&"2024-04-03".to_owned()), "{values:?}");
        assert_eq!((read.rows_read, read.rows_set_aside, read.non_rows), (9, 1, 1));
        assert!(read.is_whole && read.refusal.is_none());
        assert_eq!(read.problems[0].reason, Reason::NotANumber);
        assert_eq!(read.problems[0].line, Some(11));
    }

    #[test]
    fn no_more_is_read_than_was_asked_for() {
        let text =
            format!("{HEADER}{}", "U;S;Acme;1;1.00;1.00;2024-03-05;2024-03-05;\n".repeat(50));
        for (records, rows, is_whole) in
            [(11, 10, false), (50, 49, false), (51, 50, true), (99, 50, true)]
        {
            let read = tried(&text, &ReadingRules::default(), records);
            assert_eq!((read.rows_read, read.is_whole), (rows, is_whole), "{records}");
        }
    }

    #[test]
    fn a_code_page_that_the_beginning_does_not_tell_is_guessed_and_said() {
        let row = b"U;S1;Acme;1;1.00;1.00;2024-03-05;2024-03-05;\n";
        let mut text = HEADER.as_bytes().to_vec();
        while text.len() <= HEAD_BYTES {
            text.extend_from_slice(row);
        }
        // In cp850.
        for name in [b"M\x81ller".as_slice(), b"K\x94ln", b"B\x84ckerei"] {
            text.extend([b"U;S1;", name, b";1;1.00;1.00;2024-03-05;2024-03-05;\n"].concat());
        }
        for format in [FileFormat::Csv, FileFormat::Xls] {
            let options = Options::new(FileType::Transactions, format);
            let size = TrialSize { records: u64::MAX, rows: usize::MAX };
            let read = trial(Cursor::new(text.clone()), &options, size).unwrap();
            let last = &read.rows.last().unwrap().values;
            assert!(last.contains(&"Bäckerei".to_owned()), "{format:?}: {last:?}");
            let said = read.problems.iter().find(|said| said.reason == Reason::CodePageGuessed);
            let said = said.and_then(|said| said.value.as_deref()).unwrap_or_default();
            assert!(said.contains("cp850") && said.contains("Müller"), "{format:?}: {said}");
        }
    }

    #[test]
    fn rows_without_an_identifier_are_numbered_where_the_rules_say_so() {
        let text = "Supplier Name;Invoice Number;Invoice Amount;Invoice Date\n\
                    A Ltd;1;2,50;2024-03-05\n\nA Ltd;1;2,50;2024-03-05\n";
        let refused = tried(text, &ReadingRules::default(), 100).refusal;
        assert!(refused.unwrap().contains("Unique ID"));
        let numbered_as = Some("a.csv".to_owned());
        let rules = ReadingRules { numbered_as, ..ReadingRules::default() };
        let read = tried(text, &rules, 100);
        assert_eq!((read.refusal, read.rows_read, read.rows_set_aside), (None, 2, 0));
        for (row, id) in read.rows.iter().zip(["a.csv:2", "a.csv:4"]) {
            assert!(row.values.contains(&id.to_owned()), "{row:?}");
        }
        let own =
            tried(&format!("{HEADER}U7;S1;Acme;7;1;1;2024-03-05;2024-03-05;red\n"), &rules, 9);
        assert!(own.rows[0].values.contains(&"U7".to_owned()), "an own identifier stays");
    }

    #[test]
    fn a_file_that_lacks_columns_shows_what_it_has() {
        let rules = ReadingRules { is_strict: true, ..ReadingRules::default() };
        let read = tried("Unique ID,Invoice Amount\n1,2.5\n2,x\n", &rules, 100);
        let refusal = read.refusal.unwrap();
        assert!(refusal.contains("Invoice Date"), "{refusal}");
        assert_eq!(read.rows.len(), 1, "an amount that cannot be read costs its row");
        let nothing = trial(
            Cursor::new(Vec::new()),
            &Options::new(FileType::Transactions, FileFormat::Csv),
            TrialSize { records: 9, rows: 2 },
        );
        assert!(matches!(nothing, Err(ReadError::Refused(Refusal::Empty))));
    }
}
