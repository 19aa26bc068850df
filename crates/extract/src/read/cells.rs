//! How records of a text end, against its header.
//!
//! Not for: workbooks, whose cells have addresses; or one record by itself (`rows`). An unquoted delimiter
//! shifts all cells behind it and leaves one too many, which is empty where the last column was. So empty
//! cells beyond the header mean nothing only where nearly every record ends in them, though not where each
//! seems to be split at a comma, or where no record without them leaves the last column empty.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::record::{Record, trimmed};
use crate::rows::RecordEnds;

/// Records with as many cells as the header that show whether the last column is always filled. Of fewer a
/// shifted one might be the first with nothing in it.
const TELLING_MIN: u64 = 10;

/// Of 100 such records those whose last column is filled: one in a hundred may lack its text.
const FILLED_PER_CENT: u64 = 99;

/// Of 100 records those that may be shorter by a mistake: more are how a program writes an empty end.
const SHORT_PER_CENT: u64 = 5;

/// Counts of cells in the records of a file's beginning.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    columns: usize,
    records: u64,
    /// Records with fewer cells than there are headers.
    short: u64,
    /// Records with more cells than there are headers, by how many they have.
    beyond: BTreeMap<usize, u64>,
    /// Of each column, how the cells of such records begin.
    beginnings: Vec<Beginnings>,
    /// Records with as many, and those of them whose last column is filled.
    whole: u64,
    filled: u64,
}

/// The beginnings of a column's cells.
#[derive(Debug, Clone, Copy, Default)]
struct Beginnings {
    filled: u64,
    /// Cells that are a blank and a word.
    behind_blank: u64,
}

impl Cells {
    pub(super) fn new(columns: usize) -> Self {
        let beginnings = vec![Beginnings::default(); columns];
        Self {
            columns,
            records: 0,
            short: 0,
            beyond: BTreeMap::new(),
            beginnings,
            whole: 0,
            filled: 0,
        }
    }

    pub(super) fn count(&mut self, record: &Record) {
        self.records += 1;
        match record.len().cmp(&self.columns) {
            Ordering::Less => self.short += 1,
            Ordering::Equal => {
                let last = record.cell(self.columns.saturating_sub(1));
                self.whole += 1;
                self.filled += u64::from(!trimmed(last).is_empty());
            }
            Ordering::Greater => {
                *self.beyond.entry(record.len()).or_default() += 1;
                self.count_beginnings(record);
            }
        }
    }

    fn count_beginnings(&mut self, record: &Record) {
        for (cell, beginnings) in record.cells().zip(&mut self.beginnings) {
            let word = cell.strip_prefix(' ').filter(|rest| rest.starts_with(char::is_alphabetic));
            beginnings.filled += u64::from(!trimmed(cell).is_empty());
            beginnings.behind_blank += u64::from(word.is_some());
        }
    }

    /// Returns `true` when the cells of few columns, and nearly all of theirs, are words behind a
    /// blank, as what stood behind the comma of `Smith, Jones` is.
    fn are_split(&self) -> bool {
        let used = self.beginnings.iter().filter(|column| column.filled > 0);
        let is_split = |column: &&Beginnings| column.behind_blank * 10 >= column.filled * 9;
        let split = used.clone().filter(is_split).count();
        split > 0 && split * 3 <= used.count()
    }

    pub(super) fn ends(&self) -> RecordEnds {
        let usual = self.beyond.iter().max_by_key(|(_, count)| **count);
        // Titles and totals may end otherwise.
        let nearly_all = |(_, count): &(&usize, &u64)| **count * 10 >= self.records * 9;
        let usual = usual.filter(|_| !self.are_split());
        let is_filled_of = |records: u64| self.filled * 100 >= records * FILLED_PER_CENT;
        let is_known = self.whole >= TELLING_MIN;
        RecordEnds {
            usual_cells: usual.filter(nearly_all).map_or(self.columns, |(cells, _)| *cells),
            is_last_filled: is_known && is_filled_of(self.whole + self.short),
            is_never_short: is_known
                && is_filled_of(self.whole)
                && self.short * 100 <= self.records * SHORT_PER_CENT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(cells: &[&str]) -> Record {
        let mut record = Record::default();
        for cell in cells {
            record.push_cell(cell);
        }
        record
    }

    fn ends(records: &[(usize, &[&str])]) -> RecordEnds {
        let mut cells = Cells::new(3);
        for (times, texts) in records {
            (0..*times).for_each(|_| cells.count(&record(texts)));
        }
        cells.ends()
    }

    #[test]
    fn only_what_nearly_all_have_is_usual() {
        for (with_one_more, others, max) in [(0, 9, 3), (1, 9, 3), (8, 2, 3), (9, 1, 4), (9, 0, 4)]
        {
            let ends = ends(&[(with_one_more, &["a", "b", "", ""]), (others, &["a", "b", ""])]);
            assert_eq!(ends.usual_cells, max, "{with_one_more} of {}", with_one_more + others);
        }
    }

    #[test]
    fn a_column_that_begins_with_blanks_was_split_from_the_one_before() {
        for (cells, usual) in [
            (&["Smith", " Ltd", "a", ""], 3),
            (&["Smith", " 12.00", "a", ""], 4),
            (&[" Smith", " Ltd", " a", ""], 4),
        ] {
            assert_eq!(ends(&[(30, cells)]).usual_cells, usual, "{cells:?}");
        }
    }

    #[test]
    fn the_last_column_is_filled_where_enough_records_say_so() {
        for (full, empty, short, is_filled, is_never_short) in [
            (9, 0, 0, false, false),
            (10, 0, 0, true, true),
            (20, 0, 1, false, true),
            (20, 0, 2, false, false),
            (98, 1, 0, false, false),
            (99, 0, 1, true, true),
            (99, 1, 1, false, true),
        ] {
            let records: [(usize, &[&str]); 3] =
                [(full, &["a", "", "c"]), (empty, &["a", "b", " "]), (short, &["a"])];
            let ends = ends(&records);
            let found = (ends.is_last_filled, ends.is_never_short);
            assert_eq!(found, (is_filled, is_never_short), "{full}, {empty}, {short}");
        }
    }
}
