//! Delimited text as records: `.csv`, `.tsv` and `.txt`.
//!
//! Not for: workbooks, or what cells mean. Invariant: holds at most one record too long for the limit
//! and a block, whatever the file holds.

use std::io::{Read, Seek};

use domain::FileFormat;

use crate::encoding::Encoding;
use crate::error::{ReadError, Refusal};
use crate::headers::{Header, Matcher};
use crate::limits::{HEAD_BYTES, HEADER_SEARCH_RECORDS, RECORD_BYTES_MAX};
use crate::record::{Record, RecordSource};
use domain::problem::{Problem, Reason};

mod decode;
mod split;

use decode::TextBlocks;
use split::{Piece, Step};

/// Delimiters met in practice, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

#[derive(Debug)]
pub(crate) struct TextSource<R> {
    blocks: TextBlocks<R>,
    delimiter: u8,
    expected_delimiter: Option<u8>,
    text: String,
    /// How much of `text` was given out.
    at: usize,
    /// Line of `text[at..]`, from 1.
    line: u64,
}

impl<R: Read + Seek> TextSource<R> {
    /// Looks at the beginning for the delimiter: the one under which most headers are known.
    pub(crate) fn open(
        source: R,
        format: FileFormat,
        matcher: &Matcher,
    ) -> Result<Self, ReadError> {
        let mut blocks = TextBlocks::new(source);
        domain::content::check_signature(format, blocks.first_bytes()?).map_err(Refusal::from)?;
        let mut head = String::new();
        while !blocks.is_done() && head.len() < HEAD_BYTES {
            blocks.next(&mut head)?;
        }
        let expected_delimiter = match format {
            FileFormat::Csv => Some(b','),
            FileFormat::Tsv => Some(b'\t'),
            FileFormat::Txt | FileFormat::Xlsx => None,
        };
        let piece = Piece { text: &head, is_last: blocks.is_done() };
        let delimiter = delimiter(piece, expected_delimiter, matcher);
        let mut source = Self { blocks, delimiter, expected_delimiter, text: head, at: 0, line: 1 };
        source.rewind()?;
        Ok(source)
    }

    /// Reads more behind a record that is not whole; when it is longer than any may be, `refusal`.
    fn read_on(&mut self, refusal: Refusal) -> Result<(), ReadError> {
        if self.text.len() - self.at > RECORD_BYTES_MAX {
            return Err(refusal.into());
        }
        self.text.drain(..self.at);
        self.at = 0;
        self.blocks.next(&mut self.text)
    }
}

impl<R: Read + Seek> RecordSource for TextSource<R> {
    fn next(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        loop {
            let is_last = self.blocks.is_done();
            let piece = Piece { text: &self.text[self.at..], is_last };
            match split::step(piece, self.delimiter, record) {
                Step::Record { end, lines } => {
                    record.line = self.line;
                    self.line += lines;
                    self.at += end;
                    return Ok(true);
                }
                Step::Blank { end, lines } => {
                    self.line += lines;
                    self.at += end;
                }
                Step::End if is_last => return Ok(false),
                Step::End | Step::Cut => {
                    self.read_on(Refusal::RecordTooLong { line: self.line })?;
                }
                Step::CutInQuotes { lines } => {
                    let refusal = Refusal::UnclosedQuote { line: self.line + lines };
                    if is_last {
                        return Err(refusal.into());
                    }
                    self.read_on(refusal)?;
                }
                Step::TooWide => return Err(Refusal::TooManyCells { line: self.line }.into()),
            }
        }
    }

    fn rewind(&mut self) -> Result<(), ReadError> {
        self.text.clear();
        self.at = 0;
        self.line = 1;
        self.blocks.rewind()
    }

    fn encoding(&self) -> Option<Encoding> {
        Some(self.blocks.seen.encoding())
    }

    fn delimiter(&self) -> Option<u8> {
        Some(self.delimiter)
    }

    fn notes(&self) -> Vec<Problem> {
        let seen = self.blocks.seen;
        let encoding = match seen.encoding() {
            Encoding::Utf8 => None,
            Encoding::Windows1252 => Some(Reason::Windows1252),
            Encoding::Mixed => Some(Reason::MixedEncodings),
            Encoding::Utf16 => Some(Reason::Utf16),
        };
        let other = self.expected_delimiter.is_some_and(|expected| expected != self.delimiter);
        [
            encoding,
            seen.mark_encoded_twice.then_some(Reason::EncodedTwiceMark),
            seen.damaged.then_some(Reason::DamagedCharacters),
            other.then_some(Reason::OtherDelimiter),
        ]
        .into_iter()
        .flatten()
        .map(Problem::of_file)
        .collect()
    }
}

/// The delimiter under which most headers are known; of equals the expected one if it parts anything,
/// then the one that makes more cells of the first record.
fn delimiter(head: Piece<'_>, expected: Option<u8>, matcher: &Matcher) -> u8 {
    let worth = |delimiter: u8| {
        let records = first_records(head, delimiter);
        let header = matcher.find(records.iter().map(Record::cells));
        let recognised = header.as_ref().map_or(0, Header::recognised);
        let cells = records.first().map_or(0, Record::len);
        let is_expected = expected == Some(delimiter);
        (recognised, is_expected && cells > 1, cells, is_expected)
    };
    // `max_by_key` takes the last of equals, and the likeliest is the first.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| worth(*delimiter)).unwrap_or(b',')
}

fn first_records(head: Piece<'_>, delimiter: u8) -> Vec<Record> {
    let mut records = Vec::new();
    let mut at = 0;
    while records.len() < HEADER_SEARCH_RECORDS {
        let mut record = Record::default();
        let rest = Piece { text: &head.text[at..], ..head };
        match split::step(rest, delimiter, &mut record) {
            Step::Record { end, .. } => {
                at += end;
                records.push(record);
            }
            Step::Blank { end, .. } => at += end,
            Step::End | Step::Cut | Step::CutInQuotes { .. } | Step::TooWide => break,
        }
    }
    records
}

#[cfg(test)]
mod tests;
