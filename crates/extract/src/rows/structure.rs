//! How much of a record there is: cells beyond the header, quotes, and what a row must fill.
//!
//! Not for: what cells hold. Invariant: a row with cells beyond the header is read only where an unquoted
//! delimiter cannot have shifted its known ones, and a row with fewer where none can have been lost.

use std::ops::RangeInclusive;

use domain::ColumnKind;
use domain::problem::Reason;

use crate::headers::Header;
use crate::limits::CELL_BYTES_MAX;
use crate::record::{Quotes, Record, trimmed};

use super::sides::SideColumns;
use super::{MappedColumn, RowProblem, Rows, Source};

/// The ends that the records of a file have, as its beginning shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RecordEnds {
    /// The number of cells that nearly every record has, if that is more than there are headers.
    pub(crate) usual_cells: usize,
    /// Set while the last column is filled in every record that has no cells beyond the header: an
    /// empty cell beyond it was not the last column's then.
    pub(crate) is_last_filled: bool,
    /// Set while all other records reach the last column and fill it: a cell that is missing need not
    /// be the last then.
    pub(crate) is_never_short: bool,
}

/// The columns of dates that stand behind all other columns in use: where they hold dates, nothing before
/// them was shifted. None where what stands before them could be a date as well.
pub(super) fn last_dates(header: &Header, sides: &SideColumns) -> Option<RangeInclusive<usize>> {
    let used = header.sources.iter().flat_map(|(_, source)| source.positions()).copied();
    let last = used.chain(sides.positions()).max()?;
    let is_date = |at: &usize| {
        header.columns[*at].field.is_some_and(|field| field.kind() == ColumnKind::Date)
    };
    let first = (0..=last).rev().take_while(is_date).last()?;
    let before = &header.columns[first.checked_sub(1)?];
    (before.field.is_some() || before.part.is_some()).then_some(first..=last)
}

impl Rows {
    /// Returns `true` when half of what a row must fill, or of all where it need not, is empty in a
    /// record.
    pub(crate) fn is_mostly_empty(&self, record: &Record) -> bool {
        if self.must == 0 {
            return self.filled * 2 <= self.mapped();
        }
        let is_filled = |mapped: &&MappedColumn| mapped.source.is_filled(record);
        let must = self.mapped.iter().filter(|mapped| mapped.if_empty.is_some());
        must.filter(is_filled).count() * 2 <= self.must
    }

    /// Checks quotes.
    #[cold]
    pub(super) fn check_quotes(&mut self, record: &Record) {
        let (position, reason) = match record.quotes {
            Quotes::Stray { cell } => {
                (Some(cell).filter(|cell| *cell < self.columns), Reason::StrayQuote)
            }
            Quotes::RoundRows => (None, Reason::RowsInText),
            Quotes::Plain | Quotes::OverLines | Quotes::Misplaced { .. } => return,
        };
        self.notes.push(RowProblem { position, reason });
    }

    /// Checks a record with more or fewer cells than there are headers, once its cells were read.
    #[cold]
    pub(super) fn check_length(&mut self, record: &Record) {
        if record.len() > self.columns {
            self.check_surplus(record);
        } else if !record.raw().is_empty() && self.ends.is_never_short && !self.has_last_dates() {
            self.faults.insert(0, RowProblem { position: None, reason: Reason::CellLost });
        }
    }

    /// Says which cells are longer than is kept of one. An identifier is none when it is cut.
    #[cold]
    pub(super) fn check_cells(&mut self, record: &Record) {
        let reason = Reason::CellTooLong;
        let identifier = self.identifier.and_then(|at| {
            let (text, position) = self.mapped[at].source.text(record, &mut self.joined);
            (text.len() > CELL_BYTES_MAX).then_some(position)
        });
        self.faults
            .extend(identifier.map(|position| RowProblem { position: Some(position), reason }));
        for (position, cell) in record.cells().enumerate() {
            if trimmed(cell).len() > CELL_BYTES_MAX && identifier != Some(position) {
                let position = Some(position).filter(|position| *position < self.columns);
                self.notes.push(RowProblem { position, reason });
            }
        }
    }

    fn check_surplus(&mut self, record: &Record) {
        let is_filled = |cell: &str| !trimmed(cell).is_empty();
        let has_text = record.cells().skip(self.columns).any(is_filled);
        let is_text = !record.raw().is_empty();
        if !has_text && (!is_text || record.len() <= self.ends.usual_cells) {
            return;
        }
        let ends_as_others =
            !has_text && self.ends.is_last_filled && is_filled(record.cell(self.columns - 1));
        let reason = if has_text { Reason::CellsBeyond } else { Reason::EmptyCellsBeyond };
        // The cells of a workbook have their places, whatever stands beside them.
        if ends_as_others || !is_text || self.has_last_dates() {
            self.notes.push(RowProblem { position: None, reason });
        } else {
            let reason = Reason::TooManyCells;
            self.faults.insert(0, RowProblem { position: None, reason });
        }
    }

    /// Returns `true` when all dates that stand behind the other columns were read as dates.
    fn has_last_dates(&self) -> bool {
        let Some(last) = &self.last_dates else { return false };
        let is_of_them = |mapped: &&MappedColumn| matches!(mapped.source, Source::Column(at) if last.contains(&at));
        self.mapped.iter().filter(is_of_them).all(|mapped| mapped.day.is_some())
    }
}
