//! Workbooks (`.xlsx`) as a source of records: the rows of one sheet, streamed.
//!
//! Not for: other spreadsheets, formulas, or writing. Nothing in a workbook is run or fetched.
//!
//! Invariant: a workbook is looked through before anything in it is unpacked, and what is unpacked is
//! counted; memory is bounded by `limits`, whatever the file says about itself.

mod compound;
mod limits;
mod number;
mod package;
mod part;
mod refusal;
mod sheet;
mod strings;
mod styles;
#[cfg(test)]
mod tests;
mod workbook;
mod xml;

use std::io::{Read, Seek};

use self::limits::{Caps, SHEET_BYTES_MAX};
use self::package::Package;
use self::part::Part;
use self::refusal::WorkbookRefusal;
use self::sheet::Sheet;
use self::workbook::Workbook;
use self::xml::Xml;
use crate::encoding::Encoding;
use crate::error::ReadError;
use crate::problem::shown;
use crate::record::{Record, RecordSource};
use domain::problem::{Problem, Reason};

/// The records of a workbook's first visible sheet with content.
#[derive(Debug)]
pub(crate) struct XlsxRecords<R> {
    workbook: Workbook,
    sheet: Sheet<R>,
    notes: Vec<Problem>,
}

/// Parts whose presence is worth saying; all of them are left alone.
const NOTED_FOLDERS: [(&str, Reason); 3] = [
    ("xl/externallinks/", Reason::WorkbookLinks),
    ("xl/connections.xml", Reason::WorkbookLinks),
    ("xl/embeddings/", Reason::EmbeddedFiles),
];

impl<R: Read + Seek> XlsxRecords<R> {
    pub(crate) fn open(source: R) -> Result<Self, ReadError> {
        Ok(Self::open_capped(source, Caps::default())?)
    }

    fn open_capped(mut source: R, caps: Caps) -> Result<Self, WorkbookRefusal> {
        let package = Package::inspect(&mut source)?;
        let workbook = Workbook::read(&mut source, &package, caps)?;
        let notes = notes_of(&package, &workbook);
        let part = Part::open(source, &workbook.sheet, SHEET_BYTES_MAX)?;
        let sheet = Sheet::new(Xml::new(part), caps);
        Ok(Self { workbook, sheet, notes })
    }
}

impl<R: Read + Seek> RecordSource for XlsxRecords<R> {
    fn next(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        Ok(self.sheet.next(&self.workbook, record)?)
    }

    fn rewind(&mut self) -> Result<(), ReadError> {
        Ok(self.sheet.restart()?)
    }

    fn encoding(&self) -> Option<Encoding> {
        None
    }

    fn notes(&self) -> Vec<Problem> {
        let unsaved = self.sheet.unsaved_formulas().map(|unsaved| Problem {
            line: Some(unsaved.row.into()),
            value: Some(format!("{} cells", unsaved.count)),
            ..Problem::of_file(Reason::UnsavedFormulas)
        });
        self.notes.iter().cloned().chain(unsaved).collect()
    }
}

fn notes_of(package: &Package, workbook: &Workbook) -> Vec<Problem> {
    let mut notes = Vec::new();
    if !workbook.other_sheets.is_empty() {
        notes.push(Problem {
            value: Some(shown(&workbook.other_sheets.join(", "), None)),
            ..Problem::of_file(Reason::ReadFirstSheet)
        });
    }
    if package.has_named("vbaproject.bin") {
        notes.push(Problem::of_file(Reason::WorkbookMacros));
    }
    for (prefix, reason) in NOTED_FOLDERS {
        let noted = notes.iter().any(|note| note.reason == reason);
        if !noted && package.has_under(prefix) {
            notes.push(Problem::of_file(reason));
        }
    }
    notes
}
