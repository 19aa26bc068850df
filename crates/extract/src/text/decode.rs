//! Bytes to text, block by block.
//!
//! Not for: records. A byte order mark decides; without one, zero bytes in every second place are UTF-16 and
//! in three of four UTF-32, and all else is UTF-8, where a line that is not valid UTF-8 is in a code page:
//! the unit's, or the one that such lines are likeliest to be in (`encoding`). Deciding by line reads a file
//! that was put together from both rightly. Only where characters are of several bytes, some of which look
//! like UTF-8 or like delimiters, is the whole text read by the page.
//!
//! Invariant: what comes out is valid text for any bytes, and every byte went into it.

use std::io::{Read, Seek};

use crate::encoding::{Block, CodePage, Encoding, Evidence, PageDecoder};
use crate::error::ReadError;
use crate::limits::BLOCK_BYTES;

use super::samples::Samples;

/// The byte order mark in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// The mark taken for Windows-1252 and encoded as UTF-8 once more.
const MARK_ENCODED_TWICE: &[u8] = "ï»¿".as_bytes();

/// Looked at for a byte order mark and for the zero bytes of UTF-16.
const SNIFFED_BYTES: usize = 1 << 12;

#[derive(Debug)]
pub(super) struct TextBlocks<R> {
    source: R,
    /// Bytes read and not yet decoded: at most a block and an unfinished line.
    bytes: Vec<u8>,
    /// The code page that the unit says the text is in.
    settled: Option<CodePage>,
    /// The code page of lines that are not UTF-8.
    page: CodePage,
    /// The evidence that `page` was guessed from.
    known: Evidence,
    /// The evidence that this reading has met.
    evidence: Evidence,
    mode: Mode,
    is_started: bool,
    is_at_end: bool,
    pub(super) seen: DecodingNotes,
    pub(super) samples: Samples,
}

#[derive(Debug)]
enum Mode {
    Lines,
    Whole(PageDecoder),
    Utf32 { is_big: bool },
}

/// The findings of decoding; complete when the text is.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is met or not, whatever the others")]
pub(super) struct DecodingNotes {
    pub(super) mark_encoded_twice: bool,
    pub(super) utf16: bool,
    pub(super) utf32: bool,
    /// Characters beyond ASCII in valid UTF-8.
    pub(super) utf8: bool,
    /// Text that was read by a code page.
    pub(super) page: Option<CodePage>,
    pub(super) damaged: bool,
    /// Byte order marks further down.
    pub(super) marks_inside: bool,
}

impl DecodingNotes {
    pub(super) const fn encoding(self) -> Encoding {
        match (self.utf16, self.utf32, self.page, self.utf8) {
            (true, ..) => Encoding::Utf16,
            (_, true, ..) => Encoding::Utf32,
            (_, _, Some(page), true) => Encoding::Mixed(page),
            (_, _, Some(page), false) => Encoding::Page(page),
            (_, _, None, _) => Encoding::Utf8,
        }
    }
}

impl<R: Read + Seek> TextBlocks<R> {
    pub(super) fn new(source: R, settled: Option<CodePage>) -> Self {
        Self {
            source,
            bytes: Vec::new(),
            settled,
            page: settled.unwrap_or(CodePage::WINDOWS_1252),
            known: Evidence::default(),
            evidence: Evidence::default(),
            mode: Mode::Lines,
            is_started: false,
            is_at_end: false,
            seen: DecodingNotes::default(),
            samples: Samples::default(),
        }
    }

    /// Goes back to the first byte, by what was learnt so far.
    pub(super) fn rewind(&mut self) -> Result<(), ReadError> {
        self.source.rewind()?;
        self.bytes.clear();
        self.learn();
        self.mode = Mode::Lines;
        self.is_started = false;
        self.is_at_end = false;
        self.seen = DecodingNotes::default();
        self.samples = Samples::default();
        Ok(())
    }

    fn learn(&mut self) {
        let evidence = std::mem::take(&mut self.evidence);
        if evidence.is_more_than(&self.known) {
            self.page = self.settled.unwrap_or_else(|| evidence.guess());
            self.known = evidence;
        }
    }

    /// Returns `true` when what was met so far would be read as something else, once more from the
    /// beginning.
    pub(super) fn reads_otherwise(&self) -> bool {
        let is_more = self.evidence.is_more_than(&self.known);
        let page = || self.settled.unwrap_or_else(|| self.evidence.guess());
        is_more && matches!(self.mode, Mode::Lines) && {
            let page = page();
            page != self.page || is_whole(page, &self.evidence)
        }
    }

    /// Returns `true` when the code page is a guess.
    pub(super) fn is_guess(&self) -> bool {
        self.settled.is_none()
    }

    /// Returns `true` when all text was given.
    pub(super) fn is_done(&self) -> bool {
        self.is_started && self.is_at_end && self.bytes.is_empty()
    }

    /// Adds the next piece to `text`; nothing when [`Self::is_done`].
    pub(super) fn next(&mut self, text: &mut String) -> Result<(), ReadError> {
        if self.is_started {
            self.read_block()?;
        } else {
            self.start()?;
        }
        let before = text.len();
        match &mut self.mode {
            Mode::Lines => self.decode_lines(text),
            Mode::Whole(decoder) => {
                let block = Block { bytes: &self.bytes, is_last: self.is_at_end };
                self.seen.damaged |= decoder.decode(block, text);
                self.bytes.clear();
                if self.seen.page.is_some() {
                    self.samples.add_lines_beyond_ascii(&text[before..]);
                }
            }
            Mode::Utf32 { is_big } => {
                let unit = if *is_big { u32::from_be_bytes } else { u32::from_le_bytes };
                self.decode_utf32(unit, text);
            }
        }
        self.samples.add_encoded(&text[before..]);
        let damage = self.samples.add_lost(&text[before..]);
        self.seen.damaged |= damage.has_replacements;
        if damage.has_marks {
            self.seen.marks_inside |= drop_marks(text, before);
        }
        Ok(())
    }

    /// Decides the encoding and skips the marks; several were met on one file.
    fn start(&mut self) -> Result<(), ReadError> {
        while !self.is_at_end && self.bytes.len() < SNIFFED_BYTES {
            self.read_block()?;
        }
        self.is_started = true;
        let is_marked = self.bytes.starts_with(MARK);
        self.mode = if let Some(is_big) = utf32(&self.bytes) {
            self.seen.utf32 = true;
            Mode::Utf32 { is_big }
        } else if let Some(page) = utf16(&self.bytes) {
            self.seen.utf16 = true;
            Mode::Whole(page.decoder())
        } else if !is_marked && is_whole(self.page, &self.known) {
            self.seen.page = Some(self.page);
            Mode::Whole(self.page.decoder())
        } else {
            Mode::Lines
        };
        let mut start = 0;
        loop {
            if self.bytes[start..].starts_with(MARK) {
                start += MARK.len();
            } else if self.bytes[start..].starts_with(MARK_ENCODED_TWICE) {
                start += MARK_ENCODED_TWICE.len();
                self.seen.mark_encoded_twice = true;
            } else {
                break;
            }
        }
        self.bytes.drain(..start);
        Ok(())
    }

    /// A whole block, however little the source gives at a time: where blocks end decides how lines
    /// longer than one are read, and must not depend on the source.
    fn read_block(&mut self) -> Result<(), ReadError> {
        let block = BLOCK_BYTES as u64;
        let read = self.source.by_ref().take(block).read_to_end(&mut self.bytes)?;
        self.is_at_end = (read as u64) < block;
        Ok(())
    }

    fn decode_utf32(&mut self, unit_of: fn([u8; 4]) -> u32, text: &mut String) {
        let (units, rest) = self.bytes.as_chunks::<4>();
        for unit in units {
            let c = char::from_u32(unit_of(*unit));
            self.seen.damaged |= c.is_none();
            // The mark of the beginning.
            text.extend(
                Some(c.unwrap_or(char::REPLACEMENT_CHARACTER)).filter(|c| *c != '\u{feff}'),
            );
        }
        let left = rest.len();
        if self.is_at_end && left > 0 {
            self.seen.damaged = true;
            text.push(char::REPLACEMENT_CHARACTER);
            self.bytes.clear();
        }
        self.bytes.drain(..self.bytes.len() - left.min(self.bytes.len()));
    }

    fn decode_lines(&mut self, text: &mut String) {
        let whole = if self.is_at_end {
            self.bytes.len()
        } else {
            match memchr::memrchr2(b'\n', b'\r', &self.bytes) {
                Some(end) => end + 1,
                // A line longer than a block is decided in pieces; none may cut a character.
                None => unfinished_character(&self.bytes),
            }
        };
        let bytes = std::mem::take(&mut self.bytes);
        let lines = &bytes[..whole];
        match std::str::from_utf8(lines) {
            Ok(valid) => {
                if !self.seen.utf8 && !valid.is_ascii() {
                    self.seen.utf8 = true;
                    self.evidence.add_utf8();
                }
                text.push_str(valid);
            }
            Err(_) => {
                for line in lines.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
                    self.decode_line(line, text);
                }
            }
        }
        self.bytes = bytes;
        self.bytes.drain(..whole);
    }

    fn decode_line(&mut self, line: &[u8], text: &mut String) {
        if let Ok(valid) = std::str::from_utf8(line) {
            if !valid.is_ascii() {
                self.seen.utf8 = true;
                self.evidence.add_utf8();
            }
            text.push_str(valid);
            return;
        }
        let (decoded, is_damaged) = self.page.decode(line);
        if self.page == CodePage::UTF_8 {
            self.seen.utf8 = true;
        } else {
            self.seen.page = Some(self.page);
            self.evidence.add(line);
            self.samples.add_line(&decoded);
        }
        self.seen.damaged |= is_damaged;
        text.push_str(&decoded);
    }
}

/// Leaves out the byte order marks that stand at the beginning of lines from `from` on, where another file
/// was put behind the first; whether there were any.
#[cold]
fn drop_marks(text: &mut String, from: usize) -> bool {
    let is_line_start = text[..from].chars().next_back().is_none_or(|c| matches!(c, '\n' | '\r'));
    let tail = text.split_off(from);
    let mut has_marks = false;
    for (at, line) in tail.split_inclusive(['\n', '\r']).enumerate() {
        let plain = line.trim_start_matches('\u{feff}');
        let is_marked = plain.len() < line.len() && (at > 0 || is_line_start);
        has_marks |= is_marked;
        text.push_str(if is_marked { plain } else { line });
    }
    has_marks
}

/// Returns `true` when the whole text is read by the page: its characters hold bytes that are others
/// elsewhere.
fn is_whole(page: CodePage, evidence: &Evidence) -> bool {
    !page.is_single_byte() && page != CodePage::UTF_8 && evidence.is_mostly_other()
}

/// Where a character begins at the very end that may go on in the next block; the length when none.
fn unfinished_character(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    let lead = bytes[tail..].iter().rposition(|byte| *byte >= 0xc0);
    lead.map_or(bytes.len(), |lead| tail + lead)
}

/// Counts the bytes that are zero at each place of groups of so many bytes, in the first of them.
fn zeros<const N: usize>(first: &[u8]) -> ([usize; N], usize) {
    let (groups, _) = first[..first.len().min(SNIFFED_BYTES)].as_chunks::<N>();
    let mut zeros = [0; N];
    for group in groups {
        for (count, byte) in zeros.iter_mut().zip(group) {
            *count += usize::from(*byte == 0);
        }
    }
    (zeros, groups.len())
}

/// Recognises UTF-32; `true` when its high bytes come first.
fn utf32(first: &[u8]) -> Option<bool> {
    match first {
        [0xff, 0xfe, 0, 0, ..] => return Some(false),
        [0, 0, 0xfe, 0xff, ..] => return Some(true),
        _ => {}
    }
    let (zeros, groups) = zeros::<4>(first);
    let is_zero = |place: usize| zeros[place] > groups * 3 / 5;
    let is_text = |place: usize| zeros[place] <= groups / 10;
    match groups {
        0 => None,
        _ if is_text(0) && is_zero(1) && is_zero(2) && is_zero(3) => Some(false),
        _ if is_text(3) && is_zero(0) && is_zero(1) && is_zero(2) => Some(true),
        _ => None,
    }
}

fn utf16(first: &[u8]) -> Option<CodePage> {
    match first {
        [0xff, 0xfe, ..] => return Some(CodePage::UTF_16LE),
        [0xfe, 0xff, ..] => return Some(CodePage::UTF_16BE),
        _ => {}
    }
    // Header rows are in Latin letters: nearly every second byte is zero, and hardly any other.
    let ([even, odd], pairs) = zeros::<2>(first);
    let (most, few) = (pairs * 3 / 5, pairs / 10);
    if pairs == 0 {
        None
    } else if odd > most && even <= few {
        Some(CodePage::UTF_16LE)
    } else if even > most && odd <= few {
        Some(CodePage::UTF_16BE)
    } else {
        None
    }
}
