//! ODF spreadsheets (`.ods`), as free office programs write them.
//!
//! Not for: their styles: a cell says itself whether it is a date, and shows what it shows.
//!
//! Invariant: repeated rows and cells count as often as they are repeated, so that a short file cannot make a
//! long one.

use std::io::{Read, Seek};

use super::choice::Visibility;
use super::format_code::NumberFormat;
use super::in_turn::{FoundRow, ListedName, SheetReader};
use super::limits::{
    Caps, ROWS_MAX, SHEET_BYTES_MAX, SHEET_COLUMNS_MAX, SHEETS_MAX, SMALL_PART_BYTES_MAX,
};
use super::number::{DateSystem, write_iso, write_number};
use super::package::Package;
use super::part::Part;
use super::refusal::WorkbookRefusal;
use super::row_cells::{CellText, RowCells, misplaced};
use super::tally::CellTally;
use super::xml::{Event, Tag, Xml, local, to_text};
use crate::record::Record;

mod cell;
use cell::{OdsCell, read_cell};

pub(super) const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";

#[derive(Debug)]
pub(super) struct OdsSheets<R> {
    xml: Xml<R>,
    /// Styles of sheets that are not shown.
    hidden_styles: Vec<String>,
    /// The row read last, from 1.
    row: u64,
    row_cells: RowCells,
    tally: CellTally,
    is_in_sheet: bool,
    /// The row that is given so many times more.
    repeated: Option<(Vec<OdsCell>, u64, Visibility)>,
}

impl<R: Read + Seek> OdsSheets<R> {
    pub(super) fn open(mut source: R, package: &Package) -> Result<Self, WorkbookRefusal> {
        let missing = || WorkbookRefusal::damaged("a part that it refers to is missing");
        if let Some(manifest) = package.entry(MANIFEST) {
            check_encrypted(Xml::of_all_names(Part::open(
                &mut source,
                manifest,
                SMALL_PART_BYTES_MAX,
            )?))?;
        }
        let content = package.entry(CONTENT).ok_or_else(missing)?;
        Ok(Self {
            xml: Xml::of_all_names(Part::open(source, content, SHEET_BYTES_MAX)?),
            hidden_styles: Vec::new(),
            row: 0,
            row_cells: RowCells::default(),
            tally: CellTally::new(Caps::default()),
            is_in_sheet: false,
            repeated: None,
        })
    }

    /// The cells of the open row, and how many rows they are.
    fn read_row(&mut self) -> Result<Vec<OdsCell>, WorkbookRefusal> {
        let mut cells: Vec<OdsCell> = Vec::new();
        let mut column = 0;
        loop {
            match self.xml.next()? {
                Event::Open(tag) if matches!(tag.name, b"table-cell" | b"covered-table-cell") => {
                    let is_empty = tag.empty;
                    let mut cell = OdsCell::of_tag(tag, column)?;
                    if !is_empty {
                        read_cell(&mut self.xml, &mut cell)?;
                    }
                    self.tally.add(cell.repeated as u64, cell.text())?;
                    column += cell.repeated;
                    if !cell.text().is_empty() {
                        cells.push(cell);
                    }
                    if column > SHEET_COLUMNS_MAX {
                        return Err(misplaced(self.row));
                    }
                }
                Event::Close(b"table-row") => return Ok(cells),
                Event::End => return Err(WorkbookRefusal::damaged("the sheet has no end")),
                _ => {}
            }
        }
    }

    fn give(&mut self, cells: &[OdsCell], record: &mut Record) -> Result<(), WorkbookRefusal> {
        self.row_cells.begin(self.row);
        for cell in cells {
            let mut text = String::new();
            cell.write(&mut text);
            for column in cell.column..cell.column + cell.repeated {
                let is_number = cell.is_number();
                self.row_cells.place(record, column, CellText { text: &text, is_number })?;
            }
        }
        self.row_cells.finish(record)
    }

    fn give_again(&mut self, record: &mut Record) -> Result<Option<FoundRow>, WorkbookRefusal> {
        let Some((cells, times, visible)) = self.repeated.take() else { return Ok(None) };
        self.row += 1;
        for cell in &cells {
            self.tally.add(cell.repeated as u64, cell.text())?;
        }
        self.give(&cells, record)?;
        if times > 1 {
            self.repeated = Some((cells, times - 1, visible));
        }
        Ok(Some(FoundRow { number: self.row, visible }))
    }
}

impl<R: Read + Seek> SheetReader for OdsSheets<R> {
    fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.row, self.is_in_sheet, self.repeated) = (0, false, None);
        self.hidden_styles.clear();
        self.tally.clear();
        self.xml.restart()
    }

    fn next_sheet(&mut self) -> Result<Option<ListedName>, WorkbookRefusal> {
        let mut style = String::new();
        self.repeated = None;
        loop {
            match self.xml.next()? {
                Event::Open(tag) if tag.name == b"style" => style = attribute(tag, b"name")?,
                Event::Open(tag)
                    if tag.name == b"table-properties"
                        && attribute(tag, b"display")? == "false"
                        && self.hidden_styles.len() < SHEETS_MAX =>
                {
                    self.hidden_styles.push(std::mem::take(&mut style));
                }
                Event::Open(tag) if tag.name == b"table" => {
                    let mut name = attribute(tag, b"name")?;
                    let style = attribute(tag, b"style-name")?;
                    name.retain(|character| !character.is_control());
                    let is_hidden = self.hidden_styles.contains(&style);
                    (self.row, self.is_in_sheet) = (0, !tag.empty);
                    let visible = if is_hidden { Visibility::Hidden } else { Visibility::Shown };
                    return Ok(Some(ListedName { name, visible }));
                }
                Event::End => return Ok(None),
                _ => {}
            }
        }
    }

    fn next_row(&mut self, record: &mut Record) -> Result<Option<FoundRow>, WorkbookRefusal> {
        if let Some(row) = self.give_again(record)? {
            return Ok(Some(row));
        }
        while self.is_in_sheet {
            match self.xml.next()? {
                Event::Open(tag) if tag.name == b"table-row" => {
                    let times = repeated(tag, b"number-rows-repeated")?;
                    let visible = match attribute(tag, b"visibility")?.as_str() {
                        "collapse" | "filter" => Visibility::Hidden,
                        _ => Visibility::Shown,
                    };
                    let cells = if tag.empty { Vec::new() } else { self.read_row()? };
                    if self.row + times > ROWS_MAX.into() {
                        // The rest of the sheet, empty to its end.
                        self.row = ROWS_MAX.into();
                        if !cells.is_empty() {
                            return Err(misplaced(self.row));
                        }
                        continue;
                    }
                    if cells.is_empty() {
                        self.row += times;
                        continue;
                    }
                    self.row += 1;
                    self.give(&cells, record)?;
                    if times > 1 {
                        self.repeated = Some((cells, times - 1, visible));
                    }
                    return Ok(Some(FoundRow { number: self.row, visible }));
                }
                Event::Close(b"table") | Event::End => self.is_in_sheet = false,
                _ => {}
            }
        }
        Ok(None)
    }

    fn finish(&mut self) -> Result<(), WorkbookRefusal> {
        self.xml.drain()
    }

    fn bytes_read(&self) -> u64 {
        self.xml.produced()
    }
}

fn check_encrypted<R: Read + Seek>(mut xml: Xml<R>) -> Result<(), WorkbookRefusal> {
    loop {
        match xml.next()? {
            Event::Open(tag) if tag.name == b"encryption-data" => {
                return Err(WorkbookRefusal::Encrypted);
            }
            Event::End => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute, whatever its prefix; empty where it has none.
fn attribute(tag: Tag<'_>, wanted: &[u8]) -> Result<String, WorkbookRefusal> {
    for attribute in tag.attributes() {
        let (name, value) = attribute?;
        if local(name) == wanted {
            return to_text(value);
        }
    }
    Ok(String::new())
}

fn repeated(tag: Tag<'_>, name: &[u8]) -> Result<u64, WorkbookRefusal> {
    let text = attribute(tag, name)?;
    match text.as_str() {
        "" => Ok(1),
        text => text.parse::<u32>().map(|times| times.max(1).into()).map_err(|_no_number| {
            WorkbookRefusal::damaged("a row or cell is repeated by something else than a number")
        }),
    }
}

fn write_value(kind: &str, value: &str, shown: &str, out: &mut String) {
    match kind {
        "date" => write_iso(value, out),
        // What is shown may leave out the days.
        "time" => match time_of_duration(value) {
            Some(time) => out.push_str(&time),
            None => out.push_str(if shown.is_empty() { value } else { shown }),
        },
        "boolean" => out.push_str(if value == "false" { "FALSE" } else { "TRUE" }),
        // A number with zeros in front is a reference, and its format shows them.
        "float" if is_padded(shown, value) => out.push_str(shown),
        "float" | "currency" | "percentage" => {
            write_number(value, NumberFormat::Plain, DateSystem::From1900, out);
        }
        _ if shown.is_empty() => out.push_str(value),
        _ => out.push_str(shown),
    }
}

/// `PT36H15M02.5S` as `36:15:02`, the form that times of other workbooks have; none for one with days.
fn time_of_duration(value: &str) -> Option<String> {
    let (hours, rest) = value.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let are_numbers = [hours, minutes, seconds].into_iter().all(is_number);
    are_numbers.then(|| format!("{hours:0>2}:{minutes:0>2}:{seconds:0>2}"))
}

fn is_padded(shown: &str, value: &str) -> bool {
    shown.len() > 1
        && shown.starts_with('0')
        && shown.bytes().all(|byte| byte.is_ascii_digit())
        && shown.trim_start_matches('0') == value.trim_start_matches('0')
}
