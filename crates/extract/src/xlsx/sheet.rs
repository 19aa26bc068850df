//! The rows of one sheet, cell by cell.
//!
//! Not for: what the cells mean. Formulas are never computed: their saved value is read.
//!
//! Invariant: rows and columns only go forward, so that a file cannot write one cell again and again; what
//! a row costs is bounded by the limits of a record, and all rows together by [`Caps`].

use std::io::{Read, Seek};

use super::limits::{Caps, ROWS_MAX, SHEET_COLUMNS_MAX};
use super::number::{write_iso, write_number};
use super::refusal::{WorkbookRefusal, grouped};
use super::strings::{check_length, decode_escapes, read_rich_text};
use super::workbook::Workbook;
use super::xml::{Event, Tag, Xml, not_text, unescape};
use crate::limits::{CELLS_MAX, RECORD_BYTES_MAX};
use crate::record::Record;

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
    unsaved: Option<UnsavedFormulas>,
    /// The cell's value as it stands in the file.
    raw: Vec<u8>,
    rendered: String,
    at_end: bool,
}

/// Formulas whose value was not saved with them; they read as empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnsavedFormulas {
    pub(super) count: u64,
    /// Of the first one.
    pub(super) row: u32,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    /// From 0.
    column: usize,
    style: usize,
    kind: Kind,
    empty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    Text,
    Boolean,
    /// `#N/A` and the like, shown as they are.
    Error,
    IsoDate,
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
            unsaved: None,
            raw: Vec::new(),
            rendered: String::new(),
            at_end: false,
        }
    }

    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.row, self.widest, self.cells, self.empty_cells) = (0, 1, 0, 0);
        (self.unsaved, self.at_end) = (None, false);
        self.xml.restart()
    }

    pub(super) fn unsaved_formulas(&self) -> Option<UnsavedFormulas> {
        self.unsaved
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
                    self.row = row_number(tag, self.row)?;
                    if !tag.empty && self.read_row(workbook, record)? {
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
        loop {
            match self.xml.next()? {
                Event::Open(tag) if tag.name == b"c" => {
                    let cell = read_cell_tag(tag, self.row, next_column)?;
                    next_column = cell.column + 1;
                    self.raw.clear();
                    if !cell.empty {
                        self.read_value(cell)?;
                    }
                    let text = render(cell, workbook, &self.raw, &mut self.rendered, self.row)?;
                    self.cells += 1;
                    self.empty_cells += u64::from(text.is_empty());
                    record_bytes += text.len();
                    check_record(self.row, cell.column, text, record_bytes)?;
                    if !text.is_empty() {
                        fill_up(record, cell.column);
                        record.push_cell(text);
                    }
                    self.check_caps()?;
                }
                Event::Close(b"row") => return Ok(next_column > 0),
                Event::End => return Err(WorkbookRefusal::damaged("the sheet has no end")),
                _ => {}
            }
        }
    }

    /// Puts the value of the open cell into `raw`.
    fn read_value(&mut self, cell: Cell) -> Result<(), WorkbookRefusal> {
        let mut in_value = false;
        let mut formula = false;
        loop {
            match self.xml.next()? {
                Event::Open(tag) if tag.name == b"v" => in_value = !tag.empty,
                Event::Open(tag) if tag.name == b"f" => formula = true,
                Event::Open(tag) if tag.name == b"is" && !tag.empty => {
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
            self.unsaved.get_or_insert(UnsavedFormulas { count: 0, row }).count += 1;
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

fn row_number(tag: Tag<'_>, before: u32) -> Result<u32, WorkbookRefusal> {
    let mut row = before + 1;
    for attribute in tag.attributes() {
        if let (b"r", value) = attribute? {
            row = str::from_utf8(value)
                .ok()
                .and_then(|value| value.parse().ok())
                .ok_or_else(|| misplaced(before))?;
        }
    }
    if row <= before || row > ROWS_MAX {
        return Err(misplaced(before));
    }
    Ok(row)
}

fn misplaced(row: u32) -> WorkbookRefusal {
    WorkbookRefusal::damaged(format!(
        "after row {row} a row or cell is not where it belongs, or outside what a sheet can hold"
    ))
}

fn read_cell_tag(tag: Tag<'_>, row: u32, next_column: usize) -> Result<Cell, WorkbookRefusal> {
    let mut cell = Cell { column: next_column, style: 0, kind: Kind::Number, empty: tag.empty };
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        match name {
            b"r" => {
                cell.column = column_of(value, row).ok_or_else(|| misplaced(row - 1))?;
            }
            b"s" => {
                cell.style = decimal(value).ok_or_else(|| {
                    WorkbookRefusal::damaged(format!(
                        "a cell of row {row} has a format that is no number"
                    ))
                })?;
            }
            b"t" => {
                cell.kind = match value {
                    b"s" => Kind::Shared,
                    b"str" | b"inlineStr" => Kind::Text,
                    b"b" => Kind::Boolean,
                    b"e" => Kind::Error,
                    b"d" => Kind::IsoDate,
                    _ => Kind::Number,
                }
            }
            _ => {}
        }
    }
    if cell.column < next_column || cell.column >= SHEET_COLUMNS_MAX {
        return Err(misplaced(row - 1));
    }
    Ok(cell)
}

/// The column (from 0) of a reference such as `AB12`, which has to be in `row`.
fn column_of(reference: &[u8], row: u32) -> Option<usize> {
    let letters = reference.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let (letters, digits) = reference.split_at(letters);
    if letters.is_empty() || letters.len() > 3 || decimal(digits) != Some(row as usize) {
        return None;
    }
    let number =
        letters.iter().fold(0, |number, letter| number * 26 + usize::from(letter - b'A') + 1);
    Some(number - 1)
}

fn decimal(digits: &[u8]) -> Option<usize> {
    const DIGITS_MAX: usize = 9;
    if digits.is_empty() || digits.len() > DIGITS_MAX {
        return None;
    }
    digits.iter().try_fold(0, |number: usize, digit| {
        digit.is_ascii_digit().then(|| number * 10 + usize::from(digit - b'0'))
    })
}

/// The cell's text, from the shared strings, `raw` or `rendered`.
fn render<'t>(
    cell: Cell,
    workbook: &'t Workbook,
    raw: &'t [u8],
    rendered: &'t mut String,
    row: u32,
) -> Result<&'t str, WorkbookRefusal> {
    let raw = str::from_utf8(raw).map_err(|_not_utf8| not_text())?;
    if raw.is_empty() {
        return Ok("");
    }
    rendered.clear();
    match cell.kind {
        Kind::Shared => {
            let text = decimal(raw.trim_ascii().as_bytes()).and_then(|at| workbook.strings.get(at));
            return text.ok_or_else(|| {
                WorkbookRefusal::damaged(format!("a text that row {row} refers to is missing"))
            });
        }
        Kind::Text => rendered.push_str(&decode_escapes(raw)),
        Kind::Boolean => rendered.push_str(if raw.trim_ascii() == "0" { "FALSE" } else { "TRUE" }),
        Kind::Error => return Ok(raw),
        Kind::IsoDate => write_iso(raw, rendered),
        Kind::Number => {
            write_number(raw, workbook.styles.format(cell.style), workbook.system, rendered);
        }
    }
    Ok(rendered)
}
