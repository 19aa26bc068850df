//! Where records and cells end in delimited text.
//!
//! Not for: reading blocks or meaning. The grammar is that of the `csv` library, which the tests hold
//! it against: a quote opens only at the beginning of a cell and is doubled inside, a record ends at a
//! line feed, a carriage return or both, lines without anything are no records.
//!
//! Invariant: looks at each byte of a record a bounded number of times and keeps nothing between calls.

use std::ops::Range;

use crate::limits::CELLS_MAX;
use crate::record::Record;

/// A text that begins where a record may.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// Nothing comes behind it.
    pub(super) is_last: bool,
}

/// The step that a piece of text allows: a record, blank lines, or none yet.
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
    let mut cells = Cells { piece, delimiter, at: 0, lines: 0 };
    loop {
        let taken = cells.take(record);
        let is_at_end = matches!(taken, CellEnd::Record { .. });
        if record.len() > CELLS_MAX || (record.len() == CELLS_MAX && !is_at_end) {
            record.clear();
            return Step::TooWide;
        }
        match taken {
            CellEnd::Delimiter => {}
            CellEnd::Record { raw_end } => {
                record.set_raw(&piece.text[..raw_end], undouble);
                return Step::Record { end: cells.at, lines: cells.lines };
            }
            CellEnd::Cut(step) => {
                record.clear();
                return step;
            }
        }
    }
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
}

impl Cells<'_> {
    /// Takes one quoted cell, or all that come before the next quoted one.
    fn take(&mut self, record: &mut Record) -> CellEnd {
        if self.piece.text.as_bytes().get(self.at) == Some(&b'"') {
            self.take_quoted(record)
        } else {
            self.take_unquoted(record)
        }
    }

    fn take_unquoted(&mut self, record: &mut Record) -> CellEnd {
        let bytes = self.piece.text.as_bytes();
        let delimiters = Matches::new(self.delimiter);
        let (mut start, mut words) = (self.at, self.at);
        while let Some(word) = word_at(bytes, words) {
            let mut found = delimiters.or_control(word);
            while found != 0 {
                let end = words + first_of(found);
                found &= found - 1;
                match bytes.get(end) {
                    Some(byte) if *byte == self.delimiter => {}
                    Some(b'\n' | b'\r') => return self.finish(start..end, end, record),
                    // Another control character, or what fills the last word.
                    _ => continue,
                }
                record.mark_cell(start..end);
                start = end + 1;
                if bytes.get(start) == Some(&b'"') {
                    self.at = start;
                    return CellEnd::Delimiter;
                }
            }
            if record.len() >= CELLS_MAX {
                return CellEnd::Delimiter;
            }
            words += size_of::<u64>();
        }
        if self.piece.is_last {
            self.finish(start..bytes.len(), bytes.len(), record)
        } else {
            CellEnd::Cut(Step::Cut)
        }
    }

    fn take_quoted(&mut self, record: &mut Record) -> CellEnd {
        let bytes = self.piece.text.as_bytes();
        let start = self.at;
        let quotes = Matches::new(b'"');
        let (mut at, mut lines, mut doubled) = (start + 1, 0, false);
        let close = loop {
            let Some(found) = quotes.first_or_line_end(bytes, at) else {
                return CellEnd::Cut(Step::CutInQuotes { lines: self.lines });
            };
            at = found + 1;
            match (bytes[found], bytes.get(at)) {
                (b'\n', _) => lines += 1,
                // A carriage return and its line feed are one.
                (b'\r', next) => lines += u64::from(next != Some(&b'\n')),
                (_, Some(b'"')) => {
                    doubled = true;
                    at += 1;
                }
                (_, None) if !self.piece.is_last => return CellEnd::Cut(Step::Cut),
                _ => break found,
            }
        };
        self.lines += lines;
        let delimiters = Matches::new(self.delimiter);
        let end = match delimiters.first_or_line_end(bytes, close + 1) {
            Some(end) => end,
            None if self.piece.is_last => bytes.len(),
            None => return CellEnd::Cut(Step::Cut),
        };
        if doubled || end != close + 1 {
            record.note_quoted();
            self.finish(start..end, end, record)
        } else {
            self.finish(start + 1..close, end, record)
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

/// Looks for a byte, or a control character, in eight bytes at a time. Cells are short, and a call of
/// `memchr` for each costs more than what it looks at.
#[derive(Clone, Copy)]
struct Matches {
    /// The byte looked for, in every byte.
    byte: u64,
}

/// One in every byte.
const EVERY: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = EVERY << 7;
const LOW_BITS: u64 = !HIGH_BITS;

impl Matches {
    fn new(byte: u8) -> Self {
        Self { byte: u64::from(byte) * EVERY }
    }

    /// The high bit of each byte that is the one looked for, or below 16 as line ends are and little
    /// else in a text.
    const fn or_control(self, word: u64) -> u64 {
        // Adding to the lower bits of a byte carries into its high bit unless they are zero.
        let other = word ^ self.byte;
        let is_other = ((other & LOW_BITS) + LOW_BITS) | other;
        let is_no_control = ((word & (EVERY * 0x70)) + EVERY * 0x70) | word;
        !(is_other & is_no_control) & HIGH_BITS
    }

    /// Where the byte, or a line end, stands first at or behind `from`.
    fn first_or_line_end(self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        while let Some(word) = word_at(bytes, at) {
            let mut found = self.or_control(word);
            while found != 0 {
                let place = at + first_of(found);
                let byte = *bytes.get(place)?;
                if u64::from(byte) * EVERY == self.byte || matches!(byte, b'\n' | b'\r') {
                    return Some(place);
                }
                found &= found - 1;
            }
            at += size_of::<u64>();
        }
        None
    }
}

/// Which byte of a word the first bit found is in.
const fn first_of(found: u64) -> usize {
    found.trailing_zeros() as usize / 8
}

/// Eight bytes from a place; the last ones with zeros behind, none when there are none.
fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    let rest = bytes.get(at..)?;
    let word = match rest.first_chunk() {
        Some(word) => *word,
        None if rest.is_empty() => return None,
        None => {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            word
        }
    };
    Some(u64::from_le_bytes(word))
}

/// Writes the text of a quoted cell: doubled quotes made single, whatever follows the closing quote
/// kept.
fn undouble(cell: &str, text: &mut String) {
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
}

#[cfg(test)]
mod tests;
