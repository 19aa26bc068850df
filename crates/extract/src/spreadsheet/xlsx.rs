//! Workbooks (`.xlsx`) as a source of records.
//!
//! Not for: other spreadsheets. Invariant: what is worth saying of the whole workbook is complete behind the
//! last record.

use std::io::{Read, Seek};

use super::choice::{self, ChosenSheet, FirstRows, PeekedSheet, SheetContent};
use super::limits::{Caps, PEEK_BYTES, PEEKED_SHEETS_MAX, SHEET_BYTES_MAX};
use super::package::Package;
use super::part::Part;
use super::refusal::WorkbookRefusal;
use super::sheet::Sheet;
use super::workbook::{ListedSheet, Workbook};
use super::xml::Xml;
use crate::encoding::Encoding;
use crate::error::ReadError;
use crate::headers::{HeaderWorth, Matcher};
use crate::record::{Doubt, Record, RecordSource};
use domain::problem::{Problem, Reason};

/// The records of one sheet of a workbook.
#[derive(Debug)]
pub(super) struct XlsxRecords<R> {
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
    pub(super) fn open(
        source: R,
        package: &Package,
        matcher: &Matcher,
        sheet: Option<&str>,
    ) -> Result<Self, ReadError> {
        Ok(Self::open_capped(source, package, (matcher, sheet), Caps::default())?)
    }

    pub(super) fn open_capped(
        mut source: R,
        package: &Package,
        (matcher, sheet): (&Matcher, Option<&str>),
        caps: Caps,
    ) -> Result<Self, WorkbookRefusal> {
        let (workbook, sheets) = Workbook::read(&mut source, package, caps)?;
        let chosen = match sheet {
            Some(wanted) => {
                let names = sheets.iter().map(|sheet| sheet.name.clone()).collect();
                choice::named(names, wanted)?
            }
            None => choice::choose(peek_all(&mut source, &workbook, &sheets, matcher))?,
        };
        let notes = notes_of(package, &chosen);
        let part = Part::open(source, &sheets[chosen.index].entry, SHEET_BYTES_MAX)?;
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

    fn delimiter(&self) -> Option<u8> {
        None
    }

    fn reads_otherwise(&self) -> bool {
        false
    }

    fn doubts(&self) -> Vec<Doubt> {
        Vec::new()
    }

    fn notes(&self) -> Vec<Problem> {
        let unsaved = self.sheet.unsaved_formulas();
        let unsaved = unsaved.map(|met| met.problem(Reason::UnsavedFormulas, "cells"));
        let hidden = self.sheet.hidden_rows();
        let hidden = hidden.map(|met| met.problem(Reason::HiddenRows, "rows"));
        self.notes.iter().cloned().chain(unsaved).chain(hidden).collect()
    }
}

fn peek_all<S: Read + Seek>(
    source: &mut S,
    workbook: &Workbook,
    sheets: &[ListedSheet],
    matcher: &Matcher,
) -> Vec<PeekedSheet> {
    let mut peeked = |(index, sheet): (usize, &ListedSheet)| PeekedSheet {
        name: sheet.name.clone(),
        visible: sheet.visible,
        content: if index < PEEKED_SHEETS_MAX {
            peek(source, workbook, sheet, matcher)
        } else {
            // Nobody has looked, so that it is named at least.
            Ok(SheetContent::Filled(HeaderWorth::default()))
        },
    };
    sheets.iter().enumerate().map(&mut peeked).collect()
}

fn peek<S: Read + Seek>(
    source: &mut S,
    workbook: &Workbook,
    listed: &ListedSheet,
    matcher: &Matcher,
) -> Result<SheetContent, WorkbookRefusal> {
    let part = Part::open(source, &listed.entry, SHEET_BYTES_MAX)?;
    let mut sheet = Sheet::new(Xml::new(part), Caps::default());
    choice::peek(listed.visible, matcher, |record| {
        Ok(match sheet.next(workbook, record)? {
            true if sheet.bytes_read() > PEEK_BYTES => FirstRows::LongEnough,
            true => FirstRows::Row,
            false => FirstRows::End,
        })
    })
}

fn notes_of(package: &Package, chosen: &ChosenSheet) -> Vec<Problem> {
    let mut notes = Vec::from_iter(choice::note(chosen));
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
