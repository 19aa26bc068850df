//! How the text of an extract can be encoded.
//!
//! Not for: decoding it (`text`).

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Windows1252,
    /// Lines of both.
    Mixed,
    Utf16,
}
