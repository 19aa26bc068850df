//! Cells of one row put where they belong, in whatever order the file has them.
//!
//! Not for: values. Invariant: a cell is written once, and what a row costs is bounded by the limits of a
//! record.

use super::refusal::{WorkbookRefusal, grouped};
use crate::limits::{CELLS_MAX, RECORD_BYTES_MAX};
use crate::record::Record;

/// The row that is being put together.
#[derive(Debug, Default)]
pub(super) struct RowCells {
    row: u64,
    /// Behind the last cell that was put in.
    next_column: usize,
    bytes: usize,
    /// Cells that came behind one that stands at their right.
    late: Vec<LateCell>,
}

/// The text of a cell, and whether the workbook holds it as a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellText<'t> {
    pub(super) text: &'t str,
    pub(super) is_number: bool,
}

#[derive(Debug)]
struct LateCell {
    column: usize,
    text: String,
    is_number: bool,
}

impl RowCells {
    pub(super) fn begin(&mut self, row: u64) {
        (self.row, self.next_column, self.bytes) = (row, 0, 0);
        self.late.clear();
    }

    /// Adds a cell to the record; an empty one leaves no trace.
    pub(super) fn place(
        &mut self,
        record: &mut Record,
        column: usize,
        cell: CellText<'_>,
    ) -> Result<(), WorkbookRefusal> {
        let CellText { text, is_number } = cell;
        if text.is_empty() {
            return Ok(());
        }
        self.bytes += text.len();
        self.check(column)?;
        if column < self.next_column {
            self.late.push(LateCell { column, text: text.to_owned(), is_number });
        } else {
            push(record, column, cell);
            self.next_column = column + 1;
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, record: &mut Record) -> Result<(), WorkbookRefusal> {
        if self.late.is_empty() { Ok(()) } else { self.sort(record) }
    }

    /// Puts the cells that came late where they belong.
    #[cold]
    fn sort(&mut self, record: &mut Record) -> Result<(), WorkbookRefusal> {
        let in_order = (0..record.len()).filter(|&column| !record.cell(column).is_empty());
        let mut cells: Vec<LateCell> = in_order
            .map(|column| LateCell {
                column,
                text: record.cell(column).to_owned(),
                is_number: record.is_number(column),
            })
            .collect();
        cells.append(&mut self.late);
        cells.sort_by_key(|cell| cell.column);
        if cells.windows(2).any(|two| two[0].column == two[1].column) {
            return Err(misplaced(self.row.saturating_sub(1)));
        }
        record.clear();
        for cell in cells {
            let LateCell { column, text, is_number } = &cell;
            push(record, *column, CellText { text, is_number: *is_number });
        }
        Ok(())
    }

    fn check(&self, column: usize) -> Result<(), WorkbookRefusal> {
        let row = self.row;
        if column >= CELLS_MAX {
            return Err(WorkbookRefusal::too_large(format!(
                "row {row} has a value beyond the {} columns that are read",
                grouped(CELLS_MAX as u64)
            )));
        }
        if self.bytes > RECORD_BYTES_MAX {
            return Err(WorkbookRefusal::too_large(format!(
                "row {row} holds more than {} bytes",
                grouped(RECORD_BYTES_MAX as u64)
            )));
        }
        Ok(())
    }
}

fn push(record: &mut Record, column: usize, cell: CellText<'_>) {
    fill_up(record, column);
    if cell.is_number {
        record.push_number(cell.text);
    } else {
        record.push_cell(cell.text);
    }
}

/// Adds empty cells until there are so many.
pub(super) fn fill_up(record: &mut Record, cells: usize) {
    while record.len() < cells {
        record.push_cell("");
    }
}

pub(super) fn misplaced(row: u64) -> WorkbookRefusal {
    WorkbookRefusal::damaged(format!(
        "after row {row} a row or cell is not where it belongs, or outside what a sheet can hold"
    ))
}
