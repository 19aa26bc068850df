//! XML Spreadsheet 2003, which Excel 2002 brought and many programs still write under the name `.xls`.
//!
//! Not for: its styles: a cell says itself whether it is a date. Invariant: rows and cells stand where their
//! indexes say, each row once.

use std::io::{Read, Seek};

use domain::problem::{Problem, Reason};

use super::choice::Visibility;
use super::format_code::NumberFormat;
use super::in_turn::{FoundRow, ListedName, SheetReader};
use super::limits::{Caps, SHEET_COLUMNS_MAX};
use super::markup::{Flavour, Markup, MarkupTag, MarkupText, Token, push_decoded};
use super::number::{DateSystem, write_iso, write_number};
use super::refusal::WorkbookRefusal;
use super::row_cells::{CellText, RowCells, misplaced};
use super::strings::check_length;
use super::tally::{CellTally, SeenRows};
use crate::encoding::CodePage;
use crate::record::Record;

#[derive(Debug)]
pub(super) struct XmlSpreadsheet<R> {
    markup: Markup<R>,
    /// The row read last, from 1.
    row: u32,
    seen: SeenRows,
    row_cells: RowCells,
    tally: CellTally,
    is_in_sheet: bool,
}

/// The element that was opened or closed, as far as it matters here.
#[derive(Debug)]
enum Element {
    Sheet(String),
    Row { index: Option<u32>, visible: Visibility, is_empty: bool },
    Cell { index: Option<usize>, across: usize, is_empty: bool },
    Data(DataKind),
    Comment,
    CommentEnd,
    CellEnd,
    RowEnd,
    SheetEnd,
    Text(String),
    Other,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DataKind {
    Number,
    DateTime,
    Boolean,
    Text,
}

impl<R: Read + Seek> XmlSpreadsheet<R> {
    pub(super) fn new(text: MarkupText<R>) -> Self {
        Self {
            markup: Markup::new(text, Flavour::Xml),
            row: 0,
            seen: SeenRows::default(),
            row_cells: RowCells::default(),
            tally: CellTally::new(Caps::default()),
            is_in_sheet: false,
        }
    }

    fn next(&mut self) -> Result<Element, WorkbookRefusal> {
        Ok(match self.markup.next()? {
            Token::Open(tag) => opened(tag),
            Token::Close(name) => match name {
                "Worksheet" => Element::SheetEnd,
                "Row" => Element::RowEnd,
                "Cell" => Element::CellEnd,
                "Comment" => Element::CommentEnd,
                _ => Element::Other,
            },
            Token::Text(piece) => {
                let mut text = String::new();
                push_decoded(piece, &mut text);
                Element::Text(text)
            }
            Token::Verbatim(piece) => Element::Text(piece.to_owned()),
            Token::End => Element::End,
        })
    }

    /// Reads the next row; returns `true` when it has cells.
    fn read_row(&mut self, record: &mut Record) -> Result<bool, WorkbookRefusal> {
        let mut next_column = 0;
        let mut has_cells = false;
        self.row_cells.begin(self.row.into());
        loop {
            match self.next()? {
                Element::Cell { index, across, is_empty } => {
                    let column = index.unwrap_or(next_column);
                    if column.saturating_add(across) >= SHEET_COLUMNS_MAX {
                        return Err(misplaced(u64::from(self.row) - 1));
                    }
                    next_column = column + across + 1;
                    has_cells = true;
                    let (text, kind) =
                        if is_empty { (String::new(), None) } else { self.read_cell()? };
                    self.tally.add(1, &text)?;
                    self.tally.add(across as u64, "")?;
                    let is_number = kind == Some(DataKind::Number);
                    self.row_cells.place(record, column, CellText { text: &text, is_number })?;
                }
                Element::RowEnd => {
                    self.row_cells.finish(record)?;
                    return Ok(has_cells);
                }
                Element::SheetEnd | Element::End => return Err(no_end()),
                _ => {}
            }
        }
    }

    /// The value of the open cell and its kind; what is said in a comment is none.
    fn read_cell(&mut self) -> Result<(String, Option<DataKind>), WorkbookRefusal> {
        let mut raw = String::new();
        let mut data = None;
        let mut is_in_comment = false;
        loop {
            match self.next()? {
                Element::Data(kind) if !is_in_comment => data = Some(kind),
                Element::Comment => is_in_comment = true,
                Element::CommentEnd => is_in_comment = false,
                Element::Text(piece) if data.is_some() && !is_in_comment => {
                    raw.push_str(&piece);
                    check_length(raw.as_bytes())?;
                }
                Element::CellEnd => break,
                Element::RowEnd | Element::SheetEnd | Element::End => return Err(no_end()),
                _ => {}
            }
        }
        let raw = raw.trim_ascii();
        let mut text = String::new();
        match data {
            Some(DataKind::Number) if !raw.is_empty() => {
                write_number(raw, NumberFormat::Plain, DateSystem::From1900, &mut text);
            }
            // A time of day is one of the day before the first.
            Some(DataKind::DateTime) if !raw.starts_with("1899-12-31T") => {
                write_iso(raw, &mut text);
            }
            Some(DataKind::DateTime) => text.push_str(raw[11..].trim_end_matches(".000")),
            Some(DataKind::Boolean) => text.push_str(if raw == "0" { "FALSE" } else { "TRUE" }),
            _ => text.push_str(raw),
        }
        Ok((text, data))
    }
}

impl<R: Read + Seek> SheetReader for XmlSpreadsheet<R> {
    fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.row, self.is_in_sheet) = (0, false);
        self.seen.clear();
        self.tally.clear();
        self.markup.restart()
    }

    fn next_sheet(&mut self) -> Result<Option<ListedName>, WorkbookRefusal> {
        loop {
            match self.next()? {
                Element::Sheet(name) => {
                    (self.row, self.is_in_sheet) = (0, true);
                    self.seen.clear();
                    return Ok(Some(ListedName { name, visible: Visibility::Shown }));
                }
                Element::End => return Ok(None),
                _ => {}
            }
        }
    }

    fn next_row(&mut self, record: &mut Record) -> Result<Option<FoundRow>, WorkbookRefusal> {
        while self.is_in_sheet {
            match self.next()? {
                Element::Row { index, visible, is_empty } => {
                    let row = index.unwrap_or(self.row + 1);
                    if !self.seen.is_new(row) {
                        return Err(misplaced(self.row.into()));
                    }
                    self.row = row;
                    if !is_empty && self.read_row(record)? {
                        return Ok(Some(FoundRow { number: row.into(), visible }));
                    }
                }
                Element::SheetEnd | Element::End => self.is_in_sheet = false,
                _ => {}
            }
        }
        Ok(None)
    }

    fn bytes_read(&self) -> u64 {
        self.markup.text().bytes_read()
    }

    fn guessed_page(&self) -> Option<CodePage> {
        self.markup.text().guessed_page()
    }

    fn reads_otherwise(&self) -> bool {
        self.markup.text().reads_otherwise()
    }

    fn notes(&self) -> Vec<Problem> {
        let is_damaged = self.markup.text().is_damaged();
        Vec::from_iter(is_damaged.then(|| Problem::of_file(Reason::DamagedCharacters)))
    }
}

fn no_end() -> WorkbookRefusal {
    WorkbookRefusal::damaged("the sheet has no end")
}

fn opened(tag: MarkupTag<'_>) -> Element {
    let number = |name| tag.attribute(name).and_then(|value| value.trim().parse::<u32>().ok());
    let is_empty = tag.is_empty;
    match tag.name {
        "Worksheet" => {
            let mut name = String::new();
            push_decoded(tag.attribute("Name").unwrap_or(""), &mut name);
            name.retain(|character| !character.is_control());
            Element::Sheet(name)
        }
        "Row" => {
            let is_hidden = tag.attribute("Hidden") == Some("1");
            let visible = if is_hidden { Visibility::Hidden } else { Visibility::Shown };
            Element::Row { index: number("Index"), visible, is_empty }
        }
        "Cell" => {
            let index = number("Index").map(|index| (index as usize).saturating_sub(1));
            let across = number("MergeAcross").unwrap_or(0) as usize;
            Element::Cell { index, across, is_empty }
        }
        "Data" if !is_empty => Element::Data(match tag.attribute("Type") {
            Some("Number") => DataKind::Number,
            Some("DateTime") => DataKind::DateTime,
            Some("Boolean") => DataKind::Boolean,
            _ => DataKind::Text,
        }),
        "Comment" if !is_empty => Element::Comment,
        _ => Element::Other,
    }
}
