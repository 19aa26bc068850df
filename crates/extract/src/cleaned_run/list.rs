//! A list of payments as text, without some of its records.
//!
//! Not for: totals, which are written in too many ways to be mended: a list that has any is given back whole.
//!
//! Invariant: only whole lines are left out; the bytes of all others stay.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::ops::Range;

use crate::encoding::Encoding;
use crate::error::ReadError;
use crate::headers::Matcher;
use crate::options::Options;
use crate::payment_order::NotCleaned;
use crate::read::read;
use crate::record::{Record, RecordSource};
use crate::report::NullSink;

/// A record as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
struct ListedRecord {
    line: u64,
    raw: String,
}

/// The records of a list, and how its text is encoded.
struct ListedRecords {
    records: Vec<ListedRecord>,
    encoding: Option<Encoding>,
}

pub(super) fn cleaned(
    bytes: &[u8],
    options: &Options<'_>,
    held: &BTreeSet<u64>,
) -> Result<Result<Vec<u8>, NotCleaned>, ReadError> {
    if held.is_empty() {
        return Ok(Ok(bytes.to_vec()));
    }
    let refuse = |what: String| Ok(Err(NotCleaned::new(what)));
    let reading = read(Cursor::new(bytes), options, &mut NullSink)?;
    let non_rows = reading.non_rows;
    if non_rows.totals + non_rows.footers > 0 {
        return refuse(
            "the list has a total or a footer, which would not be right any more".into(),
        );
    }
    if reading.rows_read == held.len() as u64 {
        return refuse("every payment of the file is held".into());
    }
    let before = records(bytes, options)?;
    if matches!(before.encoding, Some(Encoding::Utf16 | Encoding::Utf32)) {
        return refuse("a list in UTF-16 or UTF-32 is not written anew".into());
    }
    let is_held = |record: &ListedRecord| held.contains(&record.line);
    if before.records.iter().filter(|record| is_held(record)).count() != held.len() {
        return refuse("the lines of the list are others than when it was checked".into());
    }
    let ends = before.records.iter().skip(1).map(|record| record.line).chain([u64::MAX]);
    let cut: Vec<Range<u64>> = before
        .records
        .iter()
        .zip(ends)
        .filter(|(record, _)| is_held(record))
        .map(|(record, end)| record.line..end)
        .collect();
    let cleaned = without_lines(bytes, &cut);
    // What stands between lines is for the reader to say: it has to find the kept records, and no others.
    let after = records(&cleaned, options)?;
    let kept = before.records.iter().filter(|record| !is_held(record));
    if !kept.map(|record| &record.raw).eq(after.records.iter().map(|record| &record.raw)) {
        return refuse("without the held lines the list would read otherwise".into());
    }
    Ok(Ok(cleaned))
}

fn records(bytes: &[u8], options: &Options<'_>) -> Result<ListedRecords, ReadError> {
    let matcher = Matcher::new(options.file_type, options.mapping)?;
    let mut source = crate::source::open(Cursor::new(bytes), options, &matcher)?;
    let mut records = listed(source.as_mut())?;
    if source.reads_otherwise() {
        source.rewind()?;
        records = listed(source.as_mut())?;
    }
    Ok(ListedRecords { records, encoding: source.encoding() })
}

fn listed(source: &mut dyn RecordSource) -> Result<Vec<ListedRecord>, ReadError> {
    let (mut records, mut record) = (Vec::new(), Record::default());
    while source.next(&mut record)? {
        records.push(ListedRecord { line: record.line, raw: record.raw().to_owned() });
    }
    Ok(records)
}

/// The bytes without the lines of these ranges, which are in order.
fn without_lines(bytes: &[u8], cut: &[Range<u64>]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut cut = cut.iter().peekable();
    for (number, line) in (1..).zip(lines(bytes)) {
        while cut.next_if(|range| range.end <= number).is_some() {}
        if cut.peek().is_none_or(|range| number < range.start) {
            kept.extend_from_slice(line);
        }
    }
    kept
}

/// The lines with their ends, as the reader counts them: a line feed, a carriage return or both.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = match memchr::memchr2(b'\n', b'\r', rest) {
            None => rest.len(),
            Some(at) if rest[at..].starts_with(b"\r\n") => at + 2,
            Some(at) => at + 1,
        };
        let (line, behind) = rest.split_at(end);
        rest = behind;
        Some(line)
    })
}
