//! Whether the quotes of a record are meant as quotes, or stand in front of a text by chance.
//!
//! Not for: splitting (`split`). A quote that only opens swallows every row up to the next one, and
//! where both stand in one column the cells even add up. So a text over lines is believed only while
//! its lines are not themselves rows of the file: as many cells, and the like of what the first line
//! holds in the same columns.
//!
//! Invariant: looks at each byte of a record a bounded number of times.

use crate::record::{Quotes, Record, trimmed};

use super::dialect::Widths;
use super::split::{self, Dialect, Piece};

/// Files of fewer columns are judged by what their cells look like as well, whatever follows a quote: an
/// address over lines has a comma here and there.
const CELLS_TELLING: usize = 4;

/// Lines of an open quote that are looked at: more are not needed to know rows of the file by.
const LINES_MAX: usize = 100;

/// Returns `true` when the record's first line, or its only one, is a row whose quotes are text.
pub(super) fn are_text(record: &Record, dialect: Dialect, widths: Widths) -> bool {
    let is_over_lines = matches!(record.quotes, Quotes::OverLines | Quotes::Misplaced { .. });
    if is_over_lines {
        return are_rows(record.raw(), (dialect, widths), record.quotes);
    }
    let mut line = Record::default();
    split::line(Piece { text: record.raw(), is_last: true }, dialect, &mut line);
    widths.fit(line.len())
}

/// Returns `true` when a text that a quote opens is rows of the file. Where nothing else speaks for
/// it all lines must be.
pub(super) fn are_rows(text: &str, (dialect, widths): (Dialect, Widths), quotes: Quotes) -> bool {
    let mut lines = text.split(['\n', '\r']).filter(|line| !line.is_empty());
    let mut first = Record::default();
    let Some(line) = lines.next() else { return false };
    split::line(Piece { text: line, is_last: true }, dialect, &mut first);
    if !widths.fit(first.len()) {
        return false;
    }
    let (mut rows, mut alike, mut others) = (0_usize, 0_usize, 0_usize);
    let mut record = Record::default();
    for line in lines.take(LINES_MAX) {
        split::line(Piece { text: line, is_last: true }, dialect, &mut record);
        // A row with a delimiter in one of its texts has more cells, and is alike all the same.
        let has_more = record.len() > first.len() && is_alike(&first, &record);
        let is_row = widths.fit(record.len()) || has_more;
        rows += usize::from(is_row);
        alike += usize::from(is_row && is_alike(&first, &record));
        others += usize::from(!is_row);
    }
    let is_sure = matches!(quotes, Quotes::Misplaced { .. });
    if is_sure && first.len() >= CELLS_TELLING {
        rows >= others
    } else {
        rows > 0 && others == 0 && alike * 2 >= rows
    }
}

/// Returns `true` when lines of a text over lines look like the beginning of its first, and so like
/// rows that were swallowed.
#[cold]
pub(super) fn may_hold_rows(text: &str, dialect: Dialect) -> bool {
    let mut lines = text.split(['\n', '\r']).filter(|line| !line.is_empty());
    let (mut first, mut record) = (Record::default(), Record::default());
    let Some(line) = lines.next() else { return false };
    split::line(Piece { text: line, is_last: true }, dialect, &mut first);
    lines.take(LINES_MAX).any(|line| {
        split::line(Piece { text: line, is_last: true }, dialect, &mut record);
        record.len() >= CELLS_TELLING && is_alike(&first, &record)
    })
}

/// Returns `true` when most cells with digits have the same form in both, such as that of a date.
fn is_alike(one: &Record, other: &Record) -> bool {
    /// One could be chance.
    const CELLS_MIN: usize = 2;
    let (mut compared, mut same) = (0, 0);
    for (a, b) in one.cells().map(trimmed).zip(other.cells().map(trimmed)) {
        let has_digits = a.bytes().any(|byte| byte.is_ascii_digit());
        if has_digits && !b.is_empty() {
            compared += 1;
            same += usize::from(form(a).eq(form(b)));
        }
    }
    compared >= CELLS_MIN && same * 2 >= compared
}

/// The make of a text: runs of letters and of digits as one sign each.
fn form(text: &str) -> impl Iterator<Item = char> {
    let mut before = None;
    let sign = |c: char| match c {
        _ if c.is_ascii_digit() => '0',
        _ if c.is_alphabetic() => 'a',
        _ => c,
    };
    text.chars().map(sign).filter(move |sign| {
        let is_run = before == Some(*sign) && matches!(sign, '0' | 'a');
        before = Some(*sign);
        !is_run
    })
}

#[cfg(test)]
mod tests;
