//! Where records and cells end in delimited text.
//!
//! Not for: reading blocks or meaning. The grammar is that of the `csv` library, which the tests hold
//! it against: a quote opens only at the beginning of a cell and is doubled inside, a record ends at a
//! line feed, a carriage return or both, lines without anything are no records.
//!
//! Invariant: looks at each byte of a record a bounded number of times and keeps nothing between calls.

use std::ops::Range;

use memchr::{memchr, memchr3};

use crate::limits::CELLS_MAX;
use crate::record::Record;

/// A text that begins where a record may.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// Nothing comes behind it.
    pub(super) is_last: bool,
}

/// What stood at the beginning of a piece.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A record, now in the `Record`, with its line ends.
    Record { end: usize, lines: u64 },
    /// Lines without anything.
    Blank { end: usize, lines: u64 },
    /// No text, or half a line end.
    End,
    /// The record goes on behind the piece.
    Cut,
    /// The same, with a quote open since so many lines below the record's first.
    CutInQuotes { lines: u64 },
    /// More cells than any extract has.
    TooWide,
}

/// Takes what stands at the front of `piece`; the record's line is left to the caller.
pub(super) fn step(piece: Piece<'_>, delimiter: u8, record: &mut Record) -> Step {
    record.clear();
    let mut blank = Step::End;
    let (mut end, mut lines) = (0, 0);
    while let LineEnd::Before(behind) = piece.line_end(end) {
        end = behind;
        lines += 1;
        blank = Step::Blank { end, lines };
    }
    if end > 0 || piece.text.is_empty() || piece.line_end(0) == LineEnd::Unknown {
        return blank;
    }
    let mut cells = Cells { piece, delimiter, at: 0, lines: 0, quoted: Vec::new() };
    while record.len() < CELLS_MAX {
        match cells.next(record) {
            CellEnd::Delimiter => {}
            CellEnd::Record { raw_end } => {
                record.set_raw(&piece.text[..raw_end]);
                for cell in cells.quoted {
                    let undone = undouble(record.cell(cell));
                    record.rewrite_cell(cell, &undone);
                }
                return Step::Record { end: cells.at, lines: cells.lines };
            }
            CellEnd::Cut(step) => {
                record.clear();
                return step;
            }
        }
    }
    record.clear();
    Step::TooWide
}

#[derive(Debug, PartialEq, Eq)]
enum LineEnd {
    /// It ends before this place.
    Before(usize),
    None,
    /// A carriage return, whose line feed may come behind the piece.
    Unknown,
}

impl Piece<'_> {
    fn line_end(self, at: usize) -> LineEnd {
        let bytes = self.text.as_bytes();
        match bytes.get(at) {
            Some(b'\n') => LineEnd::Before(at + 1),
            Some(b'\r') => match bytes.get(at + 1) {
                Some(b'\n') => LineEnd::Before(at + 2),
                None if !self.is_last => LineEnd::Unknown,
                _ => LineEnd::Before(at + 1),
            },
            _ => LineEnd::None,
        }
    }
}

enum CellEnd {
    Delimiter,
    Record { raw_end: usize },
    Cut(Step),
}

struct Cells<'a> {
    piece: Piece<'a>,
    delimiter: u8,
    /// Behind what was taken.
    at: usize,
    /// Line ends inside the record, and then behind it.
    lines: u64,
    /// Cells whose quotes must be undone.
    quoted: Vec<usize>,
}

impl Cells<'_> {
    fn next(&mut self, record: &mut Record) -> CellEnd {
        let start = self.at;
        if self.piece.text.as_bytes().get(start) == Some(&b'"') {
            return self.next_quoted(record);
        }
        match self.unquoted_end(start) {
            Some(end) => self.finish(start..end, end, record),
            None => CellEnd::Cut(Step::Cut),
        }
    }

    fn next_quoted(&mut self, record: &mut Record) -> CellEnd {
        let bytes = self.piece.text.as_bytes();
        let start = self.at;
        let mut at = start + 1;
        let mut doubled = false;
        let close = loop {
            let Some(found) = memchr(b'"', &bytes[at..]) else {
                return CellEnd::Cut(Step::CutInQuotes { lines: self.lines });
            };
            at += found + 1;
            match bytes.get(at) {
                Some(b'"') => {
                    doubled = true;
                    at += 1;
                }
                None if !self.piece.is_last => return CellEnd::Cut(Step::Cut),
                _ => break at - 1,
            }
        };
        self.lines += lines_in(&bytes[start..close]);
        let Some(end) = self.unquoted_end(close + 1) else { return CellEnd::Cut(Step::Cut) };
        if doubled || end != close + 1 {
            self.quoted.push(record.len());
            self.finish(start..end, end, record)
        } else {
            self.finish(start + 1..close, end, record)
        }
    }

    fn unquoted_end(&self, from: usize) -> Option<usize> {
        let bytes = self.piece.text.as_bytes();
        match memchr3(self.delimiter, b'\n', b'\r', &bytes[from..]) {
            Some(found) => Some(from + found),
            None if self.piece.is_last => Some(bytes.len()),
            None => None,
        }
    }

    fn finish(&mut self, cell: Range<usize>, end: usize, record: &mut Record) -> CellEnd {
        let next = if self.piece.text.as_bytes().get(end) == Some(&self.delimiter) {
            self.at = end + 1;
            CellEnd::Delimiter
        } else {
            match self.piece.line_end(end) {
                LineEnd::Unknown => return CellEnd::Cut(Step::Cut),
                LineEnd::None => self.at = end,
                LineEnd::Before(behind) => {
                    self.at = behind;
                    self.lines += 1;
                }
            }
            CellEnd::Record { raw_end: end }
        };
        record.mark_cell(cell);
        next
    }
}

/// Line ends inside a quoted cell; a carriage return and its line feed are one.
fn lines_in(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let returns = memchr::memchr_iter(b'\r', bytes);
    let alone = returns.filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (feeds + alone) as u64
}

/// The text of a quoted cell: doubled quotes made single, whatever follows the closing quote kept.
fn undouble(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len());
    let mut rest = &cell[1..];
    while let Some(quote) = rest.find('"') {
        text.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('"') {
            Some(behind) => {
                text.push('"');
                rest = behind;
            }
            None => break,
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests;
