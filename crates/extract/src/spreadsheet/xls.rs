//! Workbooks of Excel 5 to 2003 (`.xls`): records of BIFF5 and BIFF8, streamed.
//!
//! Not for: older ones, formulas, or anything but values. Invariant: memory is the shared texts and one
//! record, both bounded, whatever the file says about itself.

use std::io::{Read, Seek};

use super::choice::Visibility;
use super::compound;
use super::in_turn::{FoundRow, ListedName, SheetReader};
use super::limits::Caps;
use super::refusal::WorkbookRefusal;
use super::row_cells::{CellText, RowCells, misplaced};
use super::tally::{CellTally, SeenRows};
use crate::record::Record;

mod cells;
mod globals;
mod records;
mod texts;

use cells::{BiffCell, PendingCells, Value};
use globals::Globals;
use records::{BiffRecords, id};

#[derive(Debug)]
pub(super) struct XlsSheets<R> {
    records: BiffRecords<R>,
    globals: Globals,
    /// Of the sheet that is open; the number of those that were.
    sheet: usize,
    is_in_sheet: bool,
    /// Charts stand within a sheet.
    depth: usize,
    cells: PendingCells,
    row_cells: RowCells,
    tally: CellTally,
    seen: SeenRows,
    hidden: SeenRows,
}

impl<R: Read + Seek> XlsSheets<R> {
    pub(super) fn open(mut source: R) -> Result<Self, WorkbookRefusal> {
        let extents = compound::find_workbook(&mut source)?;
        let mut records = BiffRecords::new(source, extents);
        let globals = Globals::read(&mut records, Caps::default())?;
        Ok(Self {
            records,
            globals,
            sheet: 0,
            is_in_sheet: false,
            depth: 0,
            cells: PendingCells::default(),
            row_cells: RowCells::default(),
            tally: CellTally::new(Caps::default()),
            seen: SeenRows::default(),
            hidden: SeenRows::default(),
        })
    }

    /// Puts the cells of one row into `record`, up to the first of the next.
    fn read_row(&mut self, row: u32, record: &mut Record) -> Result<(), WorkbookRefusal> {
        self.row_cells.begin(u64::from(row) + 1);
        while let Some(found) = self.next_cell()? {
            if found.row != row {
                self.cells.put_back(found);
                break;
            }
            let mut text = String::new();
            self.globals.write(&found, &mut text)?;
            self.tally.add(1, &text)?;
            let is_number = matches!(found.value, Value::Number(_));
            self.row_cells.place(record, found.column, CellText { text: &text, is_number })?;
        }
        self.row_cells.finish(record)
    }

    /// The next cell of the sheet, which is open.
    fn next_cell(&mut self) -> Result<Option<BiffCell>, WorkbookRefusal> {
        loop {
            if let Some(found) = self.cells.next() {
                return Ok(Some(found));
            }
            if !self.is_in_sheet {
                return Ok(None);
            }
            let Some(record_id) = self.records.next()? else {
                return Err(WorkbookRefusal::damaged("the sheet has no end"));
            };
            let data = self.records.data();
            match record_id {
                id::BOF => self.depth += 1,
                id::EOF => {
                    self.depth = self.depth.saturating_sub(1);
                    self.is_in_sheet = self.depth > 0;
                }
                _ if self.depth > 1 => {}
                id::ROW => {
                    const IS_HIDDEN: u8 = 0x20;
                    if let (Some([low, high, ..]), Some(flags)) = (data.get(..2), data.get(12))
                        && flags & IS_HIDDEN != 0
                    {
                        self.hidden.is_new(u32::from(u16::from_le_bytes([*low, *high])) + 1);
                    }
                }
                id::STRING => {
                    let text = texts::read_long(&mut self.records, self.globals.texts)?;
                    self.cells.complete(text);
                }
                _ => self.cells.read(record_id, data, self.globals.texts)?,
            }
        }
    }
}

impl<R: Read + Seek> SheetReader for XlsSheets<R> {
    fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.sheet, self.is_in_sheet) = (0, false);
        self.tally.clear();
        Ok(())
    }

    fn next_sheet(&mut self) -> Result<Option<ListedName>, WorkbookRefusal> {
        let Some(listed) = self.globals.sheets.get(self.sheet) else { return Ok(None) };
        let name = ListedName { name: listed.name.clone(), visible: listed.visible };
        self.records.go_to(listed.offset)?;
        self.sheet += 1;
        (self.is_in_sheet, self.depth) = (true, 0);
        self.cells = PendingCells::default();
        self.seen.clear();
        self.hidden.clear();
        Ok(Some(name))
    }

    fn next_row(&mut self, record: &mut Record) -> Result<Option<FoundRow>, WorkbookRefusal> {
        let Some(first) = self.next_cell()? else { return Ok(None) };
        let row = first.row;
        if !self.seen.is_new(row + 1) {
            return Err(misplaced(row.into()));
        }
        self.cells.put_back(first);
        self.read_row(row, record)?;
        let visible =
            if self.hidden.holds(row + 1) { Visibility::Hidden } else { Visibility::Shown };
        Ok(Some(FoundRow { number: u64::from(row) + 1, visible }))
    }

    fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }
}
