//! Bytes to text, block by block.
//!
//! Not for: records. A byte order mark decides; without one, zero bytes in every second place are
//! UTF-16, and all else is UTF-8, where a line that is not valid UTF-8 is Windows-1252. Deciding by
//! line needs no second reading, reads a file that was put together from both rightly, and gives for
//! a file in Windows-1252 what reading all of it as such gives.
//!
//! Invariant: what comes out is valid text for any bytes, and every byte went into it.

use std::io::{Read, Seek};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::encoding::Encoding;
use crate::error::ReadError;
use crate::limits::BLOCK_BYTES;

/// The byte order mark in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();
/// The same, taken for Windows-1252 and encoded as UTF-8 once more.
const MARK_ENCODED_TWICE: &[u8] = "ï»¿".as_bytes();

/// Looked at for a byte order mark and for the zero bytes of UTF-16.
const SNIFFED_BYTES: usize = 1 << 12;

#[derive(Debug)]
pub(super) struct TextBlocks<R> {
    source: R,
    /// Bytes read and not yet decoded: at most a block and an unfinished line.
    bytes: Vec<u8>,
    utf16: Option<Utf16>,
    is_started: bool,
    is_at_end: bool,
    pub(super) seen: DecodingNotes,
}

/// The findings of decoding; complete when the text is.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is met or not, whatever the others")]
pub(super) struct DecodingNotes {
    pub(super) mark_encoded_twice: bool,
    pub(super) utf16: bool,
    /// Characters beyond ASCII in valid UTF-8.
    pub(super) utf8: bool,
    pub(super) windows_1252: bool,
    pub(super) damaged: bool,
}

impl DecodingNotes {
    pub(super) const fn encoding(self) -> Encoding {
        match (self.utf16, self.windows_1252, self.utf8) {
            (true, ..) => Encoding::Utf16,
            (_, true, true) => Encoding::Mixed,
            (_, true, false) => Encoding::Windows1252,
            (_, false, _) => Encoding::Utf8,
        }
    }
}

struct Utf16(Decoder);

impl std::fmt::Debug for Utf16 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.encoding().name())
    }
}

impl<R: Read + Seek> TextBlocks<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            bytes: Vec::new(),
            utf16: None,
            is_started: false,
            is_at_end: false,
            seen: DecodingNotes::default(),
        }
    }

    /// Goes back to the first byte.
    pub(super) fn rewind(&mut self) -> Result<(), ReadError> {
        self.source.rewind()?;
        self.bytes.clear();
        self.utf16 = None;
        self.is_started = false;
        self.is_at_end = false;
        self.seen = DecodingNotes::default();
        Ok(())
    }

    /// The first bytes as they are, for a look at what the file is; not taken.
    pub(super) fn first_bytes(&mut self) -> Result<&[u8], ReadError> {
        while !self.is_at_end && self.bytes.len() < SNIFFED_BYTES {
            self.read_block()?;
        }
        Ok(&self.bytes)
    }

    /// Whether all text was given.
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
        if self.utf16.is_some() {
            self.decode_utf16(text);
        } else {
            self.decode_lines(text);
        }
        Ok(())
    }

    /// Decides the encoding and skips the marks; several were met on one file.
    fn start(&mut self) -> Result<(), ReadError> {
        self.first_bytes()?;
        self.is_started = true;
        // A decoder skips the mark of its encoding itself.
        self.utf16 = utf16(&self.bytes).map(|encoding| Utf16(encoding.new_decoder()));
        self.seen.utf16 = self.utf16.is_some();
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

    fn decode_utf16(&mut self, text: &mut String) {
        let Some(Utf16(decoder)) = &mut self.utf16 else { return };
        let room = decoder.max_utf8_buffer_length(self.bytes.len());
        text.reserve(room.expect("a block is far from the largest length"));
        let (result, taken, damaged) = decoder.decode_to_string(&self.bytes, text, self.is_at_end);
        debug_assert_eq!((result, taken), (CoderResult::InputEmpty, self.bytes.len()));
        self.seen.damaged |= damaged;
        self.bytes.clear();
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
        let lines = &self.bytes[..whole];
        match std::str::from_utf8(lines) {
            Ok(valid) => {
                self.seen.utf8 = self.seen.utf8 || !valid.is_ascii();
                text.push_str(valid);
            }
            Err(_) => {
                for line in lines.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
                    decode_line(line, text, &mut self.seen);
                }
            }
        }
        self.bytes.drain(..whole);
    }
}

fn decode_line(line: &[u8], text: &mut String, seen: &mut DecodingNotes) {
    if let Ok(valid) = std::str::from_utf8(line) {
        seen.utf8 |= !valid.is_ascii();
        text.push_str(valid);
    } else {
        seen.windows_1252 = true;
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(line).0);
    }
}

/// Where a character begins at the very end that may go on in the next block; the length when none.
fn unfinished_character(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    let lead = bytes[tail..].iter().rposition(|byte| *byte >= 0xc0);
    lead.map_or(bytes.len(), |lead| tail + lead)
}

fn utf16(first: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match first {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    // Header rows are in Latin letters: nearly every second byte is zero, and hardly any other.
    let first = &first[..first.len().min(SNIFFED_BYTES)];
    let pairs = first.len() / 2;
    let zeros = |offset| first.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (most, few) = (pairs * 3 / 5, pairs / 10);
    if pairs == 0 {
        None
    } else if odd > most && even <= few {
        Some(UTF_16LE)
    } else if even > most && odd <= few {
        Some(UTF_16BE)
    } else {
        None
    }
}
