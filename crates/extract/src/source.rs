//! A file's bytes as records, by what they are.
//!
//! Not for: what records mean. Invariant: whoever reads an extract opens it here, so that all see the same
//! records; and where content and name disagree, a note says so.

use std::io::{Read, Seek};

use domain::FileFormat;
use domain::content::{Content, SIGNATURE_BYTES, recognise};
use domain::problem::{Problem, Reason};

use crate::encoding::Encoding;
use crate::error::{ReadError, Refusal};
use crate::headers::Matcher;
use crate::options::Options;
use crate::payment_order::PaymentOrderRecords;
use crate::record::{Doubt, Record, RecordSource};
use crate::spreadsheet;
use crate::text::TextSource;

/// Opens the records of `source`, whose header `matcher` knows.
pub(crate) fn open<'s, R: Read + Seek + 's>(
    mut source: R,
    options: &Options<'_>,
    matcher: &Matcher,
) -> Result<Box<dyn RecordSource + 's>, ReadError> {
    let content = content(&mut source, options.format)?;
    let sheet = options.rules.sheet.as_deref();
    let found = match content {
        Content::Text => {
            let text = TextSource::open(source, options, matcher)?;
            return Ok(match options.format {
                FileFormat::Xls => other_kind(Box::new(text), "text"),
                _ => Box::new(text),
            });
        }
        Content::PaymentOrder(kind) => {
            return Ok(Box::new(PaymentOrderRecords::open(source, kind)?));
        }
        Content::Package => spreadsheet::open_package(source, matcher, sheet)?,
        Content::OldWorkbook => spreadsheet::open_old(source, matcher, sheet)?,
        Content::WebTable => {
            let settled = options.code_page().map_err(Refusal::from)?;
            spreadsheet::open_web_page(source, matcher, settled)?
        }
        Content::XmlSpreadsheet => {
            let settled = options.code_page().map_err(Refusal::from)?;
            spreadsheet::open_xml(source, matcher, sheet, settled)?
        }
    };
    let is_as_named = match options.format {
        FileFormat::Xlsx => found.kind == spreadsheet::Kind::Workbook,
        FileFormat::Xls => found.kind == spreadsheet::Kind::OldWorkbook,
        FileFormat::Ods => found.kind == spreadsheet::Kind::OpenDocument,
        FileFormat::Xml => found.kind == spreadsheet::Kind::XmlSpreadsheet,
        FileFormat::Csv | FileFormat::Tsv | FileFormat::Txt => false,
    };
    Ok(if is_as_named { found.records } else { other_kind(found.records, found.kind.name()) })
}

/// Returns `true` when records are found by going from part to part, so that the file's end is needed
/// as well.
pub(crate) fn is_container<R: Read + Seek>(
    source: &mut R,
    format: FileFormat,
) -> Result<bool, ReadError> {
    Ok(matches!(
        content(source, format)?,
        Content::Package | Content::OldWorkbook | Content::PaymentOrder(_)
    ))
}

pub(crate) fn content<R: Read + Seek>(
    source: &mut R,
    format: FileFormat,
) -> Result<Content, ReadError> {
    let mut first = Vec::with_capacity(SIGNATURE_BYTES);
    source.rewind()?;
    source.by_ref().take(SIGNATURE_BYTES as u64).read_to_end(&mut first)?;
    source.rewind()?;
    Ok(recognise(format, &first).map_err(Refusal::from)?)
}

fn other_kind<'s>(
    records: Box<dyn RecordSource + 's>,
    kind: &'static str,
) -> Box<dyn RecordSource + 's> {
    Box::new(OtherKind { records, kind })
}

/// Records of a file that is not what its name says.
struct OtherKind<'s> {
    records: Box<dyn RecordSource + 's>,
    kind: &'static str,
}

impl RecordSource for OtherKind<'_> {
    fn next(&mut self, record: &mut Record) -> Result<bool, ReadError> {
        self.records.next(record)
    }

    fn rewind(&mut self) -> Result<(), ReadError> {
        self.records.rewind()
    }

    fn encoding(&self) -> Option<Encoding> {
        self.records.encoding()
    }

    fn delimiter(&self) -> Option<u8> {
        self.records.delimiter()
    }

    fn reads_otherwise(&self) -> bool {
        self.records.reads_otherwise()
    }

    fn doubts(&self) -> Vec<Doubt> {
        self.records.doubts()
    }

    fn notes(&self) -> Vec<Problem> {
        let value = Some(self.kind.to_owned());
        let mut notes = vec![Problem { value, ..Problem::of_file(Reason::OtherKind) }];
        notes.extend(self.records.notes());
        notes
    }
}
