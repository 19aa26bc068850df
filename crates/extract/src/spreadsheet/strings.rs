//! The texts that cells of a workbook share, by number.
//!
//! Not for: inline texts; those are read with the sheet.
//!
//! Invariant: all texts lie in one buffer of bounded size. The counts the file declares are not believed.

use std::borrow::Cow;
use std::io::{Read, Seek};

use memchr::memchr;

use super::limits::{CELL_BYTES_MAX, Caps};
use super::refusal::{WorkbookRefusal, grouped};
use super::xml::{Event, Xml, not_text, unescape};

#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    ends: Vec<u32>,
}

impl SharedStrings {
    pub(super) fn read<R: Read + Seek>(
        xml: &mut Xml<R>,
        caps: Caps,
    ) -> Result<Self, WorkbookRefusal> {
        let mut strings = Self::default();
        let mut raw = Vec::new();
        loop {
            match xml.next()? {
                Event::Open(tag) if tag.name == b"si" => {
                    raw.clear();
                    if !tag.empty {
                        read_rich_text(xml, b"si", &mut raw)?;
                    }
                    strings.push(&raw, caps.strings_memory)?;
                }
                Event::End => return Ok(strings),
                _ => {}
            }
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = match index {
            0 => 0,
            _ => self.ends[index - 1] as usize,
        };
        Some(&self.text[start..end])
    }

    fn push(&mut self, raw: &[u8], memory_max: usize) -> Result<(), WorkbookRefusal> {
        let text = str::from_utf8(raw).map_err(|_not_utf8| not_text())?;
        self.push_text(&decode_escapes(text), memory_max)
    }

    /// Adds the next text.
    pub(super) fn push_text(
        &mut self,
        text: &str,
        memory_max: usize,
    ) -> Result<(), WorkbookRefusal> {
        self.text.push_str(text);
        let memory = self.text.len() + (self.ends.len() + 1) * size_of::<u32>();
        match u32::try_from(self.text.len()) {
            Ok(end) if memory <= memory_max => self.ends.push(end),
            _ => {
                return Err(WorkbookRefusal::too_large(format!(
                    "its different texts take more than {} bytes",
                    grouped(memory_max as u64)
                )));
            }
        }
        Ok(())
    }
}

/// Appends the `t` texts up to the closing of `parent`, which is open; readings of Japanese words (`rPh`)
/// are left out.
pub(super) fn read_rich_text<R: Read + Seek>(
    xml: &mut Xml<R>,
    parent: &[u8],
    text: &mut Vec<u8>,
) -> Result<(), WorkbookRefusal> {
    let mut in_text = false;
    let mut in_reading = false;
    loop {
        match xml.next()? {
            Event::Open(tag) if tag.empty => {}
            Event::Open(tag) if tag.name == b"t" => in_text = !in_reading,
            Event::Open(tag) if tag.name == b"rPh" => in_reading = true,
            Event::Close(b"t") => in_text = false,
            Event::Close(b"rPh") => in_reading = false,
            Event::Close(name) if name == parent => return Ok(()),
            Event::Text(piece) if in_text => unescape(piece, text)?,
            Event::Verbatim(piece) if in_text => text.extend_from_slice(piece),
            Event::End => return Err(WorkbookRefusal::damaged("a text in it has no end")),
            _ => {}
        }
        check_length(text)?;
    }
}

pub(super) fn check_length(text: &[u8]) -> Result<(), WorkbookRefusal> {
    if text.len() > CELL_BYTES_MAX {
        return Err(WorkbookRefusal::too_large(
            "a cell holds more than the 32,767 characters a sheet allows",
        ));
    }
    Ok(())
}

/// Excel writes characters that XML cannot hold as `_x000D_`, and `_x005F_` for an underscore that would
/// look like one (ECMA-376 part 1, 22.9.2.19).
pub(super) fn decode_escapes(text: &str) -> Cow<'_, str> {
    if memchr(b'_', text.as_bytes()).is_none() || !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(character) = escaped(rest) {
            decoded.push(character);
            rest = &rest[ESCAPE_BYTES..];
        } else {
            decoded.push('_');
            rest = &rest[1..];
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// `_xHHHH_`
const ESCAPE_BYTES: usize = 7;

fn escaped(text: &str) -> Option<char> {
    let digits = text.get(2..ESCAPE_BYTES)?.strip_suffix('_')?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}
