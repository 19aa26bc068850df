//! The encodings that these tables are written in.

use std::borrow::Cow;

use super::*;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum FileEncoding {
    Utf8,
    Utf8WithMark,
    Utf16Le,
    Utf16Be,
    Windows1252,
    Cp850,
}

pub(super) fn encodings() -> impl Strategy<Value = FileEncoding> {
    prop_oneof![
        4 => Just(FileEncoding::Utf8),
        1 => Just(FileEncoding::Utf8WithMark),
        1 => Just(FileEncoding::Utf16Le),
        1 => Just(FileEncoding::Utf16Be),
        2 => Just(FileEncoding::Windows1252),
        1 => Just(FileEncoding::Cp850),
    ]
}

impl FileEncoding {
    /// The bytes; in UTF-8 where the encoding lacks a letter.
    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        let marked = || format!("\u{feff}{text}");
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf8WithMark => marked().into_bytes(),
            Self::Utf16Le => marked().encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be => marked().encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Self::Windows1252 => match encoding_rs::WINDOWS_1252.encode(text) {
                (bytes, _, false) => bytes.into_owned(),
                _ => text.as_bytes().to_vec(),
            },
            Self::Cp850 => yore::code_pages::CP850
                .encode(text)
                .map_or_else(|_lacking| text.as_bytes().to_vec(), Cow::into_owned),
        }
    }
}
