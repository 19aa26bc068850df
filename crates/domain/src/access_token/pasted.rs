//! What people paste round a token, and what no token may hold inside.
//!
//! The vendor's page names invisible control characters as the classic cause of a 401, so each one
//! taken away is named, and each one inside is an error that says where.

use super::InvalidToken;
use crate::text::{describe_character, is_invisible};

/// A token after cleaning, and what was taken from round it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanToken {
    pub token: String,
    pub removed: Vec<RemovedText>,
}

/// One thing that stood before or behind the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedText {
    /// In words: `a byte order mark (U+FEFF)`.
    pub what: String,
    /// Counted in characters of the original, from 1.
    pub position: usize,
}

/// An invisible character inside a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InnerCharacter {
    pub what: String,
    pub position: usize,
    pub length: usize,
}

impl From<InnerCharacter> for InvalidToken {
    fn from(inner: InnerCharacter) -> Self {
        Self::Character { what: inner.what, position: inner.position, length: inner.length }
    }
}

/// Takes byte order marks, quotes, line ends, blanks of any kind and zero-width characters from round
/// a token, and a leading `Bearer`; names each. What is left may still be no token.
///
/// # Errors
/// An invisible or blank character between the first and the last visible one.
pub fn clean(pasted: &str) -> Result<CleanToken, InnerCharacter> {
    let characters: Vec<char> = pasted.chars().collect();
    let around = |c: char| c.is_whitespace() || is_invisible(c) || "\"'`“”‘’".contains(c);
    let first = characters.iter().position(|c| !around(*c)).unwrap_or(characters.len());
    let end = characters.iter().rposition(|c| !around(*c)).map_or(first, |last| last + 1);
    let mut removed: Vec<RemovedText> = characters
        .iter()
        .enumerate()
        .filter(|(index, _)| *index < first || *index >= end)
        .map(|(index, c)| RemovedText { what: name(*c), position: index + 1 })
        .collect();

    let mut start = first;
    let body: String = characters[first..end].iter().collect();
    let scheme = body.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("bearer"));
    if scheme && characters.get(first + 6).is_some_and(|c| around(*c)) {
        removed.push(RemovedText { what: "the word Bearer".to_owned(), position: first + 1 });
        start = (first + 6..end).find(|index| !around(characters[*index])).unwrap_or(end);
    }
    let inner = (start..end).find(|index| {
        let c = characters[*index];
        c.is_whitespace() || is_invisible(c)
    });
    if let Some(index) = inner {
        let what = name(characters[index]);
        return Err(InnerCharacter { what, position: index + 1, length: characters.len() });
    }
    Ok(CleanToken { token: characters[start..end].iter().collect(), removed })
}

fn name(c: char) -> String {
    let known = match c {
        '\u{FEFF}' => "a byte order mark",
        '\u{00A0}' => "a no-break space",
        '\u{200B}' => "a zero-width space",
        '\u{200C}' => "a zero-width non-joiner",
        '\u{200D}' => "a zero-width joiner",
        '\u{2060}' => "a word joiner",
        '\u{00AD}' => "a soft hyphen",
        '\r' => "a carriage return",
        '\n' => "a line feed",
        '\t' => "a tab",
        ' ' => "a blank",
        '\0' => "a NUL",
        '"' | '\'' | '`' | '“' | '”' | '‘' | '’' => "a quotation mark",
        _ => return describe_character(c),
    };
    format!("{known} (U+{:04X})", c as u32)
}
