//! A part's bytes as UTF-8, whatever encoding it is written in.
//!
//! Not for: guessing. A byte order mark, the zero bytes of UTF-16, or the XML declaration say what it is.
//!
//! Invariant: memory is one buffer of fixed size, and none for UTF-8, which nearly all parts are.

use std::io::{Read, Seek};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::super::limits::DECLARATION_BYTES;
use super::super::part::Part;
use super::super::refusal::WorkbookRefusal;
use super::not_text;

/// Bytes taken from the part at once when they have to be decoded.
const INPUT_BYTES: usize = 64 * 1024;
/// No character of UTF-8 is longer.
const CHARACTER_BYTES_MAX: usize = 4;

#[derive(Debug)]
pub(super) struct Utf8Part<R> {
    part: Part<R>,
    is_begun: bool,
    decoding: Option<Decoding>,
}

struct Decoding {
    decoder: Decoder,
    input: Box<[u8]>,
    start: usize,
    end: usize,
    is_at_end: bool,
}

impl std::fmt::Debug for Decoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.decoder.encoding().name())
    }
}

impl<R: Read + Seek> Utf8Part<R> {
    pub(super) fn new(part: Part<R>) -> Self {
        Self { part, is_begun: false, decoding: None }
    }

    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.is_begun, self.decoding) = (false, None);
        self.part.restart()
    }

    /// Inflated bytes taken from the part so far.
    pub(super) fn produced(&self) -> u64 {
        self.part.produced()
    }

    /// Bytes written to `out`; 0 at the end only.
    pub(super) fn fill(&mut self, out: &mut [u8]) -> Result<usize, WorkbookRefusal> {
        if !self.is_begun {
            return self.begin(out);
        }
        match &mut self.decoding {
            None => self.part.fill(out),
            Some(decoding) => decoding.fill(&mut self.part, out),
        }
    }

    fn begin(&mut self, out: &mut [u8]) -> Result<usize, WorkbookRefusal> {
        self.is_begun = true;
        let mut count = 0;
        while count < DECLARATION_BYTES.min(out.len()) {
            match self.part.fill(&mut out[count..])? {
                0 => break,
                more => count += more,
            }
        }
        let encoding = encoding_of(&out[..count]);
        if encoding == UTF_8 {
            return Ok(count);
        }
        let mut input = vec![0; INPUT_BYTES.max(count)].into_boxed_slice();
        input[..count].copy_from_slice(&out[..count]);
        let decoder = encoding.new_decoder_with_bom_removal();
        let decoding = Decoding { decoder, input, start: 0, end: count, is_at_end: false };
        self.decoding.insert(decoding).fill(&mut self.part, out)
    }
}

impl Decoding {
    fn fill<R: Read + Seek>(
        &mut self,
        part: &mut Part<R>,
        out: &mut [u8],
    ) -> Result<usize, WorkbookRefusal> {
        if out.len() < CHARACTER_BYTES_MAX {
            return Err(WorkbookRefusal::too_large("one piece of its markup is too long"));
        }
        loop {
            if self.start == self.end && !self.is_at_end {
                (self.start, self.end) = (0, part.fill(&mut self.input)?);
                self.is_at_end = self.end == 0;
            }
            let input = &self.input[self.start..self.end];
            let (result, read, written, is_damaged) =
                self.decoder.decode_to_utf8(input, out, self.is_at_end);
            if is_damaged {
                return Err(not_text());
            }
            self.start += read;
            if written > 0 || (self.is_at_end && result == CoderResult::InputEmpty) {
                return Ok(written);
            }
        }
    }
}

fn encoding_of(first: &[u8]) -> &'static Encoding {
    match first {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => UTF_16LE,
        [0xfe, 0xff, ..] | [0, b'<', ..] => UTF_16BE,
        _ => declared(first).and_then(Encoding::for_label).unwrap_or(UTF_8),
    }
}

/// The encoding that `<?xml … encoding="…"?>` says; a declaration that could be read cannot be in UTF-16.
fn declared(first: &[u8]) -> Option<&[u8]> {
    let first = &first[..first.len().min(DECLARATION_BYTES)];
    let rest = first.strip_prefix(b"<?xml")?;
    let declaration = &rest[..memchr::memmem::find(rest, b"?>")?];
    let at = memchr::memmem::find(declaration, b"encoding")? + b"encoding".len();
    let value = declaration[at..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first()?;
    let label = &value[..memchr::memchr(*quote, value)?];
    (!label.to_ascii_lowercase().starts_with(b"utf-16")).then_some(label)
}
