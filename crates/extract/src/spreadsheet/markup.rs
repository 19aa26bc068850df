//! Markup as people and programs write it, web pages above all, as tags and text.
//!
//! Not for: parts of a workbook, which are strict XML (`xml`). Nothing is refused for being badly made, only
//! for its size.
//!
//! Invariant: memory is a block and one piece of markup of bounded size, whatever the file holds.

use std::io::{Read, Seek};

use memchr::{memchr, memmem};

use super::limits::{MARKUP_BYTES_MAX, SEARCHED_BYTES_MAX};
use super::refusal::WorkbookRefusal;

mod decode;
mod entities;

pub(super) use decode::MarkupText;
pub(super) use entities::push_decoded;

#[derive(Debug)]
pub(super) enum Token<'a> {
    Open(MarkupTag<'a>),
    /// The name without its prefix.
    Close(&'a str),
    /// A piece, references and all: [`push_decoded`] resolves them.
    Text(&'a str),
    /// Text that stands for itself.
    Verbatim(&'a str),
    End,
}

/// The tag of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct MarkupTag<'a> {
    /// Without its prefix, in the case it is written in.
    pub(super) name: &'a str,
    pub(super) is_empty: bool,
    attributes: &'a str,
}

/// The language of the markup, which says what names of elements mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// Scripts and styles hold text that is no markup.
    Html,
    Xml,
}

#[derive(Debug)]
pub(super) struct Markup<R> {
    text: MarkupText<R>,
    flavour: Flavour,
    /// The element whose text is passed over.
    skipped: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Close,
    Text,
    Verbatim,
    Skipped,
}

/// Text that was not taken yet, and whether more may follow.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    is_last: bool,
}

const CDATA: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";
/// Elements whose text is no markup.
const SKIPPED: [&str; 2] = ["script", "style"];

impl<R: Read + Seek> Markup<R> {
    pub(super) fn new(text: MarkupText<R>, flavour: Flavour) -> Self {
        Self { text, flavour, skipped: None }
    }

    pub(super) fn restart(&mut self) -> Result<(), WorkbookRefusal> {
        self.skipped = None;
        self.text.restart()
    }

    pub(super) fn text(&self) -> &MarkupText<R> {
        &self.text
    }

    pub(super) fn next(&mut self) -> Result<Token<'_>, WorkbookRefusal> {
        let (kind, length) = loop {
            if let Some(name) = self.skipped {
                self.skip_text(name)?;
            }
            match scan(Piece { text: self.text.rest(), is_last: self.text.is_done() }) {
                Some((Kind::Skipped, length)) => self.text.take(length),
                Some(found) => break found,
                None if self.text.rest().len() > MARKUP_BYTES_MAX => {
                    return Err(WorkbookRefusal::too_large(format!(
                        "one piece of its markup is longer than {MARKUP_BYTES_MAX} bytes"
                    )));
                }
                None if self.text.is_done() => return Ok(Token::End),
                None => self.text.read_on()?,
            }
        };
        let flavour = self.flavour;
        let skipped = &mut self.skipped;
        let text = self.text.taken(length);
        Ok(match kind {
            Kind::Open => {
                let tag = tag(&text[1..text.len() - 1]);
                if flavour == Flavour::Html && !tag.is_empty {
                    *skipped = SKIPPED.into_iter().find(|name| tag.is(name));
                }
                Token::Open(tag)
            }
            Kind::Close => Token::Close(local(text[2..text.len() - 1].trim())),
            Kind::Verbatim => Token::Verbatim(&text[CDATA.len()..text.len() - CDATA_END.len()]),
            Kind::Text | Kind::Skipped => Token::Text(text),
        })
    }

    /// Goes to the closing tag of the element, or to the end.
    fn skip_text(&mut self, name: &'static str) -> Result<(), WorkbookRefusal> {
        loop {
            let rest = self.text.rest();
            let mut from = 0;
            while let Some(at) = memmem::find(&rest.as_bytes()[from..], b"</") {
                let behind = from + at + 2;
                if rest.len() < behind + name.len() && !self.text.is_done() {
                    break;
                }
                let is_it = rest.get(behind..behind + name.len());
                if is_it.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                    self.text.take(behind - 2);
                    self.skipped = None;
                    return Ok(());
                }
                from = behind;
            }
            if self.text.is_done() {
                let length = rest.len();
                self.text.take(length);
                self.skipped = None;
                return Ok(());
            }
            // The last letters may begin the closing tag.
            let mut keep_from = rest.len().saturating_sub(name.len() + 2);
            while !rest.is_char_boundary(keep_from) {
                keep_from -= 1;
            }
            self.text.take(keep_from);
            self.text.read_on()?;
        }
    }
}

/// The piece at the front; none asks for more text, or says that there is none.
fn scan(piece: Piece<'_>) -> Option<(Kind, usize)> {
    let Piece { text, is_last } = piece;
    let bytes = text.as_bytes();
    let whole = |kind| (!text.is_empty() && is_last).then_some((kind, text.len()));
    let through = |end: &str, kind| {
        let at = memmem::find(bytes, end.as_bytes()).map(|at| (kind, at + end.len()));
        at.or_else(|| whole(Kind::Skipped))
    };
    match bytes {
        [] => None,
        [b'<'] => whole(Kind::Text),
        [b'<', b'!', rest @ ..] => match rest {
            _ if rest.starts_with(b"--") => through("-->", Kind::Skipped),
            _ if text.starts_with(CDATA) => through(CDATA_END, Kind::Verbatim),
            _ if rest.len() < CDATA.len() && !is_last => None,
            _ => through(">", Kind::Skipped),
        },
        [b'<', b'?', ..] => through(">", Kind::Skipped),
        [b'<', b'/', ..] => through(">", Kind::Close),
        [b'<', first, ..] if first.is_ascii_alphabetic() => {
            let end = tag_end(bytes).map(|at| (Kind::Open, at + 1));
            end.or_else(|| whole(Kind::Skipped))
        }
        _ => text_end(piece).map(|length| (Kind::Text, boundary(text, length))),
    }
}

/// The `>` that is not inside a value.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let mut open_quote = None;
    let mut is_behind_equals = false;
    bytes.iter().position(|&byte| {
        match open_quote {
            Some(quote) if byte == quote => open_quote = None,
            Some(_) => return false,
            // A quote that begins no value is a slip, and ends nowhere.
            None if matches!(byte, b'"' | b'\'') && is_behind_equals => open_quote = Some(byte),
            None if byte == b'>' => return true,
            None => {}
        }
        is_behind_equals = byte == b'=' || (is_behind_equals && byte.is_ascii_whitespace());
        false
    })
}

/// Text without an end in sight is given out when there is enough to be sure of the last reference.
fn text_end(piece: Piece<'_>) -> Option<usize> {
    const REFERENCE_BYTES_MAX: usize = 40;
    let (bytes, is_last) = (piece.text.as_bytes(), piece.is_last);
    if let Some(at) = memchr(b'<', &bytes[1..]) {
        return Some(at + 1);
    }
    if is_last {
        return Some(bytes.len());
    }
    if bytes.len() < SEARCHED_BYTES_MAX {
        return None;
    }
    let tail = bytes.len() - REFERENCE_BYTES_MAX;
    Some(memchr::memrchr(b'&', &bytes[tail..]).map_or(bytes.len(), |at| tail + at))
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn tag(inside: &str) -> MarkupTag<'_> {
    let (inside, is_empty) = match inside.strip_suffix('/') {
        Some(inside) => (inside, true),
        None => (inside, false),
    };
    let name_end = inside.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(name_end);
    MarkupTag { name: local(name), is_empty, attributes }
}

/// The name behind its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

impl<'a> MarkupTag<'a> {
    /// Returns `true` when this is the element's name, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The raw value of an attribute, in any case and with any prefix; empty where it has none.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes.trim_ascii_start();
        while !rest.is_empty() {
            let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace());
            let (found, behind) = rest.split_at(end.unwrap_or(rest.len()));
            let behind = behind.trim_ascii_start();
            let (value, behind) = match behind.strip_prefix('=') {
                Some(value) => split_value(value.trim_ascii_start()),
                None => ("", behind),
            };
            if local(found).eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = behind.trim_ascii_start();
        }
        None
    }
}

/// A value, quoted or not, and what stands behind it.
fn split_value(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    match quote {
        Some(quote) => {
            let inside = &text[1..];
            inside.split_once(quote).unwrap_or((inside, ""))
        }
        None => text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len())),
    }
}
