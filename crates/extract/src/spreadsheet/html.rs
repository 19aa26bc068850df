//! Web pages with tables, as half of the programs on the web write what they call a workbook.
//!
//! Not for: pages in general. The rows of all tables are records, one table behind the other, as a
//! spreadsheet program opens such a page; a row round another table is layout and no record.
//!
//! Invariant: rows count from 1 in the order of the page, and what one costs is bounded.

use std::io::{Read, Seek};

use domain::problem::{Problem, Reason};

use super::choice::Visibility;
use super::in_turn::{FoundRow, ListedName, SheetReader};
use super::limits::{Caps, SHEET_COLUMNS_MAX, TABLES_IN_TABLES_MAX};
use super::markup::{Flavour, Markup, MarkupTag, MarkupText, Token, push_decoded};
use super::refusal::WorkbookRefusal;
use super::row_cells::{CellText, RowCells};
use super::strings::check_length;
use super::tally::CellTally;
use crate::encoding::CodePage;
use crate::record::Record;

#[derive(Debug)]
pub(super) struct HtmlTables<R> {
    markup: Markup<R>,
    is_begun: bool,
    /// Of the row given last.
    row: u64,
    /// Tables that are open, the innermost last.
    tables: Vec<OpenTable>,
    row_cells: RowCells,
    tally: CellTally,
    /// The next column of the open row; none where no row is open.
    column: Option<usize>,
    cell: Option<OpenCell>,
    /// A tag that ended the row before it.
    kept: Option<RowTag>,
}

#[derive(Debug, Default)]
struct OpenTable {
    /// The number of rows more that each column is filled from above.
    spans: Vec<u32>,
}

#[derive(Debug)]
struct OpenCell {
    text: String,
    columns: usize,
    rows: u32,
}

/// The meaning of a tag for rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowTag {
    Table,
    TableEnd,
    Row,
    RowEnd,
    Cell {
        columns: usize,
        rows: u32,
    },
    CellEnd,
    /// A new line in a cell, or whatever else parts words.
    Break,
    Other,
}

impl<R: Read + Seek> HtmlTables<R> {
    pub(super) fn new(text: MarkupText<R>) -> Self {
        Self {
            markup: Markup::new(text, Flavour::Html),
            is_begun: false,
            row: 0,
            tables: Vec::new(),
            row_cells: RowCells::default(),
            tally: CellTally::new(Caps::default()),
            column: None,
            cell: None,
            kept: None,
        }
    }

    /// The next tag; text on the way goes into the open cell. None at the end.
    fn next_tag(&mut self) -> Result<Option<RowTag>, WorkbookRefusal> {
        if let Some(kept) = self.kept.take() {
            return Ok(Some(kept));
        }
        loop {
            match self.markup.next()? {
                Token::Open(tag) => return Ok(Some(opened(tag))),
                Token::Close(name) => return Ok(Some(closed(name))),
                Token::Text(piece) => {
                    if let Some(cell) = &mut self.cell {
                        push_decoded(piece, &mut cell.text);
                        check_length(cell.text.as_bytes())?;
                    }
                }
                Token::Verbatim(_) => {}
                Token::End => return Ok(None),
            }
        }
    }

    fn close_cell(&mut self, record: &mut Record) -> Result<(), WorkbookRefusal> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let words: Vec<&str> = cell.text.split_ascii_whitespace().collect();
        let text = words.join(" ");
        let text = text.trim();
        let table = self.tables.last_mut();
        let mut column = self.column.unwrap_or(0);
        if let Some(table) = &table {
            while table.spans.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
        }
        let behind = column + cell.columns;
        if behind > SHEET_COLUMNS_MAX {
            return Err(WorkbookRefusal::too_large("a row of it has more cells than a sheet"));
        }
        if cell.rows > 1
            && let Some(table) = table
        {
            if table.spans.len() < behind {
                table.spans.resize(behind, 0);
            }
            table.spans[column..behind].fill(cell.rows);
        }
        self.tally.add(1, text)?;
        self.tally.add(cell.columns as u64 - 1, "")?;
        self.row_cells.place(record, column, CellText { text, is_number: false })?;
        self.column = Some(behind);
        Ok(())
    }

    /// The row that is open, complete; none when it has no cells.
    fn close_row(&mut self, record: &mut Record) -> Result<Option<FoundRow>, WorkbookRefusal> {
        self.close_cell(record)?;
        if let Some(table) = self.tables.last_mut() {
            for rows in &mut table.spans {
                *rows = rows.saturating_sub(1);
            }
        }
        let Some(columns) = self.column.take() else { return Ok(None) };
        if columns == 0 {
            return Ok(None);
        }
        self.row_cells.finish(record)?;
        self.row += 1;
        Ok(Some(FoundRow { number: self.row, visible: Visibility::Shown }))
    }

    fn open_row(&mut self, record: &mut Record) {
        record.clear();
        self.row_cells.begin(self.row + 1);
        self.column = Some(0);
    }

    fn open_table(&mut self, record: &mut Record) -> Result<(), WorkbookRefusal> {
        // What is open round it is layout.
        record.clear();
        (self.column, self.cell) = (None, None);
        if self.tables.len() == TABLES_IN_TABLES_MAX {
            return Err(WorkbookRefusal::too_large(format!(
                "over {TABLES_IN_TABLES_MAX} tables of it stand in one another"
            )));
        }
        self.tables.push(OpenTable::default());
        Ok(())
    }
}

impl<R: Read + Seek> SheetReader for HtmlTables<R> {
    fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        self.tables.clear();
        self.tally.clear();
        (self.row, self.is_begun) = (0, false);
        (self.column, self.cell, self.kept) = (None, None, None);
        self.markup.restart()
    }

    /// The page is one sheet.
    fn next_sheet(&mut self) -> Result<Option<ListedName>, WorkbookRefusal> {
        let is_first = !self.is_begun;
        self.is_begun = true;
        Ok(is_first.then(|| ListedName { name: String::new(), visible: Visibility::Shown }))
    }

    fn next_row(&mut self, record: &mut Record) -> Result<Option<FoundRow>, WorkbookRefusal> {
        loop {
            let Some(tag) = self.next_tag()? else { return self.close_row(record) };
            let ends_row = matches!(tag, RowTag::Row | RowTag::RowEnd | RowTag::TableEnd);
            if ends_row
                && self.column.is_some()
                && let Some(row) = self.close_row(record)?
            {
                self.kept = Some(tag);
                return Ok(Some(row));
            }
            match tag {
                RowTag::Table => self.open_table(record)?,
                RowTag::TableEnd => drop(self.tables.pop()),
                RowTag::Row => self.open_row(record),
                RowTag::Cell { columns, rows } => {
                    if self.column.is_none() {
                        self.open_row(record);
                    }
                    self.close_cell(record)?;
                    self.cell = Some(OpenCell { text: String::new(), columns, rows });
                }
                RowTag::CellEnd => self.close_cell(record)?,
                RowTag::Break => {
                    if let Some(cell) = &mut self.cell {
                        cell.text.push(' ');
                    }
                }
                RowTag::RowEnd | RowTag::Other => {}
            }
        }
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

fn opened(tag: MarkupTag<'_>) -> RowTag {
    let span = |name| tag.attribute(name).and_then(|value| value.trim().parse::<u16>().ok());
    match () {
        () if tag.is("td") || tag.is("th") => RowTag::Cell {
            columns: span("colspan").unwrap_or(1).max(1).into(),
            rows: span("rowspan").unwrap_or(1).max(1).into(),
        },
        () if tag.is("tr") => RowTag::Row,
        () if tag.is("table") => RowTag::Table,
        () if ["br", "p", "div", "li"].into_iter().any(|name| tag.is(name)) => RowTag::Break,
        () => RowTag::Other,
    }
}

fn closed(name: &str) -> RowTag {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    match () {
        () if is("td") || is("th") => RowTag::CellEnd,
        () if is("tr") => RowTag::RowEnd,
        () if is("table") => RowTag::TableEnd,
        () if ["p", "div", "li"].into_iter().any(is) => RowTag::Break,
        () => RowTag::Other,
    }
}
