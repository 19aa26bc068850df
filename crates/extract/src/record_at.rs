//! One record of a file, found by the line its problem names.
//!
//! Not for: what is masked of it; whoever shows it decides that.
//!
//! Invariant: of a text no more is read than the bytes it is given, and a record that they cut off is none.

use std::io::{self, Read, Seek, SeekFrom};

use domain::{ShownCell, ShownRecord};

use crate::error::{ReadError, Refusal};
use crate::headers::{Header, Matcher};
use crate::limits::HEADER_SEARCH_RECORDS;
use crate::options::Options;
use crate::problem::shown;
use crate::record::{Record, RecordSource, first_records};

/// The record that begins at `line`; none where none does, or when it is not whole in the first
/// `bytes_max` bytes of a text. [`ReadError::Refused`] when the file cannot be read at all.
pub fn record_at<R: Read + Seek>(
    mut source: R,
    options: &Options<'_>,
    line: u64,
    bytes_max: u64,
) -> Result<Option<ShownRecord>, ReadError> {
    let matcher = Matcher::new(options.file_type, options.mapping)?;
    if crate::source::is_container(&mut source, options.format)? {
        let found = find(crate::source::open(source, options, &matcher)?.as_mut(), &matcher, line)?;
        return Ok(found.map(|(record, _)| record));
    }
    let mut start = Start { source, at: 0, bytes_max, is_cut: false };
    let mut records = crate::source::open(&mut start, options, &matcher)?;
    let found = find(records.as_mut(), &matcher, line)?;
    drop(records);
    Ok(found.filter(|(_, is_last)| !(*is_last && start.is_cut)).map(|(record, _)| record))
}

/// The record, and whether nothing follows it.
fn find(
    source: &mut dyn RecordSource,
    matcher: &Matcher,
    line: u64,
) -> Result<Option<(ShownRecord, bool)>, ReadError> {
    let first = first_records(source, HEADER_SEARCH_RECORDS)?;
    let top = first.first().ok_or(Refusal::Empty)?;
    let header = matcher
        .find(first.iter().map(Record::cells))
        .unwrap_or_else(|| matcher.header(0, top.cells()));
    source.rewind()?;
    let mut record = Record::default();
    while source.next(&mut record)? {
        if record.line < line {
            continue;
        }
        if record.line > line {
            break;
        }
        let found = shown_record(&record, &header);
        let is_last = !source.next(&mut record)?;
        return Ok(Some((found, is_last)));
    }
    Ok(None)
}

fn shown_record(record: &Record, header: &Header) -> ShownRecord {
    let cell = |(place, text): (usize, &str)| {
        let column = header.columns.get(place);
        ShownCell {
            header: column.map(|column| column.header.clone()).unwrap_or_default(),
            field: column.and_then(|column| column.field).map(|field| field.name().to_owned()),
            text: shown(text.trim(), None),
        }
    };
    ShownRecord {
        line: record.line,
        cells: record.cells().enumerate().map(cell).collect(),
        columns: header.columns.len(),
    }
}

/// The first bytes of something longer.
struct Start<R> {
    source: R,
    at: u64,
    bytes_max: u64,
    /// Set when there was more behind them.
    is_cut: bool,
}

impl<R: Read> Read for Start<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.bytes_max.saturating_sub(self.at);
        if left == 0 {
            self.is_cut |= self.source.read(&mut [0])? > 0;
            return Ok(0);
        }
        let most = left.min(buffer.len() as u64);
        let most = usize::try_from(most).expect("no more than the buffer holds");
        let read = self.source.read(&mut buffer[..most])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Start<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.source.seek(to)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use domain::{FileFormat, FileType};

    use super::*;

    const FILE: &str = "Extract of today\nEmployee ID,Surname,Iban,Colour\n1,Doe,GB1,red\n\
        2,\"Roe\nof Leeds\",GB2,blue\n\n3,Poe,GB3\n4,Moe,GB4,green,more\n";

    fn at(bytes: Vec<u8>, line: u64, bytes_max: u64) -> Option<ShownRecord> {
        let options = Options::new(FileType::Employees, FileFormat::Csv);
        record_at(Cursor::new(bytes), &options, line, bytes_max).unwrap()
    }

    #[test]
    fn a_record_is_found_by_its_line_in_every_encoding() {
        let utf16 = |text: &str, swap: bool| -> Vec<u8> {
            let units = ["\u{feff}", text].concat();
            let bytes = |unit: u16| if swap { unit.to_be_bytes() } else { unit.to_le_bytes() };
            units.encode_utf16().flat_map(bytes).collect()
        };
        for bytes in [FILE.as_bytes().to_vec(), utf16(FILE, true), utf16(FILE, false)] {
            for (line, texts) in [
                (3, Some(&["1", "Doe", "GB1", "red"][..])),
                (4, Some(&["2", "Roe\nof Leeds", "GB2", "blue"])),
                (5, None),
                (7, Some(&["3", "Poe", "GB3"])),
                (8, Some(&["4", "Moe", "GB4", "green", "more"])),
                (9, None),
                (0, None),
                (u64::MAX, None),
            ] {
                let found = at(bytes.clone(), line, u64::MAX);
                let found = found.map(|record| {
                    assert_eq!((record.line, record.columns), (line, 4));
                    record.cells.into_iter().map(|cell| cell.text).collect::<Vec<_>>()
                });
                let texts = texts.map(|texts| texts.iter().map(|t| (*t).to_owned()).collect());
                assert_eq!(found, texts, "line {line}");
            }
        }
    }

    #[test]
    fn a_cell_knows_its_column() {
        let record = at(FILE.as_bytes().to_vec(), 8, u64::MAX).unwrap();
        let columns: Vec<_> =
            record.cells.iter().map(|cell| (cell.header.as_str(), cell.field.as_deref())).collect();
        assert_eq!(
            columns,
            [
                ("Employee ID", Some("employee_id")),
                ("Surname", Some("last_name")),
                ("Iban", Some("iban")),
                ("Colour", None),
                ("", None)
            ]
        );
    }

    #[test]
    fn what_lies_behind_the_bound_is_not_looked_for() {
        let line = FILE.find("4,Moe").unwrap() as u64;
        for (bytes_max, is_found) in
            [(line, false), (line + 9, false), (FILE.len() as u64, true), (u64::MAX, true)]
        {
            assert_eq!(
                at(FILE.as_bytes().to_vec(), 8, bytes_max).is_some(),
                is_found,
                "{bytes_max}"
            );
        }
        // What stands before it is found all the same.
        assert!(at(FILE.as_bytes().to_vec(), 4, line).is_some());
    }
}
