//! The rows of one sheet, cell by cell.
//!
//! Not for: what the cells mean. Formulas are never computed: their saved value is read.
//!
//! Invariant: rows and cells come in the order of the file, each once, so that a file cannot write one cell
//! again and again; what a row costs is bounded by the limits of a record, and all rows together by [`Caps`].

use std::io::{Read, Seek};

use super::limits::{Caps, ROWS_MAX};
use super::refusal::{WorkbookRefusal, grouped};
use super::strings::{check_length, read_rich_text};
use super::workbook::Workbook;
use super::xml::{Event, Tag, Xml, unescape};
use crate::limits::{CELLS_MAX, RECORD_BYTES_MAX};
use crate::record::Record;

mod cell;
use cell::{Cell, Kind, ValueKind, misplaced, read_cell_tag, render};

#[derive(Debug)]
pub(super) struct Sheet<R> {
    xml: Xml<R>,
    caps: Caps,
    /// The row read last, from 1.
    row: u32,
    /// Cells of the widest record so far: shorter ones end in empty cells, which a sheet leaves out.
    widest: usize,
    cells: u64,
    empty_cells: u64,
    seen: SeenRows,
    unsaved: Option<RowsMet>,
    hidden: Option<RowsMet>,
    /// Cells of the open row that came behind one that stands at their right.
    late: Vec<LateCell>,
    /// The cell's value as it stands in the file.
    raw: Vec<u8>,
    rendered: String,
    at_end: bool,
}

/// Counts rows or cells with something worth saying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowsMet {
    pub(super) count: u64,
    /// Of the first one.
    pub(super) row: u32,
}

#[derive(Debug)]
struct LateCell {
    column: usize,
    text: String,
    value: ValueKind,
}

/// The rows that were given, one bit each: Excel and others write rows in order, scripts do not always.
#[derive(Debug, Default)]
struct SeenRows {
    bits: Vec<u64>,
}

impl SeenRows {
    fn clear(&mut self) {
        self.bits.clear();
    }

    /// Whether the row, which a sheet can have, was not seen before.
    fn is_new(&mut self, row: u32) -> bool {
        let (word, bit) = (row as usize / 64, 1 << (row % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let is_new = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        is_new
    }
}

impl<R: Read + Seek> Sheet<R> {
    pub(super) fn new(xml: Xml<R>, caps: Caps) -> Self {
        Self {
            xml,
            caps,
            row: 0,
            widest: 1,
            cells: 0,
            empty_cells: 0,
            seen: SeenRows::default(),
            unsaved: None,
            hidden: None,
            late: Vec::new(),
            raw: Vec::new(),
            rendered: String::new(),
            at_end: false,
        }
    }

    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.row, self.widest, self.cells, self.empty_cells) = (0, 1, 0, 0);
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
                        return Err(misplaced(self.row));
                    }
                    self.row = row;
                    let empty = tag.empty;
                    if !empty && self.read_row(workbook, record)? {
                        if hidden {
                            self.hidden.get_or_insert(RowsMet { count: 0, row }).count += 1;
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

    /// Whether the row has cells.
    fn read_row(
        &mut self,
        workbook: &Workbook,
        record: &mut Record,
    ) -> Result<bool, WorkbookRefusal> {
        let mut next_column = 0;
        let mut record_bytes = 0;
        let mut has_cells = false;
        loop {
            match self.xml.next()? {
                Event::Open(tag) if tag.name == b"c" => {
                    let cell = read_cell_tag(tag, self.row, next_column)?;
                    has_cells = true;
                    self.raw.clear();
                    if !cell.empty {
                        self.read_value(cell)?;
                    }
                    let (text, value) =
                        render(cell, workbook, &self.raw, &mut self.rendered, self.row)?;
                    self.cells += 1;
                    self.empty_cells += u64::from(text.is_empty());
                    record_bytes += text.len();
                    check_record(self.row, cell.column, text, record_bytes)?;
                    if !text.is_empty() && cell.column < next_column {
                        let text = text.to_owned();
                        self.late.push(LateCell { column: cell.column, text, value });
                    } else if !text.is_empty() {
                        fill_up(record, cell.column);
                        push(record, text, value);
                    }
                    next_column = next_column.max(cell.column + 1);
                    self.check_caps()?;
                }
                Event::Close(b"row") => {
                    if !self.late.is_empty() {
                        self.sort(record)?;
                    }
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
            let row = self.row;
            self.unsaved.get_or_insert(RowsMet { count: 0, row }).count += 1;
        }
        Ok(())
    }

    /// Puts the cells that came late where they belong.
    #[cold]
    fn sort(&mut self, record: &mut Record) -> Result<(), WorkbookRefusal> {
        let in_order = (0..record.len()).filter(|&column| !record.cell(column).is_empty());
        let mut cells: Vec<LateCell> = in_order
            .map(|column| LateCell {
                column,
                text: record.cell(column).to_owned(),
                value: if record.is_real_date(column) { ValueKind::Date } else { ValueKind::Other },
            })
            .collect();
        cells.append(&mut self.late);
        cells.sort_by_key(|cell| cell.column);
        if cells.windows(2).any(|two| two[0].column == two[1].column) {
            return Err(misplaced(self.row - 1));
        }
        record.clear();
        for cell in cells {
            fill_up(record, cell.column);
            push(record, &cell.text, cell.value);
        }
        Ok(())
    }

    fn check_caps(&self) -> Result<(), WorkbookRefusal> {
        let Caps { cells, empty_cells, .. } = self.caps;
        if self.cells > cells {
            let cells = grouped(cells);
            return Err(WorkbookRefusal::too_large(format!("the sheet has over {cells} cells")));
        }
        if self.empty_cells > empty_cells {
            return Err(WorkbookRefusal::too_large(format!(
                "the sheet has over {} cells with nothing in them",
                grouped(empty_cells)
            )));
        }
        Ok(())
    }
}

fn fill_up(record: &mut Record, cells: usize) {
    while record.len() < cells {
        record.push_cell("");
    }
}

fn check_record(
    row: u32,
    column: usize,
    text: &str,
    record_bytes: usize,
) -> Result<(), WorkbookRefusal> {
    if column >= CELLS_MAX && !text.is_empty() {
        return Err(WorkbookRefusal::too_large(format!(
            "row {row} has a value beyond the {} columns that are read",
            grouped(CELLS_MAX as u64)
        )));
    }
    if record_bytes > RECORD_BYTES_MAX {
        return Err(WorkbookRefusal::too_large(format!(
            "row {row} holds more than {} bytes",
            grouped(RECORD_BYTES_MAX as u64)
        )));
    }
    Ok(())
}

fn push(record: &mut Record, text: &str, value: ValueKind) {
    match value {
        ValueKind::Date => record.push_date(text),
        ValueKind::Other => record.push_cell(text),
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
                    .ok_or_else(|| misplaced(before))?;
            }
            (b"hidden", value) => hidden = is_true(value),
            _ => {}
        }
    }
    if row == 0 || row > ROWS_MAX {
        return Err(misplaced(before));
    }
    Ok((row, hidden))
}

fn is_true(value: &[u8]) -> bool {
    matches!(value, b"1" | b"true" | b"on")
}
