//! Counts of what a sheet was made to hold, and of what is worth saying of it.
//!
//! Not for: single rows. Invariant: a sheet ends at the caps, whatever it says of itself.

use domain::problem::{Problem, Reason};

use super::limits::{Caps, ROWS_MAX};
use super::refusal::{WorkbookRefusal, grouped};

/// The cells of a sheet so far.
#[derive(Debug)]
pub(super) struct CellTally {
    caps: Caps,
    cells: u64,
    empty_cells: u64,
}

impl CellTally {
    pub(super) fn new(caps: Caps) -> Self {
        Self { caps, cells: 0, empty_cells: 0 }
    }

    pub(super) fn clear(&mut self) {
        (self.cells, self.empty_cells) = (0, 0);
    }

    /// Adds cells that hold `text`.
    pub(super) fn add(&mut self, cells: u64, text: &str) -> Result<(), WorkbookRefusal> {
        self.cells += cells;
        if text.is_empty() {
            self.empty_cells += cells;
        }
        if self.cells > self.caps.cells {
            let cells = grouped(self.caps.cells);
            return Err(WorkbookRefusal::too_large(format!("the sheet has over {cells} cells")));
        }
        if self.empty_cells > self.caps.empty_cells {
            return Err(WorkbookRefusal::too_large(format!(
                "the sheet has over {} cells with nothing in them",
                grouped(self.caps.empty_cells)
            )));
        }
        Ok(())
    }
}

/// Counts rows or cells with something worth saying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowsMet {
    pub(super) count: u64,
    /// Of the first one.
    pub(super) row: u64,
}

impl RowsMet {
    pub(super) fn add(met: &mut Option<Self>, row: u64) {
        met.get_or_insert(Self { count: 0, row }).count += 1;
    }

    /// The note about them; `what` are cells or rows.
    pub(super) fn problem(self, reason: Reason, what: &str) -> Problem {
        let value = Some(format!("{} {what}", grouped(self.count)));
        Problem { line: Some(self.row), value, ..Problem::of_file(reason) }
    }
}

/// The rows that were given, one bit each: Excel and others write rows in order, scripts do not always.
#[derive(Debug, Default)]
pub(super) struct SeenRows {
    bits: Vec<u64>,
}

impl SeenRows {
    pub(super) fn clear(&mut self) {
        self.bits.clear();
    }

    /// Notes a row; returns `true` for one that a sheet can have and that was not seen before.
    pub(super) fn is_new(&mut self, row: u32) -> bool {
        if row == 0 || row > ROWS_MAX {
            return false;
        }
        let (word, bit) = (row as usize / 64, 1 << (row % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let is_new = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        is_new
    }

    pub(super) fn holds(&self, row: u32) -> bool {
        let word = self.bits.get(row as usize / 64);
        word.is_some_and(|word| word & (1 << (row % 64)) != 0)
    }
}
