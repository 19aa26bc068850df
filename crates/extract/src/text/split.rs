//! Where records and cells end in delimited text.
//!
//! Not for: reading blocks or meaning, or whether quotes are meant as such (`quotes`). The grammar is that of
//! the `csv` library, which the tests hold it against: a quote opens only at the beginning of a cell and is
//! doubled inside, a record ends at a line feed, a carriage return or both, lines without anything are no
//! records.
//!
//! Invariant: looks at each byte of a record a bounded number of times and keeps nothing between calls.

use std::ops::Range;

use crate::limits::CELLS_MAX;
use crate::record::Record;

mod matches;

use matches::{Matches, first_of, word_at};

/// A text that begins where a record may.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// Nothing comes behind it.
    pub(super) is_last: bool,
}

/// The signs by which a text is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: u8,
    /// Set when a backslash makes the quote behind it text.
    pub(super) has_escapes: bool,
    /// Set when blanks may stand before the quote that opens a cell, as in `a, "b"`.
    pub(super) skips_blanks: bool,
}

impl Dialect {
    pub(super) const fn new(delimiter: u8) -> Self {
        Self { delimiter, quote: b'"', has_escapes: false, skips_blanks: false }
    }

    /// Where the quote stands that opens the cell which begins at `start`.
    #[inline]
    fn opening(self, bytes: &[u8], start: usize) -> Option<usize> {
        match bytes.get(start) {
            Some(byte) if *byte == self.quote => Some(start),
            Some(b' ') if self.skips_blanks => self.opening_behind_blanks(bytes, start),
            _ => None,
        }
    }

    #[cold]
    fn opening_behind_blanks(self, bytes: &[u8], start: usize) -> Option<usize> {
        let blanks = bytes[start..].iter().position(|byte| *byte != b' ')?;
        (bytes[start + blanks] == self.quote).then_some(start + blanks)
    }

    /// Returns `true` when the quote at this place is text, in a cell that begins at `start`.
    fn is_escaped(self, bytes: &[u8], start: usize, quote: usize) -> bool {
        let before = bytes[start + 1..quote].iter().rev();
        self.has_escapes && before.take_while(|byte| **byte == b'\\').count() % 2 == 1
    }
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
    /// The record goes on behind the piece, with a quote open since so many lines below its first.
    CutInQuotes { lines: u64 },
    /// More cells than any extract has.
    TooWide,
}

/// Takes what stands at the front of `piece`; the record's line is left to the caller.
pub(super) fn step(piece: Piece<'_>, dialect: Dialect, record: &mut Record) -> Step {
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
    let mut cells = Cells { piece, dialect, at: 0, lines: 0 };
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
                record.set_raw(&piece.text[..raw_end], |cell, text| undouble(cell, dialect, text));
                return Step::Record { end: cells.at, lines: cells.lines };
            }
            CellEnd::Cut(step) => {
                record.clear();
                return step;
            }
        }
    }
}

/// Takes the first line of a text as a record, whatever quotes it opens: those that enclose no whole cell of
/// the line are text. Gives where it ends, its line end behind it.
pub(super) fn line(piece: Piece<'_>, dialect: Dialect, record: &mut Record) -> usize {
    record.clear();
    let bytes = piece.text.as_bytes();
    let end = memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
    let mut start = 0;
    loop {
        let enclosed = enclosed(&bytes[..end], start, dialect);
        let behind = enclosed.map_or(start, |(_, behind)| behind);
        let cell_start = enclosed.map_or(start, |(open, _)| open);
        let delimiter = memchr::memchr(dialect.delimiter, &bytes[behind..end]);
        let cell_end = delimiter.map_or(end, |found| behind + found);
        match enclosed {
            Some(_) => record.note_quoted(),
            None if bytes.get(start) == Some(&dialect.quote) && start < cell_end => {
                record.note_stray();
            }
            None => {}
        }
        record.mark_cell(cell_start..cell_end);
        if delimiter.is_none() {
            break;
        }
        start = cell_end + 1;
    }
    record.set_raw(&piece.text[..end], |cell, text| undouble(cell, dialect, text));
    match piece.line_end(end) {
        LineEnd::Before(behind) => behind,
        LineEnd::None | LineEnd::Unknown => end,
    }
}

/// Where the quote stands that encloses the cell which begins at `start`, and the place behind its
/// end, when a delimiter or nothing follows.
fn enclosed(line: &[u8], start: usize, dialect: Dialect) -> Option<(usize, usize)> {
    let open = dialect.opening(line, start)?;
    let mut at = open + 1;
    loop {
        let close = at + memchr::memchr(dialect.quote, line.get(at..)?)?;
        if dialect.is_escaped(line, open, close) {
            at = close + 1;
        } else if line.get(close + 1) == Some(&dialect.quote) {
            at = close + 2;
        } else {
            let behind = line[close + 1..].iter().position(|byte| *byte != b' ');
            let behind = behind.map_or(line.len(), |blanks| close + 1 + blanks);
            let is_closed = line.get(behind).is_none_or(|byte| *byte == dialect.delimiter);
            return is_closed.then_some((open, behind));
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
    dialect: Dialect,
    /// Behind what was taken.
    at: usize,
    /// Line ends inside the record, and then behind it.
    lines: u64,
}

impl Cells<'_> {
    /// Takes one quoted cell, or all that come before the next quoted one.
    fn take(&mut self, record: &mut Record) -> CellEnd {
        match self.dialect.opening(self.piece.text.as_bytes(), self.at) {
            Some(open) => {
                self.at = open;
                self.take_quoted(record)
            }
            None => self.take_unquoted(record),
        }
    }

    fn take_unquoted(&mut self, record: &mut Record) -> CellEnd {
        let bytes = self.piece.text.as_bytes();
        let Dialect { delimiter, .. } = self.dialect;
        let delimiters = Matches::new(delimiter);
        let (mut start, mut words) = (self.at, self.at);
        while let Some(word) = word_at(bytes, words) {
            let mut found = delimiters.or_control(word);
            while found != 0 {
                let end = words + first_of(found);
                found &= found - 1;
                match bytes.get(end) {
                    Some(byte) if *byte == delimiter => {}
                    Some(b'\n' | b'\r') => return self.finish(start..end, end, record),
                    // Another control character, or what fills the last word.
                    _ => continue,
                }
                record.mark_cell(start..end);
                start = end + 1;
                if self.dialect.opening(bytes, start).is_some() {
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
        let Dialect { delimiter, quote, .. } = self.dialect;
        let quotes = Matches::new(quote);
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
                _ if self.dialect.is_escaped(bytes, start, found) => doubled = true,
                (_, Some(next)) if *next == quote => {
                    doubled = true;
                    at += 1;
                }
                (_, None) if !self.piece.is_last => return CellEnd::Cut(Step::Cut),
                _ => break found,
            }
        };
        self.lines += lines;
        if lines > 0 {
            record.note_lines();
        }
        let delimiters = Matches::new(delimiter);
        let end = match delimiters.first_or_line_end(bytes, close + 1) {
            Some(end) => end,
            None if self.piece.is_last => bytes.len(),
            None => return CellEnd::Cut(Step::Cut),
        };
        if doubled || end != close + 1 || self.dialect.has_escapes {
            if bytes[close + 1..end].iter().any(|byte| *byte != b' ') {
                record.note_stray();
            }
            record.note_quoted();
            self.finish(start..end, end, record)
        } else {
            self.finish(start + 1..close, end, record)
        }
    }

    fn finish(&mut self, cell: Range<usize>, end: usize, record: &mut Record) -> CellEnd {
        let next = if self.piece.text.as_bytes().get(end) == Some(&self.dialect.delimiter) {
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

/// Writes the text of a quoted cell: doubled quotes made single, whatever follows the closing quote
/// kept.
fn undouble(cell: &str, dialect: Dialect, text: &mut String) {
    let quote = char::from(dialect.quote);
    let mut rest = &cell[1..];
    while let Some(found) = rest.find(|c| c == quote || (c == '\\' && dialect.has_escapes)) {
        text.push_str(&rest[..found]);
        let (sign, behind) = rest[found..].split_at(1);
        rest = behind;
        if sign == "\\" {
            let Some(escaped) = rest.chars().next() else { break };
            if escaped != quote && escaped != '\\' {
                text.push('\\');
            }
            text.push(escaped);
            rest = &rest[escaped.len_utf8()..];
        } else if let Some(behind) = rest.strip_prefix(quote) {
            text.push(quote);
            rest = behind;
        } else {
            break;
        }
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests;
