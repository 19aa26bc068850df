//! The characters of an amount as ASCII has them: digits of other scripts, full-width signs, marks of
//! direction.
//!
//! Not for: signs and currencies (`written`).

use std::borrow::Cow;

/// The text in plain characters; itself when it is.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|c| plain_character(c) != Some(c)) {
        return Cow::Borrowed(text);
    }
    let plain: String = text.chars().filter_map(plain_character).collect();
    Cow::Owned(plain.trim().to_owned())
}

/// The plain form of a character; none for what cannot be seen.
fn plain_character(c: char) -> Option<char> {
    /// The distance from a full-width character to its ASCII one.
    const FULL_WIDTH: u32 = 0xff01 - 0x21;
    let digit = |zero: char| char::from_digit(u32::from(c) - u32::from(zero), 10);
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - FULL_WIDTH),
        '\u{660}'..='\u{669}' => digit('\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit('\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit('\u{966}'),
        '\u{3000}' => Some(' '),
        '\u{ffe0}' => Some('¢'),
        '\u{ffe1}' => Some('£'),
        '\u{ffe5}' => Some('¥'),
        '\u{ffe6}' => Some('₩'),
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{61c}'
        | '\u{feff}' => None,
        // Every dash that people write for a minus.
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Some('-'),
        _ => Some(c),
    }
}
