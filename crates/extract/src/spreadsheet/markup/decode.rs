//! The text of markup, decoded by what it says of itself.
//!
//! Not for: delimited text, where each line may have its own encoding. Invariant: every byte goes into the
//! text, and what cannot be decoded shows as damage.

use std::io::{Read, Seek};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use super::super::refusal::WorkbookRefusal;
use crate::limits::BLOCK_BYTES;

/// Bytes in which a page says how it is encoded: browsers look at 1,024, exports put styles first.
const DECLARATION_BYTES: usize = 16 * 1024;

pub(in super::super) struct MarkupText<R> {
    source: R,
    /// The encoding that the unit has settled, if any.
    settled: Option<&'static Encoding>,
    decoder: Option<Decoder>,
    input: Vec<u8>,
    text: String,
    /// How much of `text` was taken.
    at: usize,
    bytes_read: u64,
    is_at_end: bool,
    is_done: bool,
    is_damaged: bool,
}

impl<R> std::fmt::Debug for MarkupText<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarkupText").field("bytes_read", &self.bytes_read).finish_non_exhaustive()
    }
}

impl<R: Read + Seek> MarkupText<R> {
    pub(in super::super) fn new(source: R, settled: Option<&str>) -> Self {
        Self {
            source,
            settled: settled.and_then(|label| Encoding::for_label(label.as_bytes())),
            decoder: None,
            input: Vec::new(),
            text: String::new(),
            at: 0,
            bytes_read: 0,
            is_at_end: false,
            is_done: false,
            is_damaged: false,
        }
    }

    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        self.source.rewind()?;
        (self.decoder, self.at, self.bytes_read) = (None, 0, 0);
        (self.is_at_end, self.is_done, self.is_damaged) = (false, false, false);
        self.input.clear();
        self.text.clear();
        Ok(())
    }

    /// The text that was not taken yet.
    pub(super) fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    pub(super) fn take(&mut self, length: usize) {
        self.at += length;
    }

    /// Takes so much, and gives it.
    pub(super) fn taken(&mut self, length: usize) -> &str {
        let from = self.at;
        self.at += length;
        &self.text[from..self.at]
    }

    /// Whether nothing follows [`Self::rest`].
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    pub(in super::super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Whether some bytes were no text in the encoding that was declared.
    pub(in super::super) fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// Adds the next block behind [`Self::rest`].
    pub(super) fn read_on(&mut self) -> Result<(), WorkbookRefusal> {
        self.text.drain(..self.at);
        self.at = 0;
        while self.input.len() < BLOCK_BYTES && !self.is_at_end {
            let wanted = (BLOCK_BYTES - self.input.len()) as u64;
            let read = self.source.by_ref().take(wanted).read_to_end(&mut self.input)?;
            self.bytes_read += read as u64;
            self.is_at_end = read == 0;
        }
        if self.decoder.is_none() {
            let encoding = encoding_of(&self.input, self.settled);
            self.decoder = Some(encoding.new_decoder_with_bom_removal());
        }
        let decoder = self.decoder.as_mut().expect("made above");
        let mut from = 0;
        loop {
            let input = &self.input[from..];
            let most = decoder.max_utf8_buffer_length(input.len());
            self.text.reserve(most.unwrap_or(BLOCK_BYTES));
            let (result, read, is_damaged) =
                decoder.decode_to_string(input, &mut self.text, self.is_at_end);
            self.is_damaged |= is_damaged;
            from += read;
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        self.input.clear();
        self.is_done = self.is_at_end;
        Ok(())
    }
}

/// A byte order mark, then the unit's word, then the file's own, then what the bytes look like.
fn encoding_of(first: &[u8], settled: Option<&'static Encoding>) -> &'static Encoding {
    match first {
        [0xef, 0xbb, 0xbf, ..] => return UTF_8,
        [0xff, 0xfe, ..] | [b'<', 0, ..] => return UTF_16LE,
        [0xfe, 0xff, ..] | [0, b'<', ..] => return UTF_16BE,
        _ => {}
    }
    let is_utf8 = || match str::from_utf8(first) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let guessed = || if is_utf8() { UTF_8 } else { WINDOWS_1252 };
    let declared = || {
        declared(first).and_then(Encoding::for_label).filter(|declared| {
            // It could not be read here if it were.
            ![UTF_16LE, UTF_16BE].contains(declared)
        })
    };
    settled.or_else(declared).unwrap_or_else(guessed)
}

/// The label of `charset=…` in a page's head, or `encoding="…"` of an XML declaration.
fn declared(first: &[u8]) -> Option<&[u8]> {
    let head = first[..first.len().min(DECLARATION_BYTES)].to_ascii_lowercase();
    let is_xml = head.trim_ascii_start().starts_with(b"<?xml");
    let words: [&[u8]; 2] =
        if is_xml { [b"encoding=", b"charset="] } else { [b"charset=", b"charset ="] };
    let at = words.into_iter().find_map(|word| Some(memmem::find(&head, word)? + word.len()))?;
    let rest = &first[at..];
    let quoted = rest.iter().take_while(|byte| b"\"' ".contains(byte)).count();
    let label = &rest[quoted..];
    let is_label = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte);
    let length = label.iter().take_while(is_label).count();
    Some(&label[..length])
}
