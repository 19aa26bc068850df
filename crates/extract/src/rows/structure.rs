//! How much of a record there is: cells beyond the header, quotes, and what a row must fill.
//!
//! Not for: what cells hold.

use domain::problem::Reason;

use crate::record::{Quotes, Record, trimmed};

use super::{MappedColumn, RowProblem, Rows};

impl Rows {
    /// Whether half of what a row must fill, or of all where it need not, is empty in a record.
    pub(crate) fn is_mostly_empty(&self, record: &Record) -> bool {
        if self.must == 0 {
            return self.filled * 2 <= self.mapped();
        }
        let is_filled = |mapped: &&MappedColumn| mapped.source.is_filled(record);
        let must = self.mapped.iter().filter(|mapped| mapped.if_empty.is_some());
        must.filter(is_filled).count() * 2 <= self.must
    }

    /// Looks at cells beyond the header and at quotes. Where hardly another record has empty cells beyond, an
    /// unquoted delimiter has shifted those before them.
    #[cold]
    pub(super) fn check_structure(&mut self, record: &Record) {
        let beyond = record.cells().skip(self.columns);
        let is_text = !record.raw().is_empty();
        if (is_text && record.len() > self.cells_max.max(self.columns))
            || beyond.map(trimmed).any(|cell| !cell.is_empty())
        {
            self.faults.push(RowProblem { position: None, reason: Reason::TooManyCells });
        }
        if let Quotes::Stray { cell } = record.quotes {
            let position = Some(cell).filter(|cell| *cell < self.columns);
            self.notes.push(RowProblem { position, reason: Reason::StrayQuote });
        }
    }
}
