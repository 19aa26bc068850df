//! The text of markup, decoded by what it says of itself.
//!
//! Not for: delimited text, where each line may have its own encoding. Markup is all in one: that of its
//! byte order mark, else the unit's, else the one that it declares, else the one that its bytes are likeliest
//! to be in.
//!
//! Invariant: every byte goes into the text, and what cannot be decoded shows as damage.

use std::io::{Read, Seek};

use memchr::memmem;

use super::super::refusal::WorkbookRefusal;
use crate::encoding::{Block, CodePage, Evidence, PageDecoder};
use crate::limits::BLOCK_BYTES;

/// Bytes in which a page says how it is encoded: browsers look at 1,024, exports put styles first.
const DECLARATION_BYTES: usize = 16 * 1024;

#[derive(Debug)]
pub(in super::super) struct MarkupText<R> {
    source: R,
    /// The code page that the unit has settled, if any.
    settled: Option<CodePage>,
    /// The likeliest code page of a text that says nothing of itself.
    likeliest: CodePage,
    /// The evidence that `likeliest` rests on.
    known: Evidence,
    /// The evidence that this reading has met of a text that says nothing of itself; none of another.
    evidence: Option<Evidence>,
    decoder: Option<PageDecoder>,
    input: Vec<u8>,
    text: String,
    /// The bytes of `text` that were taken.
    at: usize,
    bytes_read: u64,
    is_at_end: bool,
    is_done: bool,
    is_damaged: bool,
}

impl<R: Read + Seek> MarkupText<R> {
    pub(in super::super) fn new(source: R, settled: Option<CodePage>) -> Self {
        Self {
            source,
            settled,
            likeliest: CodePage::UTF_8,
            known: Evidence::default(),
            evidence: None,
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

    /// Goes back to the first byte, by what was learnt so far.
    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        self.source.rewind()?;
        if let Some(evidence) = self.evidence.take()
            && evidence.is_more_than(&self.known)
        {
            self.likeliest = evidence.page();
            self.known = evidence;
        }
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

    /// Returns `true` when nothing follows [`Self::rest`].
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    pub(in super::super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Returns `true` when some bytes were no text in the encoding that it was read by.
    pub(in super::super) fn is_damaged(&self) -> bool {
        self.is_damaged
    }

    /// The code page that the text was guessed to be in; none where something says it.
    pub(in super::super) fn guessed_page(&self) -> Option<CodePage> {
        let is_guess = self.evidence.is_some() && self.likeliest != CodePage::UTF_8;
        is_guess.then_some(self.likeliest)
    }

    /// Returns `true` when what was met so far tells of another code page than the one it was read
    /// by.
    pub(in super::super) fn reads_otherwise(&self) -> bool {
        let more = self.evidence.as_ref().filter(|evidence| evidence.is_more_than(&self.known));
        more.is_some_and(|evidence| evidence.page() != self.likeliest)
    }

    /// Adds the next block behind [`Self::rest`].
    pub(super) fn read_on(&mut self) -> Result<(), WorkbookRefusal> {
        self.text.drain(..self.at);
        self.at = 0;
        let is_first = self.decoder.is_none();
        while self.input.len() < BLOCK_BYTES && !self.is_at_end {
            let wanted = (BLOCK_BYTES - self.input.len()) as u64;
            let read = self.source.by_ref().take(wanted).read_to_end(&mut self.input)?;
            self.bytes_read += read as u64;
            self.is_at_end = read == 0;
        }
        let told = if is_first { stated_page(&self.input, self.settled) } else { None };
        if is_first && told.is_none() {
            self.evidence = Some(Evidence::default());
        }
        let block = Block { bytes: &self.input, is_last: self.is_at_end };
        if let Some(evidence) = &mut self.evidence {
            // A character may be cut where another block ended.
            let begin =
                if is_first { Some(0) } else { block.bytes.iter().position(|b| is_end(*b)) };
            let bytes = &block.bytes[begin.unwrap_or(block.bytes.len())..];
            add_pieces(evidence, Block { bytes, ..block });
            if is_first && evidence.is_more_than(&self.known) {
                self.likeliest = evidence.page();
            }
        }
        let page = told.unwrap_or(self.likeliest);
        let decoder = self.decoder.get_or_insert_with(|| page.decoder());
        self.is_damaged |= decoder.decode(block, &mut self.text);
        self.input.clear();
        self.is_done = self.is_at_end;
        Ok(())
    }
}

/// Adds what lies between the tags and lines of a block, save behind the last of them, where a character may
/// be cut, unless the text ends there.
fn add_pieces(evidence: &mut Evidence, block: Block<'_>) {
    let Block { bytes, is_last } = block;
    if bytes.is_ascii() {
        return;
    }
    let end = if is_last { Some(bytes.len()) } else { bytes.iter().rposition(|b| is_end(*b)) };
    let pieces = bytes[..end.unwrap_or(0)].split_inclusive(|b| is_end(*b));
    for piece in pieces.filter(|piece| !piece.is_ascii()) {
        match str::from_utf8(piece) {
            Ok(_) => evidence.add_utf8(),
            Err(_) => evidence.add(piece),
        }
    }
}

/// Returns `true` when a byte ends a piece: a tag begins there, or a line ends.
const fn is_end(byte: u8) -> bool {
    matches!(byte, b'<' | b'\n' | b'\r')
}

/// The encoding that something says the text is in: its byte order mark, the unit or the text itself.
fn stated_page(first: &[u8], settled: Option<CodePage>) -> Option<CodePage> {
    match first {
        [0xef, 0xbb, 0xbf, ..] => return Some(CodePage::UTF_8),
        [0xff, 0xfe, ..] | [b'<', 0, ..] => return Some(CodePage::UTF_16LE),
        [0xfe, 0xff, ..] | [0, b'<', ..] => return Some(CodePage::UTF_16BE),
        _ => {}
    }
    let declared = || {
        let label = str::from_utf8(declared(first)?).ok()?;
        // It could not be read here if it were UTF-16.
        CodePage::named(label)
            .filter(|page| ![CodePage::UTF_16LE, CodePage::UTF_16BE].contains(page))
    };
    settled.or_else(declared)
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
