//! Text that others wrote, for a terminal or a log.
//!
//! Invariant: what comes out moves no cursor; [`one_line`] also ends no line.

use domain::text::is_invisible;

/// The text without what cannot be seen, cut to so many characters.
pub fn visible(text: &str, chars_max: usize) -> String {
    text.chars().filter(|c| !is_invisible(*c)).take(chars_max).collect()
}

/// The text with a sign in place of each tab, line end and character that cannot be seen.
pub fn one_line(text: &str) -> String {
    text.chars().map(one_column).collect()
}

/// The character, or the sign in its place, which takes one column.
pub fn one_column(c: char) -> char {
    match c {
        '\t' => '→',
        '\n' | '\r' => '⏎',
        _ if c.is_control() || is_invisible(c) => '·',
        _ => c,
    }
}
