//! One cell of an ODF spreadsheet: its value and the text it shows.
//!
//! Not for: comments and drawings on it. Invariant: a text is no longer than a sheet allows.

use std::io::{Read, Seek};

use super::super::limits::SHEET_COLUMNS_MAX;
use super::super::refusal::WorkbookRefusal;
use super::super::row_cells::misplaced;
use super::super::strings::check_length;
use super::super::xml::{Event, Tag, Xml, local, not_text, to_text, unescape};
use super::{repeated, write_value};

#[derive(Debug)]
pub(super) struct OdsCell {
    /// From 0.
    pub(super) column: usize,
    /// The number of columns it stands in.
    pub(super) repeated: usize,
    kind: String,
    value: String,
    shown: String,
}

impl OdsCell {
    pub(super) fn of_tag(tag: Tag<'_>, column: usize) -> Result<Self, WorkbookRefusal> {
        let times = repeated(tag, b"number-columns-repeated")?;
        let times = usize::try_from(times).ok().filter(|times| *times <= SHEET_COLUMNS_MAX);
        let mut cell = Self {
            column,
            repeated: times.ok_or_else(|| misplaced(0))?,
            kind: String::new(),
            value: String::new(),
            shown: String::new(),
        };
        for attribute in tag.attributes() {
            let (name, value) = attribute?;
            match local(name) {
                b"value-type" if cell.kind.is_empty() || name.starts_with(b"office:") => {
                    cell.kind = to_text(value)?;
                }
                b"value" | b"date-value" | b"time-value" | b"boolean-value" | b"string-value" => {
                    cell.value = to_text(value)?;
                }
                _ => {}
            }
        }
        check_length(cell.value.as_bytes())?;
        Ok(cell)
    }

    /// The text it holds, for whoever asks whether it holds anything.
    pub(super) fn text(&self) -> &str {
        if self.shown.is_empty() { &self.value } else { &self.shown }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self.kind.as_str(), "float" | "currency" | "percentage")
    }

    /// Appends the value.
    pub(super) fn write(&self, out: &mut String) {
        write_value(&self.kind, &self.value, self.shown.trim(), out);
    }
}

/// Puts the text of the open cell into it.
pub(super) fn read_cell<R: Read + Seek>(
    xml: &mut Xml<R>,
    cell: &mut OdsCell,
) -> Result<(), WorkbookRefusal> {
    const BESIDE: [&[u8]; 5] = [b"annotation", b"frame", b"custom-shape", b"shapes", b"table"];
    let mut beside = 0_usize;
    let mut paragraphs = 0_usize;
    let mut is_in_paragraph = false;
    let mut raw = Vec::new();
    loop {
        match xml.next()? {
            Event::Open(tag) if BESIDE.contains(&tag.name) => beside += usize::from(!tag.empty),
            Event::Close(name) if BESIDE.contains(&name) => beside = beside.saturating_sub(1),
            Event::Close(b"table-cell" | b"covered-table-cell") if beside == 0 => break,
            Event::End => return Err(WorkbookRefusal::damaged("the sheet has no end")),
            _ if beside > 0 => {}
            Event::Open(tag) => match tag.name {
                b"p" => {
                    if paragraphs > 0 {
                        raw.push(b'\n');
                    }
                    paragraphs += 1;
                    is_in_paragraph = !tag.empty;
                }
                b"s" => {
                    let blanks = repeated(tag, b"c")?.min(100);
                    raw.extend((0..blanks).map(|_| b' '));
                }
                b"tab" => raw.push(b'\t'),
                b"line-break" => raw.push(b'\n'),
                _ => {}
            },
            Event::Close(b"p") => is_in_paragraph = false,
            Event::Text(piece) if is_in_paragraph => unescape(piece, &mut raw)?,
            Event::Verbatim(piece) if is_in_paragraph => raw.extend_from_slice(piece),
            _ => {}
        }
        check_length(&raw)?;
    }
    cell.shown = String::from_utf8(raw).map_err(|_not_utf8| not_text())?;
    Ok(())
}
