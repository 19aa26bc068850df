//! Workbooks (`.xlsx`) as a source of records: the rows of one sheet, streamed.
//!
//! Not for: other spreadsheets, formulas, or writing. Nothing in a workbook is run or fetched.
//!
//! Invariant: a workbook is looked through before anything in it is unpacked, and what is unpacked is
//! counted; memory is bounded by `limits`, whatever the file says about itself.

mod choice;
mod compound;
mod format_code;
mod limits;
mod number;
mod package;
mod part;
mod refusal;
mod relations;
mod sheet;
mod strings;
mod styles;
#[cfg(test)]
mod tests;
mod workbook;
mod xml;

use std::io::{Read, Seek};

use self::choice::ChosenSheet;
use self::limits::{Caps, SHEET_BYTES_MAX};
use self::package::Package;
use self::part::Part;
use self::refusal::WorkbookRefusal;
use self::sheet::Sheet;
use self::workbook::Workbook;
use self::xml::Xml;
use crate::encoding::Encoding;
use crate::error::ReadError;
use crate::headers::Matcher;
use crate::problem::shown;
use crate::record::{Record, RecordSource};
use domain::problem::{Problem, Reason};

/// The records of one sheet of a workbook.
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
    /// The sheet that is named, or else the one in which `matcher` knows most.
    pub(crate) fn open(
        source: R,
        matcher: &Matcher,
        sheet: Option<&str>,
    ) -> Result<Self, ReadError> {
        Ok(Self::open_capped(source, matcher, sheet, Caps::default())?)
    }

    fn open_capped(
        mut source: R,
        matcher: &Matcher,
        sheet: Option<&str>,
        caps: Caps,
    ) -> Result<Self, WorkbookRefusal> {
        let package = Package::inspect(&mut source)?;
        let (workbook, sheets) = Workbook::read(&mut source, &package, caps)?;
        let chosen = match sheet {
            Some(wanted) => choice::named(sheets, wanted)?,
            None => choice::choose(&mut source, &workbook, &sheets, matcher)?,
        };
        let notes = notes_of(&package, &chosen);
        let part = Part::open(source, &chosen.entry, SHEET_BYTES_MAX)?;
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
        let hidden = self.sheet.hidden_rows().map(|hidden| Problem {
            line: Some(hidden.row.into()),
            value: Some(format!("{} rows", hidden.count)),
            ..Problem::of_file(Reason::HiddenRows)
        });
        self.notes.iter().cloned().chain(unsaved).chain(hidden).collect()
    }
}

fn notes_of(package: &Package, chosen: &ChosenSheet) -> Vec<Problem> {
    let mut notes = Vec::new();
    if !chosen.others.is_empty() {
        let read = format!("{}; not {}", chosen.name, chosen.others.join(", "));
        notes.push(Problem {
            value: Some(shown(&read, None)),
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
