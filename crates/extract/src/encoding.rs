//! How the text of an extract can be encoded, by the names that people and programs have for it.
//!
//! Not for: what a text says of that itself (`text`, `spreadsheet`). Invariant: decoding never fails; what no
//! character stands for is the replacement character.

mod guess;

use std::borrow::Cow;
use std::fmt;

use encoding_rs::{CoderResult, Encoding as WebEncoding};
use yore::CodePage as _;
use yore::code_pages as dos;

pub(crate) use guess::Evidence;

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16,
    Utf32,
    Page(CodePage),
    /// Lines of UTF-8 beside those of a code page.
    Mixed(CodePage),
}

/// An encoding that is none of Unicode's own: one of the WHATWG Encoding Standard, or a page of DOS.
#[derive(Clone, Copy)]
pub struct CodePage(Page);

#[derive(Clone, Copy)]
enum Page {
    Web(&'static WebEncoding),
    Dos(&'static DosPage),
}

/// Decodes a text that is all in one code page, block by block.
pub(crate) struct PageDecoder {
    page: CodePage,
    /// None for a page of DOS, where no character goes over blocks.
    state: Option<encoding_rs::Decoder>,
}

/// Bytes of a text, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'b> {
    pub(crate) bytes: &'b [u8],
    /// Set when the text ends with them.
    pub(crate) is_last: bool,
}

struct DosPage {
    name: &'static str,
    decode: fn(&[u8]) -> Cow<'_, str>,
}

/// A name that no known encoding has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no encoding is called {name}; known are those of browsers, such as utf-8, windows-1250, iso-8859-2, \
     koi8-r, macintosh, shift_jis, gbk and big5, and those of DOS, such as cp437, cp850 and cp852"
)]
pub struct UnknownEncoding {
    pub name: String,
}

/// The code pages of DOS, whose consoles and older programs write them to this day.
const DOS_PAGES: &[DosPage] = &[
    DosPage { name: "cp437", decode: |bytes| dos::CP437.decode_lossy(bytes) },
    DosPage { name: "cp737", decode: |bytes| dos::CP737.decode_lossy(bytes) },
    DosPage { name: "cp850", decode: |bytes| dos::CP850.decode_lossy(bytes) },
    // As the one before, with the euro in place of a letter that Western Europe does without.
    DosPage { name: "cp858", decode: |bytes| with_euro(dos::CP850.decode_lossy(bytes)) },
    DosPage { name: "cp852", decode: |bytes| dos::CP852.decode_lossy(bytes) },
    DosPage { name: "cp855", decode: |bytes| dos::CP855.decode_lossy(bytes) },
    DosPage { name: "cp857", decode: |bytes| dos::CP857.decode_lossy(bytes) },
    DosPage { name: "cp860", decode: |bytes| dos::CP860.decode_lossy(bytes) },
    DosPage { name: "cp861", decode: |bytes| dos::CP861.decode_lossy(bytes) },
    DosPage { name: "cp862", decode: |bytes| dos::CP862.decode_lossy(bytes) },
    DosPage { name: "cp863", decode: |bytes| dos::CP863.decode_lossy(bytes) },
    DosPage { name: "cp865", decode: |bytes| dos::CP865.decode_lossy(bytes) },
    DosPage { name: "cp869", decode: |bytes| dos::CP869.decode_lossy(bytes) },
];

/// Numbers of code pages that have another name in browsers.
const NUMBERED: &[(&str, &str)] = &[
    ("866", "ibm866"),
    ("874", "windows-874"),
    ("932", "shift_jis"),
    ("936", "gbk"),
    ("949", "euc-kr"),
    ("950", "big5"),
    ("1200", "utf-16le"),
    ("1201", "utf-16be"),
    ("10000", "macintosh"),
    ("20866", "koi8-r"),
    ("21866", "koi8-u"),
    ("54936", "gb18030"),
    ("65001", "utf-8"),
    ("ansi", "windows-1252"),
    ("macroman", "macintosh"),
];

impl Encoding {
    /// The encoding of this name, in any of the spellings that are about: `windows-1250`, `cp1250`, `1250`.
    pub fn named(name: &str) -> Result<Self, UnknownEncoding> {
        let page =
            CodePage::named(name).ok_or_else(|| UnknownEncoding { name: name.to_owned() })?;
        Ok(if page == CodePage::UTF_8 { Self::Utf8 } else { Self::Page(page) })
    }

    /// The code page that text of this name is read by.
    pub(crate) const fn page(self) -> CodePage {
        match self {
            Self::Page(page) | Self::Mixed(page) => page,
            Self::Utf8 | Self::Utf16 | Self::Utf32 => CodePage::UTF_8,
        }
    }
}

/// The name under which an encoding is kept, of any spelling of it.
pub fn encoding_name(label: &str) -> Result<String, UnknownEncoding> {
    let encoding = Encoding::named(label.trim())?;
    Ok(encoding.page().name().to_lowercase())
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf8 => f.write_str("UTF-8"),
            Self::Utf16 => f.write_str("UTF-16"),
            Self::Utf32 => f.write_str("UTF-32"),
            Self::Page(page) => f.write_str(page.name()),
            Self::Mixed(page) => write!(f, "UTF-8 and {}", page.name()),
        }
    }
}

impl CodePage {
    pub(crate) const UTF_8: Self = Self(Page::Web(encoding_rs::UTF_8));
    pub(crate) const UTF_16LE: Self = Self(Page::Web(encoding_rs::UTF_16LE));
    pub(crate) const UTF_16BE: Self = Self(Page::Web(encoding_rs::UTF_16BE));
    pub(crate) const WINDOWS_1252: Self = Self(Page::Web(encoding_rs::WINDOWS_1252));

    pub(crate) const fn new(encoding: &'static WebEncoding) -> Self {
        Self(Page::Web(encoding))
    }

    /// Pages whose letters stand where those of others have signs, so that words tell which it is; those that
    /// more texts are in come first.
    pub(crate) fn rivals() -> impl Iterator<Item = Self> {
        const NAMES: [&str; 7] =
            ["windows-1252", "cp850", "cp858", "macintosh", "cp852", "cp437", "cp857"];
        NAMES.into_iter().filter_map(Self::named)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        let lower = name.trim().to_ascii_lowercase().replace(' ', "-");
        let short = ["windows-", "cp", "ibm", "ms", "oem", "dos", "codepage"]
            .iter()
            .find_map(|prefix| lower.strip_prefix(prefix))
            .map_or(lower.as_str(), |rest| rest.trim_start_matches(['-', '_']));
        let page = |page: &&DosPage| page.name.strip_prefix("cp") == Some(short);
        if let Some(page) = DOS_PAGES.iter().find(page) {
            return Some(Self(Page::Dos(page)));
        }
        let numbered = NUMBERED.iter().find(|(number, _)| *number == short).map(|(_, name)| *name);
        let spellings = [lower.replace('_', "-"), lower.clone(), format!("windows-{short}")];
        let labels = spellings.iter().map(String::as_str).chain(numbered);
        let web = |label: &str| WebEncoding::for_label_no_replacement(label.as_bytes());
        labels.into_iter().find_map(web).map(Self::new)
    }

    pub fn name(self) -> &'static str {
        match self.0 {
            Page::Web(encoding) => encoding.name(),
            Page::Dos(page) => page.name,
        }
    }

    /// Returns `true` when each byte is a character, so that one of ASCII is never a part of another.
    pub(crate) fn is_single_byte(self) -> bool {
        match self.0 {
            Page::Web(encoding) => encoding.is_single_byte(),
            Page::Dos(_) => true,
        }
    }

    /// A decoder from the first byte of a text, whose byte order mark it leaves out.
    pub(crate) fn decoder(self) -> PageDecoder {
        let state = match self.0 {
            Page::Web(encoding) => Some(encoding.new_decoder_with_bom_removal()),
            Page::Dos(_) => None,
        };
        PageDecoder { page: self, state }
    }

    /// The text of whole characters, and whether some were none.
    pub(crate) fn decode(self, bytes: &[u8]) -> (Cow<'_, str>, bool) {
        match self.0 {
            Page::Web(encoding) => encoding.decode_without_bom_handling(bytes),
            Page::Dos(page) => ((page.decode)(bytes), false),
        }
    }
}

fn with_euro(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('ı') { Cow::Owned(text.replace('ı', "€")) } else { text }
}

impl PageDecoder {
    /// Appends the text of the next block; whether some of it were no characters.
    pub(crate) fn decode(&mut self, block: Block<'_>, text: &mut String) -> bool {
        let Block { bytes, is_last } = block;
        let Some(decoder) = &mut self.state else {
            let (decoded, is_damaged) = self.page.decode(bytes);
            text.push_str(&decoded);
            return is_damaged;
        };
        let room = decoder.max_utf8_buffer_length(bytes.len());
        text.reserve(room.expect("a block is far from the largest length"));
        let (result, taken, is_damaged) = decoder.decode_to_string(bytes, text, is_last);
        debug_assert_eq!((result, taken), (CoderResult::InputEmpty, bytes.len()));
        is_damaged
    }
}

impl fmt::Debug for PageDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.page.fmt(f)
    }
}

impl PartialEq for CodePage {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for CodePage {}

impl fmt::Debug for CodePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_have_the_names_people_write() {
        for (name, known) in [
            ("utf-8", "UTF-8"),
            ("UTF8", "UTF-8"),
            ("windows-1250", "windows-1250"),
            ("cp1250", "windows-1250"),
            ("1250", "windows-1250"),
            ("Windows 1250", "windows-1250"),
            ("latin1", "windows-1252"),
            ("ISO8859-2", "ISO-8859-2"),
            ("iso_8859-2", "ISO-8859-2"),
            ("KOI8-R", "KOI8-R"),
            ("Shift_JIS", "Shift_JIS"),
            ("cp932", "Shift_JIS"),
            ("936", "GBK"),
            ("macintosh", "macintosh"),
            ("CP850", "cp850"),
            ("ibm437", "cp437"),
            ("cp866", "IBM866"),
            ("utf-16le", "UTF-16LE"),
        ] {
            let encoding = Encoding::named(name).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(encoding.to_string(), known, "{name}");
        }
        for name in ["", "utf", "windows-9999", "replacement", "cp", "klingon"] {
            assert!(Encoding::named(name).unwrap_err().to_string().contains("cp850"), "{name}");
        }
    }

    #[test]
    fn encodings_are_kept_under_one_name() {
        for (label, name) in [
            ("utf-8", "utf-8"),
            ("UTF8", "utf-8"),
            (" Windows-1250 ", "windows-1250"),
            ("cp1252", "windows-1252"),
            ("latin2", "iso-8859-2"),
            ("Shift_JIS", "shift_jis"),
            ("CP850", "cp850"),
        ] {
            assert_eq!(encoding_name(label).as_deref(), Ok(name), "{label}");
        }
        for (name, _) in domain::reading::ENCODINGS {
            assert_eq!(encoding_name(name).as_deref(), Ok(name), "people choose from these");
        }
        for label in ["", "ebcdic", "cp851", "iso-2022-kr"] {
            assert!(encoding_name(label).is_err(), "{label}");
        }
    }
}
