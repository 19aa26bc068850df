//! Spreadsheets as sources of records, whatever program wrote them: the rows of one sheet, streamed.
//!
//! Not for: formulas, or writing. Nothing in a workbook is run or fetched.
//!
//! Invariant: a workbook is looked through before anything in it is unpacked, and what is unpacked is
//! counted; memory is bounded by `limits`, whatever the file says about itself.

mod choice;
mod compound;
mod format_code;
mod html;
mod in_turn;
mod limits;
mod markup;
mod number;
mod ods;
mod package;
mod part;
mod refusal;
mod relations;
mod row_cells;
mod sheet;
mod strings;
mod styles;
mod tally;
#[cfg(test)]
pub(crate) mod tests;
mod workbook;
mod xls;
mod xlsx;
mod xml;
mod xml_spreadsheet;

use std::io::{Read, Seek};

use self::html::HtmlTables;
use self::in_turn::SheetRecords;
use self::markup::MarkupText;
use self::ods::OdsSheets;
use self::package::Package;
use self::xls::XlsSheets;
use self::xlsx::XlsxRecords;
use self::xml_spreadsheet::XmlSpreadsheet;
use crate::encoding::CodePage;
use crate::error::ReadError;
use crate::headers::Matcher;
use crate::record::RecordSource;

/// A spreadsheet that was opened.
pub(crate) struct Spreadsheet<'s> {
    pub(crate) kind: Kind,
    pub(crate) records: Box<dyn RecordSource + 's>,
}

/// The kinds of spreadsheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Workbook,
    OldWorkbook,
    OpenDocument,
    WebPage,
    XmlSpreadsheet,
}

impl Kind {
    /// The name that a note gives it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Workbook => "a workbook (.xlsx)",
            Self::OldWorkbook => "a workbook of Excel 97 to 2003 (.xls)",
            Self::OpenDocument => "an OpenDocument spreadsheet (.ods)",
            Self::WebPage => "a web page with a table",
            Self::XmlSpreadsheet => "an XML spreadsheet",
        }
    }
}

/// Opens a workbook of today, or an ODF spreadsheet: both are packages.
pub(crate) fn open_package<'s, R: Read + Seek + 's>(
    mut source: R,
    matcher: &Matcher,
    sheet: Option<&str>,
) -> Result<Spreadsheet<'s>, ReadError> {
    let package = Package::inspect(&mut source)?;
    if package.entry(ods::CONTENT).is_some() {
        let sheets = OdsSheets::open(source, &package)?;
        let records = Box::new(SheetRecords::open(sheets, matcher, sheet)?);
        return Ok(Spreadsheet { kind: Kind::OpenDocument, records });
    }
    let records = Box::new(XlsxRecords::open(source, &package, matcher, sheet)?);
    Ok(Spreadsheet { kind: Kind::Workbook, records })
}

/// Opens a workbook of Excel 97 to 2003.
pub(crate) fn open_old<'s, R: Read + Seek + 's>(
    source: R,
    matcher: &Matcher,
    sheet: Option<&str>,
) -> Result<Spreadsheet<'s>, ReadError> {
    let records = Box::new(SheetRecords::open(XlsSheets::open(source)?, matcher, sheet)?);
    Ok(Spreadsheet { kind: Kind::OldWorkbook, records })
}

/// Opens the tables of a web page; `settled` is the code page that the unit has settled.
pub(crate) fn open_web_page<'s, R: Read + Seek + 's>(
    source: R,
    matcher: &Matcher,
    settled: Option<CodePage>,
) -> Result<Spreadsheet<'s>, ReadError> {
    let tables = HtmlTables::new(MarkupText::new(source, settled));
    let records = Box::new(SheetRecords::open(tables, matcher, None)?);
    Ok(Spreadsheet { kind: Kind::WebPage, records })
}

/// Opens an XML Spreadsheet 2003; `settled` is the code page that the unit has settled.
pub(crate) fn open_xml<'s, R: Read + Seek + 's>(
    source: R,
    matcher: &Matcher,
    sheet: Option<&str>,
    settled: Option<CodePage>,
) -> Result<Spreadsheet<'s>, ReadError> {
    let sheets = XmlSpreadsheet::new(MarkupText::new(source, settled));
    let records = Box::new(SheetRecords::open(sheets, matcher, sheet)?);
    Ok(Spreadsheet { kind: Kind::XmlSpreadsheet, records })
}
