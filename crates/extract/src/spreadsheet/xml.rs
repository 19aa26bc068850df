//! XML of a workbook's parts as a stream of tags and text over one buffer of fixed size.
//!
//! Not for: XML in general. Names of the part's own namespace come without a prefix and all others as
//! nothing, tags are counted but not compared, and there are no document types: a part with one is refused,
//! so no entity can be defined and nothing is fetched.
//!
//! Invariant: memory is the buffer, whatever the part holds. Text comes in pieces, and a piece never cuts
//! a reference such as `&amp;` in two.

use std::io::{Read, Seek};

use memchr::{memchr, memmem, memrchr};

use super::limits::XML_BUFFER_BYTES;
use super::part::Part;
use super::refusal::WorkbookRefusal;

mod line_ends;
mod namespaces;
mod utf8;

use line_ends::LineEnds;
use namespaces::Namespaces;
use utf8::Utf8Part;

#[derive(Debug)]
pub(super) enum Event<'a> {
    /// Followed by [`Event::Close`] unless the tag is empty.
    Open(Tag<'a>),
    /// The name as [`Tag`] has it.
    Close(&'a [u8]),
    /// A piece, references and all: [`unescape`] it.
    Text(&'a [u8]),
    /// Text that stands for itself.
    Verbatim(&'a [u8]),
    End,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// Without a prefix, as some writers say `x:c` for `c`; empty for a name of another namespace.
    pub(super) name: &'a [u8],
    pub(super) empty: bool,
    attributes: &'a [u8],
}

#[derive(Debug)]
pub(super) struct Xml<R> {
    part: Utf8Part<R>,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    depth: usize,
    namespaces: Namespaces,
    line_ends: LineEnds,
    begun: bool,
}

/// The kind of piece at the front of the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Open,
    EmptyTag,
    Close,
    Text,
    Verbatim,
    Skipped,
}

/// A reference is at most `&#x10FFFF;`.
const REFERENCE_BYTES_MAX: usize = 10;
const CDATA: &[u8] = b"<![CDATA[";
const CDATA_END: &[u8] = b"]]>";
const COMMENT: &[u8] = b"<!--";
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: Read + Seek> Xml<R> {
    pub(super) fn new(part: Part<R>) -> Self {
        let buffer = vec![0; XML_BUFFER_BYTES].into_boxed_slice();
        let (part, namespaces) = (Utf8Part::new(part), Namespaces::default());
        let line_ends = LineEnds::default();
        Self { part, buffer, start: 0, end: 0, depth: 0, namespaces, line_ends, begun: false }
    }

    /// Gives the names of all namespaces without their prefix: of documents whose elements are of several.
    pub(super) fn of_all_names(part: Part<R>) -> Self {
        Self { namespaces: Namespaces::all(), ..Self::new(part) }
    }

    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        (self.start, self.end, self.depth, self.begun) = (0, 0, 0, false);
        self.namespaces.clear();
        self.line_ends.clear();
        self.part.restart()
    }

    /// Inflated bytes taken from the part so far.
    pub(super) fn produced(&self) -> u64 {
        self.part.produced()
    }

    pub(super) fn next(&mut self) -> Result<Event<'_>, WorkbookRefusal> {
        let (token, at) = loop {
            match scan(&self.buffer[self.start..self.end])? {
                Some((Token::Skipped, length)) => self.start += length,
                Some((token, length)) => {
                    let at = self.start;
                    self.start += length;
                    break (token, at..at + length);
                }
                None if self.refill()? => {}
                None => return self.finish(),
            }
        };
        let bytes = &self.buffer[at];
        Ok(match token {
            Token::Open => {
                let inside = &bytes[1..bytes.len() - 1];
                let tag = tag(inside, token, &mut self.namespaces, self.depth)?;
                self.depth += 1;
                Event::Open(tag)
            }
            Token::EmptyTag => {
                let inside = &bytes[1..bytes.len() - 2];
                Event::Open(tag(inside, token, &mut self.namespaces, self.depth)?)
            }
            Token::Close => {
                self.namespaces.leave(self.depth);
                self.depth = self
                    .depth
                    .checked_sub(1)
                    .ok_or_else(|| WorkbookRefusal::damaged("a part closes more than it opens"))?;
                let name = bytes[2..bytes.len() - 1].trim_ascii_end();
                Event::Close(self.namespaces.own_name(name))
            }
            Token::Verbatim => Event::Verbatim(&bytes[CDATA.len()..bytes.len() - CDATA_END.len()]),
            Token::Text | Token::Skipped => Event::Text(bytes),
        })
    }

    /// Goes to the end without looking, so that the part's length and checksum are known to be right.
    pub(super) fn drain(&mut self) -> Result<(), WorkbookRefusal> {
        while self.part.fill(&mut self.buffer)? > 0 {}
        (self.start, self.end, self.depth) = (0, 0, 0);
        Ok(())
    }

    /// False at the part's end.
    fn refill(&mut self) -> Result<bool, WorkbookRefusal> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.buffer.len() {
            let bytes = self.buffer.len();
            return Err(WorkbookRefusal::too_large(format!(
                "one piece of its markup is longer than {bytes} bytes"
            )));
        }
        let count = self.part.fill(&mut self.buffer[self.end..])?;
        // Fewer bytes may be left, and none of a line feed: that is not the part's end.
        self.end += self.line_ends.mend(&mut self.buffer[self.end..self.end + count]);
        if !self.begun {
            self.begin();
        }
        Ok(count > 0)
    }

    fn begin(&mut self) {
        self.begun = true;
        if self.buffer[..self.end].starts_with(UTF8_MARK) {
            self.start = UTF8_MARK.len();
        }
    }

    fn finish(&self) -> Result<Event<'_>, WorkbookRefusal> {
        let rest = &self.buffer[self.start..self.end];
        if self.depth > 0 || !rest.iter().all(u8::is_ascii_whitespace) {
            return Err(WorkbookRefusal::damaged("a part ends in the middle"));
        }
        Ok(Event::End)
    }
}

impl<'a> Tag<'a> {
    /// Full names (prefix and all) and raw values.
    pub(super) fn attributes(&self) -> Attributes<'a> {
        Attributes(self.attributes)
    }
}

pub(super) struct Attributes<'a>(&'a [u8]);

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a [u8], &'a [u8]), WorkbookRefusal>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let parsed = split_attribute(rest);
        self.0 = parsed.map_or(&[], |(_, _, rest)| rest);
        Some(
            parsed
                .map(|(name, value, _)| (name, value))
                .ok_or_else(|| WorkbookRefusal::damaged("a tag of a part cannot be read")),
        )
    }
}

fn split_attribute(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = memchr(b'=', bytes)?;
    let name = bytes[..equals].trim_ascii_end();
    let (&quote, rest) = bytes[equals + 1..].trim_ascii_start().split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let close = memchr(quote, rest)?;
    Some((name, &rest[..close], &rest[close + 1..]))
}

/// `None` asks for more bytes.
fn scan(bytes: &[u8]) -> Result<Option<(Token, usize)>, WorkbookRefusal> {
    match bytes {
        [] | [b'<'] => Ok(None),
        [b'<', b'?', rest @ ..] => Ok(through(rest, b"?>", 2, Token::Skipped)),
        [b'<', b'!', ..] => scan_declaration(bytes),
        [b'<', b'/', ..] => Ok(memchr(b'>', bytes).map(|at| (Token::Close, at + 1))),
        [b'<', ..] => Ok(tag_end(bytes).map(|at| match bytes[at - 1] {
            b'/' => (Token::EmptyTag, at + 1),
            _ => (Token::Open, at + 1),
        })),
        _ => Ok(text_end(bytes).map(|length| (Token::Text, length))),
    }
}

fn scan_declaration(bytes: &[u8]) -> Result<Option<(Token, usize)>, WorkbookRefusal> {
    if bytes.starts_with(COMMENT) {
        let rest = &bytes[COMMENT.len()..];
        return Ok(through(rest, b"-->", COMMENT.len(), Token::Skipped));
    }
    if bytes.starts_with(CDATA) {
        let rest = &bytes[CDATA.len()..];
        return Ok(through(rest, CDATA_END, CDATA.len(), Token::Verbatim));
    }
    if COMMENT.starts_with(bytes) || CDATA.starts_with(bytes) {
        return Ok(None);
    }
    Err(WorkbookRefusal::Unsafe {
        what: "a part declares a document type (DTD), which no spreadsheet program does",
    })
}

fn through(rest: &[u8], end: &[u8], before: usize, token: Token) -> Option<(Token, usize)> {
    memmem::find(rest, end).map(|at| (token, before + at + end.len()))
}

/// The `>` that is not inside a value.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let mut open_quote = None;
    bytes.iter().position(|&byte| {
        if let Some(quote) = open_quote {
            open_quote = (byte != quote).then_some(quote);
            return false;
        }
        open_quote = matches!(byte, b'"' | b'\'').then_some(byte);
        byte == b'>'
    })
}

/// Text without an end in sight is given out when there is enough to be sure of the last reference.
fn text_end(bytes: &[u8]) -> Option<usize> {
    if let Some(at) = memchr(b'<', bytes) {
        return Some(at);
    }
    if bytes.len() < XML_BUFFER_BYTES / 2 {
        return None;
    }
    let tail = bytes.len() - REFERENCE_BYTES_MAX;
    Some(memrchr(b'&', &bytes[tail..]).map_or(bytes.len(), |at| tail + at))
}

/// The tag of an element in one at `depth`.
fn tag<'a>(
    inside: &'a [u8],
    token: Token,
    namespaces: &mut Namespaces,
    depth: usize,
) -> Result<Tag<'a>, WorkbookRefusal> {
    let name_end = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(name_end);
    namespaces.leave(depth);
    namespaces.enter(depth + 1, name, attributes)?;
    Ok(Tag { name: namespaces.own_name(name), empty: token == Token::EmptyTag, attributes })
}

/// The name behind its prefix.
pub(super) fn local(name: &[u8]) -> &[u8] {
    memrchr(b':', name).map_or(name, |at| &name[at + 1..])
}

/// Appends `raw` with its references resolved.
pub(super) fn unescape(raw: &[u8], text: &mut Vec<u8>) -> Result<(), WorkbookRefusal> {
    let mut rest = raw;
    while let Some(at) = memchr(b'&', rest) {
        text.extend_from_slice(&rest[..at]);
        let end = memchr(b';', &rest[at..])
            .ok_or_else(|| WorkbookRefusal::damaged("a part holds an & that means nothing"))?;
        let character = resolve(&rest[at + 1..at + end])
            .ok_or_else(|| WorkbookRefusal::damaged("a part holds an & that means nothing"))?;
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[at + end + 1..];
    }
    text.extend_from_slice(rest);
    Ok(())
}

fn resolve(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x' | b'X', digits @ ..] => numbered(digits, 16),
        [b'#', digits @ ..] => numbered(digits, 10),
        _ => None,
    }
}

fn numbered(digits: &[u8], radix: u32) -> Option<char> {
    let digits = str::from_utf8(digits).ok()?;
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

/// A value or a text as a string of its own, for names and the like.
pub(super) fn to_text(raw: &[u8]) -> Result<String, WorkbookRefusal> {
    let mut bytes = Vec::with_capacity(raw.len());
    unescape(raw, &mut bytes)?;
    String::from_utf8(bytes).map_err(|_not_utf8| not_text())
}

pub(super) fn not_text() -> WorkbookRefusal {
    WorkbookRefusal::damaged("a text in it is not valid UTF-8")
}
