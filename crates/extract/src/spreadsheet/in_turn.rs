//! Spreadsheets whose sheets are read one behind the other, as a source of records.
//!
//! Not for: any one format; each is a [`SheetReader`]. Invariant: the sheet is chosen as in every workbook,
//! and records are as wide as the widest before them.

use domain::problem::{Problem, Reason};

use super::choice::{self, ChosenSheet, FirstRows, PeekedSheet, Visibility};
use super::limits::PEEK_BYTES;
use super::refusal::WorkbookRefusal;
use super::row_cells::fill_up;
use super::tally::RowsMet;
use crate::encoding::{CodePage, Encoding};
use crate::error::ReadError;
use crate::headers::Matcher;
use crate::record::{Doubt, Record, RecordSource};

/// Reads sheets from the first to the last.
pub(super) trait SheetReader {
    /// Goes to before the first sheet.
    fn restart(&mut self) -> Result<(), WorkbookRefusal>;

    /// Goes to the next sheet, over the rows of the one before; none behind the last.
    fn next_sheet(&mut self) -> Result<Option<ListedName>, WorkbookRefusal>;

    /// Fills the record, which is clear, with the next row that has cells; none behind the last of the sheet.
    fn next_row(&mut self, record: &mut Record) -> Result<Option<FoundRow>, WorkbookRefusal>;

    /// Reads on to the end of the file, if only that shows that it is whole.
    fn finish(&mut self) -> Result<(), WorkbookRefusal> {
        Ok(())
    }

    /// Bytes gone through so far.
    fn bytes_read(&self) -> u64;

    /// The code page that the text was guessed to be in; none where something says it, and of no text.
    fn guessed_page(&self) -> Option<CodePage> {
        None
    }

    /// Returns `true` when the whole text tells of another code page than its beginning.
    fn reads_otherwise(&self) -> bool {
        false
    }

    /// Notes beside the rows.
    fn notes(&self) -> Vec<Problem> {
        Vec::new()
    }
}

/// A sheet by its name.
#[derive(Debug)]
pub(super) struct ListedName {
    pub(super) name: String,
    pub(super) visible: Visibility,
}

/// A row as it stands in its sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundRow {
    /// From 1.
    pub(super) number: u64,
    pub(super) visible: Visibility,
}

#[derive(Debug)]
pub(super) struct SheetRecords<S> {
    reader: S,
    chosen: ChosenSheet,
    widest: usize,
    hidden: Option<RowsMet>,
    /// Cells that show how a guessed code page was read, with their columns.
    guessed: Vec<(usize, String)>,
    is_at_end: bool,
}

/// Cells that are kept to see a guess by: more are no surer.
const GUESSED_MAX: usize = 8;

impl<S: SheetReader> SheetRecords<S> {
    /// The sheet that is named, or else the one in which `matcher` knows most.
    pub(super) fn open(
        mut reader: S,
        matcher: &Matcher,
        sheet: Option<&str>,
    ) -> Result<Self, WorkbookRefusal> {
        let chosen = match sheet {
            Some(wanted) => choice::named(names(&mut reader)?, wanted)?,
            None => choice::choose(peek_all(&mut reader, matcher))?,
        };
        let mut records =
            Self { reader, chosen, widest: 1, hidden: None, guessed: Vec::new(), is_at_end: false };
        records.restart()?;
        Ok(records)
    }

    fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.widest, self.hidden, self.is_at_end) = (1, None, false);
        self.guessed.clear();
        self.reader.restart()?;
        for _ in 0..=self.chosen.index {
            let sheet = self.reader.next_sheet()?;
            sheet.ok_or_else(|| WorkbookRefusal::damaged("a sheet of it is gone"))?;
        }
        Ok(())
    }

    fn next(&mut self, record: &mut Record) -> Result<bool, WorkbookRefusal> {
        record.clear();
        if self.is_at_end {
            return Ok(false);
        }
        let Some(row) = self.reader.next_row(record)? else {
            self.is_at_end = true;
            self.reader.finish()?;
            return Ok(false);
        };
        if row.visible == Visibility::Hidden {
            RowsMet::add(&mut self.hidden, row.number);
        }
        if self.guessed.len() < GUESSED_MAX && self.reader.guessed_page().is_some() {
            let cells = record.cells().enumerate().filter(|(_, cell)| !cell.is_ascii());
            let cells = cells.map(|(place, cell)| (place, cell.to_owned()));
            self.guessed.extend(cells.take(GUESSED_MAX - self.guessed.len()));
        }
        record.line = row.number;
        self.widest = self.widest.max(record.len());
        fill_up(record, self.widest);
        Ok(true)
    }
}

impl<S: SheetReader> RecordSource for SheetRecords<S> {
    fn next(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        Ok(Self::next(self, record)?)
    }

    fn rewind(&mut self) -> Result<(), ReadError> {
        Ok(self.restart()?)
    }

    fn encoding(&self) -> Option<Encoding> {
        None
    }

    fn delimiter(&self) -> Option<u8> {
        None
    }

    fn reads_otherwise(&self) -> bool {
        self.reader.reads_otherwise()
    }

    fn doubts(&self) -> Vec<Doubt> {
        let doubt = |page: CodePage| Doubt {
            reason: Reason::CodePageGuessed,
            taken_for: Some(page.name().to_owned()),
            cells: self.guessed.clone(),
        };
        Vec::from_iter(self.reader.guessed_page().map(doubt))
    }

    fn notes(&self) -> Vec<Problem> {
        let hidden = self.hidden.map(|met| met.problem(Reason::HiddenRows, "rows"));
        let mut notes = Vec::from_iter(choice::note(&self.chosen));
        notes.extend(self.reader.notes());
        notes.extend(hidden);
        notes
    }
}

fn names<S: SheetReader>(reader: &mut S) -> Result<Vec<String>, WorkbookRefusal> {
    let mut names = Vec::new();
    while let Some(sheet) = reader.next_sheet()? {
        names.push(sheet.name);
    }
    Ok(names)
}

/// Sheets far behind the beginning are not looked for: what takes so long is the extract itself.
fn peek_all<S: SheetReader>(reader: &mut S, matcher: &Matcher) -> Vec<PeekedSheet> {
    const FIRST_SHEETS_BYTES: u64 = 64 * PEEK_BYTES;
    let mut sheets = Vec::new();
    while reader.bytes_read() <= FIRST_SHEETS_BYTES {
        let listed = match reader.next_sheet() {
            Ok(Some(listed)) => listed,
            Ok(None) => break,
            // Nothing behind it can be had either.
            Err(refusal) => {
                let content = Err(refusal);
                sheets.push(PeekedSheet {
                    name: String::new(),
                    visible: Visibility::Shown,
                    content,
                });
                break;
            }
        };
        let until = reader.bytes_read() + PEEK_BYTES;
        let content = choice::peek(listed.visible, matcher, |record| {
            Ok(match reader.next_row(record)? {
                Some(_) if reader.bytes_read() > until => FirstRows::LongEnough,
                Some(_) => FirstRows::Row,
                None => FirstRows::End,
            })
        });
        let is_damaged = content.is_err();
        sheets.push(PeekedSheet { name: listed.name, visible: listed.visible, content });
        if is_damaged {
            break;
        }
    }
    sheets
}
