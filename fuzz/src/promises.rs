//! What has to hold of any reading, whatever was read: rows given out are those counted, every record
//! is accounted for, what is said stays short, and reading in other pieces reads the same.
//!
//! Not for: whether values were understood rightly; the tests of `extract` say that. Invariant: a
//! reading that breaks a promise of `extract` panics here, which is what a fuzzer looks for.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Seek, SeekFrom};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use domain::{FileFormat, FileType};
use extract::{
    LINE_COLUMN, Level, Options, Place, Problem, ReadError, Reading, Require, Sink, SinkError,
    TrialSize, limits, preview, record_at, schema, trial,
};

/// A sentence longer than this is not read by anybody.
const SENTENCE_BYTES_MAX: usize = 16 << 10;

/// Rows that are shown before a file is read.
const LOOKED_AT_ROWS: usize = 5;

/// Of a text, in which one record is looked for.
const RECORD_AT_BYTES: u64 = 1 << 20;

/// The rows and problems of a reading, as they were given out.
#[derive(Debug, Default, PartialEq)]
pub struct Rows {
    pub batches: Vec<RecordBatch>,
    pub problems: Vec<Problem>,
    restarts: u32,
}

impl Sink for Rows {
    fn batch(&mut self, batch: RecordBatch) -> Result<(), SinkError> {
        assert!((1..=limits::BATCH_ROWS_MAX).contains(&batch.num_rows()));
        self.batches.push(batch);
        Ok(())
    }

    fn problem(&mut self, problem: Problem, place: Option<Place<'_>>) -> Result<(), SinkError> {
        if let Some(Place { record, cell: Some(cell) }) = place {
            assert!(record.get(cell).is_some(), "the place of a cell is not in its record");
        }
        let texts = [problem.column.as_deref(), problem.value.as_deref()];
        let shown: usize = texts.into_iter().flatten().map(str::len).sum();
        assert!(shown <= SENTENCE_BYTES_MAX, "a problem of {shown} bytes");
        self.problems.push(problem);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), SinkError> {
        assert_eq!(self.restarts, 0, "a file is read twice at most");
        *self = Self { restarts: 1, ..Self::default() };
        Ok(())
    }
}

/// The options that one byte stands for.
pub fn options(choice: u8, format: FileFormat) -> Options<'static> {
    let file_type = FileType::ALL[usize::from(choice) % FileType::ALL.len()];
    let require = if choice & 0x80 == 0 { Require::WhatIsThere } else { Require::Mandatory };
    Options { require, failed_per_mille_max: 1_000, ..Options::new(file_type, format) }
}

/// Reads whole and in pieces, looks at the beginning as a person does who chooses columns, and gives the
/// reading when the file is not refused.
pub fn read(bytes: &[u8], options: &Options<'_>) -> Option<(Reading, Rows)> {
    let (reading, kept) = read_once(Cursor::new(bytes), options);
    let most = bytes.len() / 8 + 1;
    let (again, kept_again) = read_once(Pieces { source: Cursor::new(bytes), most }, options);
    assert_eq!((&again, &kept_again), (&reading, &kept), "read twice, read alike");
    look_at(bytes, options);
    let reading = reading?;
    check_rows(&reading, &kept, options.file_type);
    let faults = |problem: &&Problem| problem.level == Level::SetAside;
    let given = kept.problems.iter().filter(faults).count() as u64;
    let counted = reading.problems.iter().filter(|problem| problem.level == Level::SetAside);
    let counted: u64 = counted.map(|problem| problem.count).sum();
    assert!(counted >= reading.rows_set_aside, "a row is set aside without a reason");
    assert!(counted >= given, "more is given out than counted");
    let fields = reading.columns.iter().filter_map(|column| column.field);
    let mut seen = BTreeSet::new();
    assert!(fields.map(extract::Field::name).all(|name| seen.insert(name)), "a field twice");
    Some((reading, kept))
}

/// Looks at a file before it is read: it is read or refused as well, and no longer than was asked
/// for.
fn look_at(bytes: &[u8], options: &Options<'_>) {
    if let Some(preview) = outcome(preview(Cursor::new(bytes), options, LOOKED_AT_ROWS)) {
        assert!(preview.rows.len() <= LOOKED_AT_ROWS);
        assert!(preview.rows.iter().all(|row| row.len() == preview.columns.len()));
    }
    let size = TrialSize { records: 20, rows: LOOKED_AT_ROWS };
    if let Some(trial) = outcome(trial(Cursor::new(bytes), options, size)) {
        assert!(trial.rows.len() <= LOOKED_AT_ROWS);
        assert!(trial.rows.iter().all(|row| row.values.len() == trial.columns.len()));
    }
    let line = 1 + bytes.len() as u64 % 4;
    drop(outcome(record_at(Cursor::new(bytes), options, line, RECORD_AT_BYTES)));
}

fn check_rows(reading: &Reading, kept: &Rows, file_type: FileType) {
    // Rows of a workbook come in the order of the file, which need not be that of their numbers.
    let is_text = reading.encoding.is_some();
    let (mut rows, mut last, mut known) = (0, 0, BTreeSet::new());
    for batch in &kept.batches {
        assert_eq!(batch.schema(), schema(file_type));
        rows += batch.num_rows() as u64;
        let lines = batch.column_by_name(LINE_COLUMN).expect("every batch has lines");
        for line in lines.as_primitive::<Int64Type>().values() {
            assert!(*line > last || !is_text, "line {line} behind {last}");
            assert!(known.insert(*line), "line {line} twice");
            last = *line;
        }
    }
    assert_eq!(rows, reading.rows_read, "rows given out, rows counted");
}

fn read_once(source: impl Read + Seek, options: &Options<'_>) -> (Option<Reading>, Rows) {
    let mut kept = Rows::default();
    let reading = outcome(extract::read(source, options, &mut kept));
    (reading, kept)
}

/// None where the file is refused, with a sentence.
fn outcome<T>(read: Result<T, ReadError>) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(ReadError::Refused(refusal)) => {
            let said = refusal.to_string();
            assert!(!said.is_empty() && said.len() <= SENTENCE_BYTES_MAX, "{} bytes", said.len());
            None
        }
        Err(other) => panic!("bytes in memory can always be had, and are always taken: {other:?}"),
    }
}

/// Gives few bytes at a time, so that records are cut.
struct Pieces<'a> {
    source: Cursor<&'a [u8]>,
    most: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let most = out.len().min(self.most);
        self.source.read(&mut out[..most])
    }
}

impl Seek for Pieces<'_> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.source.seek(to)
    }
}
