//! Texts as records hold them: UTF-16 or its lower half since Excel 97, a code page before.
//!
//! Not for: fonts within a text and readings of Japanese words, which are passed over.
//!
//! Invariant: a text that goes on in another record is put together, and is no longer than a sheet allows.

use std::io::{Read, Seek};

use encoding_rs::Encoding;

use super::super::refusal::WorkbookRefusal;
use super::super::strings::{SharedStrings, check_length};
use super::records::{BiffRecords, Fields};

/// The way in which texts are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum TextKind {
    Unicode,
    CodePage(&'static Encoding),
}

const IS_WIDE: u8 = 1;
const HAS_READING: u8 = 4;
const HAS_FONTS: u8 = 8;

/// The encoding of a code page of Windows or Macintosh; the Western one for those that nobody knows.
pub(super) fn code_page(number: u16) -> &'static Encoding {
    let label = match number {
        874 => "windows-874",
        932 => "shift_jis",
        936 => "gbk",
        949 => "euc-kr",
        950 => "big5",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        10_000 | 32_768 => "macintosh",
        _ => "windows-1252",
    };
    Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::WINDOWS_1252)
}

impl TextKind {
    /// A text whose length in characters stands before it, in a byte.
    pub(super) fn short(self, fields: &mut Fields<'_>) -> Result<String, WorkbookRefusal> {
        let length = fields.u8()?.into();
        self.read(fields, length)
    }

    /// A text whose length in characters stands before it, in two bytes.
    pub(super) fn long(self, fields: &mut Fields<'_>) -> Result<String, WorkbookRefusal> {
        let length = fields.u16()?.into();
        self.read(fields, length)
    }

    /// A format's code: its length is in two bytes since Excel 97, in one before.
    pub(super) fn code(self, fields: &mut Fields<'_>) -> Result<String, WorkbookRefusal> {
        match self {
            Self::Unicode => self.long(fields),
            Self::CodePage(_) => self.short(fields),
        }
    }

    fn read(self, fields: &mut Fields<'_>, length: usize) -> Result<String, WorkbookRefusal> {
        match self {
            Self::Unicode => {
                let flags = fields.u8()?;
                if flags & HAS_FONTS != 0 {
                    fields.u16()?;
                }
                if flags & HAS_READING != 0 {
                    fields.u32()?;
                }
                let mut text = String::new();
                let bytes = if flags & IS_WIDE == 0 { length } else { 2 * length };
                push(fields.take(bytes)?, flags, &mut Vec::new(), &mut text);
                Ok(text)
            }
            Self::CodePage(encoding) => {
                let bytes = fields.take(length)?;
                Ok(encoding.decode_without_bom_handling(bytes).0.into_owned())
            }
        }
    }
}

/// Appends bytes of a text; half of a pair of surrogates waits in `units` for the other.
fn push(bytes: &[u8], flags: u8, units: &mut Vec<u16>, text: &mut String) {
    if flags & IS_WIDE == 0 {
        text.extend(bytes.iter().map(|&byte| char::from(byte)));
        return;
    }
    units.extend(bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])));
    let is_first_half = |unit: &u16| (0xd800..0xdc00).contains(unit);
    let waiting = units.pop_if(|last| is_first_half(last));
    text.extend(char::decode_utf16(units.drain(..)).map(|c| c.unwrap_or_else(|_half| '\u{fffd}')));
    units.extend(waiting);
}

/// The texts that cells share; the first of their records is there.
pub(super) fn read_shared<R: Read + Seek>(
    records: &mut BiffRecords<R>,
    memory_max: usize,
) -> Result<SharedStrings, WorkbookRefusal> {
    let mut strings = SharedStrings::default();
    let mut segments = Segments::new(records);
    let _all = segments.u32()?;
    let count = segments.u32()?;
    for _ in 0..count {
        // Some writers count more than there are.
        if segments.is_at_end()? {
            break;
        }
        let text = segments.text()?;
        strings.push_text(&text, memory_max)?;
    }
    Ok(strings)
}

/// Reads the text of the record that is there and of those that go on with it.
pub(super) fn read_long<R: Read + Seek>(
    records: &mut BiffRecords<R>,
    kind: TextKind,
) -> Result<String, WorkbookRefusal> {
    match kind {
        TextKind::Unicode => Segments::new(records).text(),
        TextKind::CodePage(_) => kind.long(&mut Fields(records.data())),
    }
}

/// A record and those that go on with it.
struct Segments<'r, R> {
    records: &'r mut BiffRecords<R>,
    at: usize,
    /// Set when another record follows, whose bytes are none of these.
    is_over: bool,
}

impl<'r, R: Read + Seek> Segments<'r, R> {
    const fn new(records: &'r mut BiffRecords<R>) -> Self {
        Self { records, at: 0, is_over: false }
    }

    /// Returns `true` when all bytes were taken, of this record and of those that go on with it.
    fn is_at_end(&mut self) -> Result<bool, WorkbookRefusal> {
        while self.rest() == 0 {
            self.is_over = self.is_over || !self.records.goes_on()?;
            if self.is_over {
                return Ok(true);
            }
            self.at = 0;
        }
        Ok(false)
    }

    fn rest(&self) -> usize {
        if self.is_over { 0 } else { self.records.data().len() - self.at }
    }

    fn u8(&mut self) -> Result<u8, WorkbookRefusal> {
        if self.is_at_end()? {
            return Err(WorkbookRefusal::damaged("a text in it has no end"));
        }
        self.at += 1;
        Ok(self.records.data()[self.at - 1])
    }

    fn u16(&mut self) -> Result<u16, WorkbookRefusal> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    fn u32(&mut self) -> Result<u32, WorkbookRefusal> {
        Ok(u32::from_le_bytes([self.u8()?, self.u8()?, self.u8()?, self.u8()?]))
    }

    fn text(&mut self) -> Result<String, WorkbookRefusal> {
        let mut length = usize::from(self.u16()?);
        let mut flags = self.u8()?;
        let fonts = if flags & HAS_FONTS == 0 { 0 } else { u64::from(self.u16()?) * 4 };
        let reading = if flags & HAS_READING == 0 { 0 } else { u64::from(self.u32()?) };
        let mut text = String::new();
        let mut units = Vec::new();
        while length > 0 {
            if self.rest() == 0 {
                // What goes on says anew how wide its characters are.
                flags = self.u8()?;
            }
            let width = if flags & IS_WIDE == 0 { 1 } else { 2 };
            let characters = length.min(self.rest() / width);
            if characters == 0 {
                return Err(WorkbookRefusal::damaged("a text in it is cut within a character"));
            }
            let end = self.at + characters * width;
            push(&self.records.data()[self.at..end], flags, &mut units, &mut text);
            self.at = end;
            length -= characters;
            check_length(text.as_bytes())?;
        }
        text.extend(units.into_iter().map(|_half| '\u{fffd}'));
        self.skip(fonts + reading)?;
        Ok(text)
    }

    fn skip(&mut self, mut bytes: u64) -> Result<(), WorkbookRefusal> {
        while bytes > 0 && !self.is_at_end()? {
            let step = bytes.min(self.rest() as u64);
            self.at += usize::try_from(step).expect("no more than the record holds");
            bytes -= step;
        }
        Ok(())
    }
}
