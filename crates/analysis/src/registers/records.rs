//! Records of a CSV file as publishers of registers write it: commas, quotes, one header.
//!
//! Not for: extracts, whose files are written in every way there is (`extract`). Invariant: memory holds one
//! record, and none longer than a bound.

use std::io::{self, BufRead};

/// A party with hundreds of names has some ten thousand.
const RECORD_BYTES_MAX: usize = 1 << 20;

/// The records of a file, one after the other.
#[derive(Debug)]
pub(super) struct Records<R> {
    file: R,
    is_first: bool,
    record: Record,
}

/// One record: its cells run together, and where each ends.
#[derive(Debug, Default)]
pub(super) struct Record {
    text: String,
    ends: Vec<usize>,
}

impl<R: BufRead> Records<R> {
    pub(super) fn new(file: R) -> Self {
        Self { file, is_first: true, record: Record::default() }
    }

    /// The names of the columns.
    pub(super) fn header(&mut self) -> io::Result<Record> {
        self.next()?;
        Ok(std::mem::take(&mut self.record))
    }

    /// The next record; none at the end. Bytes that are no UTF-8 become the sign that stands for them.
    pub(super) fn next(&mut self) -> io::Result<Option<&Record>> {
        let (mut bytes, mut quotes) = (Vec::new(), 0_usize);
        loop {
            let from = bytes.len();
            let read = self.file.read_until(b'\n', &mut bytes)?;
            quotes += memchr::memchr_iter(b'"', &bytes[from..]).count();
            if bytes.len() > RECORD_BYTES_MAX {
                return Err(io::Error::other("a record is longer than a mebibyte"));
            }
            let is_blank = bytes.iter().all(u8::is_ascii_whitespace);
            if read == 0 && is_blank {
                return Ok(None);
            }
            if is_blank {
                bytes.clear();
            } else if read == 0 || quotes.is_multiple_of(2) {
                break;
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = if self.is_first { text.trim_start_matches('\u{feff}') } else { &text };
        self.is_first = false;
        self.record.read(text.trim_end_matches(['\r', '\n']));
        Ok(Some(&self.record))
    }
}

impl Record {
    /// The text of a cell; empty where the record has fewer.
    pub(super) fn cell(&self, at: usize) -> &str {
        let Some(end) = self.ends.get(at) else { return "" };
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begin..*end]
    }

    /// The place of the column with this name, however it stands there.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        (0..self.ends.len()).find(|at| self.cell(*at).trim().eq_ignore_ascii_case(name))
    }

    fn read(&mut self, line: &str) {
        self.text.clear();
        self.ends.clear();
        let (mut is_quoted, mut characters) = (false, line.chars().peekable());
        while let Some(character) = characters.next() {
            match character {
                '"' if is_quoted && characters.next_if_eq(&'"').is_some() => self.text.push('"'),
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => self.ends.push(self.text.len()),
                other => self.text.push(other),
            }
        }
        self.ends.push(self.text.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        let mut records = Records::new(text.as_bytes());
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            all.push((0..record.ends.len()).map(|at| record.cell(at).to_owned()).collect());
        }
        all
    }

    proptest! {
        #[test]
        fn what_is_written_in_quotes_is_read(
            rows in prop::collection::vec(prop::collection::vec("[a-z,\"\n é]{1,8}x", 1..5), 1..5)
        ) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",");
            let text = rows.iter().map(line).collect::<Vec<_>>().join("\r\n");
            prop_assert_eq!(cells(&text), rows);
        }

        #[test]
        fn any_text_ends(text in "[a,\"\n\r]{0,60}") {
            cells(&text);
        }
    }
}
