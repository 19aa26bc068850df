//! How the body of a request is packed.
//!
//! Not for: packing and unpacking.
//!
//! Invariant: the words are those of `Content-Encoding`.

use std::fmt;
use std::str::FromStr;

use crate::enum_words::enum_words;

/// The coding of a body: none, gzip or zstd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentCoding {
    Identity,
    Gzip,
    Zstd,
}

/// A word that is no coding that is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a content coding that is known")]
pub struct UnknownCoding;

enum_words! {
    ContentCoding;
    Identity = "identity",
    Gzip = "gzip",
    Zstd = "zstd",
}

impl ContentCoding {
    /// The codings that pack, as `Accept-Encoding` lists them.
    pub const ACCEPTED: &'static str = "gzip, zstd";
}

impl fmt::Display for ContentCoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ContentCoding {
    type Err = UnknownCoding;

    /// Reads it in any case, as the standard has it (RFC 9110, section 8.4.1).
    fn from_str(text: &str) -> Result<Self, UnknownCoding> {
        let is_named = |coding: &Self| coding.as_str().eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(is_named).ok_or(UnknownCoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_read_in_any_case() {
        for (text, coding) in [
            ("gzip", Ok(ContentCoding::Gzip)),
            ("GZip", Ok(ContentCoding::Gzip)),
            ("zstd", Ok(ContentCoding::Zstd)),
            ("identity", Ok(ContentCoding::Identity)),
            ("br", Err(UnknownCoding)),
            ("", Err(UnknownCoding)),
        ] {
            assert_eq!(text.parse(), coding, "{text}");
        }
        let packing = ContentCoding::ALL.map(ContentCoding::as_str)[1..].join(", ");
        assert_eq!(packing, ContentCoding::ACCEPTED);
    }
}
