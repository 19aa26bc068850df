//! Delimited text as records: `.csv`, `.tsv` and `.txt`.
//!
//! Not for: workbooks, or what cells mean. Invariant: holds at most one record too long for the limit
//! and a block, whatever the file holds.

use std::io::{Read, Seek};

use domain::FileFormat;

use crate::encoding::Encoding;
use crate::error::{ReadError, Refusal};
use crate::headers::Matcher;
use crate::limits::{HEAD_BYTES, RECORD_BYTES_MAX};
use crate::options::Options;
use crate::record::{Doubt, Quotes, Record, RecordSource, trimmed};
use domain::problem::{Problem, Reason};

mod decode;
mod dialect;
mod quotes;
mod samples;
mod split;

use decode::TextBlocks;
use dialect::{Beginning, Widths, beginning};
use split::{Dialect, Piece, Step};

#[derive(Debug)]
pub(crate) struct TextSource<R> {
    blocks: TextBlocks<R>,
    dialect: Dialect,
    widths: Widths,
    expected_delimiter: Option<u8>,
    text: String,
    /// The bytes of `text` that were given out.
    at: usize,
    /// Line of `text[at..]`, from 1.
    line: u64,
    /// Set once a quote was met that stands in front of a text by chance.
    has_stray_quotes: bool,
}

impl<R: Read + Seek> TextSource<R> {
    /// Looks at the beginning for the signs that split it.
    pub(crate) fn open(
        source: R,
        options: &Options<'_>,
        matcher: &Matcher,
    ) -> Result<Self, ReadError> {
        let format = options.format;
        let settled = options.code_page().map_err(Refusal::from)?;
        let mut blocks = TextBlocks::new(source, settled);
        let mut head = String::new();
        read_head(&mut blocks, &mut head)?;
        if blocks.reads_otherwise() {
            blocks.rewind()?;
            read_head(&mut blocks, &mut head)?;
        }
        let expected_delimiter = match format {
            FileFormat::Csv => Some(b','),
            FileFormat::Tsv => Some(b'\t'),
            FileFormat::Txt
            | FileFormat::Xlsx
            | FileFormat::Xls
            | FileFormat::Ods
            | FileFormat::Xml => None,
        };
        let piece = Piece { text: &head, is_last: blocks.is_done() };
        let Beginning { dialect, widths } = beginning(piece, expected_delimiter, matcher);
        let mut source = Self {
            blocks,
            dialect,
            widths,
            expected_delimiter,
            text: head,
            at: 0,
            line: 1,
            has_stray_quotes: false,
        };
        source.rewind()?;
        Ok(source)
    }

    /// Takes the first line of the record, or of what a quote opens, as a row when it is one; says where it
    /// ends.
    #[cold]
    fn take_line(&mut self, record: &mut Record) -> usize {
        let rest = Piece { text: &self.text[self.at..], is_last: true };
        let end = split::line(rest, self.dialect, record);
        // What follows the line it stands on is no part of it.
        if let Quotes::Misplaced { cell } = record.quotes {
            record.quotes = Quotes::Stray { cell };
        }
        self.has_stray_quotes = true;
        end
    }

    /// Returns `true` when the text behind a quote that is not closed is rows: said of the first such
    /// quote, so that a file that was cut off is not read in silence.
    fn are_rows_behind(&self) -> bool {
        let judged = (self.dialect, self.widths);
        self.has_stray_quotes
            && quotes::are_rows(&self.text[self.at..], judged, Quotes::Misplaced { cell: 0 })
    }

    /// The cells of these lines that are so, each once, with the places of their columns.
    fn cells(&self, lines: &[String], is_so: fn(&str) -> bool) -> Vec<(usize, String)> {
        let mut cells: Vec<(usize, String)> = Vec::new();
        let mut record = Record::default();
        for line in lines {
            split::line(Piece { text: line, is_last: true }, self.dialect, &mut record);
            let found = record.cells().map(trimmed).enumerate().filter(|(_, cell)| is_so(cell));
            for (place, cell) in found {
                if !cells.iter().any(|(_, known)| known == cell) {
                    cells.push((place, cell.to_owned()));
                }
            }
        }
        cells
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
            match split::step(piece, self.dialect, record) {
                Step::Record { mut end, mut lines } => {
                    if record.quotes != Quotes::Plain
                        && quotes::are_text(record, self.dialect, self.widths)
                    {
                        (end, lines) = (self.take_line(record), 1);
                    }
                    if record.quotes == Quotes::OverLines
                        && quotes::may_hold_rows(record.raw(), self.dialect)
                    {
                        record.quotes = Quotes::RoundRows;
                    }
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
                    let is_far = self.text.len() - self.at > RECORD_BYTES_MAX;
                    if (is_last || is_far) && self.are_rows_behind() {
                        let end = self.take_line(record);
                        record.line = self.line;
                        self.line += 1;
                        self.at += end;
                        return Ok(true);
                    }
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
        self.has_stray_quotes = false;
        self.blocks.rewind()
    }

    fn encoding(&self) -> Option<Encoding> {
        Some(self.blocks.seen.encoding())
    }

    fn delimiter(&self) -> Option<u8> {
        Some(self.dialect.delimiter)
    }

    fn reads_otherwise(&self) -> bool {
        self.blocks.reads_otherwise()
    }

    fn doubts(&self) -> Vec<Doubt> {
        let samples = &self.blocks.samples;
        let reason = match self.blocks.seen.encoding() {
            Encoding::Page(_) if self.blocks.is_guess() => Some(Reason::CodePageGuessed),
            Encoding::Mixed(_) => Some(Reason::MixedEncodings),
            _ => None,
        };
        let page = self.blocks.seen.page.map(|page| page.name().to_owned());
        let guess = reason.map(|reason| Doubt {
            reason,
            taken_for: page,
            cells: self.cells(&samples.guessed, |cell| !cell.is_ascii()),
        });
        let questions = self.cells(&samples.questions, |cell| cell.contains('?'));
        let lost = Doubt { reason: Reason::LostLetters, taken_for: None, cells: questions };
        let unseen = self.cells(&samples.unseen, |cell| cell.contains(samples::is_unseen));
        let unseen = Doubt { reason: Reason::UnseenCharacters, taken_for: None, cells: unseen };
        // In a code page such letters are what they seem to be.
        let twice = if self.blocks.seen.utf8 { samples.twice.as_slice() } else { &[] };
        let twice = self.cells(twice, samples::is_encoded_twice);
        let twice = Doubt { reason: Reason::EncodedTwice, taken_for: None, cells: twice };
        let entities = self.cells(&samples.entities, samples::has_entities);
        let entities = Doubt { reason: Reason::HtmlEntities, taken_for: None, cells: entities };
        let shown =
            [lost, unseen, twice, entities].into_iter().filter(|doubt| !doubt.cells.is_empty());
        guess.into_iter().chain(shown).collect()
    }

    fn notes(&self) -> Vec<Problem> {
        let seen = self.blocks.seen;
        let encoding = match seen.encoding() {
            Encoding::Utf8 | Encoding::Page(_) | Encoding::Mixed(_) => None,
            Encoding::Utf16 => Some(Reason::Utf16),
            Encoding::Utf32 => Some(Reason::Utf32),
        };
        let other =
            self.expected_delimiter.is_some_and(|expected| expected != self.dialect.delimiter);
        [
            encoding,
            seen.mark_encoded_twice.then_some(Reason::EncodedTwiceMark),
            seen.marks_inside.then_some(Reason::MarksInside),
            seen.damaged.then_some(Reason::DamagedCharacters),
            other.then_some(Reason::OtherDelimiter),
        ]
        .into_iter()
        .flatten()
        .map(Problem::of_file)
        .collect()
    }
}

/// Reads what is looked at for delimiter and header.
fn read_head<R: Read + Seek>(
    blocks: &mut TextBlocks<R>,
    head: &mut String,
) -> Result<(), ReadError> {
    head.clear();
    while !blocks.is_done() && head.len() < HEAD_BYTES {
        blocks.next(head)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
