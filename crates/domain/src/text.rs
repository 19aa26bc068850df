//! Characters of text that others made: which cannot be seen, and how one is named to a person.
//!
//! Not for: what a text may hold; that is a rule of each noun.

/// Whether a character is there but not seen: control, format and bidirectional characters, the
/// zero-width family, special blanks.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00A0}' | '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{1680}'
            | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180E}' | '\u{2000}'..='\u{200F}'
            | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{206F}' | '\u{3000}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

/// Describes a character so that a tired person can find it: itself when it can be seen, and always its
/// number.
pub fn describe_character(c: char) -> String {
    let code = c as u32;
    if c.is_control() || c.is_whitespace() || is_invisible(c) {
        format!("the invisible character U+{code:04X}")
    } else {
        format!("\"{c}\" (U+{code:04X})")
    }
}
