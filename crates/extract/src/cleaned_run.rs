//! The file of a payment run without some of its payments: the bytes that were sent, with counts and sums
//! mended.
//!
//! Not for: deciding which payments are held, or workbooks, which are not written anew.
//!
//! Invariant: what is given reads as the payments that were not held, in their order and as they were, or
//! nothing is given. A file of which nothing is held is given byte for byte.

mod list;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::{Read, Seek};

use domain::content::Content;

use crate::error::ReadError;
use crate::limits::PAYMENT_ORDER_BYTES_MAX;
use crate::options::Options;
use crate::payment_order::{NotCleaned, cleaned_order};
use crate::source::content;

/// The bytes of a file without the payments of these lines, or why there are none.
///
/// # Errors
/// [`ReadError::Refused`] when the file cannot be read at all.
pub fn cleaned_run<R: Read + Seek>(
    mut source: R,
    options: &Options<'_>,
    held: &BTreeSet<u64>,
) -> Result<Result<Vec<u8>, NotCleaned>, ReadError> {
    let content = content(&mut source, options.format)?;
    let mut bytes = Vec::new();
    source.take(PAYMENT_ORDER_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > PAYMENT_ORDER_BYTES_MAX {
        let most = PAYMENT_ORDER_BYTES_MAX >> 20;
        return Ok(Err(NotCleaned::new(format!("the file has more than {most} MiB"))));
    }
    match content {
        Content::PaymentOrder(kind) => cleaned_order(&bytes, kind, held),
        Content::Text => list::cleaned(&bytes, options, held),
        Content::Package | Content::OldWorkbook | Content::WebTable | Content::XmlSpreadsheet => {
            Ok(Err(NotCleaned::new("a workbook is not written anew".to_owned())))
        }
    }
}
