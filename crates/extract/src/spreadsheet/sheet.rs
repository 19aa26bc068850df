//! The rows of one sheet, cell by cell.
//!
//! Not for: what the cells mean. Formulas are never computed: their saved value is read.
//!
//! Invariant: rows and cells come in the order of the file, each once, so that a file cannot write one cell
//! again and again; what a row costs is bounded by the limits of a record, and all rows together by [`Caps`].

use std::io::{Read, Seek};

use super::limits::Caps;
use super::refusal::WorkbookRefusal;
use super::row_cells::{CellText, RowCells, fill_up, misplaced};
use super::strings::{check_length, read_rich_text};
use super::tally::{CellTally, RowsMet, SeenRows};
use super::workbook::Workbook;
use super::xml::{Event, Tag, Xml, unescape};
use crate::record::Record;

mod cell;
use cell::{Cell, Kind, read_cell_tag, render};

#[derive(Debug)]
pub(super) struct Sheet<R> {
    xml: Xml<R>,
    /// The row read last, from 1.
    row: u32,
    /// Cells of the widest record so far: shorter ones end in empty cells, which a sheet leaves out.
    widest: usize,
    tally: CellTally,
    cells: RowCells,
    seen: SeenRows,
    unsaved: Option<RowsMet>,
    hidden: Option<RowsMet>,
    /// The cell's value as it stands in the file.
    raw: Vec<u8>,
    rendered: String,
    at_end: bool,
}

impl<R: Read + Seek> Sheet<R> {
    pub(super) fn new(xml: Xml<R>, caps: Caps) -> Self {
        Self {
            xml,
            row: 0,
            widest: 1,
            tally: CellTally::new(caps),
            cells: RowCells::default(),
            seen: SeenRows::default(),
            unsaved: None,
            hidden: None,
            raw: Vec::new(),
            rendered: String::new(),
            at_end: false,
        }
    }

    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.row, self.widest) = (0, 1);
        self.tally.clear();
        (self.unsaved, self.hidden, self.at_end) = (None, None, false);
        self.seen.clear();
        self.xml.restart()
    }

    /// Formulas whose value was not saved with them; they read as empty.
    pub(super) fn unsaved_formulas(&self) -> Option<RowsMet> {
        self.unsaved
    }

    /// Rows that are hidden or filtered out, and were read all the same.
    pub(super) fn hidden_rows(&self) -> Option<RowsMet> {
        self.hidden
    }

    /// Inflated bytes of the sheet read so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.xml.produced()
    }

    /// Fills `record` from the next row that has cells, be they empty; `false` behind the last.
    pub(super) fn next(
        &mut self,
        workbook: &Workbook,
        record: &mut Record,
    ) -> Result<bool, WorkbookRefusal> {
        record.clear();
        while !self.at_end {
            match self.xml.next()? {
                Event::Open(tag) if tag.name == b"row" => {
                    let (row, hidden) = read_row_tag(tag, self.row)?;
                    if !self.seen.is_new(row) {
                        return Err(misplaced(self.row.into()));
                    }
                    self.row = row;
                    let empty = tag.empty;
                    if !empty && self.read_row(workbook, record)? {
                        if hidden {
                            RowsMet::add(&mut self.hidden, row.into());
                        }
                        self.complete(record);
                        return Ok(true);
                    }
                }
                Event::Close(b"sheetData") => {
                    self.xml.drain()?;
                    self.at_end = true;
                }
                Event::End => self.at_end = true,
                _ => {}
            }
        }
        Ok(false)
    }

    fn complete(&mut self, record: &mut Record) {
        record.line = self.row.into();
        self.widest = self.widest.max(record.len());
        fill_up(record, self.widest);
    }

    /// Reads the next row; returns `true` when it has cells.
    fn read_row(
        &mut self,
        workbook: &Workbook,
        record: &mut Record,
    ) -> Result<bool, WorkbookRefusal> {
        let mut next_column = 0;
        let mut has_cells = false;
        self.cells.begin(self.row.into());
        loop {
            match self.xml.next()? {
                Event::Open(tag) if tag.name == b"c" => {
                    let cell = read_cell_tag(tag, self.row, next_column)?;
                    has_cells = true;
                    next_column = cell.column + 1;
                    self.raw.clear();
                    if !cell.empty {
                        self.read_value(cell)?;
                    }
                    let text = render(cell, workbook, &self.raw, &mut self.rendered, self.row)?;
                    self.tally.add(1, text)?;
                    let is_number = cell.kind == Kind::Number;
                    self.cells.place(record, cell.column, CellText { text, is_number })?;
                }
                Event::Close(b"row") => {
                    self.cells.finish(record)?;
                    return Ok(has_cells);
                }
                Event::End => return Err(WorkbookRefusal::damaged("the sheet has no end")),
                _ => {}
            }
        }
    }

    /// Puts the value of the open cell into `raw`.
    fn read_value(&mut self, cell: Cell) -> Result<(), WorkbookRefusal> {
        let mut in_value = false;
        let mut formula = false;
        let mut inline = false;
        loop {
            match self.xml.next()? {
                Event::Open(tag) if tag.name == b"v" => in_value = !tag.empty && !inline,
                Event::Open(tag) if tag.name == b"f" => formula = true,
                Event::Open(tag) if tag.name == b"is" && !tag.empty => {
                    // Some writers repeat the text as a value.
                    inline = true;
                    self.raw.clear();
                    read_rich_text(&mut self.xml, b"is", &mut self.raw)?;
                }
                Event::Close(b"v") => in_value = false,
                Event::Close(b"c") => break,
                Event::Text(piece) if in_value => unescape(piece, &mut self.raw)?,
                Event::Verbatim(piece) if in_value => self.raw.extend_from_slice(piece),
                Event::End => return Err(WorkbookRefusal::damaged("the sheet has no end")),
                _ => {}
            }
            check_length(&self.raw)?;
        }
        // A formula that gives an empty text says so in its kind.
        if formula && self.raw.is_empty() && cell.kind == Kind::Number {
            RowsMet::add(&mut self.unsaved, self.row.into());
        }
        Ok(())
    }
}

/// The row's number, and whether it is hidden.
fn read_row_tag(tag: Tag<'_>, before: u32) -> Result<(u32, bool), WorkbookRefusal> {
    let mut row = before + 1;
    let mut hidden = false;
    for attribute in tag.attributes() {
        match attribute? {
            (b"r", value) => {
                row = str::from_utf8(value)
                    .ok()
                    .and_then(|value| value.parse().ok())
                    .ok_or_else(|| misplaced(before.into()))?;
            }
            (b"hidden", value) => hidden = is_true(value),
            _ => {}
        }
    }
    Ok((row, hidden))
}

fn is_true(value: &[u8]) -> bool {
    matches!(value, b"1" | b"true" | b"on")
}
