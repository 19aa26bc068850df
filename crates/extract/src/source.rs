//! A file's bytes as records, by what they are.
//!
//! Not for: what records mean. Invariant: whoever reads an extract opens it here, so that all see the same
//! records.

use std::io::{Read, Seek};

use domain::FileFormat;

use crate::error::ReadError;
use crate::headers::Matcher;
use crate::options::Options;
use crate::record::RecordSource;
use crate::text::TextSource;
use crate::xlsx::XlsxRecords;

/// The records of `source`, whose header `matcher` knows.
pub(crate) fn open<'s, R: Read + Seek + 's>(
    source: R,
    options: &Options<'_>,
    matcher: &Matcher,
) -> Result<Box<dyn RecordSource + 's>, ReadError> {
    if options.format == FileFormat::Xlsx {
        let sheet = options.rules.sheet.as_deref();
        return Ok(Box::new(XlsxRecords::open(source, matcher, sheet)?));
    }
    Ok(Box::new(TextSource::open(source, options.format, matcher)?))
}
