//! One record of an extract as text, whatever the format it came from, and where records come from.
//!
//! Not for: what the cells mean. Invariant: a cell is a range of `text` on character boundaries, so
//! reading one never fails.

use std::ops::Range;

use crate::encoding::Encoding;
use crate::error::ReadError;
use crate::limits::CELL_BYTES_MAX;
use domain::problem::{Problem, Reason};

/// One record: its cells' text in one buffer. Made once and filled again for every record.
///
/// A text source puts the record's lines in as they stand and marks the cells inside; a workbook
/// pushes cell after cell.
#[derive(Debug, Default)]
pub(crate) struct Record {
    text: String,
    cells: Vec<(usize, usize)>,
    /// The part of `text` that is the record as it stood in the file; the rest are cells whose
    /// doubled quotes were undone.
    raw: usize,
    /// Marked cells whose quotes are to be undone.
    quoted: Vec<usize>,
    /// Cells that a workbook holds as numbers, in order.
    numbers: Vec<usize>,
    /// Line of a text (from 1) or row of a sheet (from 1) where the record begins.
    pub(crate) line: u64,
    pub(crate) quotes: Quotes,
}

/// The doubt that the quotes of a record leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Quotes {
    /// They enclose whole cells of one line, or there are none.
    #[default]
    Plain,
    /// They enclose a text over several lines.
    OverLines,
    /// They enclose a text over several lines, which may be rows of the file.
    RoundRows,
    /// Those of this cell do not enclose it, on one line.
    Stray { cell: usize },
    /// Text stands behind a quote that closes on another line.
    Misplaced { cell: usize },
}

impl Record {
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.quoted.clear();
        self.numbers.clear();
        self.raw = 0;
        self.quotes = Quotes::Plain;
    }

    /// Adds a cell behind those already there.
    pub(crate) fn push_cell(&mut self, cell: &str) {
        let start = self.text.len();
        self.text.push_str(cell);
        self.cells.push((start, self.text.len()));
    }

    /// Adds a cell that a workbook holds as a number, whose decimal sign is a point whatever texts beside
    /// it have.
    pub(crate) fn push_number(&mut self, cell: &str) {
        self.numbers.push(self.cells.len());
        self.push_cell(cell);
    }

    /// Returns `true` when a workbook holds the cell as a number.
    #[inline]
    pub(crate) fn is_number(&self, index: usize) -> bool {
        !self.numbers.is_empty() && self.numbers.binary_search(&index).is_ok()
    }

    /// Adds a cell that will lie at `range` of the text [`Self::set_raw`] brings.
    pub(crate) fn mark_cell(&mut self, range: Range<usize>) {
        self.cells.push((range.start, range.end));
    }

    /// Says that the cell marked next is to be rewritten without its quotes.
    pub(crate) fn note_quoted(&mut self) {
        self.quoted.push(self.cells.len());
    }

    /// Says that a quoted text of the record goes over lines.
    pub(crate) fn note_lines(&mut self) {
        self.quotes = match self.quotes {
            Quotes::Plain => Quotes::OverLines,
            Quotes::Stray { cell } => Quotes::Misplaced { cell },
            known @ (Quotes::OverLines | Quotes::RoundRows | Quotes::Misplaced { .. }) => known,
        };
    }

    /// Says that quotes of the cell marked next do not enclose it.
    #[cold]
    pub(crate) fn note_stray(&mut self) {
        let cell = self.cells.len();
        self.quotes = match self.quotes {
            Quotes::Plain => Quotes::Stray { cell },
            Quotes::OverLines | Quotes::RoundRows => Quotes::Misplaced { cell },
            known @ (Quotes::Stray { .. } | Quotes::Misplaced { .. }) => known,
        };
    }

    /// Brings the record as it stands in the file; the cells marked before lie in it. Those noted as
    /// quoted are written once more, behind it.
    pub(crate) fn set_raw(&mut self, raw: &str, undouble: impl Fn(&str, &mut String)) {
        self.text.push_str(raw);
        self.raw = raw.len();
        for &index in &self.quoted {
            let (start, end) = self.cells[index];
            let rewritten = self.text.len();
            undouble(&raw[start..end], &mut self.text);
            self.cells[index] = (rewritten, self.text.len());
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Returns `true` when the record may hold a cell that is longer than is kept of one.
    pub(crate) const fn is_long(&self) -> bool {
        self.text.len() > CELL_BYTES_MAX
    }

    /// The cell's text; empty where the record has no such cell.
    pub(crate) fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", |(start, end)| &self.text[*start..*end])
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|(start, end)| &self.text[*start..*end])
    }

    /// The record as it stood in the file; empty for a workbook, which has no such text.
    pub(crate) fn raw(&self) -> &str {
        &self.text[..self.raw]
    }

    /// Where the cell lies in [`Self::raw`], when it does.
    pub(crate) fn range_in_raw(&self, index: usize) -> Option<Range<usize>> {
        let (start, end) = *self.cells.get(index)?;
        (end <= self.raw).then_some(start..end)
    }
}

/// Something of a whole text that may be otherwise, with cells to see it by.
#[derive(Debug)]
pub(crate) struct Doubt {
    pub(crate) reason: Reason,
    /// The meaning that was taken, such as a code page.
    pub(crate) taken_for: Option<String>,
    /// Cells with the places of their columns.
    pub(crate) cells: Vec<(usize, String)>,
}

/// Yields the records of one extract from its first, as often as it is rewound.
///
/// A workbook renders dates as ISO text (`2026-11-23`, or `2026-11-23T14:15:02` when it has a time)
/// and numbers as plain decimal text, so that everything behind is the same for all formats.
///
/// Nothing has a usual answer: a source round another one would forget to hand on what it tells.
pub(crate) trait RecordSource {
    /// Fills `record`, which it clears first; `false` behind the last record.
    fn next(&mut self, record: &mut Record) -> Result<bool, ReadError>;

    /// Goes back to before the first record.
    fn rewind(&mut self) -> Result<(), ReadError>;

    /// The encoding of the text, complete behind the last record; none for a workbook.
    fn encoding(&self) -> Option<Encoding>;

    /// The sign between the cells of a text; none for a workbook.
    fn delimiter(&self) -> Option<u8>;

    /// Returns `true` when the whole text tells of another encoding than its beginning, so that it
    /// has to be read once more.
    fn reads_otherwise(&self) -> bool;

    /// Doubts that somebody should look at; complete behind the last record.
    fn doubts(&self) -> Vec<Doubt>;

    /// Notes on the whole file; complete behind the last record.
    fn notes(&self) -> Vec<Problem>;
}

/// The first records of a source that was not read from, no more than so many.
pub(crate) fn first_records(
    source: &mut dyn RecordSource,
    most: usize,
) -> Result<Vec<Record>, ReadError> {
    let mut records = Vec::new();
    while records.len() < most {
        let mut record = Record::default();
        if !source.next(&mut record)? {
            break;
        }
        records.push(record);
    }
    Ok(records)
}

/// Cuts a cell to what is kept of one.
#[inline]
pub(crate) fn cut_to_limit(cell: &str) -> &str {
    if cell.len() <= CELL_BYTES_MAX {
        cell
    } else {
        &cell[..cell.floor_char_boundary(CELL_BYTES_MAX)]
    }
}

/// A cell without blanks round it. Nearly every cell has none, which two bytes show.
pub(crate) fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [] => cell,
        [first, .., last] if is_plain(*first) && is_plain(*last) => cell,
        [only] if is_plain(*only) => cell,
        _ => cell.trim(),
    }
}

const fn is_plain(byte: u8) -> bool {
    b' ' < byte && byte < 0x80
}
